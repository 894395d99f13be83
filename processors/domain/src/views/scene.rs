//! What a view is rendered from.

use crate::alert::Card;
use crate::{Business, Rollup};
use nexusflow_engine::{Merge, Merged, Pane};
use nexusflow_model::Timestamp;

/// The merged rollups, what is configured, and how far time has come.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The rollups of all partitions.
    pub merged: &'a Merged<Rollup, Card>,
    /// What is configured.
    pub business: &'a Business,
    /// How far time has come: the latest clock of any partition.
    pub clock: Timestamp,
}

impl Scene<'_> {
    /// The business's day and hour now.
    pub fn today(&self) -> (i32, i32) {
        self.business.business.time_zone.day_and_hour(self.clock)
    }

    /// Minutes since the hour began.
    pub fn minute(&self) -> i64 {
        self.clock.as_ms().div_euclid(60_000).rem_euclid(60)
    }

    /// Everything, ever.
    pub fn all(&self) -> Rollup {
        self.merged.pane(Pane::All).cloned().unwrap_or_default()
    }

    /// The sum of the days from `first` to `last`, both included.
    pub fn days(&self, first: i32, last: i32) -> Rollup {
        self.sum(Pane::Day(first), Pane::Day(last))
    }

    /// The sum of the hours from `first` to `last` (day * 24 + hour), both included.
    pub fn hours(&self, first: i32, last: i32) -> Rollup {
        self.sum(Pane::Hour(first), Pane::Hour(last))
    }

    /// The first day of which something is known.
    pub fn first_day(&self) -> Option<i32> {
        self.merged.range(Pane::Day(i32::MIN), Pane::Day(i32::MAX)).find_map(|(pane, _)| match pane {
            Pane::Day(day) => Some(day),
            _ => None,
        })
    }

    fn sum(&self, first: Pane, last: Pane) -> Rollup {
        let mut sum = Rollup::default();
        for (_, rollup) in self.merged.range(first, last) {
            sum.merge(rollup);
        }
        sum
    }
}

/// A day, in days since 1970-01-01, as `2026-01-31`.
pub fn date(day: i32) -> String {
    civil(day).to_string()
}

/// The month of a day, counted from year 0.
pub fn month(day: i32) -> i32 {
    let date = civil(day);
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

fn civil(day: i32) -> jiff::civil::Date {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().try_days(day).unwrap_or_default()).unwrap_or(epoch)
}
