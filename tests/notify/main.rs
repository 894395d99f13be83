//! The notifier against real servers: NATS, HTTP and SMTP. Targets that answer 500 for long, hang or are gone; processes that are
//! killed; ten thousand alerts of one outage; what consoles have shown, silences, signatures, tests.
//!
//! Times are scaled: the first pause after a failure is 5 ms and the longest 1.8 s, where the defaults are 5 s and 30 min. What takes
//! 3.6 s here takes an hour there.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bad_targets;
mod budget;
#[path = "../harness/mod.rs"]
mod harness;
mod kept;
mod kinds;
mod outage;
mod routes;
mod secured;
mod server;
mod smtp;
mod whole;
mod wire;
