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

/// Panes of which it is remembered that they are marked as changed: all time, 64 days, 64 hours.
const MARKS: usize = 129;

/// Panes that are stored together: those of all time, the hours, the days month by month or so.
pub(crate) type Group = u32;

const ALL: Group = 0;
const HOURS: Group = 1;
/// The group of the days around 1970-01-01. Timestamps end in 1900 and 2200.
const DAYS: Group = 1 << 16;
const DAYS_A_GROUP: i32 = 32;

impl Pane {
    /// Its place among [`MARKS`]: that of all time, and the last days and hours side by side.
    const fn mark(self) -> usize {
        const EACH: i32 = (MARKS as i32 - 1) / 2;
        match self {
            Self::All => 0,
            Self::Day(day) => 1 + day.rem_euclid(EACH) as usize,
            Self::Hour(hour) => 1 + (EACH + hour.rem_euclid(EACH)) as usize,
        }
    }

    fn group(self) -> Group {
        match self {
            Self::All => ALL,
            Self::Hour(_) => HOURS,
            Self::Day(day) => DAYS.wrapping_add_signed(day.div_euclid(DAYS_A_GROUP)),
        }
    }
}

/// A partition's rollups, pane by pane, and which of them changed since they were last handed out.
#[derive(Debug, Clone)]
pub struct Rollups<R> {
    panes: BTreeMap<Pane, R>,
    changed: BTreeSet<Pane>,
    /// Panes that were marked as changed lately: most events are of the same days and hours as those before.
    marked: [Option<Pane>; MARKS],
    /// Hours before this one are gone.
    first_hour: i32,
    /// Groups that changed since the last checkpoint began, beside those of `changed`.
    unwritten: BTreeSet<Group>,
    /// Groups whose panes a checkpoint has yet to write, as they were when it began.
    pending: BTreeSet<Group>,
    written: Vec<(Group, Vec<u8>)>,
}

impl<R> Default for Rollups<R> {
    fn default() -> Self {
        Self {
            panes: BTreeMap::new(),
            changed: BTreeSet::new(),
            marked: [None; MARKS],
            first_hour: i32::MIN,
            unwritten: BTreeSet::new(),
            pending: BTreeSet::new(),
            written: Vec::new(),
        }
    }
}

impl<R: Merge + Serialize> Rollups<R> {
    /// The rollup of `pane`, to count in; none where it is an hour that isn't kept any more.
    pub fn pane(&mut self, pane: Pane) -> Option<&mut R> {
        if let Pane::Hour(hour) = pane
            && hour < self.first_hour
        {
            return None;
        }
        if !self.pending.is_empty() {
            self.write_group(pane.group());
        }
        let marked = &mut self.marked[pane.mark()];
        if *marked != Some(pane) {
            self.changed.insert(pane);
            *marked = Some(pane);
        }
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
        if !gone.is_empty() {
            self.write_group(HOURS);
        }
        for pane in gone {
            self.panes.remove(&pane);
            self.changed.insert(pane);
        }
        self.first_hour = first;
    }

    /// Begins to write what changed since the last call: [`write_some`](Self::write_some) goes on with it.
    pub(crate) fn begin_write(&mut self) {
        // Whatever a call before this one did not finish has to be written anew.
        self.unwritten.append(&mut self.pending);
        self.unwritten.extend(self.written.drain(..).map(|(group, _)| group));
        self.unwritten.extend(self.changed.iter().map(|pane| pane.group()));
        self.pending = std::mem::take(&mut self.unwritten);
    }

    /// Writes the next group; false where none is left.
    pub(crate) fn write_some(&mut self) -> bool {
        let Some(group) = self.pending.first().copied() else { return false };
        self.write_group(group);
        true
    }

    /// The groups that were written, empty bytes for one that is gone.
    pub(crate) fn take_written(&mut self) -> Vec<(Group, Vec<u8>)> {
        std::mem::take(&mut self.written)
    }

    fn write_group(&mut self, group: Group) {
        if !self.pending.remove(&group) {
            return;
        }
        let panes: Vec<(Pane, &R)> = match group {
            ALL => self.panes.range(Pane::All..=Pane::All).map(|(pane, rollup)| (*pane, rollup)).collect(),
            HOURS => self.panes.range(Pane::Hour(i32::MIN)..).map(|(pane, rollup)| (*pane, rollup)).collect(),
            days => {
                let first = (days as i32).wrapping_sub(DAYS as i32).wrapping_mul(DAYS_A_GROUP);
                let range = Pane::Day(first)..Pane::Day(first.saturating_add(DAYS_A_GROUP));
                self.panes.range(range).map(|(pane, rollup)| (*pane, rollup)).collect()
            }
        };
        let bytes = if panes.is_empty() { Some(Vec::new()) } else { postcard::to_stdvec(&panes).ok() };
        // Rollups are integers in maps and lists: nothing of them refuses to be written.
        self.written.extend(bytes.map(|bytes| (group, bytes)));
    }
}

impl<R> Rollups<R> {
    /// All panes, in order.
    pub fn panes(&self) -> &BTreeMap<Pane, R> {
        &self.panes
    }

    /// Whether any pane changed since they were last taken.
    pub fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// The panes that changed since the last call; a pane that is gone has no rollup.
    pub fn take_changed(&mut self) -> Vec<(Pane, Option<&R>)> {
        let panes = &self.panes;
        self.marked = [None; MARKS];
        self.unwritten.extend(self.changed.iter().map(|pane| pane.group()));
        std::mem::take(&mut self.changed).into_iter().map(|pane| (pane, panes.get(&pane))).collect()
    }

    /// Hours before this one are not kept any more.
    pub fn first_hour(&self) -> i32 {
        self.first_hour
    }

    /// From what was stored.
    pub(crate) fn restore(first_hour: i32, panes: BTreeMap<Pane, R>) -> Self {
        Self { panes, first_hour, ..Self::default() }
    }

    /// Everything is to be written with the next checkpoint.
    pub(crate) fn mark_unwritten(&mut self) {
        self.unwritten.extend(self.panes.keys().map(|pane| pane.group()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_holds_its_own_panes_as_they_were_when_the_checkpoint_began() {
        let mut rollups: Rollups<i64> = Rollups::default();
        for pane in [Pane::All, Pane::Day(-1), Pane::Day(0), Pane::Day(31), Pane::Day(32), Pane::Hour(5)] {
            *rollups.pane(pane).unwrap() = 1;
        }
        rollups.begin_write();
        *rollups.pane(Pane::Day(31)).unwrap() = 2;
        while rollups.write_some() {}
        let read = |bytes: &[u8]| postcard::from_bytes::<Vec<(Pane, i64)>>(bytes).unwrap();
        let mut written: Vec<Vec<(Pane, i64)>> = rollups.take_written().iter().map(|(_, bytes)| read(bytes)).collect();
        written.sort();
        let expected = [
            vec![(Pane::All, 1)],
            vec![(Pane::Day(-1), 1)],
            vec![(Pane::Day(0), 1), (Pane::Day(31), 1)],
            vec![(Pane::Day(32), 1)],
            vec![(Pane::Hour(5), 1)],
        ];
        assert_eq!(written, expected);
        // The day that changed meanwhile is the next checkpoint's.
        rollups.take_changed();
        rollups.begin_write();
        assert!(rollups.pending.contains(&Pane::Day(31).group()));
    }
}
