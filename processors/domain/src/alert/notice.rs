//! What leaves the fold about an alert, once: an entry of the output log for whoever tells people outside.

use crate::alert::{AlertKind, Labels, Severity, State, What};
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Id, Label, Timestamp};
use serde::{Deserialize, Serialize};

/// An effect of this domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertEffect {
    /// Something happened to an alert.
    Notice(Box<Notice>),
    /// Notifications are held back from now on, or not any more.
    Silence(SilenceNotice),
}

/// Something happened to an alert. Holds nothing personal of customers: an opaque id says whom it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Which alert of its subject.
    pub alert: AlertKey,
    /// Whom it is about: a customer, or a source.
    pub subject: Id,
    /// What kind of thing happened.
    pub kind: AlertKind,
    /// How bad it is.
    pub severity: Severity,
    /// What happened to the alert.
    pub what: What,
    /// When.
    pub at: Timestamp,
    /// Its revision after that.
    pub revision: u32,
    /// By when somebody has to respond.
    pub due_at: Option<Timestamp>,
    /// How far it was escalated: 0 owner, 1 lead, 2 director, 3 executive.
    pub level: u8,
    /// Who has to know: at level 0 who looks after it.
    pub to: Vec<Label>,
    /// By what it is told apart.
    pub labels: Labels,
    /// The group it belongs to.
    pub group: String,
    /// Why it was raised, as a sentence.
    pub why: String,
    /// How often it was raised.
    pub count: u32,
    /// Who did it; none where NexusFlow did.
    pub actor: Option<Label>,
    /// Where it stands after that.
    pub state: State,
}

/// Notifications that match are held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceNotice {
    /// The silence.
    pub silence: Id,
    /// Which notifications, as `label=value,label=value`.
    pub matches: Label,
    /// Since when.
    pub from: Timestamp,
    /// Until when; not later than `from` where it was lifted.
    pub until: Timestamp,
    /// Who set it.
    pub actor: Label,
    /// Why.
    pub reason: Option<Label>,
}
