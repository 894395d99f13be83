//! Customers write worse than they used to: a change test that may be looked at after every hour, for ever.
//!
//! Each partition says once an hour how many texts it judged and how many were negative. The sum of log likelihood ratios of a
//! worse share against the usual one, begun anew whenever it is below nothing, is a CUSUM-type e-detector: under the usual share
//! it passes `ln(A)` once in `A` steps at the most, however often one looks (Shin, Ramdas and Rinaldo, "E-detectors", 2023).
//! Two worse shares are tried, so each has to pass `ln(2A)`. The usual share is that of the last weeks before each step: an
//! estimate, so that the promise holds as far as it is one.

use crate::alert::life::{self, Trigger};
use crate::alert::{AlertKind, Why, key};
use crate::{Commerce, Fold, Profile, Timer};
use nexusflow_engine::{Domain, Pane};
use nexusflow_model::event::control::SentimentCounted;
use nexusflow_model::number::Quantity;
use nexusflow_model::{Envelope, Event, Id, Timestamp};
use serde::{Deserialize, Serialize};

const HOUR_MS: i64 = 3_600_000;
const QUARTER_MS: i64 = 900_000;
/// Texts that must have been judged before anything is called usual.
const USUAL_FROM: i64 = 300;
/// The usual share is that of about so many steps.
const MEMORY: i64 = 2_000;
/// Worse shares that are tried, in hundredths of the usual odds.
const WORSE: [i64; 2] = [160, 300];
/// It is over when this many hours passed and nothing speaks for it.
const OVER_AFTER_MS: i64 = 6 * HOUR_MS;

/// What is known of how customers write.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spike {
    /// Texts judged lately, times 1,000.
    judged_milli: i64,
    /// Of those, negative, times 1,000.
    negative_milli: i64,
    /// The sums of log likelihood ratios, in millionths.
    sums: [i64; 2],
    /// The hour that is being counted, and how many counts of it came.
    hour: (i32, i64),
    /// The most counts that ever came of one hour.
    most: i64,
    raised_at: Option<Timestamp>,
}

/// A text was judged: at the end of its hour this partition says how many there were.
pub(super) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    let at = envelope.occurred_at;
    if context.is_backfill || profile.sentiment.last.at() != Some(at) {
        return;
    }
    let (day, hour) = Commerce::day_and_hour(context.config, at);
    let hour = day * 24 + hour;
    let (now_day, now_hour) = Commerce::day_and_hour(context.config, context.clock);
    let is_first = context.counted(Pane::Hour(hour)).is_some_and(|counts| counts.sentiment.mean.n == 1);
    if is_first && hour == now_day * 24 + now_hour {
        context.set_timer(end_of_hour(context, hour), Timer::SentimentHour(hour));
    }
}

/// When an hour of the business ends: every zone's hours begin at a quarter of an hour of UTC.
fn end_of_hour(context: &Fold<'_>, hour: i32) -> Timestamp {
    let is_in = |at: Timestamp| {
        let (day, own) = Commerce::day_and_hour(context.config, at);
        day * 24 + own == hour
    };
    let mut end = context.clock.plus_ms(QUARTER_MS - context.clock.as_ms().rem_euclid(QUARTER_MS));
    for _ in 0..8 {
        if !is_in(end) {
            break;
        }
        end = end.plus_ms(QUARTER_MS);
    }
    end
}

/// The hour is over: what was counted is told to where all of it comes together.
pub(crate) fn hour_ended(context: &mut Fold<'_>, hour: i32) {
    let Some(counts) = context.counted(Pane::Hour(hour)).map(|rollup| &rollup.sentiment) else { return };
    let (Ok(judged), Ok(negative)) = (Quantity::new(counts.mean.n), Quantity::new(counts.negative)) else { return };
    let Ok(subject) = Id::new("sentiment") else { return };
    context.derive(subject, context.clock, Event::SentimentCounted(SentimentCounted { hour, judged, negative }));
}

/// A partition has counted an hour.
pub(super) fn counted(context: &mut Fold<'_>, profile: &mut Profile, it: &SentimentCounted) {
    let false_alarm_h = i64::from(context.config.alerting.thresholds.sentiment_false_alarm_h);
    let spike = &mut profile.operations.get_or_insert_default().spike;
    let found = spike.step(it.hour, it.judged.get(), it.negative.get(), false_alarm_h);
    let Some(key) = key(AlertKind::SentimentSpike, "all", "negative") else { return };
    if let Some((now_bp, usual_bp)) = found {
        spike.raised_at = Some(context.clock);
        let trigger = Trigger::new(AlertKind::SentimentSpike, key, Why::MoreNegative(now_bp, usual_bp));
        return life::raise(context, profile, trigger);
    }
    let is_over = spike.sums == [0, 0]
        && spike.raised_at.is_some_and(|raised_at| context.clock.ms_since(raised_at) >= OVER_AFTER_MS);
    if is_over {
        spike.raised_at = None;
        life::clear(context, profile, &key, "customers write as usual again");
    }
}

impl Spike {
    /// Takes in a count; gives the share now and the usual one, in basis points, where it is worse than chance would have it.
    fn step(&mut self, hour: i32, judged: i64, negative: i64, false_alarm_h: i64) -> Option<(i64, i64)> {
        self.hour = if self.hour.0 == hour { (hour, self.hour.1 + 1) } else { (hour, 1) };
        self.most = self.most.max(self.hour.1);
        let usual_ppm = (self.judged_milli >= USUAL_FROM * 1_000)
            .then(|| (self.negative_milli * 1_000_000 / self.judged_milli).clamp(5_000, 900_000));
        let mut found = None;
        if let Some(usual) = usual_ppm {
            for (sum, worse) in self.sums.iter_mut().zip(WORSE) {
                // The share of which the odds are so much worse.
                let odds = usual * worse / 100;
                let share = odds * 1_000_000 / (1_000_000 - usual + odds);
                let of_negative = ln_micro(share) - ln_micro(usual);
                let of_others = ln_micro(1_000_000 - share) - ln_micro(1_000_000 - usual);
                *sum = (*sum + negative * of_negative + (judged - negative) * of_others).max(0);
            }
            let limit = ln_micro(2 * false_alarm_h.max(1) * self.most.max(1));
            if self.sums.iter().any(|sum| *sum >= limit) {
                self.sums = [0, 0];
                found = Some((negative * 10_000 / judged.max(1), usual / 100));
            }
        }
        // What is told now is usual for those that come after it only.
        self.judged_milli += judged * 1_000 - self.judged_milli / MEMORY;
        self.negative_milli += negative * 1_000 - self.negative_milli / MEMORY;
        found
    }
}

/// The natural logarithm of a positive whole number, in millionths, to within three of them: bit by bit, the same everywhere.
fn ln_micro(n: i64) -> i64 {
    const LN_2_NANO: i128 = 693_147_181;
    const BITS: u32 = 30;
    let n = n.max(1) as u64;
    let whole = n.ilog2();
    // The rest lies from 1 to 2, with 60 bits behind the point.
    let mut rest = u128::from(n) << (60 - whole);
    let mut log2 = i128::from(whole) << BITS;
    for bit in (0..BITS).rev() {
        rest = (rest * rest) >> 60;
        if rest >= 2 << 60 {
            rest >>= 1;
            log2 += 1 << bit;
        }
    }
    ((log2 * LN_2_NANO) >> BITS) as i64 / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_one() {
        for (n, expected) in [(1, 0), (2, 693_147), (3, 1_098_612), (10, 2_302_585), (123_456, 11_723_640)] {
            assert!((ln_micro(n) - expected).abs() <= 3, "{n}: {}", ln_micro(n));
        }
    }

    /// So many of `n` that come true with a chance of so many in a thousand.
    fn of(n: i64, per_mille: u64, seed: &mut u64) -> i64 {
        let mut draw = || {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*seed >> 33) % 1_000
        };
        (0..n).filter(|_| draw() < per_mille).count() as i64
    }

    #[test]
    fn chance_raises_no_more_than_is_promised_and_a_change_is_found_within_hours() {
        let mut alarms = 0;
        for start in 0..20_u64 {
            let (mut spike, mut seed) = (Spike::default(), start + 1);
            for hour in 0..2_000 {
                alarms += u32::from(spike.step(hour, 20, of(20, 120, &mut seed), 2_000).is_some());
            }
            let found = (0..48).find(|hour| spike.step(2_000 + hour, 20, of(20, 350, &mut seed), 2_000).is_some());
            assert!(found.is_some_and(|hours| hours < 12), "seed {start}: {found:?}");
        }
        // Twenty times two thousand hours, once in two thousand at the most: 20 are expected then, far fewer come.
        assert!(alarms <= 20, "{alarms}");
    }
}
