//! Webhooks: systems that call us, at `/hooks/NAME`. What comes in is verified over its raw bytes, then decoded, then stored; it is
//! answered when the log has it.

pub mod hmac;
pub mod hubspot;
pub mod intercom;
mod message;
mod plain;
mod saying;
pub mod segment;
mod serve;
pub mod shopify;
pub mod signature;
pub mod standard;
pub mod stripe;
pub mod twilio;
pub mod typeform;
pub mod zendesk;

pub use serve::Hooks;

use crate::arrival::Headers;
use bytes::Bytes;
use nexusflow_model::Timestamp;
use std::fmt::Debug;

/// A request as it came.
#[derive(Debug)]
pub struct Request<'a> {
    /// `POST`, mostly.
    pub method: &'a str,
    /// Path and query, as they came.
    pub path: &'a str,
    /// The address under which we are reached from outside, without a path: some systems sign it.
    pub public_url: &'a str,
    /// All headers that are text, names in lower case.
    pub headers: &'a Headers,
    /// The body.
    pub body: &'a Bytes,
    /// When it came.
    pub at: Timestamp,
}

impl Request<'_> {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// Why a request is not believed. Says nothing that helps to forge one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// A header is not there.
    #[error("the header {0} is missing")]
    Missing(String),
    /// A header is not what it must be.
    #[error("the header {0} can't be read")]
    Unreadable(String),
    /// Signed with another secret, or changed on its way.
    #[error(
        "the signature is not right: is the secret the one of this source, and does nothing on the way change the body?"
    )]
    Wrong,
    /// Too old, or from the future: perhaps sent again by somebody who listened.
    #[error("the time of the signature is more than {} minutes from ours: check the clocks", signature::TOLERANCE_MS / 60_000)]
    Time,
    /// The system signs the address that it calls, which only the operator knows.
    #[error("what calls signs the address that it calls: set http.public_url to the one that it knows, without a path")]
    Address,
}

/// How a system proves that it is who it says.
pub trait Verify: Send + Sync + Debug {
    /// Whether a request is from who it must be from, by its raw bytes.
    ///
    /// # Errors
    /// Why it is not believed.
    fn verify(&self, request: &Request<'_>) -> Result<(), Unverified>;

    /// The headers that the decoder reads, names in lower case. No others are kept.
    fn headers(&self) -> &'static [&'static str] {
        &["content-type"]
    }

    /// What is answered to a request that is no message: a handshake, a ping. None where it is one.
    fn greet(&self, _request: &Request<'_>) -> Option<Greeting> {
        None
    }

    /// What is answered once a message is stored, to a system that takes the answer for something to do. None where it does not
    /// matter: then it is told how many events were made.
    fn thank(&self) -> Option<Greeting> {
        None
    }
}

/// An answer to a handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// The status.
    pub status: u16,
    /// What kind of content it is.
    pub content_type: &'static str,
    /// The content.
    pub body: String,
}
