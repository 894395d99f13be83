//! Why a customer's health is what it is: the last changes, each with what made it.

use super::band::Band;
use super::indicators::COUNT;
use super::written::Written;
use nexusflow_model::Timestamp;
use serde::Deserialize;
use std::collections::VecDeque;

/// Changes that are remembered of a customer.
pub const CHANGES_MAX: usize = 16;
/// Days of which the last score is remembered.
pub const DAYS_MAX: i32 = 35;

/// The value of each indicator, 0 to 1,000; [`ABSENT`] where nothing is known.
pub type Values = [i16; COUNT];
/// Nothing is known.
pub const ABSENT: i16 = -1;

/// What made a score change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// An event: its record in the customer's partition, and its place in the record.
    Event(u64, u16),
    /// Time alone: something became older, or what was said no longer counts.
    Time,
    /// Another configuration.
    Configuration,
}

/// A change of a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it was known.
    pub at: Timestamp,
    /// What made it. Changes by time alone that follow each other are one, from the first score to the last.
    pub cause: Cause,
    /// The score before, in thousandths of a point.
    pub before: Option<i64>,
    /// The score after.
    pub after: Option<i64>,
    /// What it was called after.
    pub band: Option<Band>,
    /// Indicators that moved: which, from and to.
    pub moved: Vec<(u8, i16, i16)>,
    /// The beginning of the version of the configuration that held, as eight bytes.
    pub config: u64,
}

/// The last changes of a customer's score, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct History(pub(super) VecDeque<Change>);

impl History {
    /// The changes, newest first.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.0.iter()
    }

    /// Remembers a change; `moved` is filled in from the values before and after.
    pub(super) fn note(&mut self, change: &Change, before: &Values, after: &Values) {
        if change.cause == Cause::Time
            && let Some(last) = self.0.front_mut().filter(|last| last.cause == Cause::Time)
        {
            (last.at, last.after, last.band, last.config) = (change.at, change.after, change.band, change.config);
            for (at, (from, to)) in (0..).zip(before.iter().zip(after)) {
                match last.moved.iter_mut().find(|(own, _, _)| *own == at) {
                    Some(own) => own.2 = *to,
                    None if from != to => last.moved.push((at, *from, *to)),
                    None => {}
                }
            }
            last.moved.retain(|(_, from, to)| from != to);
            return;
        }
        // The oldest makes room, with its list.
        let oldest = if self.0.len() == CHANGES_MAX { self.0.pop_back() } else { None };
        let mut moved = oldest.map_or_else(Vec::new, |oldest| oldest.moved);
        moved.clear();
        let each = (0..).zip(before.iter().zip(after)).filter(|(_, (from, to))| from != to);
        moved.extend(each.map(|(at, (from, to))| (at, *from, *to)));
        self.0.push_front(Change { moved, ..*change });
    }
}

/// The beginning of a version, as eight bytes.
pub(super) fn short(version: &str) -> u64 {
    version.bytes().chain(std::iter::repeat(0)).take(8).fold(0, |sum, byte| sum << 8 | u64::from(byte))
}

impl Change {
    /// The beginning of the version of the configuration that held; eight characters at the most.
    pub fn config_version(&self) -> String {
        let bytes = self.config.to_be_bytes();
        String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned()
    }
}

/// The last score of each of the last days on which it changed, in thousandths of a point; the oldest first. Days are the business's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<u64>")]
pub struct Days(pub(super) Vec<(i32, Option<i32>)>);

impl Days {
    /// The score is `score` from now on, on `day`.
    pub(super) fn note(&mut self, day: i32, score: Option<i64>) {
        let score = score.map(|score| score as i32);
        match self.0.last_mut() {
            // A clock never goes back, but a configuration may have moved the zone.
            Some(last) if last.0 >= day => last.1 = score,
            _ => self.0.push((day, score)),
        }
        // Of what is too old the last stays: it is what held when the rest began.
        let old = self.0.partition_point(|(own, _)| *own < day - DAYS_MAX);
        if old > 1 {
            self.0.drain(..old - 1);
        }
    }

    /// The score at the end of `day`, as far back as it is remembered.
    pub fn at_end_of(&self, day: i32) -> Option<i64> {
        let after = self.0.partition_point(|(own, _)| *own <= day);
        after.checked_sub(1).and_then(|at| self.0.get(at)?.1).map(i64::from)
    }

    /// Each day with its last score, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (i32, Option<i64>)> {
        self.0.iter().map(|(day, score)| (*day, score.map(i64::from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(cause: Cause, before: i64, after: i64) -> Change {
        let (before, after) = (Some(before), Some(after));
        Change { at: Timestamp::EPOCH, cause, before, after, band: None, moved: Vec::new(), config: 0 }
    }

    fn values(first: i16) -> Values {
        let mut values = [ABSENT; COUNT];
        values[0] = first;
        values
    }

    #[test]
    fn what_time_does_is_one_change_until_something_happens() {
        let mut history = History::default();
        history.note(&change(Cause::Event(5, 0), 50_000, 60_000), &values(ABSENT), &values(900));
        history.note(&change(Cause::Time, 60_000, 59_000), &values(900), &values(800));
        history.note(&change(Cause::Time, 59_000, 58_000), &values(800), &values(700));
        history.note(&change(Cause::Event(9, 1), 58_000, 57_000), &values(700), &values(600));
        let all: Vec<_> = history.changes().map(|own| (own.before, own.after, own.moved.clone())).collect();
        let expected = [
            (Some(58_000), Some(57_000), vec![(0, 700, 600)]),
            (Some(60_000), Some(58_000), vec![(0, 900, 700)]),
            (Some(50_000), Some(60_000), vec![(0, ABSENT, 900)]),
        ];
        assert_eq!(all, expected);
        for n in 0..40 {
            history.note(&change(Cause::Event(n, 0), 1, 2), &values(1), &values(2));
        }
        assert_eq!(history.changes().count(), CHANGES_MAX);
        assert_eq!(history.changes().last().map(|own| own.moved.len()), Some(1));
    }

    #[test]
    fn a_day_has_its_last_score_and_old_ones_go_but_one() {
        let mut days = Days::default();
        for (day, score) in [(10, 1), (10, 2), (12, 3), (60, 4)] {
            days.note(day, Some(score));
        }
        assert_eq!(days.iter().collect::<Vec<_>>(), [(12, Some(3)), (60, Some(4))]);
        assert_eq!([11, 12, 59, 60, 99].map(|day| days.at_end_of(day)), [None, Some(3), Some(3), Some(4), Some(4)]);
    }
}
