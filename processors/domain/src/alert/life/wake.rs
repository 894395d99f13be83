//! What time does to an alert: up the ladder, out of a snooze, and forgotten.

use super::{Alert, Alerts, Change, minutes_ms};
use crate::alert::config::Alerting;
use crate::alert::{AlertKind, Facts, Severity, State, What};
use crate::{Fold, Profile, Timer};
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Label, Timestamp};

/// What is over is forgotten after so long: 30 days.
const FORGET_AFTER_MS: i64 = 30 * 86_400_000;
/// How much of the time to respond has passed when the next rung is told, in per cent.
const MARKS: [i64; 3] = [50, 80, 100];
/// The last rung.
const TOP: u8 = 3;

/// What an alert is woken for.
enum Due {
    Unsnooze,
    Rung,
    Mark,
    Forget,
}

/// Time has come to something of an alert.
pub(crate) fn wake(context: &mut Fold<'_>, profile: &mut Profile, key: &AlertKey) {
    let facts = Facts::of(context.config, profile, context.clock);
    let alerts = &mut profile.alerts;
    if let Some(alert) = alerts.alerts.get_mut(key) {
        alert.wake_at = None;
    }
    loop {
        let Some(alert) = alerts.alerts.get_mut(key) else { return };
        let due = alert.next_due(&context.config.alerting);
        let Some((_, due)) = due.filter(|(at, _)| *at <= context.clock) else { break };
        match due {
            Due::Unsnooze => {
                let now = context.clock;
                alerts.change_by(context, &facts, key, Change::by_itself(What::Woken, ""), |alert| {
                    (alert.state, alert.snoozed_until, alert.ladder_from) = (State::Triggered, None, now);
                });
            }
            Due::Rung => alerts.escalate(context, &facts, key, "nobody has acknowledged it"),
            Due::Mark => {
                let Some(respond) = &mut alert.respond else { return };
                let percent = MARKS[usize::from(respond.marks.min(2))];
                respond.marks += 1;
                if respond.marks > alert.level {
                    let note = format!("{percent} % of the time to contact the customer is used");
                    alerts.escalate(context, &facts, key, &note);
                }
            }
            Due::Forget => {
                alerts.alerts.remove(key);
                context.take_down(key.as_str());
                return;
            }
        }
    }
    alerts.set_wake(context, key);
}

/// What was so for a while is an alert now, if it is still so.
pub(crate) fn dwelt(context: &mut Fold<'_>, profile: &mut Profile, key: &AlertKey) {
    let Some(dwelling) = profile.alerts.dwelling.remove(key) else { return };
    let (_, trigger) = *dwelling;
    if context.is_backfill {
        context.withhold();
        return;
    }
    let facts = Facts::of(context.config, profile, context.clock);
    let rule = context.config.alerting.rule(trigger.kind, &facts, &trigger.labels, context.clock);
    if let Some(rule) = rule {
        profile.alerts.put(context, &facts, rule, &trigger);
    }
}

impl Alerts {
    /// Tells the next rung.
    fn escalate(&mut self, context: &mut Fold<'_>, facts: &Facts, key: &AlertKey, note: &str) {
        let Some(alert) = self.alerts.get_mut(key) else { return };
        alert.level = (alert.level + 1).min(TOP);
        let mut to: Vec<Label> = context.config.alerting.people(alert.level).to_vec();
        // Nobody is named there: whoever has it hears it again.
        if to.is_empty() {
            to.extend(alert.owner.clone());
        }
        let change = Change { to: Some(to), ..Change::by_itself(What::Escalated, note) };
        self.change(context, facts, key, change);
    }

    /// Sets the timer for what comes next of an alert.
    pub(super) fn set_wake(&mut self, context: &mut Fold<'_>, key: &AlertKey) {
        let Some(alert) = self.alerts.get_mut(key) else { return };
        let next = alert.next_due(&context.config.alerting).map(|(at, _)| at);
        if next == alert.wake_at {
            return;
        }
        if let Some(before) = alert.wake_at {
            context.clear_timer(before, Timer::Alert(key.clone()));
        }
        alert.wake_at = next;
        if let Some(at) = next {
            context.set_timer(at, Timer::Alert(key.clone()));
        }
    }
}

impl Alert {
    fn next_due(&self, alerting: &Alerting) -> Option<(Timestamp, Due)> {
        let open = self.state.is_open();
        let unsnooze = self.snoozed_until.filter(|_| self.state == State::Snoozed).map(|at| (at, Due::Unsnooze));
        let rung = self.next_rung(alerting).map(|at| (at, Due::Rung));
        let mark = self.next_mark(alerting).map(|at| (at, Due::Mark));
        let forget = (!open).then(|| (self.changed_at.plus_ms(FORGET_AFTER_MS), Due::Forget));
        [unsnooze, rung, mark, forget].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// When the next rung is told, unless somebody acknowledges before.
    fn next_rung(&self, alerting: &Alerting) -> Option<Timestamp> {
        if self.state != State::Triggered || self.level >= TOP {
            return None;
        }
        let severity = |own: Severity| alerting.ladders.iter().find(|ladder| ladder.severity == own);
        let after = severity(self.severity)?.after_min.get(usize::from(self.level))?;
        Some(self.ladder_from.plus_ms(minutes_ms(*after)))
    }

    /// When the next mark of the time to contact the customer passes.
    fn next_mark(&self, alerting: &Alerting) -> Option<Timestamp> {
        if self.kind != AlertKind::Recovery || !self.state.is_open() || self.contacted_at.is_some() {
            return None;
        }
        let respond = self.respond.as_ref()?;
        let percent = MARKS.get(usize::from(respond.marks))?;
        alerting.after(&respond.calendar, respond.from, respond.within_ms * percent / 100)
    }
}
