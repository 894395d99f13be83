//! Files: CSV and JSONL become events by a declarative mapping, in the order of time across files.
//!
//! A [`Mapping`] says what the columns mean, a [`Plan`] is a data set read with it, [`replay`] publishes it as if it happened
//! again. Decoding is pure: the same mapping and bytes are the same events with the same ids, which is what makes a replay
//! resumable and sending twice harmless.

mod compile;
mod compile_event;
mod decimal;
mod decode;
mod document;
mod error;
mod evaluate;
mod mapping;
mod plan;
mod replay;
mod resume;
mod run;
mod sequence;
mod shape;
mod shipped;
mod spec;
mod table;
mod tables;
#[cfg(test)]
mod tests;
mod times;
mod vocabulary;

pub use error::{MappingError, ReadError, Rejection};
pub use mapping::Mapping;
pub use plan::Plan;
pub use replay::{Destination, Options, Progress, ReplayError, Speed, Summary, replay};
pub use resume::StateError;
pub(crate) use shape::Shape;
pub(crate) use spec::Format;
pub(crate) use table::numbered;
