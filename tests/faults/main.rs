//! Real faults: processes that are killed, paused, cut off and starved while data streams in. After each of them the judge asks
//! for the same: what was acknowledged is counted once, every view is that of a run nobody disturbed, and so is every effect.
//!
//! `NEXUSFLOW_FAULTS=long` (or `make faults`) kills more often and sends more.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic, and say what it met")]

mod back_pressure;
mod commands;
mod disk;
mod effects;
mod full_disk;
mod gateway_gone;
#[path = "../harness/mod.rs"]
mod harness;
mod judge;
mod nats_killed;
mod olist;
mod parts;
mod publisher;
#[path = "../shown/mod.rs"]
mod rendered;
mod set_up;
mod shop;
mod shown;
mod two_workers;
mod viewer;
mod worker_killed;

/// A number of the run that CI makes, or of the long one.
pub(crate) fn of(short: usize, long: usize) -> usize {
    if std::env::var("NEXUSFLOW_FAULTS").is_ok_and(|value| value == "long") { long } else { short }
}
