//! COM-03: the voice of the customer.

pub mod satisfaction;
pub mod sentiment;
pub mod words;
