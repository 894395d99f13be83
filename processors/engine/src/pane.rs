//! Rollups in panes: a small mergeable aggregate a time bucket.

use crate::Merge;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A time bucket. Days and hours are those of the business's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Pane {
    /// All time: totals, and what is true now.
    All,
    /// A calendar day, in days since 1970-01-01.
    Day(i32),
    /// An hour of a calendar day: day * 24 + hour.
    Hour(i32),
}

/// Hours are kept for three days behind the partition's clock; days for ever.
pub const HOURS_KEPT: i32 = 72;

/// A partition's rollups, pane by pane, and which of them changed since they were last handed out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rollups<R> {
    panes: BTreeMap<Pane, R>,
    #[serde(skip)]
    changed: BTreeSet<Pane>,
    /// Hours before this one are gone.
    first_hour: i32,
}

impl<R: Default> Default for Rollups<R> {
    fn default() -> Self {
        Self { panes: BTreeMap::new(), changed: BTreeSet::new(), first_hour: i32::MIN }
    }
}

impl<R: Merge> Rollups<R> {
    /// The rollup of `pane`, to count in; none where it is an hour that isn't kept any more.
    pub fn pane(&mut self, pane: Pane) -> Option<&mut R> {
        if let Pane::Hour(hour) = pane
            && hour < self.first_hour
        {
            return None;
        }
        self.changed.insert(pane);
        Some(self.panes.entry(pane).or_default())
    }

    /// Forgets the hours that lie too far behind `hour`, the clock's own. Which hours are kept depends on the clock alone, never
    /// on the order in which events came.
    pub fn advance(&mut self, hour: i32) {
        let first = hour.saturating_sub(HOURS_KEPT);
        if first <= self.first_hour {
            return;
        }
        let gone: Vec<Pane> =
            self.panes.range(Pane::Hour(i32::MIN)..Pane::Hour(first)).map(|(pane, _)| *pane).collect();
        for pane in gone {
            self.panes.remove(&pane);
            self.changed.insert(pane);
        }
        self.first_hour = first;
    }

    /// All panes, in order.
    pub fn panes(&self) -> &BTreeMap<Pane, R> {
        &self.panes
    }

    /// The panes that changed since the last call; a pane that is gone has no rollup.
    pub fn take_changed(&mut self) -> Vec<(Pane, Option<&R>)> {
        let panes = &self.panes;
        std::mem::take(&mut self.changed).into_iter().map(|pane| (pane, panes.get(&pane))).collect()
    }
}
