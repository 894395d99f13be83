//! What operators say to the system.

use crate::number::Quantity;
use crate::{Label, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The business changed its configuration: from its place in the log on, this is what holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigChanged {
    /// A digest of the content.
    pub version: Label,
    /// Who changed it.
    pub actor: Label,
    /// The whole configuration of that kind.
    pub content: serde_json::Value,
}

/// Notifications are held back for a while. The subject is the silence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SilenceSet {
    /// Which: a kind, an entity, a group.
    pub matches: Label,
    /// Until when.
    pub until: Timestamp,
    /// Who set it.
    pub actor: Label,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
}

/// Time went on in a partition where nothing happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockTicked {
    /// What time it is.
    pub now: Timestamp,
}

/// A source, which is the subject, is alive, even if it has nothing to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceHeartbeat {
    /// How far it is behind, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag_ms: Option<Quantity>,
}
