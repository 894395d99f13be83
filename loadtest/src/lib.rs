//! Load that does not wait for the system under test, and how long it takes until what was published is seen.
//!
//! Arrivals are fixed in advance and every latency counts from the intended instant, so that a system that stalls is charged for
//! everything that had to wait meanwhile (no coordinated omission). A viewer on a WebSocket sees what people see; what the
//! system accepted must appear there, once.

mod consoles;
mod error;
mod events;
mod latency;
mod machine;
mod publisher;
mod report;
mod run;
mod schedule;
mod screen;
mod settings;
mod tally;
mod target;
mod viewer;

pub use consoles::AlertsSeen;
pub use error::LoadtestError;
pub use latency::Quantiles;
pub use machine::{Machine, Memory};
pub use report::{Latencies, Report, Verdict};
pub use run::run;
pub use settings::Settings;
pub use target::Target;
