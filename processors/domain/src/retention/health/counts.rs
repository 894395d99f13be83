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
    /// Counts a customer, or takes them back.
    pub(super) fn count(&mut self, counted: &Counted, times: i64) {
        let kind = counted.kind.as_ref().map_or("", Label::as_str);
        match counted.score_milli {
            Some(score) => {
                self.tens[(score / 10_000).clamp(0, 9) as usize] += times;
                self.sum_milli += score * times;
            }
            None => self.unknown += times,
        }
        match self.by_kind.get_mut(kind) {
            Some(of_kind) => {
                of_kind.count(counted, times);
                if *of_kind == KindCounts::default() {
                    self.by_kind.remove(kind);
                }
            }
            None => {
                let mut of_kind = KindCounts::default();
                of_kind.count(counted, times);
                self.by_kind.insert(kind.to_owned(), of_kind);
            }
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
