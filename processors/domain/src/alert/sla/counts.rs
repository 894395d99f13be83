//! How many targets of the service level were met and missed.

use super::Outcome;
use crate::Fold;
use crate::alert::why::Target;
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use nexusflow_engine::{Merge, merge_fields};
use nexusflow_model::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Targets of tickets by priority: met by the day on which they were, missed by the day on which all their time was used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SlaCounts {
    /// By priority as the help desk names it, empty where none was given; in it by target.
    pub by_priority: BTreeMap<String, BTreeMap<Target, TargetCounts>>,
}

/// Counts of one target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TargetCounts {
    /// Met: once a cycle of replies and updates, once a ticket of the others.
    pub met: i64,
    /// Missed.
    pub breached: i64,
}

merge_fields!(SlaCounts { by_priority });
merge_fields!(TargetCounts { met, breached });

impl SlaCounts {
    /// All priorities together.
    pub fn total(&self) -> BTreeMap<Target, TargetCounts> {
        let mut total = BTreeMap::new();
        for counts in self.by_priority.values() {
            Merge::merge(&mut total, counts);
        }
        total
    }
}

/// The topic `sla`.
pub const TOPIC: Topic = Topic {
    name: "sla",
    about: "Targets of tickets over all time, by priority: met and missed, by NexusFlow's own clocks.",
    params: &[],
    key: &["priority", "target"],
    cols: &["priority", "target", "met", "breached"],
    render,
};

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &[])?;
    let all = scene.all();
    let rows = all.sla.by_priority.iter().flat_map(|(priority, by_target)| {
        let row = |(target, counts): (&Target, &TargetCounts)| {
            vec![priority.as_str().into(), target.as_str().into(), counts.met.into(), counts.breached.into()]
        };
        by_target.iter().map(row)
    });
    Ok(rows.collect())
}

/// Counts outcomes `times` times: -1 takes them back.
pub(super) fn count(context: &mut Fold<'_>, outcomes: &[Outcome], times: i64) {
    for outcome in outcomes {
        let priority = outcome.priority.as_ref().map_or("", Label::as_str);
        context.count_at(outcome.at, |rollup| {
            let by_target = rollup.sla.by_priority.entry(priority.to_owned()).or_default();
            let counts = by_target.entry(outcome.target).or_default();
            *(if outcome.is_met { &mut counts.met } else { &mut counts.breached }) += times;
            // What has nothing left in it goes, so that the way to it does not show.
            if *counts == TargetCounts::default() {
                by_target.remove(&outcome.target);
                if by_target.is_empty() {
                    rollup.sla.by_priority.remove(priority);
                }
            }
        });
    }
}
