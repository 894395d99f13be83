//! A deal slipped, was pushed again and again, or nothing happens to it.

use super::over;
use crate::alert::life::{self, Trigger};
use crate::alert::{AlertKind, Severity, Why, key};
use crate::revenue::opportunities::Status;
use crate::{Fold, Profile, Timer};
use nexusflow_engine::Pane;
use nexusflow_model::{Envelope, Event, Id, Timestamp};

const DAY_MS: i64 = 86_400_000;
/// From so many pauses on the median of a partition's deals is taken for what is usual.
const PAUSES_MIN: i64 = 30;

pub(super) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    let id = match &envelope.event {
        Event::OpportunityCreated(it) => &it.opportunity,
        Event::OpportunityStageChanged(it) => &it.opportunity,
        Event::OpportunityAmountChanged(it) => &it.opportunity,
        Event::OpportunityCloseDateChanged(it) => &it.opportunity,
        Event::OpportunityWon(it) => &it.opportunity,
        Event::OpportunityLost(it) => &it.opportunity,
        _ => return,
    };
    let Some(deal) = profile.opportunities.deal(id) else { return };
    let (is_open, expected_at, pushes) = (deal.status() == Status::Open, deal.expected_close_at(), deal.pushes());
    clear(context, profile, id, "idle", "something happened");
    if !is_open {
        ["slipped", "pushed"].iter().for_each(|cause| clear(context, profile, id, cause, "the deal is decided"));
        return;
    }
    if expected_at.is_some_and(|at| at > context.clock) {
        clear(context, profile, id, "slipped", "there is a new date");
    }
    let is_put_off = matches!(&envelope.event, Event::OpportunityCloseDateChanged(_));
    if is_put_off && pushes >= u32::from(context.config.alerting.thresholds.deal_pushes) {
        raise(context, profile, id, "pushed", Severity::S3, Why::DealPushed(pushes));
    }
    look_again(context, profile, id);
}

/// Time may have come to the expected close of a deal, or too long nothing happened: alerts, and says when to look again.
pub(crate) fn look_again(context: &mut Fold<'_>, profile: &mut Profile, id: &Id) {
    let Some(deal) = profile.opportunities.deal(id).filter(|deal| deal.status() == Status::Open) else { return };
    let (now, usual_ms) = (context.clock, usual_pause_ms(context));
    let expected_at = deal.expected_close_at();
    let Some(heard_at) = deal.heard_at() else { return };
    let idle_at = heard_at.plus_ms(usual_ms * i64::from(context.config.alerting.thresholds.deal_idle_times));
    if let Some(at) = expected_at.filter(|at| *at <= now)
        && !is_open(profile, id, "slipped")
    {
        raise(context, profile, id, "slipped", Severity::S3, Why::DealSlipped(at));
    }
    if idle_at <= now && !is_open(profile, id, "idle") {
        let days = now.ms_since(heard_at) / DAY_MS;
        raise(context, profile, id, "idle", Severity::S4, Why::DealIdle(days, usual_ms / DAY_MS));
    }
    let next = [expected_at, Some(idle_at)].into_iter().flatten().filter(|at| *at > now).min();
    profile.opportunities.wake(id, |before: Option<Timestamp>| {
        if before != next {
            if let Some(at) = before {
                context.clear_timer(at, Timer::Deal(id.clone()));
            }
            if let Some(at) = next {
                context.set_timer(at, Timer::Deal(id.clone()));
            }
        }
        next
    });
}

/// How long nothing usually happens to a deal: the median of this partition's, or what is configured until there are enough.
fn usual_pause_ms(context: &Fold<'_>) -> i64 {
    let pauses = context.counted(Pane::All).map(|rollup| &rollup.deals.pause_h);
    let median_h = pauses.filter(|pauses| pauses.count() >= PAUSES_MIN).and_then(|pauses| pauses.quantile(5_000));
    let usual_days = i64::from(context.config.alerting.thresholds.deal_idle_usual_days);
    median_h.map_or(usual_days * DAY_MS, |hours| hours.max(24) * 3_600_000)
}

fn is_open(profile: &Profile, id: &Id, cause: &str) -> bool {
    key(AlertKind::Deal, id.as_str(), cause).is_some_and(|key| profile.alerts.is_going_on(&key))
}

fn raise(context: &mut Fold<'_>, profile: &mut Profile, id: &Id, cause: &str, severity: Severity, why: Why) {
    let Some(key) = key(AlertKind::Deal, id.as_str(), cause) else { return };
    let owner = profile.opportunities.deal(id).and_then(|deal| deal.owner().cloned());
    let trigger = Trigger { severity: Some(severity), owner, ..Trigger::new(AlertKind::Deal, key, why) };
    life::raise(context, profile, trigger);
}

fn clear(context: &mut Fold<'_>, profile: &mut Profile, id: &Id, cause: &str, note: &str) {
    over(context, profile, AlertKind::Deal, id.as_str(), cause, note);
}
