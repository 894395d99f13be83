//! An alert as it is kept, and how it begins.

use crate::Fold;
use crate::alert::config::{GroupBy, Rule};
use crate::alert::{AlertKind, Facts, Labels, Severity, State, What, Why};
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Label, Timestamp};
use serde::{Deserialize, Serialize};

/// An alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as on its card, which is documented")]
pub struct Alert {
    pub kind: AlertKind,
    pub severity: Severity,
    pub state: State,
    pub revision: u32,
    pub count: u32,
    pub raised_at: Timestamp,
    pub changed_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    pub owner: Option<Label>,
    pub level: u8,
    pub labels: Labels,
    pub group: String,
    pub why: Why,
    pub cause: Option<Label>,
    pub action: Option<Label>,
    /// When somebody said that they look after it.
    pub acknowledged_at: Option<Timestamp>,
    /// When the customer was spoken to.
    pub contacted_at: Option<Timestamp>,
    /// Whether a person did anything about it since it was raised.
    pub is_acted_on: bool,
    /// What happened to it, the first step first.
    pub history: Vec<Step>,
    /// The events behind it, the first one first.
    pub evidence: Vec<Evidence>,
    /// The clock of the response.
    pub(super) respond: Option<Respond>,
    /// From when on the ladder counts.
    pub(super) ladder_from: Timestamp,
    /// When it is woken next.
    pub(super) wake_at: Option<Timestamp>,
}

/// A step of an alert's life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its revision after it.
    pub revision: u32,
    /// When.
    pub at: Timestamp,
    /// Who; none where NexusFlow did it.
    pub actor: Option<Label>,
    /// What.
    pub what: What,
    /// What was said with it: personal.
    pub note: Option<String>,
}

/// An event behind an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The record.
    pub sequence: u64,
    /// The event in the record.
    pub index: u16,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// By when somebody has to respond.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Respond {
    pub(super) from: Timestamp,
    pub(super) within_ms: i64,
    pub(super) calendar: Label,
    /// How many of the marks at 50, 80 and 100 % have passed.
    pub(super) marks: u8,
}

/// What is to be an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trigger {
    /// What kind of thing happened.
    pub kind: AlertKind,
    /// Which alert: see [`key`](crate::alert::key).
    pub key: AlertKey,
    /// Why.
    pub why: Why,
    /// Labels of what happened, beside those of the customer.
    pub labels: Labels,
    /// How bad it is, where the rule does not decide.
    pub severity: Option<Severity>,
    /// By when somebody has to respond, where the rule does not decide.
    pub due_at: Option<Timestamp>,
    /// Who looks after it, where that is known.
    pub owner: Option<Label>,
    /// When the event happened that is behind it; none where none is.
    pub occurred_at: Option<Timestamp>,
}

impl Trigger {
    /// Of a kind, with nothing but its key and why.
    pub fn new(kind: AlertKind, key: AlertKey, why: Why) -> Self {
        Self { kind, key, why, labels: Labels::default(), severity: None, due_at: None, owner: None, occurred_at: None }
    }
}

impl Alert {
    /// The customer was spoken to.
    pub(super) fn contact(&mut self, now: Timestamp) {
        (self.state, self.snoozed_until, self.due_at) = (State::Acknowledged, None, None);
        self.acknowledged_at.get_or_insert(now);
        self.contacted_at.get_or_insert(now);
    }

    pub(super) fn new(context: &Fold<'_>, facts: &Facts, rule: &Rule, trigger: &Trigger) -> Self {
        let now = context.clock;
        let alerting = &context.config.alerting;
        let on_call = || {
            let rota = alerting.rotas.iter().find(|rota| Some(&rota.name) == rule.rota.as_ref())?;
            rota.on_call(now).cloned()
        };
        let own = facts.owner.clone().filter(|_| rule.to_owner);
        let within_ms = rule.respond_within_min.map(minutes_ms);
        let respond =
            within_ms.map(|within_ms| Respond { from: now, within_ms, calendar: rule.calendar.clone(), marks: 0 });
        let by_rule = within_ms.and_then(|ms| alerting.after(&rule.calendar, now, ms));
        Self {
            kind: trigger.kind,
            severity: trigger.severity.unwrap_or(rule.severity),
            state: State::Triggered,
            revision: 0,
            count: 1,
            raised_at: now,
            changed_at: now,
            due_at: trigger.due_at.or(by_rule),
            snoozed_until: None,
            owner: trigger.owner.clone().or(own).or_else(on_call),
            level: 0,
            labels: trigger.labels.clone(),
            group: group(rule.group_by, trigger, context.subject().as_str()),
            why: trigger.why.clone(),
            cause: None,
            action: None,
            acknowledged_at: None,
            contacted_at: None,
            is_acted_on: false,
            history: Vec::new(),
            evidence: Vec::new(),
            respond,
            ladder_from: now,
            wake_at: None,
        }
    }
}

pub(super) fn minutes_ms(minutes: u32) -> i64 {
    i64::from(minutes) * 60_000
}

/// The group of an alert: what is shown and told together.
fn group(by: GroupBy, trigger: &Trigger, subject: &str) -> String {
    let Trigger { kind, labels, .. } = trigger;
    let of = |name: &str, label: &Option<Label>| {
        label.as_ref().map_or_else(|| format!("customer:{subject}"), |own| format!("{}:{name}:{own}", kind.as_str()))
    };
    match by {
        GroupBy::Customer => format!("customer:{subject}"),
        GroupBy::Account => {
            labels.account.as_ref().map_or_else(|| format!("customer:{subject}"), |own| format!("account:{own}"))
        }
        GroupBy::Carrier => of("carrier", &labels.carrier),
        GroupBy::Category => of("category", &labels.category),
        GroupBy::Source => of("source", &labels.source),
        GroupBy::Kind => kind.as_str().to_owned(),
    }
}
