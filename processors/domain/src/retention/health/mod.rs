//! The health score: a weighted mean of the indicators that are present, in integers, so that contributions sum exactly.

pub mod band;
pub mod config;
pub mod counts;
pub mod curve;
pub mod explain;
pub mod history;
pub mod indicators;
mod words;
mod written;

pub use band::Band;
pub use config::HealthConfig;
pub use counts::HealthCounts;
pub use explain::explain;
pub use history::History;

use crate::activity::{Activity, Headline};
use crate::profile::Profile;
use crate::retention::days::{OwnDays, ages_on, step};
use crate::voice::satisfaction::rounded_ratio;
use crate::{Fold, Timer};
use config::{Scale, Weighed};
use counts::Counted;
use history::{ABSENT, Cause, Change, Days, Values};
use indicators::{COUNT, INDICATORS, Now, Reading};
use nexusflow_model::{Currency, Envelope, Kind, Timestamp};
use serde::{Deserialize, Serialize};

/// All indicators.
const ALL: u32 = u32::MAX >> (32 - COUNT);
/// What a year of subscriptions is worth is twelve months of them.
const MONTHS: i64 = 12;

/// A customer's health, as it stands. Beside who they are it is all that is looked at of every customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// 0 to 100,000, the sum of the contributions; none where too little is known.
    pub score_milli: Option<i64>,
    /// The weight of the indicators present, of the weight of all.
    pub coverage_bp: i64,
    /// What the score is called.
    pub band: Option<Band>,
    /// What the customer is worth, in minor units of the business's currency: the more of what they have paid and what their
    /// subscriptions come to in a year.
    pub value_minor: i64,
    /// What each indicator is worth.
    pub values: Values,
    /// The last score of each of the last days.
    pub days: Days,
    /// As what they are counted; none where they are not yet.
    counted: Option<Counted>,
    /// When they are looked at again, though nothing happens.
    wakes_at: Option<Timestamp>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            score_milli: None,
            coverage_bp: 0,
            band: None,
            value_minor: 0,
            values: [ABSENT; COUNT],
            days: Days::default(),
            counted: None,
            wakes_at: None,
        }
    }
}

impl Health {
    /// What may be lost with the customer: their value times what is missing of their score.
    pub fn at_risk_minor(&self) -> i64 {
        let missing = i128::from(100_000 - self.score_milli.unwrap_or(100_000));
        (i128::from(self.value_minor) * missing / 100_000) as i64
    }
}

/// Looks at a customer after an event was folded into the facets.
pub(crate) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    let kind = envelope.event.kind();
    let is_first = profile.health.counted.is_none();
    // What kind of customer it is decides about every weight.
    let touched = if is_first || kind == Kind::CustomerIdentified { ALL } else { context.config.health.touched(kind) };
    if touched != 0 {
        let cause = Cause::Event(context.place.sequence, context.place.index);
        assess(context, profile, touched, cause);
    }
}

/// Looks at a customer because time has come to it.
pub(crate) fn wake(context: &mut Fold<'_>, profile: &mut Profile) {
    profile.health.wakes_at = None;
    assess(context, profile, context.config.health.ageing(), Cause::Time);
}

/// Looks at a customer of whom a delivery is overdue now.
pub(crate) fn overdue(context: &mut Fold<'_>, profile: &mut Profile) {
    let health = &context.config.health;
    assess(context, profile, health.ageing() | health.touched(Kind::DeliveryPromised), Cause::Time);
}

/// Looks at a customer under another configuration.
pub(crate) fn reconfigured(context: &mut Fold<'_>, profile: &mut Profile) {
    assess(context, profile, ALL, Cause::Configuration);
}

/// Computes anew the indicators in `touched`, a bit each, and what follows from them.
fn assess(context: &mut Fold<'_>, profile: &mut Profile, touched: u32, cause: Cause) {
    let config = context.config;
    let own = OwnDays::of(context.subject());
    let now = Now { own, today: own.day(context.clock), currency: config.business.currency };
    let scale = config.health.scale(profile.identity.kind.get());
    let before = profile.health.values;
    let mut values = before;
    let next = read(profile, scale, &now, touched, &mut values);
    debug_assert!(
        cause != Cause::Time || {
            let mut all = before;
            (read(profile, scale, &now, ALL, &mut all), all) == (next, values)
        },
        "time changed an indicator that does not age, or one was not looked at when it changed"
    );
    let (score_milli, coverage_bp) = scale.score(&values, config.health.coverage_min_bp());
    // Beside payments only subscriptions change what a customer is worth, and they by time alone.
    let by_payments = config.health.touched(Kind::PaymentReceived) | config.health.touched(Kind::PaymentReversed);
    if touched & by_payments != 0 || profile.billing.has_subscriptions() {
        profile.health.value_minor = worth(profile, &now);
    }
    debug_assert_eq!(profile.health.value_minor, worth(profile, &now), "something else was paid");
    profile.health.values = values;
    profile.health.coverage_bp = coverage_bp;
    if let Some(day) = next {
        wake_on(context, &mut profile.health, own.start(day));
    }
    become_scored(context, profile, score_milli, &before, cause);
}

/// Reads the indicators in `touched`; gives the first day on which one of them may change by time alone.
fn read(profile: &Profile, scale: &Scale, now: &Now, touched: u32, values: &mut Values) -> Option<i32> {
    let mut next: Option<i32> = None;
    let mut left = touched & ALL;
    while left != 0 {
        let at = left.trailing_zeros() as usize;
        left &= left - 1;
        let (Some(indicator), Some(weighed), Some(value)) =
            (INDICATORS.get(at), scale.weighed.get(at), values.get_mut(at))
        else {
            break;
        };
        *value = ABSENT;
        if weighed.weight > 0
            && let Some(reading) = (indicator.read)(profile, now)
        {
            let (milli, changes_on) = weighed.value(&reading, now.today);
            *value = milli.unwrap_or(ABSENT);
            next = next.into_iter().chain(changes_on).min();
        }
    }
    next
}

/// The customer is looked at again at `due`, or before.
fn wake_on(context: &mut Fold<'_>, health: &mut Health, due: Timestamp) {
    match health.wakes_at {
        // To be woken before it is needed changes nothing, and to move a timer costs more.
        Some(at) if at <= due => return,
        Some(at) => context.clear_timer(at, Timer::Health),
        None => {}
    }
    context.set_timer(due, Timer::Health);
    health.wakes_at = Some(due);
}

/// Takes on a score, counts it, and remembers why.
fn become_scored(
    context: &mut Fold<'_>,
    profile: &mut Profile,
    score_milli: Option<i64>,
    before: &Values,
    cause: Cause,
) {
    let health = &mut profile.health;
    let config = &context.config.health;
    let band = score_milli.map(|score| match health.band {
        Some(band) => band.next(config, score),
        None => Band::plain(config, score),
    });
    let kind = profile.identity.kind.get();
    let is_counted = health.counted.as_ref().is_some_and(|counted| {
        counted.score_milli == score_milli && counted.band == band && counted.kind.as_ref() == kind
    });
    if is_counted {
        return;
    }
    let counted = Counted { kind: kind.cloned(), score_milli, band };
    let old = health.counted.take();
    let count = |rollup: &mut crate::Rollup| rollup.health.recount(old.as_ref(), &counted);
    context.count_now(count);
    context.count_day(context.clock, count);
    health.counted = Some(counted);
    let (score_before, band_before) = (health.score_milli, health.band);
    (health.score_milli, health.band) = (score_milli, band);
    if score_before == score_milli && band_before == band {
        return;
    }
    let (today, _) = context.config.business.time_zone.day_and_hour(context.clock);
    health.days.note(today, score_milli);
    let change = Change {
        at: context.clock,
        cause,
        before: score_before,
        after: score_milli,
        band,
        moved: Vec::new(),
        config: history::short(context.config_version),
    };
    profile.health_history.note(&change, before, &health.values);
    if let (Some(from), Some(to)) = (band_before, band)
        && from != to
        && !context.is_backfill
    {
        tell(context, from, to);
    }
}

/// Tells that a customer's health is called otherwise.
fn tell(context: &mut Fold<'_>, from: Band, to: Band) {
    let moved = if to > from { "rose" } else { "fell" };
    let what = format!("Health {moved} from {} to {}", from.as_str(), to.as_str());
    let activity = Activity {
        kind: "health.band".into(),
        occurred_at: context.clock,
        recorded_at: context.clock,
        customer: context.subject().as_str().to_owned(),
        headline: Headline { what, amount: None, good: Some(to > from) },
    };
    context.tell(activity);
}

/// What a customer is worth, in minor units of the business's currency.
fn worth(profile: &Profile, now: &Now) -> i64 {
    let paid = paid(profile, now.currency);
    paid.max(profile.billing.monthly_minor(now.currency, now.today).saturating_mul(MONTHS))
}

fn paid(profile: &Profile, currency: Currency) -> i64 {
    profile.commerce.paid.get(currency)
}

impl Weighed {
    /// What a reading is worth on `today`, none where it says nothing or no longer counts; and the first day on which that may change.
    fn value(&self, reading: &Reading, today: i32) -> (Option<i16>, Option<i32>) {
        let valid = self.valid_days.zip(reading.said_on);
        let ends_on = valid.map(|(days, said_on)| said_on.saturating_add(i32::from(days)).saturating_add(1));
        if ends_on.is_some_and(|ends_on| ends_on <= today) {
            return (None, None);
        }
        let (value, changes_on) = match reading.aged_from {
            Some(day) => {
                let value = self.by_age[step(today, day)];
                // Nobody is woken for an age that is worth the same.
                (Some(value), ages_on(today, day, |step| self.by_age[step] != value))
            }
            None => (reading.number.map(|number| self.curve.at(number) as i16), reading.changes_on),
        };
        (value, changes_on.into_iter().chain(ends_on).min())
    }
}

impl Scale {
    /// (score, coverage) of these values: the weighted mean of those that are present, rounded to the nearest thousandth of a point.
    pub(crate) fn score(&self, values: &Values, coverage_min_bp: i64) -> (Option<i64>, i64) {
        let (mut sum, mut weight) = (0, 0);
        for (weighed, value) in self.weighed.iter().zip(values) {
            if *value >= 0 {
                sum += weighed.weight * i64::from(*value);
                weight += weighed.weight;
            }
        }
        let coverage_bp = rounded_ratio(weight * 10_000, self.weight).unwrap_or(0);
        let score = rounded_ratio(sum * 100, weight).filter(|_| coverage_bp >= coverage_min_bp);
        (score, coverage_bp)
    }

    /// The indicator that costs the most points: its place in the list, and thousandths of a point.
    pub(crate) fn worst(&self, values: &Values) -> Option<(usize, i64)> {
        let each = || self.weighed.iter().zip(values).filter(|(_, value)| **value >= 0);
        let weight: i64 = each().map(|(own, _)| own.weight).sum();
        let lost = |(weighed, value): (&Weighed, &i16)| match *value {
            ..0 => None,
            value => rounded_ratio(weighed.weight * (1_000 - i64::from(value)) * 100, weight),
        };
        let all = self.weighed.iter().zip(values).map(lost).enumerate();
        all.filter_map(|(at, lost)| Some((at, lost?))).max_by_key(|(at, lost)| (*lost, std::cmp::Reverse(*at)))
    }

    /// What each of these values adds to the score, in thousandths of a point; none where there is none. They sum to it exactly: each is
    /// rounded down, and what is missing goes a thousandth each to those that lost most by that (the largest remainder, Hamilton's
    /// method).
    pub(crate) fn contributions(&self, values: &Values) -> Vec<Option<i64>> {
        let present =
            |(weighed, value): (&Weighed, &i16)| (*value >= 0).then(|| weighed.weight * i64::from(*value) * 100);
        let parts: Vec<Option<i64>> = self.weighed.iter().zip(values).map(present).collect();
        let weight: i64 =
            self.weighed.iter().zip(values).filter(|(_, value)| **value >= 0).map(|(own, _)| own.weight).sum();
        let Some(score) = rounded_ratio(parts.iter().flatten().sum(), weight) else { return vec![None; parts.len()] };
        let mut contributions: Vec<Option<i64>> = parts.iter().map(|part| part.map(|part| part / weight)).collect();
        let missing = score - contributions.iter().flatten().sum::<i64>();
        let mut order: Vec<usize> = (0..parts.len()).filter(|at| parts[*at].is_some()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(parts[*at].map(|part| part % weight)));
        for at in order.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
            contributions[at] = contributions[at].map(|own| own + 1);
        }
        contributions
    }
}

#[cfg(test)]
mod tests;
