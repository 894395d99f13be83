//! What came in from outside, before anybody knows what it means.

use bytes::Bytes;
use nexusflow_model::{Envelope, Reject, Timestamp};
use std::collections::BTreeMap;

/// Headers by their name in lower case. Nothing that proves who somebody is stands here: dead letters keep them.
pub type Headers = BTreeMap<String, String>;

/// A message from outside: a request of a webhook, a message of a broker, a row of a table, a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// What was said about it.
    pub headers: Headers,
    /// The message itself.
    pub body: Bytes,
    /// When it came: the `recorded_at` of its events, and their `occurred_at` where it says no time.
    pub at: Timestamp,
}

impl Arrival {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// An event of an arrival, read or refused, with the bytes it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// What is kept among the dead letters where it can't be understood.
    pub original: Bytes,
    /// The event, or what is wrong with it.
    pub event: Result<Envelope, Reject>,
}

/// How the messages of a source become events. Pure: the same arrival is the same events with the same ids, however often and
/// whenever it is decoded, so that what comes twice counts once.
pub trait Decoder: Send + Sync + std::fmt::Debug {
    /// The events of an arrival. None at all where it says nothing that NexusFlow has a word for, which is no mistake.
    fn decode(&self, arrival: &Arrival) -> Vec<Incoming>;
}
