//! COM-04: revenue and pipeline.

pub mod billing;
pub mod commerce;
pub mod opportunities;
pub mod stock;
