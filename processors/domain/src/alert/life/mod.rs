//! The life of an alert: raised, repeated, escalated, and ended by what it was about.
//!
//! What people do about it is in [`command`], what time does in [`wake`].

mod command;
mod state;
#[cfg(test)]
mod tests;
mod wake;

pub(crate) use command::command;
pub use state::{Alert, Evidence, Step, Trigger};
pub(crate) use wake::{dwelt, wake};

use state::minutes_ms;

use crate::alert::card::{AlertCard, Card};
use crate::alert::config::Rule;
use crate::alert::{AlertEffect, AlertKind, Facts, Notice, State, What, quality};
use crate::{Fold, Profile, Timer};
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Label, Place, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is remembered of an alert's history: the first and the last steps.
const STEPS_KEPT: usize = 50;
/// The events behind an alert: the first and the last.
const EVIDENCE_KEPT: usize = 10;

/// The alerts of one subject.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alerts {
    // In boxes: a node of such a map has room for eleven, and most customers have one.
    alerts: BTreeMap<AlertKey, Box<Alert>>,
    /// What is so, and not for long enough yet.
    dwelling: BTreeMap<AlertKey, Box<(Timestamp, Trigger)>>,
}

/// Raises an alert, or repeats or reopens the one of that key. Of a backfill nothing is raised.
pub(crate) fn raise(context: &mut Fold<'_>, profile: &mut Profile, trigger: Trigger) {
    if context.is_backfill {
        context.withhold();
        return;
    }
    let facts = Facts::of(context.config, profile, context.clock);
    let trigger = Trigger { labels: trigger.labels.over(&facts.labels), ..trigger };
    let alerting = &context.config.alerting;
    let Some(rule) = alerting.rule(trigger.kind, &facts, &trigger.labels, context.clock) else { return };
    profile.alerts.raise(context, &facts, rule, trigger);
}

/// What an alert was about is over: it is resolved, if it is open.
pub(crate) fn clear(context: &mut Fold<'_>, profile: &mut Profile, key: &AlertKey, note: &str) {
    profile.alerts.dwelling.remove(key);
    if !profile.alerts.is_open(key) {
        return;
    }
    let facts = Facts::of(context.config, profile, context.clock);
    profile.alerts.change(context, &facts, key, Change::by_itself(What::Resolved, note));
}

/// Somebody spoke to the customer, as another system says.
pub(crate) fn contacted(
    context: &mut Fold<'_>,
    profile: &mut Profile,
    key: &AlertKey,
    by: Option<Label>,
    channel: Option<&Label>,
) {
    let facts = Facts::of(context.config, profile, context.clock);
    let now = context.clock;
    if !profile.alerts.is_open(key) {
        return;
    }
    let note = channel.map(|channel| format!("by {channel}"));
    let change = Change { what: What::Contacted, actor: by, note, to: None };
    profile.alerts.change_by(context, &facts, key, change, |alert| alert.contact(now));
}

/// Another system says that the case is closed.
pub(crate) fn closed(
    context: &mut Fold<'_>,
    profile: &mut Profile,
    key: &AlertKey,
    cause: Option<Label>,
    action: Option<Label>,
) {
    if profile.alerts.get(key).is_none_or(|alert| alert.state == State::Closed) {
        return;
    }
    let facts = Facts::of(context.config, profile, context.clock);
    let change = Change::by_itself(What::Closed, "the case was closed");
    profile.alerts.change_by(context, &facts, key, change, |alert| (alert.cause, alert.action) = (cause, action));
}

/// A change of an alert.
struct Change {
    what: What,
    actor: Option<Label>,
    note: Option<String>,
    /// Who has to know; the owner unless said otherwise.
    to: Option<Vec<Label>>,
}

impl Change {
    fn by_itself(what: What, note: &str) -> Self {
        Self { what, actor: None, note: (!note.is_empty()).then(|| note.to_owned()), to: None }
    }
}

impl Alerts {
    /// The alert of that key.
    pub fn get(&self, key: &AlertKey) -> Option<&Alert> {
        self.alerts.get(key).map(Box::as_ref)
    }

    /// All alerts with their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&AlertKey, &Alert)> {
        self.alerts.iter().map(|(key, alert)| (key, alert.as_ref()))
    }

    /// Whether there is an open alert of that key.
    pub fn is_open(&self, key: &AlertKey) -> bool {
        self.alerts.get(key).is_some_and(|alert| alert.state.is_open())
    }

    /// Whether there is none, over or not, and nothing that would be one if it goes on: so with most customers at most times.
    pub fn is_empty(&self) -> bool {
        self.alerts.is_empty() && self.dwelling.is_empty()
    }

    /// Whether there may be one of that kind about `entity` that is not over, or what would be one if it goes on. Quicker than to ask by
    /// its key, which has to be put together.
    pub(crate) fn may_go_on(&self, kind: AlertKind, entity: &str) -> bool {
        let is_about = |key: &AlertKey| {
            let rest = key.as_str().strip_prefix(kind.as_str()).and_then(|rest| rest.strip_prefix(':'));
            rest.is_some_and(|rest| rest.starts_with(entity))
        };
        self.alerts.iter().any(|(key, alert)| alert.kind == kind && alert.state.is_open() && is_about(key))
            || self.dwelling.keys().any(is_about)
    }

    /// Whether there is an open alert of that key, or what would be one if it goes on.
    pub fn is_going_on(&self, key: &AlertKey) -> bool {
        self.is_open(key) || self.dwelling.contains_key(key)
    }

    fn raise(&mut self, context: &mut Fold<'_>, facts: &Facts, rule: &Rule, trigger: Trigger) {
        let now = context.clock;
        let since_change_ms = self.alerts.get(&trigger.key).map(|alert| now.ms_since(alert.changed_at));
        match self.alerts.get_mut(&trigger.key) {
            Some(alert) if alert.state.is_open() => return self.repeat(context, facts, rule, trigger),
            Some(alert) if since_change_ms < Some(minutes_ms(rule.cooldown_min)) => {
                alert.count += 1;
                return self.show(context, facts, &trigger.key);
            }
            _ => {}
        }
        if rule.dwell_min > 0 {
            let since = self.dwelling.get(&trigger.key).map(|dwelling| dwelling.0);
            if since.is_none() {
                context.set_timer(now.plus_ms(minutes_ms(rule.dwell_min)), Timer::AlertDwell(trigger.key.clone()));
            }
            self.dwelling.insert(trigger.key.clone(), Box::new((since.unwrap_or(now), trigger)));
            return;
        }
        self.put(context, facts, rule, &trigger);
    }

    /// It is an alert now: a new one, or again one that was over.
    fn put(&mut self, context: &mut Fold<'_>, facts: &Facts, rule: &Rule, trigger: &Trigger) {
        let now = context.clock;
        let key = trigger.key.clone();
        let reopen_ms = i64::from(context.config.alerting.thresholds.reopen_within_h) * 3_600_000;
        let before = self.alerts.remove(&key).map(|alert| *alert);
        let is_again = before.as_ref().is_some_and(|own| now.ms_since(own.changed_at) <= reopen_ms);
        let fresh = Alert::new(context, facts, rule, trigger);
        let alert = match before {
            Some(own) if is_again => Alert {
                count: own.count + 1,
                revision: own.revision,
                owner: own.owner.or(fresh.owner),
                history: own.history,
                evidence: own.evidence,
                ..fresh
            },
            Some(own) => Alert { revision: own.revision, ..fresh },
            None => fresh,
        };
        self.alerts.insert(key.clone(), Box::new(alert));
        self.witness(context, trigger);
        let what = if is_again { What::Reopened } else { What::Raised };
        self.change(context, facts, &key, Change::by_itself(what, ""));
    }

    /// It happened again: counted, told only if it is worse.
    fn repeat(&mut self, context: &mut Fold<'_>, facts: &Facts, rule: &Rule, trigger: Trigger) {
        let key = trigger.key.clone();
        self.witness(context, &trigger);
        let severity = trigger.severity.unwrap_or(rule.severity);
        let Some(alert) = self.alerts.get_mut(&key) else { return };
        alert.count += 1;
        alert.why = trigger.why;
        alert.due_at = trigger.due_at.or(alert.due_at);
        if severity < alert.severity {
            alert.severity = severity;
            // What is worse is told to the owner, and up the ladder from now on.
            (alert.ladder_from, alert.snoozed_until) = (context.clock, None);
            if alert.state == State::Snoozed {
                alert.state = State::Triggered;
            }
            return self.change(context, facts, &key, Change::by_itself(What::RaisedSeverity, ""));
        }
        self.show(context, facts, &key);
    }

    /// Keeps where the event stands that is behind an alert.
    fn witness(&mut self, context: &Fold<'_>, trigger: &Trigger) {
        let Place { sequence, index, .. } = context.place;
        if let (Some(alert), Some(occurred_at)) = (self.alerts.get_mut(&trigger.key), trigger.occurred_at) {
            if alert.evidence.len() >= EVIDENCE_KEPT {
                alert.evidence.remove(1);
            }
            alert.evidence.push(Evidence { sequence, index, occurred_at });
        }
    }

    /// Changes an alert: a new revision, a step of its history, a notice, a card.
    fn change(&mut self, context: &mut Fold<'_>, facts: &Facts, key: &AlertKey, change: Change) {
        self.change_by(context, facts, key, change, |_| {});
    }

    /// Changes an alert as `apply` does, too.
    fn change_by(
        &mut self,
        context: &mut Fold<'_>,
        facts: &Facts,
        key: &AlertKey,
        change: Change,
        apply: impl FnOnce(&mut Alert),
    ) {
        let now = context.clock;
        let Some(alert) = self.alerts.get_mut(key) else { return };
        let before = quality::Before::of(alert);
        apply(alert);
        alert.revision += 1;
        alert.changed_at = now;
        match change.what {
            What::Resolved => alert.state = State::Resolved,
            What::Closed => alert.state = State::Closed,
            _ => {}
        }
        if !alert.state.is_open() {
            (alert.snoozed_until, alert.due_at, alert.respond) = (None, None, None);
        }
        let Change { what, actor, note, to } = change;
        if alert.history.len() >= STEPS_KEPT {
            alert.history.remove(1);
        }
        alert.history.push(Step { revision: alert.revision, at: now, actor: actor.clone(), what, note });
        alert.is_acted_on = what != What::Reopened && (alert.is_acted_on || actor.is_some());
        quality::count(context, &before, alert, what);
        let notice = Notice {
            alert: key.clone(),
            subject: context.subject().clone(),
            kind: alert.kind,
            severity: alert.severity,
            what,
            at: now,
            revision: alert.revision,
            due_at: alert.due_at,
            level: alert.level,
            to: to.unwrap_or_else(|| alert.owner.iter().cloned().collect()),
            labels: alert.labels.clone(),
            group: alert.group.clone(),
            why: alert.why.sentence(),
            count: alert.count,
            actor,
            state: alert.state,
        };
        context.emit(AlertEffect::Notice(Box::new(notice)));
        self.set_wake(context, key);
        self.show(context, facts, key);
    }

    /// Shows people how an alert stands.
    fn show(&self, context: &mut Fold<'_>, facts: &Facts, key: &AlertKey) {
        let Some(alert) = self.alerts.get(key) else { return };
        let partition = context.place.partition;
        let place = alert.evidence.last().map(|last| Place { partition, sequence: last.sequence, index: last.index });
        let card = AlertCard::of(alert, facts, place);
        context.post(key.as_str().to_owned(), Card::Alert(Box::new(card)), !alert.state.is_open());
    }
}
