//! What clients say in `nexusflow.live.v1`.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The subprotocol of the WebSocket.
pub(crate) const NAME: &str = "nexusflow.live.v1";
/// How often the server says how each subscription stands.
pub(crate) const HEARTBEAT_MS: u64 = 2_000;
/// Frames to one subscription come at least this far apart.
pub(crate) const RATE_MS_MIN: u64 = 50;
/// Unless the client says otherwise.
pub(crate) const RATE_MS: u64 = 250;
/// Largest frame from a client, in bytes.
pub(crate) const INBOUND_BYTES_MAX: usize = 64 * 1024;
/// What is read from a client at once, in bytes. Cleared before every attempt: with the library's 128 KiB that took a fourteenth of all time
/// with 100 viewers, who say next to nothing.
pub(crate) const READ_BYTES: usize = 4 * 1024;
/// Most subscriptions of one connection.
pub(crate) const SUBSCRIPTIONS_MAX: usize = 64;

/// A frame from a client.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum FromClient {
    Hello { v: u32 },
    Sub(Sub),
    Unsub { id: String },
    Ping { t: serde_json::Value },
    Got(Got),
}

/// Asks for a topic.
#[derive(Debug, Deserialize)]
pub(crate) struct Sub {
    pub(crate) id: String,
    pub(crate) topic: String,
    #[serde(default)]
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) rate_ms: Option<u64>,
    pub(crate) since: Option<Since>,
}

/// Says which alerts were shown to a person: customer, alert, revision.
#[derive(Debug, Deserialize)]
pub(crate) struct Got {
    pub(crate) id: Option<String>,
    pub(crate) alerts: Vec<(String, String, u32)>,
}

/// What the client has already.
#[derive(Debug, Deserialize)]
pub(crate) struct Since {
    pub(crate) epoch: String,
    pub(crate) seq: u64,
}
