//! The fold: state' = f(state, record), and nothing else.
//!
//! This crate knows what a partition, a pane, a merge, a timer, an effect and a checkpoint's parts are. It does not know what the
//! business asks (that is a [`Domain`]), and it has no IO, no clock, no randomness, no threads: a partition's state is a function of
//! its log.
#![warn(missing_docs)]
#![deny(clippy::iter_over_hash_type)]

pub mod board;
pub mod checkpoint;
mod chunk;
pub mod context;
pub mod contribution;
mod counters;
pub mod cut;
pub mod decision;
mod due;
pub mod effect;
pub mod fold;
mod held;
pub mod histogram;
pub mod latest;
mod look;
pub mod merge;
pub mod outbox;
mod packed;
pub mod pane;
pub mod seen;
mod shared;

pub use board::{Board, CardKey};
pub use context::Context;
pub use contribution::{Contribution, Merged};
pub use counters::Counters;
pub use cut::{Cut, RestoreError};
pub use decision::{Decision, Outcome};
pub use effect::{Departed, Effect, EffectId, Emission};
pub use fold::{Domain, Folded, Partition};
pub use histogram::Histogram;
pub use latest::Latest;
pub use merge::Merge;
pub use outbox::Outbox;
pub use packed::{unzigzag, zigzag};
pub use pane::{Pane, Rollups};
