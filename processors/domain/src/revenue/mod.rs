//! COM-04: revenue and pipeline.

pub mod billing;
pub mod commerce;
pub mod counts;
pub mod deal;
pub mod facts;
pub mod forecast;
pub mod history;
pub mod opportunities;
pub mod quota;
pub mod stages;
pub mod stock;
