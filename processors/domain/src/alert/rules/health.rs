//! A customer's health is poor, or fell.

use crate::alert::life::{self, Trigger};
use crate::alert::{AlertKind, Why, key};
use crate::config::Business;
use crate::{Fold, Profile};
use nexusflow_model::{Envelope, Timestamp};

pub(super) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    look_at(context, profile, Some(envelope.occurred_at));
}

/// Looks at a customer whose health may have changed, by what happened at `occurred_at` or by time alone.
pub(crate) fn look_at(context: &mut Fold<'_>, profile: &mut Profile, occurred_at: Option<Timestamp>) {
    let Some(score) = profile.health.score_milli else { return };
    let Business { alerting, business, .. } = context.config;
    let limits = &alerting.thresholds;
    let (today, _) = business.time_zone.day_and_hour(context.clock);
    let days = i32::from(limits.health_drop_days);
    let best = i64::from(profile.watch.best_of(today, days, score as i32));
    let (low, good) = (i64::from(limits.health_in) * 1_000, i64::from(limits.health_out) * 1_000);
    let fall = i64::from(limits.health_drop) * 1_000;
    let is_well = score >= low && best - score < fall;
    if is_well && !profile.alerts.may_go_on(AlertKind::HealthDrop, context.subject().as_str()) {
        return;
    }
    let subject = context.subject().clone();
    let (Some(below), Some(fell)) =
        (key(AlertKind::HealthDrop, subject.as_str(), "below"), key(AlertKind::HealthDrop, subject.as_str(), "fell"))
    else {
        return;
    };
    let is_below = profile.alerts.is_going_on(&below);
    let has_fallen = profile.alerts.is_going_on(&fell);
    if is_below && score > good {
        life::clear(context, profile, &below, "health is above the threshold again");
    }
    if has_fallen && profile.watch.recovered_above.is_none_or(|limit| score > i64::from(limit)) {
        profile.watch.recovered_above = None;
        life::clear(context, profile, &fell, "half of the fall is made good");
    }
    let trigger = |key, why| Trigger { occurred_at, ..Trigger::new(AlertKind::HealthDrop, key, why) };
    if score < low && !is_below {
        life::raise(context, profile, trigger(below, Why::HealthBelow(score, low / 1_000)));
    } else if best - score >= fall && !has_fallen && !is_below {
        profile.watch.recovered_above = Some((best - fall / 2) as i32);
        life::raise(context, profile, trigger(fell, Why::HealthFell(best, score, i64::from(days))));
    }
}
