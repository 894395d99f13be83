//! How many deals are won, how long that takes, and how far their dates slip, month by month.

use super::share_bp;
use crate::revenue::counts::SegmentCounts;
use crate::views::scene::{date, month};
use crate::views::span::{self, FROM, PIPELINE, Span, TO};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use nexusflow_engine::Merge;
use serde_json::json;
use std::collections::BTreeMap;

/// The topic `win_rate`.
pub const TOPIC: Topic = Topic {
    name: "win_rate",
    about: "Month by month: deals by when they were created and by when they were decided, the share won of each, how long winning \
            took, how often dates were put off and how far decisions came after the date first expected.",
    params: &[FROM, TO, PIPELINE],
    key: &["month"],
    cols: &[
        "month",
        "created",
        "created_won",
        "created_lost",
        "created_rate_bp",
        "won",
        "lost",
        "closed_rate_bp",
        "won_value",
        "cycle_median_ms",
        "cycle_p90_ms",
        "cycle_mean_ms",
        "pushed",
        "pushes",
        "slip_known",
        "slipped",
        "slip_mean_ms",
        "currency",
    ],
    render,
};

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["from", "to", "pipeline"])?;
    let span = Span::of(scene, params, 365)?;
    let mut months: BTreeMap<i32, (i32, SegmentCounts)> = BTreeMap::new();
    for (day, rollup) in span.rollups(scene) {
        for ((pipeline, _), counts) in &rollup.pipeline.segments {
            if span::is_asked(params, pipeline.as_str()) {
                months.entry(month(day)).or_insert_with(|| (day, SegmentCounts::default())).1.merge(counts);
            }
        }
    }
    Ok(months.into_values().map(|(day, counts)| row(scene, day, &counts)).collect())
}

fn row(scene: &Scene<'_>, day: i32, counts: &SegmentCounts) -> Row {
    let own = scene.business.business.currency;
    // Where nothing is in the business's own currency, the one there is.
    let met = crate::views::readings::currencies(own, std::iter::once(&counts.won.amount));
    let currency = met.iter().copied().find(|currency| counts.won.amount.get(*currency) != 0).unwrap_or(own);
    let seconds = |share_bp| counts.cycle_s.quantile(share_bp).map(|seconds| seconds * 1_000);
    let mean = |sum: i64, n: i64| crate::voice::satisfaction::rounded_ratio(sum, n);
    vec![
        date(day).get(..7).unwrap_or_default().into(),
        counts.created.into(),
        counts.created_won.into(),
        counts.created_lost.into(),
        json!(share_bp(counts.created_won, counts.created_won + counts.created_lost)),
        counts.won.count.into(),
        counts.lost.count.into(),
        json!(share_bp(counts.won.count, counts.won.count + counts.lost.count)),
        counts.won.amount.get(currency).into(),
        json!(seconds(5_000)),
        json!(seconds(9_000)),
        json!(mean(counts.cycle_sum_s.saturating_mul(1_000), counts.cycles)),
        counts.created_pushed.into(),
        counts.pushes.into(),
        counts.slip_known.into(),
        counts.slipped.into(),
        json!(mean(counts.slip_h.saturating_mul(3_600_000), counts.slipped)),
        currency.as_str().into(),
    ]
}
