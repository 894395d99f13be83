//! The vocabulary of NexusFlow: what an event is, what its fields mean, in which units, within which limits.
//!
//! This crate knows nothing of IO, clocks, threads or NATS. A value that exists here is valid: limits are enforced where a
//! value is made (parsing included), so that nobody downstream checks again.
#![warn(missing_docs)]
#![deny(clippy::iter_over_hash_type)]

pub mod alias;
pub mod cloudevents;
pub mod envelope;
pub mod event;
pub mod example;
pub mod id;
pub mod limits;
pub mod money;
pub mod number;
pub mod partition;
pub mod personal;
mod quick;
pub mod reject;
pub mod schema;
pub mod subject;
pub mod text;
pub mod time;

pub use envelope::{Envelope, Place, Source};
pub use event::{Event, Kind};
pub use id::Id;
pub use money::{Currency, Money};
pub use personal::Personal;
pub use reject::Reject;
pub use text::{Label, Text};
pub use time::Timestamp;
