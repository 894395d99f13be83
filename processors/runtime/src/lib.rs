//! The shell of the fold: reads the log, folds, checkpoints, answers questions, publishes what changed.
//!
//! Everything that may fail or wait is here; everything that decides is in the engine and the domain.
#![warn(missing_docs)]

mod answer;
mod balance;
pub mod checkpoint;
mod dead_letters;
mod emit;
mod live;
mod owner;
mod ownership;
mod publish;
mod pulse;
mod restore;
mod save;
mod tenancy;
mod tick;
mod timeline;
mod worker;

pub use worker::{Configured, Worker, WorkerError, WorkerSettings};
