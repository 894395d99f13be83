//! How much the pipeline brings a day: its four levers, week by week.

use super::share_bp;
use crate::revenue::counts::{SegmentCounts, Sum};
use crate::views::scene::date;
use crate::views::span::{self, PIPELINE, Span};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use crate::voice::satisfaction::rounded_ratio;
use nexusflow_engine::Merge;
use nexusflow_model::Currency;
use serde_json::json;
use std::collections::BTreeMap;

/// The topic `velocity`.
pub const TOPIC: Topic = Topic {
    name: "velocity",
    about: "What the pipeline brings a day: open deals x size of a won one x win rate / days it takes, for each of 52 weeks and each \
            segment. Size, rate and days are those of the thirteen weeks that end with the week; deals are those open at its end.",
    params: &[PIPELINE, ("to", "a day of the last week; today unless said otherwise")],
    key: &["segment", "week"],
    cols: &["segment", "week", "open", "won", "lost", "size", "rate_bp", "cycle_mean_ms", "velocity", "currency"],
    render,
};

/// Weeks that are shown.
const WEEKS: i32 = 52;
/// Days over which size, rate and days are taken.
const WINDOW: i32 = 91;
/// Segments that are shown: the ones with the most decided deals. All of them together stand first.
const SEGMENTS_MAX: usize = 12;
/// All segments together.
const ALL: &str = "";

/// The days of one segment.
type Days<'a> = BTreeMap<i32, Vec<&'a SegmentCounts>>;

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["pipeline", "to"])?;
    let (today, _) = scene.today();
    let to = span::day(params, "to")?.unwrap_or(today);
    // 1970-01-01 was a Thursday: weeks begin on Mondays, as those of ISO 8601.
    let monday = to - (to + 3).rem_euclid(7);
    let mut segments: BTreeMap<&str, Days<'_>> = BTreeMap::new();
    for (day, rollup) in Span::until(to).rollups(scene) {
        for ((pipeline, segment), counts) in &rollup.pipeline.segments {
            if span::is_asked(params, pipeline.as_str()) {
                // Deals without a segment stand in the sum only.
                for name in [Some(ALL), Some(segment.as_str()).filter(|name| !name.is_empty())].into_iter().flatten() {
                    segments.entry(name).or_default().entry(day).or_default().push(counts);
                }
            }
        }
    }
    let decided = |days: &Days<'_>| -> i64 {
        days.range(to - WEEKS * 7..).flat_map(|(_, counts)| counts).map(|own| own.won.count + own.lost.count).sum()
    };
    let mut named: Vec<(&str, Days<'_>)> = segments.into_iter().collect();
    named.sort_by_cached_key(|(name, days)| (*name != ALL, std::cmp::Reverse(decided(days))));
    named.truncate(SEGMENTS_MAX + 1);
    let currency = currency(scene, &named);
    Ok(named.iter().flat_map(|(name, days)| weeks(name, days, monday, to, currency)).collect())
}

/// The business's own currency, or the one there is where nothing was won in that.
fn currency(scene: &Scene<'_>, named: &[(&str, Days<'_>)]) -> Currency {
    let own = scene.business.business.currency;
    let mut won = Sum::default();
    let all = named.first().into_iter().flat_map(|(_, days)| days.values().flatten());
    all.for_each(|counts| won.merge(&counts.won));
    if won.amount.get(own) != 0 { own } else { won.amount.iter().next().map_or(own, |(currency, _)| currency) }
}

fn weeks(name: &str, days: &Days<'_>, monday: i32, to: i32, currency: Currency) -> Vec<Row> {
    let week = |back: i32| {
        let begins = monday - back * 7;
        let ends = (begins + 6).min(to);
        let open: i64 = days.range(..=ends).flat_map(|(_, counts)| counts).map(|own| own.open.count).sum();
        let mut sum = SegmentCounts::default();
        days.range(ends - WINDOW + 1..=ends).flat_map(|(_, counts)| counts).for_each(|own| add(&mut sum, own));
        let (won, lost, minor) = (sum.won.count, sum.lost.count, sum.won.amount.get(currency));
        vec![
            name.into(),
            date(begins).into(),
            open.into(),
            won.into(),
            lost.into(),
            json!(rounded_ratio(minor, won)),
            json!(share_bp(won, won + lost)),
            json!(rounded_ratio(sum.cycle_sum_s.saturating_mul(1_000), sum.cycles)),
            json!(velocity(open, minor, won, lost, sum.cycle_sum_s, sum.cycles)),
            currency.as_str().into(),
        ]
    };
    (0..WEEKS).rev().map(week).collect()
}

fn add(sum: &mut SegmentCounts, own: &SegmentCounts) {
    sum.won.merge(&own.won);
    sum.lost.count += own.lost.count;
    sum.cycle_sum_s += own.cycle_sum_s;
    sum.cycles += own.cycles;
}

/// Minor units a day: open x (minor / won) x (won / (won + lost)) / (cycle in days). The won deals cancel out, and nothing is rounded on
/// the way.
fn velocity(open: i64, minor: i64, won: i64, lost: i64, cycle_sum_s: i64, cycles: i64) -> Option<i64> {
    if won == 0 || cycles == 0 || cycle_sum_s == 0 {
        return None;
    }
    let (above, below) = (
        i128::from(open) * i128::from(minor) * 86_400 * i128::from(cycles),
        i128::from(won + lost) * i128::from(cycle_sum_s),
    );
    i64::try_from((above + below.signum() * below / 2).div_euclid(below)).ok()
}
