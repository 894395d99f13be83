//! Load that does not wait for the system under test, and how long it takes until what was published is seen.
//!
//! Arrivals are fixed in advance and every latency counts from the intended instant, so that a system that stalls is charged for
//! everything that had to wait meanwhile (no coordinated omission). A viewer on a WebSocket sees what people see; what the
//! system accepted must appear there, once.

mod backlog;
mod consoles;
mod crowd;
mod error;
mod events;
mod introduce;
mod latency;
mod machine;
mod page;
mod played;
mod plot;
mod progress;
mod publisher;
mod report;
mod run;
mod schedule;
mod screen;
mod search;
mod settings;
mod shape;
mod slow;
mod stages;
mod step;
mod tally;
mod target;
mod text;
mod viewer;
mod zipf;

pub use backlog::{Backlog, Waiting};
pub use consoles::AlertsSeen;
pub use error::LoadtestError;
pub use introduce::Introduced;
pub use latency::Quantiles;
pub use machine::{Machine, Memory};
pub use played::{Incident, Part, Played};
pub use progress::{Progress, Watch};
pub use report::{Latencies, Report, Verdict};
pub use run::run;
pub use search::{Found, Search, search};
pub use settings::Settings;
pub use shape::Shape;
pub use slow::SlowViewers;
pub use step::Step;
pub use target::Target;
