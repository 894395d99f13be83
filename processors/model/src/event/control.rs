//! What operators say to the system.

use crate::number::Quantity;
use crate::{Envelope, Event, Id, Label, Source, Timestamp};
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

/// So many events could not be understood so far. The subject is `dead-letters`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadLettersCounted {
    /// How many there are.
    pub total: Quantity,
}

/// What customers of one partition wrote in an hour sounded like. The subject is `sentiment`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SentimentCounted {
    /// The hour, as the day since 1970-01-01 times 24 and the hour of that day in the zone of the business.
    pub hour: i32,
    /// Texts that could be judged.
    pub judged: Quantity,
    /// Of those, the negative ones.
    pub negative: Quantity,
}

/// A source, which is the subject, has brought so much since it was said last. One process says of itself what it took in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceCounted {
    /// The kind of source.
    pub kind: Label,
    /// Events that the log has.
    pub stored: Quantity,
    /// Events that could not be understood.
    pub rejected: Quantity,
    /// Events that the log did not take.
    pub turned_away: Quantity,
    /// How long a time that is, in milliseconds.
    pub window_ms: Quantity,
    /// When the source was heard last.
    pub heard_at: Timestamp,
    /// The time of its newest event, by the source's own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_at: Option<Timestamp>,
}

impl ConfigChanged {
    /// The event that puts the business's configuration into force at `now`. `version` is a digest of `content`.
    ///
    /// # Errors
    /// Where a part can't be written as the vocabulary asks.
    pub fn envelope(
        version: &str,
        actor: &str,
        content: serde_json::Value,
        now: Timestamp,
    ) -> Result<Envelope, crate::text::TextError> {
        let event = Event::ConfigChanged(Self { version: Label::new(version)?, actor: Label::new(actor)?, content });
        let id = Id::new(&format!("{version}@{}", now.as_ms()))?;
        let (source, subject) = (Source::new("/nexusflow/config")?, Id::new("business")?);
        Ok(Envelope { id, source, subject, occurred_at: now, recorded_at: now, forwarded: 0, event })
    }
}
