//! The health score: a weighted mean of the indicators that are present, in integers, so that contributions sum exactly.

use crate::config::{Business, HealthWeights};
use crate::voice::satisfaction::rounded_ratio;
use crate::{Fold, Profile};
use nexusflow_engine::merge_fields;
use serde::{Deserialize, Serialize};

/// Below this coverage of the weights a score would say more than is known.
const COVERAGE_MIN_BP: i64 = 2_000;

/// A customer's health.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// 0 to 100,000, the sum of the contributions; none where too little is known.
    pub score_milli: Option<i64>,
    /// The weight of the indicators present, of the weight of all.
    pub coverage_bp: i64,
    /// Whether this customer is counted yet.
    counted: bool,
}

/// One indicator of the score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Indicator {
    /// Its name, such as `delivery.on_time`.
    pub key: &'static str,
    /// 0 (worst) to 1,000 (best).
    pub value_milli: i64,
    /// How much it weighs.
    pub weight: i64,
    /// What it adds to the score.
    pub contribution_milli: i64,
    /// Where the value comes from, in words.
    pub why: String,
}

/// Customers by health, as they stand now: meaningful in the pane of all time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HealthCounts {
    /// By tens of points: 0-9, 10-19 ... 90-100.
    pub tens: [i64; 10],
    /// Without enough to tell.
    pub unknown: i64,
    /// Sum of the scores, in thousandths of a point.
    pub sum_milli: i64,
}

merge_fields!(HealthCounts { tens, unknown, sum_milli });

/// What a score is called: below 40, below 60, below 80, and above.
pub const fn band(score_milli: i64) -> &'static str {
    match score_milli {
        ..40_000 => "poor",
        40_000..60_000 => "watch",
        60_000..80_000 => "good",
        _ => "great",
    }
}

impl Health {
    /// Becomes `new` and moves from the one count to the other.
    pub(crate) fn become_and_count(&mut self, context: &mut Fold<'_>, new: (Option<i64>, i64)) {
        let (score_milli, coverage_bp) = new;
        self.coverage_bp = coverage_bp;
        if self.counted && self.score_milli == score_milli {
            return;
        }
        if self.counted {
            let before = self.score_milli;
            context.count_now(|rollup| rollup.health.count(before, -1));
        }
        context.count_now(|rollup| rollup.health.count(score_milli, 1));
        (self.score_milli, self.counted) = (score_milli, true);
    }
}

impl HealthCounts {
    fn count(&mut self, score_milli: Option<i64>, times: i64) {
        match score_milli {
            Some(score) => {
                self.tens[(score / 10_000).clamp(0, 9) as usize] += times;
                self.sum_milli += score * times;
            }
            None => self.unknown += times,
        }
    }

    /// How many customers have a score.
    pub fn scored(&self) -> i64 {
        self.tens.iter().sum()
    }
}

/// (score, coverage) of a customer. The same numbers as [`explain`] gives, without its words.
pub(crate) fn assess(business: &Business, profile: &Profile) -> (Option<i64>, i64) {
    let mut present = [(0, 0); INDICATORS.len()];
    let (mut weight, mut all, mut n) = (0, 0, 0);
    for (_, of, value) in INDICATORS {
        let own = i64::from(of(&business.health));
        all += own;
        if let (Some((milli, _)), true) = (value(profile), own > 0) {
            present[n] = (own, milli);
            (weight, n) = (weight + own, n + 1);
        }
    }
    let coverage_bp = rounded_ratio(weight * 10_000, all).unwrap_or(0);
    let score = (coverage_bp >= COVERAGE_MIN_BP)
        .then(|| present[..n].iter().map(|(own, milli)| contribution(*own, *milli, weight)).sum());
    (score, coverage_bp)
}

/// The indicators behind a customer's score. Their contributions sum to it exactly.
pub fn explain(business: &Business, profile: &Profile) -> Vec<Indicator> {
    let mut indicators: Vec<Indicator> = Vec::new();
    for (key, of, value) in INDICATORS {
        let weight = i64::from(of(&business.health));
        if let (Some((value_milli, (part, whole))), true) = (value(profile), weight > 0) {
            let why = why(key, part, whole);
            indicators.push(Indicator { key, value_milli, weight, contribution_milli: 0, why });
        }
    }
    let weight: i64 = indicators.iter().map(|own| own.weight).sum();
    for own in &mut indicators {
        own.contribution_milli = contribution(own.weight, own.value_milli, weight);
    }
    indicators
}

fn contribution(own: i64, value_milli: i64, weight: i64) -> i64 {
    own * value_milli * 100 / weight
}

/// An indicator: its name, its weight, and (value in thousandths, the two numbers behind it) where it is present.
type Row = (&'static str, fn(&HealthWeights) -> u16, fn(&Profile) -> Option<(i64, (i64, i64))>);

/// The list of indicators.
const INDICATORS: [Row; 11] = [
    ("delivery.on_time", |w| w.delivery_on_time, |p| share(p.delivery.promised - p.delivery.late, p.delivery.promised)),
    (
        "delivery.failed",
        |w| w.delivery_failed,
        |p| {
            let all = p.delivery.delivered + p.delivery.failed;
            share(p.delivery.delivered, all)
        },
    ),
    (
        "order.frequency",
        |w| w.order_frequency,
        |p| {
            let kept = p.commerce.placed - p.commerce.cancelled;
            (p.commerce.placed > 0)
                .then_some(([0, 500, 700, 850, 950, 1_000][kept.clamp(0, 5) as usize], (kept, p.commerce.placed)))
        },
    ),
    ("order.cancelled", |w| w.order_cancelled, |p| share(p.commerce.placed - p.commerce.cancelled, p.commerce.placed)),
    (
        "payment.failed",
        |w| w.payment_failed,
        |p| share(p.commerce.payments, p.commerce.payments + p.commerce.failed_payments),
    ),
    (
        "tickets.open",
        |w| w.tickets_open,
        |p| {
            (p.tickets.opened > 0).then_some((
                [1_000, 600, 300, 0][p.tickets.open.clamp(0, 3) as usize],
                (p.tickets.open, p.tickets.opened),
            ))
        },
    ),
    (
        "tickets.resolution",
        |w| w.tickets_resolution,
        |p| {
            // A day or less is best, a week or more is worst.
            let mean_ms = rounded_ratio(p.tickets.resolution_sum_ms, p.tickets.resolved)?;
            let (day, week) = (86_400_000, 604_800_000);
            Some((((week - mean_ms) * 1_000 / (week - day)).clamp(0, 1_000), (mean_ms / 3_600_000, p.tickets.resolved)))
        },
    ),
    (
        "nps",
        |w| w.nps,
        |p| p.satisfaction.nps_last.get().map(|score| (i64::from(*score) * 100, (i64::from(*score), 10))),
    ),
    ("csat", |w| w.csat, |p| p.satisfaction.csat.milli().map(|m| ((m - 1_000) / 4, (m, p.satisfaction.csat.n)))),
    (
        "reviews",
        |w| w.reviews,
        |p| p.satisfaction.reviews.milli().map(|m| ((m - 1_000) / 4, (m, p.satisfaction.reviews.n))),
    ),
    ("sentiment", |w| w.sentiment, |p| p.sentiment.mean.milli().map(|m| ((m + 1_000) / 2, (m, p.sentiment.mean.n)))),
];

fn share(part: i64, whole: i64) -> Option<(i64, (i64, i64))> {
    rounded_ratio(part * 1_000, whole).map(|milli| (milli.clamp(0, 1_000), (part, whole)))
}

fn why(key: &str, part: i64, whole: i64) -> String {
    let stars = |milli: i64| format!("{}.{} of 5", milli / 1_000, milli % 1_000 / 100);
    match key {
        "delivery.on_time" => format!("{part} of {} on time", many(whole, "delivery", "deliveries")),
        "delivery.failed" => format!("{part} of {} arrived", many(whole, "delivery", "deliveries")),
        "order.frequency" => format!("{} kept", many(part, "order", "orders")),
        "order.cancelled" => format!("{part} of {} kept", many(whole, "order", "orders")),
        "payment.failed" => format!("{part} of {} went through", many(whole, "payment", "payments")),
        "tickets.open" => format!("{part} of {} open", many(whole, "ticket", "tickets")),
        "tickets.resolution" => format!("{} resolved, in {part} h on average", many(whole, "ticket", "tickets")),
        "nps" => format!("answered {part} of {whole}"),
        "csat" => format!("{} on average, {}", stars(part), many(whole, "answer", "answers")),
        "reviews" => format!("{} on average, {}", stars(part), many(whole, "review", "reviews")),
        _ => format!("{} on average, {}", mood(part), many(whole, "text", "texts")),
    }
}

/// "1 order", "2 orders".
fn many(n: i64, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

/// From -1 to +1, as sentiment stands everywhere else; with a true minus.
fn mood(milli: i64) -> String {
    let sign = match milli / 10 {
        0 => "",
        1.. => "+",
        _ => "−",
    };
    format!("{sign}{}.{:02}", milli.abs() / 1_000, milli.abs() % 1_000 / 10)
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn reasons_read_as_people_say_them() {
        assert_eq!(why("reviews", 3_000, 1), "3.0 of 5 on average, 1 review");
        assert_eq!(why("sentiment", -403, 3), "−0.40 on average, 3 texts");
        assert_eq!(why("sentiment", 1_000, 1), "+1.00 on average, 1 text");
        assert_eq!(why("sentiment", -9, 2), "0.00 on average, 2 texts");
        assert_eq!(why("delivery.on_time", 0, 1), "0 of 1 delivery on time");
    }
}
