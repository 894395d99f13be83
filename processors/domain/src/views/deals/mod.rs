//! Deals in figures: the funnel, what moved the pipeline, how fast it is, who reached their quota, and what will be won.

pub mod bridge;
pub mod forecast;
pub mod funnel;
pub mod list;
pub mod quota;
pub mod segments;
pub mod velocity;
pub mod win_rate;

use crate::revenue::counts::SegmentCounts;
use crate::views::Scene;
use crate::views::span::Span;
use nexusflow_engine::Merge;
use nexusflow_model::Label;
use std::collections::BTreeMap;

/// What was counted of each segment over a span: by pipeline and segment.
fn by_segment(scene: &Scene<'_>, span: Span) -> BTreeMap<(Label, String), SegmentCounts> {
    let mut sums: BTreeMap<(Label, String), SegmentCounts> = BTreeMap::new();
    for (_, rollup) in span.rollups(scene) {
        Merge::merge(&mut sums, &rollup.pipeline.segments);
    }
    sums
}

/// `part` of `whole` in basis points, rounded to the nearest; none of nothing.
fn share_bp(part: i64, whole: i64) -> Option<i64> {
    crate::voice::satisfaction::rounded_ratio(part.saturating_mul(10_000), whole)
}
