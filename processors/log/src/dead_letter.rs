//! What could not be understood is kept: the original bytes, where it came from, and why.

use crate::connect::Log;
use async_nats::HeaderMap;
use bytes::Bytes;
use nexusflow_model::{Reject, Timestamp, subject};
use std::collections::BTreeMap;

/// Something that could not be understood.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// The original bytes.
    pub payload: Bytes,
    /// The name of the source it came from.
    pub source: String,
    /// The kind of connector that could not read it.
    pub kind: String,
    /// What was said about it, as far as its connector reads it: with the payload, all that is needed to read it again.
    pub headers: BTreeMap<String, String>,
    /// When it came.
    pub received_at: Timestamp,
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
        headers.insert("nexusflow-kind", one_line(&letter.kind).as_str());
        headers.insert("nexusflow-received", letter.received_at.to_string().as_str());
        if !letter.headers.is_empty() {
            let said = serde_json::to_string(&letter.headers).unwrap_or_default();
            headers.insert("nexusflow-headers", said.as_str());
        }
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
