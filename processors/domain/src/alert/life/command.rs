//! What people do about an alert. A command is accepted or refused; one that has not seen the latest revision is refused with what
//! changed since.

use super::{Alert, Change};
use crate::alert::{Facts, State, What};
use crate::config::Business;
use crate::{Fold, Profile};
use nexusflow_engine::Outcome;
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Envelope, Event, Label, Personal, Text, Timestamp};

/// The longest snooze: 30 days.
const SNOOZE_MAX_MS: i64 = 30 * 86_400_000;

/// What is asked for.
struct Asked<'a> {
    key: &'a AlertKey,
    revision: u32,
    actor: &'a Label,
    note: Option<&'a Personal<Text>>,
    verb: Verb<'a>,
}

enum Verb<'a> {
    Acknowledge,
    Assign(&'a Label),
    Snooze(Timestamp),
    Contact(Option<&'a Label>),
    Resolve,
    Close(&'a Label, &'a Label),
    Reopen,
}

/// Decides about a command; does nothing with other events.
pub(crate) fn command(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    let Some(asked) = Asked::of(&envelope.event) else { return };
    let outcome = match profile.alerts.alerts.get(asked.key) {
        None => refused("unknown_alert", "there is no such alert".into()),
        Some(alert) => match asked.refusal(context.config, alert, context.clock) {
            Some(refusal) => refusal,
            None => do_it(context, profile, &asked),
        },
    };
    context.decide(outcome);
}

fn refused(code: &str, message: String) -> Outcome {
    Outcome { accepted: false, code: code.to_owned(), message }
}

fn do_it(context: &mut Fold<'_>, profile: &mut Profile, asked: &Asked<'_>) -> Outcome {
    let facts = Facts::of(context.config, profile, context.clock);
    let now = context.clock;
    let (what, with) = match asked.verb {
        Verb::Acknowledge => (What::Acknowledged, None),
        Verb::Assign(assignee) => (What::Assigned, Some(format!("to {assignee}"))),
        Verb::Snooze(_) => (What::Snoozed, None),
        Verb::Contact(channel) => (What::Contacted, channel.map(|channel| format!("by {channel}"))),
        Verb::Resolve => (What::Resolved, None),
        Verb::Close(..) => (What::Closed, None),
        Verb::Reopen => (What::Reopened, None),
    };
    let note = match (with, asked.note.map(|note| note.reveal().as_str())) {
        (Some(with), Some(note)) => Some(format!("{with}: {note}")),
        (with, note) => with.or_else(|| note.map(str::to_owned)),
    };
    let change = Change { what, actor: Some(asked.actor.clone()), note, to: None };
    profile.alerts.change_by(context, &facts, asked.key, change, |alert| asked.apply(alert, now));
    Outcome {
        accepted: true,
        code: what.as_str().replace(' ', "_"),
        message: format!("{} by {}", what.as_str(), asked.actor),
    }
}

impl<'a> Asked<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        Some(match event {
            Event::AlertAcknowledged(it) => Self::step(it, Verb::Acknowledge),
            Event::AlertResolved(it) => Self::step(it, Verb::Resolve),
            Event::AlertReopened(it) => Self::step(it, Verb::Reopen),
            Event::AlertAssigned(it) => Self {
                key: &it.alert,
                revision: it.revision,
                actor: &it.actor,
                note: it.note.as_ref(),
                verb: Verb::Assign(&it.assignee),
            },
            Event::AlertSnoozed(it) => Self {
                key: &it.alert,
                revision: it.revision,
                actor: &it.actor,
                note: it.note.as_ref(),
                verb: Verb::Snooze(it.until),
            },
            Event::AlertContacted(it) => Self {
                key: &it.alert,
                revision: it.revision,
                actor: &it.actor,
                note: it.note.as_ref(),
                verb: Verb::Contact(it.channel.as_ref()),
            },
            Event::AlertClosed(it) => Self {
                key: &it.alert,
                revision: it.revision,
                actor: &it.actor,
                note: it.note.as_ref(),
                verb: Verb::Close(&it.cause, &it.action),
            },
            _ => return None,
        })
    }

    fn step(it: &'a nexusflow_model::event::alert::AlertStep, verb: Verb<'a>) -> Self {
        Self { key: &it.alert, revision: it.revision, actor: &it.actor, note: it.note.as_ref(), verb }
    }

    fn apply(&self, alert: &mut Alert, now: Timestamp) {
        match self.verb {
            Verb::Acknowledge => {
                (alert.state, alert.snoozed_until) = (State::Acknowledged, None);
                alert.owner.get_or_insert_with(|| self.actor.clone());
                alert.acknowledged_at.get_or_insert(now);
            }
            Verb::Assign(assignee) => alert.owner = Some(assignee.clone()),
            Verb::Snooze(until) => {
                (alert.state, alert.snoozed_until) = (State::Snoozed, Some(until));
                alert.acknowledged_at.get_or_insert(now);
            }
            Verb::Contact(_) => {
                alert.owner.get_or_insert_with(|| self.actor.clone());
                alert.contact(now);
            }
            Verb::Resolve => {}
            Verb::Close(cause, action) => {
                (alert.cause, alert.action) = (Some(cause.clone()), Some(action.clone()));
            }
            Verb::Reopen => {
                (alert.state, alert.raised_at, alert.ladder_from, alert.level) = (State::Triggered, now, now, 0);
                (alert.acknowledged_at, alert.contacted_at) = (None, None);
            }
        }
    }

    /// Why it can't be done; none where it can.
    fn refusal(&self, business: &Business, alert: &Alert, now: Timestamp) -> Option<Outcome> {
        if self.revision != alert.revision {
            return Some(refused("stale", changes_since(business, alert, self.revision)));
        }
        let is_open = alert.state.is_open();
        let state = alert.state.as_str();
        match self.verb {
            Verb::Reopen if is_open => Some(refused("open", format!("it is {state}, not over"))),
            Verb::Reopen => None,
            Verb::Close(..) if alert.state == State::Closed => Some(refused("not_open", "it is closed already".into())),
            Verb::Close(..) => None,
            _ if !is_open => Some(refused("not_open", format!("it is {state}: reopen it first"))),
            Verb::Acknowledge if alert.state == State::Acknowledged => {
                let by = alert.owner.as_ref().map_or_else(String::new, |owner| format!(", {owner} looks after it"));
                Some(refused("acknowledged", format!("it is acknowledged already{by}")))
            }
            Verb::Snooze(until) if until <= now => {
                Some(refused("until", "it can be snoozed for the future only".into()))
            }
            Verb::Snooze(until) if until.ms_since(now) > SNOOZE_MAX_MS => {
                Some(refused("until", "it can be snoozed for 30 days at the most".into()))
            }
            _ => None,
        }
    }
}

/// What happened to an alert since a revision, in words.
fn changes_since(business: &Business, alert: &Alert, revision: u32) -> String {
    if revision > alert.revision {
        return format!("it has revision {}, there is no {revision} yet", alert.revision);
    }
    let zone = &business.business.time_zone;
    let step = |step: &super::Step| {
        let at = step.at.to_jiff().to_zoned(zone.zone().clone()).strftime("%H:%M");
        let by = step.actor.as_ref().map_or_else(String::new, |actor| format!(" by {actor}"));
        format!("{}{by} at {at}", step.what.as_str())
    };
    let since = alert.history.iter().filter(|step| step.revision > revision);
    let steps: Vec<String> = since.map(step).collect();
    format!("{} since revision {revision}; it is {} now", steps.join(", "), alert.state.as_str())
}
