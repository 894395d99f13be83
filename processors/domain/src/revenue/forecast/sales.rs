//! What the forecast is made of: what was won each day, and every stay of a deal in a stage.

use crate::Rollup;
use crate::revenue::stages::date_of;
use nexusflow_model::{Currency, Label};
use std::collections::BTreeMap;

/// What was won in one currency, day by day, and how deals went through their stages. Days are counted from 1970-01-01.
#[derive(Debug, Clone, Default)]
pub struct Sales {
    /// The first day on which something was won.
    pub(super) first: i32,
    /// What was won on each day from then on, in minor units.
    pub(super) won: Vec<f64>,
    pub(super) stays: Vec<Stay>,
    /// The classes of the days, from the first on and some years further than what was won.
    classes: Vec<Classes>,
}

/// Stays in a stage that are alike.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    /// Which stage, as a number.
    pub(super) stage: usize,
    pub(super) came: i32,
    pub(super) left: Option<i32>,
    pub(super) closed: Option<i32>,
    pub(super) is_won: bool,
    /// Whether it is where the deals began.
    pub(super) is_first: bool,
    pub(super) count: f64,
    pub(super) worth: f64,
    pub(super) won: f64,
}

/// What a day has in common with others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Classes {
    /// The month of the quarter, from 0.
    pub(super) phase: usize,
    /// The month, from 0.
    pub(super) month: usize,
    /// The day of the week, Monday being 0.
    pub(super) weekday: usize,
}

/// Days behind what was won whose classes are known: a forecast reaches no further.
const AHEAD: i32 = 800;

impl Sales {
    /// Reads the rollups of days, in order, in one currency.
    pub fn of<'a>(days: impl Iterator<Item = (i32, &'a Rollup)>, currency: Currency) -> Self {
        let mut sales = Self::default();
        let mut stages: BTreeMap<(&Label, &Label), usize> = BTreeMap::new();
        let mut won: BTreeMap<i32, i64> = BTreeMap::new();
        for (day, rollup) in days {
            let minor = rollup.deals.won_value.get(currency);
            if minor != 0 {
                won.insert(day, minor);
            }
            for (stay, counts) in &rollup.pipeline.stays {
                let next = stages.len();
                let stage = *stages.entry((&stay.pipeline, &stay.stage)).or_insert(next);
                let later = |days: u16| day.saturating_add(i32::from(days));
                sales.stays.push(Stay {
                    stage,
                    came: day,
                    left: stay.left_d.map(later),
                    closed: stay.closed_d.map(later),
                    is_won: stay.is_won,
                    is_first: stay.is_first,
                    count: counts.count as f64,
                    worth: counts.came.get(currency) as f64,
                    won: counts.won.get(currency) as f64,
                });
            }
        }
        if let (Some((first, _)), Some((last, _))) = (won.first_key_value(), won.last_key_value()) {
            sales.first = *first;
            sales.won = (*first..=*last).map(|day| won.get(&day).copied().unwrap_or(0) as f64).collect();
            sales.classes = (*first..last.saturating_add(AHEAD)).map(classes).collect();
        }
        sales
    }

    /// What was won from one day to another, both included.
    pub fn won(&self, first: i32, last: i32) -> f64 {
        (first.max(self.first)..=last).map(|day| self.won_on(day)).sum()
    }

    /// What was won on a day.
    pub(super) fn won_on(&self, day: i32) -> f64 {
        usize::try_from(day - self.first).ok().and_then(|at| self.won.get(at)).copied().unwrap_or(0.0)
    }

    /// What a day has in common with others.
    pub(super) fn classes(&self, day: i32) -> Classes {
        let known = usize::try_from(day - self.first).ok().and_then(|at| self.classes.get(at));
        known.copied().unwrap_or_else(|| classes(day))
    }

    /// Whether anything was won until that day.
    pub(super) fn is_known(&self, day: i32) -> bool {
        !self.won.is_empty() && day >= self.first
    }
}

fn classes(day: i32) -> Classes {
    let month = usize::try_from(date_of(day).month() - 1).unwrap_or(0);
    // 1970-01-01 was a Thursday.
    let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
    Classes { phase: month % 3, month, weekday }
}
