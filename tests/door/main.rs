//! The door: who may publish, what is kept of what nobody understands, TLS, and that nothing personal leaves by another way.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../harness/mod.rs"]
mod harness;

mod dead_letters;
mod keys;
mod page;
mod privacy;
mod shop;
mod slow;
mod tls;
