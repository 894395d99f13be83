//! What the recording, the plain loop and NexusFlow's engine share: what an account is, and how it is written down.
#![warn(missing_docs)]

pub mod account;
pub mod replay;
pub mod table;

pub use account::Account;

/// What can go wrong: files, and what stands in them.
pub type Failure = Box<dyn std::error::Error>;
