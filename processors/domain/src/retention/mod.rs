//! COM-02: retention and loyalty.

pub mod health;
