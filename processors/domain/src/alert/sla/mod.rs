//! The clocks of tickets: how much of each target of the service level is used, and what becomes of it.
//!
//! What happened to a ticket is kept, sorted by time, and the clocks are computed anew from it when something comes in or time comes
//! to a mark: so that any order of arrival makes the same figures. What was counted is taken back before it is counted again.
//!
//! - A target is used up at the very instant at which all its working time has passed; an answer at that instant is too late.
//! - A ticket that ends ends all its clocks: who has what they wanted waits for no reply. Where it is reopened, the first reply,
//!   the requester's wait and the resolution go on with what they had used, and updates begin anew.
//! - Where another policy matches (a new priority, tier or kind of customer), what still runs goes on under it with what was used;
//!   what was missed stays missed.
//! - A change of the configuration concerns tickets that are open.

mod counts;
mod scan;
#[cfg(test)]
mod tests;

pub use counts::{SlaCounts, TOPIC, TargetCounts};

use crate::alert::config::Alerting;
use crate::alert::life::{self, Trigger};
use crate::alert::why::Target;
use crate::alert::{AlertKind, Labels, Severity, Why, key};
use crate::{Fold, Profile, Timer};
use nexusflow_engine::Latest;
use nexusflow_model::event::support::AuthorKind;
use nexusflow_model::{Envelope, Event, Id, Label, Timestamp};
use scan::{Moment, Outcome, Scan, Standing, What};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Moments of a ticket that are kept at the most. Of one with more, the older half becomes what its clocks stood at then.
const MOMENTS_KEPT: usize = 256;
/// Changes of a customer's kind and tier that are kept at the most.
const CHANGES_KEPT: usize = 32;

/// The clocks of a customer's tickets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Clocks {
    tickets: BTreeMap<Id, Box<Ticket>>,
    /// When the customer came to be of which kind and in which tier.
    changes: Vec<Moment>,
}

/// What is known of one ticket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Ticket {
    /// What was before the moments that are kept.
    base: Option<Box<Scan>>,
    moments: Vec<Moment>,
    assignee: Latest<Label>,
    /// Who said last that the clocks stand still, where a person did, and why.
    pause: Latest<(Option<Label>, Label)>,
    /// What was counted.
    outcomes: Vec<Outcome>,
    /// Of each target, the highest mark people were told of, in per cent.
    told: [u8; 5],
    wake_at: Option<Timestamp>,
}

/// A rule of alerts: takes in what happened to a ticket, or to its customer.
pub(crate) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    let at = envelope.occurred_at;
    let changed = profile.sla.changed(context, envelope);
    let Some((id, what)) = moment(&envelope.event) else {
        for id in changed {
            compute(context, profile, &id, Some(at));
        }
        return;
    };
    let ticket = profile.sla.tickets.entry(id.clone()).or_default();
    if let Some(what) = what {
        put(&mut ticket.moments, Moment { at, what, tie: context.identity });
    }
    match &envelope.event {
        Event::TicketOpened(it) => say(&mut ticket.assignee, at, context.identity, it.assignee.as_ref()),
        Event::TicketAssigned(it) => say(&mut ticket.assignee, at, context.identity, it.assignee.as_ref()),
        Event::SlaPaused(it) => {
            ticket.pause.say(at, context.identity, (Some(it.by.clone()), it.reason.clone()));
        }
        Event::TicketStatusChanged(it) if it.pending => {
            ticket.pause.say(at, context.identity, (None, it.status.clone()));
        }
        _ => {}
    }
    let id = id.clone();
    compute(context, profile, &id, Some(at));
}

fn say(latest: &mut Latest<Label>, at: Timestamp, tie: u64, value: Option<&Label>) {
    if let Some(value) = value {
        latest.say(at, tie, value.clone());
    }
}

/// Which ticket an event is about, and what it means for its clocks.
fn moment(event: &Event) -> Option<(&Id, Option<What>)> {
    let (id, what) = match event {
        Event::TicketOpened(it) => {
            let labels = [it.priority.clone(), it.channel.clone(), it.category.clone()];
            (&it.ticket, What::Opened(Box::new(labels)))
        }
        Event::TicketReplied(it) if !it.public => return None,
        Event::TicketReplied(it) => match it.author_kind {
            AuthorKind::Agent => (&it.ticket, What::Answered),
            AuthorKind::Customer => (&it.ticket, What::Asked),
            AuthorKind::Bot => return None,
        },
        Event::TicketStatusChanged(it) => (&it.ticket, What::Pending(it.pending)),
        Event::TicketPriorityChanged(it) => (&it.ticket, What::Priority(it.priority.clone())),
        Event::TicketResolved(it) => (&it.ticket, What::Ended),
        Event::TicketReopened(it) => (&it.ticket, What::Reopened),
        Event::SlaPaused(it) => (&it.ticket, What::Paused),
        Event::SlaResumed(it) => (&it.ticket, What::Resumed),
        Event::TicketAssigned(it) => return Some((&it.ticket, None)),
        _ => return None,
    };
    Some((id, Some(what)))
}

/// Keeps a moment in its place.
fn put(moments: &mut Vec<Moment>, moment: Moment) {
    if let Err(place) = moments.binary_search(&moment) {
        moments.insert(place, moment);
    }
}

/// Time has come to a mark of a ticket.
pub(crate) fn fire(context: &mut Fold<'_>, profile: &mut Profile, id: &Id) {
    if let Some(ticket) = profile.sla.tickets.get_mut(id) {
        ticket.wake_at = None;
        compute(context, profile, id, None);
    }
}

/// Another configuration holds: for tickets that are open.
pub(crate) fn reconfigured(context: &mut Fold<'_>, profile: &mut Profile) {
    let open = profile.sla.open(&context.config.alerting, context.clock);
    for id in open {
        compute(context, profile, &id, None);
    }
}

/// Computes the clocks of a ticket, counts what changed, raises and clears alerts, and says when to look again. `occurred_at` is when
/// the event happened by which it changed, if it was one.
fn compute(context: &mut Fold<'_>, profile: &mut Profile, id: &Id, occurred_at: Option<Timestamp>) {
    let Some(ticket) = profile.sla.tickets.get(id) else { return };
    let (config, now) = (context.config, context.clock);
    let alerting = &config.alerting;
    let mut outcomes = Vec::new();
    let scan = ticket.walk(alerting, &profile.sla.changes, &ticket.moments, now, &mut outcomes);
    outcomes.extend_from_slice(scan.resting());
    let standings = Target::ALL.map(|target| scan.standing(alerting, target));
    let next_at = standings.iter().filter_map(|standing| standing.next_at).min();
    let labels = scan.labels;
    let owner = ticket.assignee.get().cloned();
    let changes = std::mem::take(&mut profile.sla.changes);
    if let Some(ticket) = profile.sla.tickets.get_mut(id) {
        if outcomes != ticket.outcomes {
            counts::count(context, &ticket.outcomes, -1);
            counts::count(context, &outcomes, 1);
            ticket.outcomes = outcomes;
        }
        ticket.forget(alerting, &changes);
        ticket.set_wake(context, id, next_at);
    }
    profile.sla.changes = changes;
    for (target, standing) in Target::ALL.into_iter().zip(standings) {
        tell(context, profile, id, (target, standing), &labels, (owner.as_ref(), occurred_at));
    }
}

/// Raises or clears the alert of a target.
fn tell(
    context: &mut Fold<'_>,
    profile: &mut Profile,
    id: &Id,
    (target, standing): (Target, Standing),
    labels: &Labels,
    (owner, occurred_at): (Option<&Label>, Option<Timestamp>),
) {
    let Some(told) = profile.sla.tickets.get_mut(id).map(|ticket| &mut ticket.told[target as usize]) else { return };
    let before = std::mem::replace(told, standing.percent);
    if standing.percent == before {
        return;
    }
    let Some(key) = key(AlertKind::Sla, id.as_str(), target.as_str()) else { return };
    if standing.percent == 0 && before > 0 {
        life::clear(context, profile, &key, "nobody waits for it any more");
    }
    if standing.percent < before {
        return;
    }
    let severity = match standing.percent {
        0..80 => Some(Severity::S4),
        80..100 => Some(Severity::S3),
        // How bad a breach is the rule says.
        _ => None,
    };
    let why = Why::Clock(target, standing.percent);
    let trigger = Trigger {
        labels: labels.clone(),
        severity,
        due_at: standing.due_at,
        owner: owner.cloned(),
        occurred_at,
        ..Trigger::new(AlertKind::Sla, key, why)
    };
    life::raise(context, profile, trigger);
}

impl Clocks {
    /// Keeps what an event says of the customer's kind and tier; gives the tickets that it concerns.
    fn changed(&mut self, context: &Fold<'_>, envelope: &Envelope) -> Vec<Id> {
        let (kind, tier) = match &envelope.event {
            Event::CustomerIdentified(it) => (it.kind.clone(), it.tier.clone()),
            Event::TierChanged(it) => (None, Some(it.tier.clone())),
            _ => return Vec::new(),
        };
        let before = self.changes.len();
        for what in [kind.map(What::Kind), tier.map(What::Tier)].into_iter().flatten() {
            put(&mut self.changes, Moment { at: envelope.occurred_at, what, tie: context.identity });
        }
        if self.changes.len() == before {
            return Vec::new();
        }
        let surplus = self.changes.len().saturating_sub(CHANGES_KEPT);
        self.changes.drain(..surplus);
        self.tickets.keys().cloned().collect()
    }

    fn open(&self, alerting: &Alerting, now: Timestamp) -> Vec<Id> {
        let is_open =
            |ticket: &Ticket| ticket.walk(alerting, &self.changes, &ticket.moments, now, &mut Vec::new()).is_open();
        self.tickets.iter().filter(|(_, ticket)| is_open(ticket)).map(|(id, _)| id.clone()).collect()
    }

    /// How the clocks of a ticket stand at `now`, for people; none where nothing is known of it.
    pub fn shown(&self, alerting: &Alerting, now: Timestamp, id: &Id) -> Option<Value> {
        let ticket = self.tickets.get(id)?;
        let scan = ticket.walk(alerting, &self.changes, &ticket.moments, now, &mut Vec::new());
        let targets = Target::ALL.into_iter().filter_map(|target| {
            let (used_ms, limit_ms) = scan.used_ms(alerting, target)?;
            let due_at = scan.standing(alerting, target).due_at;
            Some(json!({"target": target.as_str(), "used_ms": used_ms, "limit_ms": limit_ms, "due_at": due_at}))
        });
        let targets: Vec<Value> = targets.collect();
        let paused = scan.is_halted();
        let (by, why) = ticket.pause.get().filter(|_| paused).cloned().unzip();
        let since = ticket.pause.at().filter(|_| paused);
        Some(json!({
            "policy": scan.policy_name(alerting), "paused": paused, "paused_by": by.flatten(), "paused_why": why,
            "paused_since_at": since, "targets": targets,
        }))
    }
}

impl Ticket {
    /// The clocks at `now`, after all of `moments`. Nothing counts before the ticket is opened: what is said of an earlier time is as
    /// if it were said then.
    fn walk(
        &self,
        alerting: &Alerting,
        changes: &[Moment],
        moments: &[Moment],
        now: Timestamp,
        outcomes: &mut Vec<Outcome>,
    ) -> Scan {
        let mut scan = self.base.as_deref().cloned().unwrap_or_default();
        let opened = moments.iter().find(|moment| matches!(moment.what, What::Opened(_)));
        let opened = opened.filter(|_| self.base.is_none());
        if self.base.is_none() && opened.is_none() {
            return scan;
        }
        let from = opened.map_or(scan.at(), |moment| moment.at);
        scan.advance(alerting, from, outcomes);
        if let Some(opened) = opened {
            scan.happen(alerting, &opened.what, outcomes);
        }
        let until = moments.last().map_or(now, |last| last.at.max(now));
        let changes = changes.iter().filter(|change| change.at <= until);
        let mut all: Vec<&Moment> = changes.chain(moments).collect();
        // Stable: at one instant what a customer is comes first, and of an earlier time the later word is the later one.
        all.sort_by_key(|moment| moment.at.max(from));
        for moment in all {
            scan.advance(alerting, moment.at, outcomes);
            scan.happen(alerting, &moment.what, outcomes);
        }
        scan.advance(alerting, now, outcomes);
        scan.miss(alerting, outcomes);
        scan
    }

    /// Of too many moments, the older half becomes what the clocks stood at after it. What was counted of it stays counted.
    fn forget(&mut self, alerting: &Alerting, changes: &[Moment]) {
        if self.moments.len() <= MOMENTS_KEPT {
            return;
        }
        let older = &self.moments[..MOMENTS_KEPT / 2];
        let until = older.last().map_or(Timestamp::MIN, |last| last.at);
        let mut settled = Vec::new();
        let scan = self.walk(alerting, changes, older, until, &mut settled);
        self.moments.drain(..MOMENTS_KEPT / 2);
        self.outcomes.drain(..settled.len().min(self.outcomes.len()));
        self.base = Some(Box::new(scan));
    }

    fn set_wake(&mut self, context: &mut Fold<'_>, id: &Id, next_at: Option<Timestamp>) {
        if next_at == self.wake_at {
            return;
        }
        if let Some(before) = self.wake_at {
            context.clear_timer(before, Timer::Sla(id.clone()));
        }
        if let Some(at) = next_at {
            context.set_timer(at, Timer::Sla(id.clone()));
        }
        self.wake_at = next_at;
    }
}
