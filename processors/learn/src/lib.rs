//! What is learned from examples: features, models, and figures that say how right they are.
//!
//! Training is done in floats, by one writer, with the same result for the same examples in the same order. What the fold uses of it
//! judges in integers, so that a score is the same on every machine. No IO, no clock, and chance only from a seed.
#![warn(missing_docs)]

mod bytes;
pub mod features;
pub mod figures;
pub mod language;
mod linear;
pub mod sentiment;
mod softmax;
pub mod text;
pub mod themes;
