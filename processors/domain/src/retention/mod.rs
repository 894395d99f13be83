//! COM-02: retention and loyalty.

pub mod days;
pub mod engagement;
pub mod health;
pub mod ranking;
pub mod relationship;
