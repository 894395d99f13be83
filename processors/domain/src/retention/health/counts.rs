//! Customers by health: what is counted over all.

use super::band::Band;
use nexusflow_engine::merge_fields;
use nexusflow_model::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Customers by health. In the pane of all time as they stand now; in a day's by how much that changed in the day, so that the sum of the
/// days up to one is how they stood at its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HealthCounts {
    /// By tens of points: 0-9, 10-19 ... 90-100.
    pub tens: [i64; 10],
    /// Without enough to tell.
    pub unknown: i64,
    /// Sum of the scores, in thousandths of a point.
    pub sum_milli: i64,
    /// By kind of customer; empty where none was given.
    pub by_kind: BTreeMap<String, KindCounts>,
}

/// Customers of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindCounts {
    /// By what their health is called, the worst first; without a score they are in none.
    pub bands: [i64; 4],
    /// Without enough to tell.
    pub unknown: i64,
    /// Sum of the scores, in thousandths of a point.
    pub sum_milli: i64,
}

merge_fields!(HealthCounts { tens, unknown, sum_milli, by_kind });
merge_fields!(KindCounts { bands, unknown, sum_milli });

/// As what a customer is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) kind: Option<Label>,
    pub(super) score_milli: Option<i64>,
    pub(super) band: Option<Band>,
}

impl HealthCounts {
    /// Counts a customer, of whom `old` was counted before.
    pub(super) fn recount(&mut self, old: Option<&Counted>, new: &Counted) {
        if let Some(old) = old {
            self.count(old, -1);
        }
        self.count(new, 1);
        match old {
            Some(old) if old.kind == new.kind => self.count_kind(new, &[(old, -1), (new, 1)]),
            Some(old) => {
                self.count_kind(old, &[(old, -1)]);
                self.count_kind(new, &[(new, 1)]);
            }
            None => self.count_kind(new, &[(new, 1)]),
        }
    }

    fn count(&mut self, counted: &Counted, times: i64) {
        match counted.score_milli {
            Some(score) => {
                self.tens[(score / 10_000).clamp(0, 9) as usize] += times;
                self.sum_milli += score * times;
            }
            None => self.unknown += times,
        }
    }

    /// Counts changes of one kind; one with nothing left in it goes.
    fn count_kind(&mut self, of: &Counted, changes: &[(&Counted, i64)]) {
        let kind = of.kind.as_ref().map_or("", Label::as_str);
        let mut fresh = KindCounts::default();
        let known = self.by_kind.get_mut(kind);
        let is_known = known.is_some();
        let counts = known.unwrap_or(&mut fresh);
        changes.iter().for_each(|(counted, times)| counts.count(counted, *times));
        let is_nothing = *counts == KindCounts::default();
        match (is_known, is_nothing) {
            (true, true) => drop(self.by_kind.remove(kind)),
            (false, false) => drop(self.by_kind.insert(kind.to_owned(), fresh)),
            _ => {}
        }
    }

    /// How many customers have a score.
    pub fn scored(&self) -> i64 {
        self.tens.iter().sum()
    }
}

impl KindCounts {
    fn count(&mut self, counted: &Counted, times: i64) {
        match (counted.score_milli, counted.band) {
            (Some(score), Some(band)) => {
                self.bands[band as usize] += times;
                self.sum_milli += score * times;
            }
            _ => self.unknown += times,
        }
    }

    /// How many customers have a score.
    pub fn scored(&self) -> i64 {
        self.bands.iter().sum()
    }
}
