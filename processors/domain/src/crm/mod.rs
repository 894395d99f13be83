//! COM-01: the CRM hub.

pub mod identity;
pub mod timeline;
