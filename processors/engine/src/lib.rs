//! The fold: state' = f(state, record), and nothing else.
//!
//! This crate knows what a partition, a pane, a merge, an effect and a snapshot are. It does not know what the business asks
//! (that is a [`Domain`]), and it has no IO, no clock, no randomness, no threads: a partition's state is a function of
//! its log.
#![warn(missing_docs)]
#![deny(clippy::iter_over_hash_type)]

pub mod checkpoint;
pub mod contribution;
pub mod effect;
pub mod fold;
pub mod histogram;
pub mod latest;
pub mod merge;
pub mod pane;
pub mod seen;
pub mod snapshot;

pub use contribution::{Contribution, Merged};
pub use effect::Effect;
pub use fold::{Context, Counters, Domain, Partition};
pub use histogram::Histogram;
pub use latest::Latest;
pub use merge::Merge;
pub use pane::{Pane, Rollups};
