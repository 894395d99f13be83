//! Connectors turn the outside world into events and append them to the log. They know what events are, and nothing of what is
//! made of them.
#![warn(missing_docs)]

pub mod arrival;
pub mod broker;
pub mod catalogue;
pub mod dead_letters;
pub mod demo;
pub mod files;
pub mod hook;
pub mod http;
pub mod intake;
pub mod keys;
pub mod notify;
pub mod source;
pub mod table;
mod tls;
