//! What people see of an alert.

use crate::alert::{Alert, AlertKind, Facts, Labels, Severity, State};
use crate::sources::SourceCard;
use nexusflow_model::{Label, Money, Place, Timestamp};
use serde::{Deserialize, Serialize};

/// A card of the board. What it is about and under which name stands in its key: the subject, and the key of the alert, or what kind
/// of card it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Card {
    /// An alert.
    Alert(Box<AlertCard>),
    /// A silence: notifications are held back.
    Silence(SilenceCard),
    /// A source.
    Source(Box<SourceCard>),
}

/// An alert, as people see it. Holds the customer's name, which is personal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertCard {
    /// What kind of thing happened.
    pub kind: AlertKind,
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands.
    pub state: State,
    /// Grows with every change of its life.
    pub revision: u32,
    /// How often it was raised.
    pub count: u32,
    /// When it was raised, or reopened.
    pub raised_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
    /// By when somebody has to respond.
    pub due_at: Option<Timestamp>,
    /// Until when it can wait.
    pub snoozed_until: Option<Timestamp>,
    /// Who looks after it.
    pub owner: Option<Label>,
    /// How far it was escalated: 0 owner, 1 lead, 2 director, 3 executive.
    pub level: u8,
    /// The name of whom it is about: personal.
    pub name: Option<Label>,
    /// By what it is told apart.
    pub labels: Labels,
    /// Why it was raised, as a sentence.
    pub why: String,
    /// What the customer has paid.
    pub value: Option<Money>,
    /// The customer's health when it was raised or changed, in thousandths of a point.
    pub health_milli: Option<i64>,
    /// The group it belongs to.
    pub group: String,
    /// What was behind it, where it was closed.
    pub cause: Option<Label>,
    /// What was done about it, where it was closed.
    pub action: Option<Label>,
    /// The event it was raised by last.
    pub place: Option<Place>,
}

/// A silence, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceCard {
    /// Which notifications, as `label=value,label=value`.
    pub matches: Label,
    /// Until when.
    pub until: Timestamp,
    /// Who set it.
    pub actor: Label,
    /// Why.
    pub reason: Option<Label>,
}

impl AlertCard {
    pub(crate) fn of(alert: &Alert, facts: &Facts, place: Option<Place>) -> Self {
        Self {
            kind: alert.kind,
            severity: alert.severity,
            state: alert.state,
            revision: alert.revision,
            count: alert.count,
            raised_at: alert.raised_at,
            changed_at: alert.changed_at,
            due_at: alert.due_at,
            snoozed_until: alert.snoozed_until,
            owner: alert.owner.clone(),
            level: alert.level,
            name: facts.name.clone(),
            labels: alert.labels.clone(),
            why: alert.why.sentence(),
            value: facts.value,
            health_milli: facts.health_milli,
            group: alert.group.clone(),
            cause: alert.cause.clone(),
            action: alert.action.clone(),
            place,
        }
    }
}
