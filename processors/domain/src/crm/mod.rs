//! COM-01: the CRM hub.

pub mod alias;
pub mod identity;
pub mod links;
pub(crate) mod things;
pub mod timeline;
