//! What the fold says of alerts: entries of the output log, as far as the notifier reads them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An entry of the output log.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) log_created_ns: i64,
    pub(crate) effects: Vec<Effect>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Effect {
    pub(crate) id: EffectId,
    pub(crate) body: serde_json::Value,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct EffectId {
    place: EffectPlace,
    ordinal: u32,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct EffectPlace {
    partition: u32,
    sequence: u64,
    index: u16,
}

impl std::fmt::Display for EffectId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let EffectPlace { partition, sequence, index } = self.place;
        write!(f, "{partition}-{sequence}-{index}-{}", self.ordinal)
    }
}

/// What an effect may be that concerns the notifier. Others are somebody else's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Body {
    Notice(Box<Notice>),
    Silence(SilenceSet),
}

/// Severity: `S1` is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Somebody has to act now.
    S1,
    /// Today.
    S2,
    /// Soon.
    S3,
    /// Good to know.
    S4,
}

impl Severity {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::S1 => "S1",
            Self::S2 => "S2",
            Self::S3 => "S3",
            Self::S4 => "S4",
        }
    }
}

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is new.
    Raised,
    /// It became worse: a warning became a breach.
    RaisedSeverity,
    /// Nobody did anything in time, and it goes one step up.
    Escalated,
    /// Somebody has it.
    Acknowledged,
    /// Somebody was given it.
    Assigned,
    /// It sleeps until a time.
    Snoozed,
    /// That time is over.
    Woken,
    /// The customer was contacted.
    Contacted,
    /// What was wrong is over.
    Resolved,
    /// Somebody closed it, with cause and action.
    Closed,
    /// It is wrong again.
    Reopened,
}

impl What {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::RaisedSeverity => "raised_severity",
            Self::Escalated => "escalated",
            Self::Acknowledged => "acknowledged",
            Self::Assigned => "assigned",
            Self::Snoozed => "snoozed",
            Self::Woken => "woken",
            Self::Contacted => "contacted",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }

    /// Whether it ends an alert.
    pub(super) fn is_end(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }

    /// Whether it shows that somebody knows of the alert.
    pub(super) fn is_taken(self) -> bool {
        matches!(self, Self::Acknowledged | Self::Snoozed | Self::Contacted)
    }
}

/// A change in the life of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notice {
    pub(super) alert: String,
    pub(super) subject: String,
    pub(super) kind: String,
    pub(super) severity: Severity,
    pub(super) what: What,
    pub(super) at: String,
    pub(super) revision: u32,
    #[serde(default)]
    pub(super) due_at: Option<String>,
    #[serde(default)]
    pub(super) level: u8,
    #[serde(default)]
    pub(super) to: Vec<String>,
    #[serde(default)]
    pub(super) labels: BTreeMap<String, Option<String>>,
    #[serde(default)]
    pub(super) group: Option<String>,
    #[serde(default)]
    pub(super) why: String,
    #[serde(default)]
    pub(super) count: u64,
    #[serde(default)]
    pub(super) actor: Option<String>,
    #[serde(default)]
    pub(super) state: String,
}

impl Notice {
    /// Names the alert among all.
    pub(super) fn key(&self) -> String {
        key(&self.subject, &self.alert)
    }

    /// What its messages are told together with.
    pub(super) fn group(&self) -> &str {
        self.group.as_deref().unwrap_or(&self.alert)
    }

    /// Who has it first.
    pub(super) fn owner(&self) -> &str {
        self.to.first().map_or("", String::as_str)
    }

    /// The value of what matchers name.
    pub(super) fn label(&self, name: &str) -> Option<&str> {
        match name {
            "kind" => Some(&self.kind),
            "severity" => Some(self.severity.name()),
            "alert" => Some(&self.alert),
            "customer" | "subject" => Some(&self.subject),
            "group" => self.group.as_deref(),
            "owner" => self.to.first().map(String::as_str),
            other => self.labels.get(other)?.as_deref(),
        }
    }
}

/// Names an alert among all.
pub(super) fn key(subject: &str, alert: &str) -> String {
    format!("{subject}\n{alert}")
}

/// A silence was set, changed or lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SilenceSet {
    pub(super) silence: String,
    pub(super) matches: String,
    pub(super) from: String,
    pub(super) until: String,
}

/// Milliseconds since the epoch of a time as RFC 3339 has it.
pub(super) fn ms_of(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// A time as RFC 3339 has it.
pub(super) fn text_of(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|at| format!("{at:.3}")).unwrap_or_default()
}
