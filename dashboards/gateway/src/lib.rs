//! The gateway: merges what the owners of all partitions tell, and serves it to browsers and programs.
//!
//! It holds no state that matters: killed and started again, it asks the owners and shows the same figures.
#![warn(missing_docs)]

mod absorb;
mod access;
mod activities;
mod api;
mod ask;
mod assets;
mod board;
mod connection;
mod deals;
mod documents;
mod feed;
mod frame;
mod hub;
mod leases;
mod listen;
mod operator;
mod owners;
mod protocol;
mod ranking;
mod receipts;
mod render;
mod server;
mod stream;
mod texts;
mod tls;
mod views;

pub use access::AccessSettings;
pub use documents::{asyncapi, openapi};
pub use operator::Intake;
pub use owners::Owners;
pub use server::{Gateway, GatewayError, GatewaySettings, check};
pub use views::Views;
