//! What is counted of deals, day by day: the rollup from which every figure of the pipeline is read.
//!
//! All of it stands in the panes of days, so that a figure of any period is a merge of days, and what stood open on a day the sum of
//! what changed until then. A day has at most so many entries as deals changed on it: names of stages, segments and sellers need no
//! limit of their own, and the pane of all time, which is told whole with every change, has none of them.

use crate::money_by_currency::MoneyByCurrency;
use crate::revenue::deal::Status;
use nexusflow_engine::{Histogram, Merge, merge_fields};
use nexusflow_model::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Deals of a pipeline. Keys are absent where their counts are zero.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PipelineCounts {
    /// By how much the open deals of each stage changed on the day.
    pub standing: BTreeMap<StageAt, Sum>,
    /// What moved the open deals of each pipeline.
    pub bridge: BTreeMap<(Label, Movement), Sum>,
    /// Ways that the deals created on the day have gone so far.
    pub paths: BTreeMap<Path, i64>,
    /// The deals of each segment: pipeline, segment (empty where none was said).
    pub segments: BTreeMap<(Label, String), SegmentCounts>,
    /// What was won on the day: who is credited (empty where nobody), and their team as the deal said it.
    pub credit: BTreeMap<(String, String), Sum>,
    /// What somebody has to sell in a period that begins on the day.
    pub quotas: BTreeMap<QuotaKey, MoneyByCurrency>,
    /// Stays in a stage that began on the day, and what came of the deals.
    pub stays: BTreeMap<Stay, StayCounts>,
}

/// A stage of a pipeline, and how likely the seller says the deal is to be won, in basis points, where they did.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StageAt {
    /// The pipeline.
    pub pipeline: Label,
    /// The stage.
    pub stage: Label,
    /// What the seller says, in basis points.
    pub said_bp: Option<u16>,
}

/// How many deals, and what they are worth.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sum {
    /// How many.
    pub count: i64,
    /// What they are worth.
    pub amount: MoneyByCurrency,
}

/// What changes the worth of the open deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Movement {
    /// Deals were created.
    Created,
    /// Deals became worth more.
    Increased,
    /// Deals became worth less.
    Decreased,
    /// Deals were won.
    Won,
    /// Deals were lost.
    Lost,
}

/// A way through a pipeline: the stages in the order in which they were visited, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Path {
    /// The pipeline.
    pub pipeline: Label,
    /// Stages, each visit for itself.
    pub stages: Vec<Label>,
    /// How it ended so far.
    pub status: Status,
}

/// Deals of a segment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SegmentCounts {
    /// By how much the open deals changed on the day.
    pub open: Sum,
    /// Created on the day.
    pub created: i64,
    /// Of those, the ones that are won by now.
    pub created_won: i64,
    /// Of those, the ones that are lost by now.
    pub created_lost: i64,
    /// Of those, the ones whose expected close was put off.
    pub created_pushed: i64,
    /// How often the expected close of those was put off.
    pub pushes: i64,
    /// Won on the day.
    pub won: Sum,
    /// Lost on the day.
    pub lost: Sum,
    /// From creation to being won, in seconds, of what was won on the day.
    pub cycle_s: Histogram,
    /// The sum of these, exactly.
    pub cycle_sum_s: i64,
    /// How many they are.
    pub cycles: i64,
    /// Decided on the day, with a close that had been expected.
    pub slip_known: i64,
    /// Of those, decided after the close that was expected first.
    pub slipped: i64,
    /// How much later than first expected those were decided, in hours, together.
    pub slip_h: i64,
}

/// A quota: whose, in which team (empty where none), from when to when, in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QuotaKey {
    /// Whose.
    pub subject: String,
    /// The team it adds to.
    pub team: String,
    /// Start, in milliseconds since 1970.
    pub from_ms: i64,
    /// End, exclusive.
    pub until_ms: i64,
}

/// A stay of a deal in a stage, in days from the one on which it began.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stay {
    /// The pipeline.
    pub pipeline: Label,
    /// The stage.
    pub stage: Label,
    /// Whether the deal began here.
    pub is_first: bool,
    /// When it left the stage, for another one or because it was decided.
    pub left_d: Option<u16>,
    /// When the deal was decided.
    pub closed_d: Option<u16>,
    /// Whether it was won.
    pub is_won: bool,
}

/// Stays that are alike.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StayCounts {
    /// How many.
    pub count: i64,
    /// What the deals were worth when they came.
    pub came: MoneyByCurrency,
    /// What those were won for that were won.
    pub won: MoneyByCurrency,
}

merge_fields!(Sum { count, amount });
merge_fields!(SegmentCounts {
    open,
    created,
    created_won,
    created_lost,
    created_pushed,
    pushes,
    won,
    lost,
    cycle_s,
    cycle_sum_s,
    cycles,
    slip_known,
    slipped,
    slip_h,
});
merge_fields!(StayCounts { count, came, won });
merge_fields!(PipelineCounts { standing, bridge, paths, segments, credit, quotas, stays });

/// Changes what is counted under `key`; nothing stays behind of what is zero again.
pub(super) fn count_under<K: Ord + Clone, V: Merge + PartialEq>(
    counts: &mut BTreeMap<K, V>,
    key: &K,
    change: impl FnOnce(&mut V),
) {
    if let Some(own) = counts.get_mut(key) {
        change(own);
        if *own == V::default() {
            counts.remove(key);
        }
        return;
    }
    let mut fresh = V::default();
    change(&mut fresh);
    if fresh != V::default() {
        counts.insert(key.clone(), fresh);
    }
}
