//! COM-05: customer experience.

pub mod delivery;
pub mod tickets;
