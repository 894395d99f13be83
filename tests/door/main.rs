//! The door: who may publish, what is kept of what nobody understands, TLS, and that nothing personal leaves by another way.

#[path = "../harness/mod.rs"]
mod harness;

mod dead_letters;
mod keys;
mod page;
mod privacy;
mod shop;
mod slow;
mod tls;
