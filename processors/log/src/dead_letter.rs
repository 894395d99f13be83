//! What could not be understood is kept: the original bytes, where it came from, and why.

use crate::connect::Log;
use async_nats::HeaderMap;
use bytes::Bytes;
use nexusflow_model::{Reject, subject};

/// Something that could not be understood.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// The original bytes.
    pub payload: Bytes,
    /// The connector and, where known, the system it came from.
    pub source: String,
    /// What is wrong with it.
    pub reject: Reject,
}

/// Where dead letters go.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    log: Log,
}

impl DeadLetters {
    /// Those of `log`.
    pub fn new(log: &Log) -> Self {
        Self { log: log.clone() }
    }

    /// Keeps a dead letter; returns when it is stored.
    ///
    /// # Errors
    /// What JetStream said.
    pub async fn keep(&self, letter: &DeadLetter) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        headers.insert("nexusflow-source", one_line(&letter.source).as_str());
        headers.insert("nexusflow-field", one_line(&letter.reject.field).as_str());
        headers.insert("nexusflow-reason", one_line(&letter.reject.reason).as_str());
        let subject = subject::dead_letters(self.log.prefix());
        let sent = self.log.jetstream().publish_with_headers(subject, headers, letter.payload.clone()).await;
        let stored = sent.map_err(|error| error.to_string())?.await;
        stored.map(drop).map_err(|error| error.to_string())
    }
}

/// A header holds one line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect()
}
