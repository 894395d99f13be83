//! The pipeline: what open deals of each stage and age bring within so many days, and deals that are yet to come.
//!
//! For each stage and age it is known of how many deals that were still there how many were won or lost each day after (the life
//! table of Kaplan and Meier, with winning and losing as competing ends). A win rate over all open deals would count those that
//! will be lost, and those that take longer, as won.

use super::sales::{Sales, Stay};

/// Ages of a stay, in days, from which on deals are looked at apart.
const AGES: [i32; 6] = [0, 7, 14, 28, 56, 112];
/// Days after which nothing is expected any more.
const DAYS: usize = 400;
/// So many deals must have been seen of an age before anything is expected of it.
const SEEN_MIN: f64 = 20.0;

/// What was known of deals on the evening of a day.
#[derive(Debug)]
pub(super) struct Conversion {
    origin: i32,
    /// By stage, by age: what became of those that were still there.
    tables: Vec<Vec<Table>>,
    /// What is open: stage, days since it came, worth.
    open: Vec<(usize, i32, f64)>,
    /// What new deals are worth a day, by the stage they begin in.
    arriving: Vec<f64>,
    /// What is won in relation to what deals were worth when they came.
    realised: f64,
}

/// Deals from one age on: each day how many were looked at, won, and decided.
#[derive(Debug, Clone)]
struct Table {
    leaving: Vec<f64>,
    won: Vec<f64>,
    decided: Vec<f64>,
    seen: f64,
}

impl Table {
    fn new() -> Self {
        Self { leaving: vec![0.0; DAYS + 1], won: vec![0.0; DAYS], decided: vec![0.0; DAYS], seen: 0.0 }
    }

    /// Takes in deals that were decided after so many days, or seen for so many days.
    fn add(&mut self, days: i32, is_decided: bool, is_won: bool, count: f64) {
        let Ok(at) = usize::try_from(days) else { return };
        self.seen += count;
        if let Some(leaving) = self.leaving.get_mut((at + 1).min(DAYS)) {
            *leaving += count;
        }
        if is_decided {
            self.decided.get_mut(at).into_iter().for_each(|decided| *decided += count);
            self.won.get_mut(at).into_iter().for_each(|won| *won += if is_won { count } else { 0.0 });
        }
    }

    /// How likely it is to be won later than `after` and not later than `until` days, of a deal that was not decided after `since`.
    fn share_won(&self, since: i32, after: i32, until: i32) -> f64 {
        if self.seen < SEEN_MIN {
            return 0.0;
        }
        let (mut left, mut alive, mut won) = (self.seen, 1.0, 0.0);
        for (day, leaving) in self.leaving.iter().take(DAYS).enumerate() {
            left -= leaving;
            let day_number = day as i32;
            if left <= 0.0 || day_number > until {
                break;
            }
            if day_number <= since {
                continue;
            }
            if day_number > after {
                won += alive * self.won.get(day).unwrap_or(&0.0) / left;
            }
            alive *= 1.0 - self.decided.get(day).unwrap_or(&0.0) / left;
        }
        won
    }
}

impl Conversion {
    /// What was known on the evening of `origin`.
    pub(super) fn of(sales: &Sales, origin: i32) -> Self {
        let stages = sales.stays.iter().map(|stay| stay.stage + 1).max().unwrap_or(0);
        let mut tables = vec![vec![Table::new(); AGES.len()]; stages];
        let (mut open, mut arriving, mut won, mut worth) = (Vec::new(), vec![0.0; stages], 0.0, 0.0);
        for stay in sales.stays.iter().filter(|stay| stay.came <= origin) {
            let known = |at: Option<i32>| at.filter(|at| *at <= origin);
            let (left, closed) = (known(stay.left), known(stay.closed));
            if let Some(tables) = tables.get_mut(stay.stage) {
                take_in(tables, stay, left, closed, origin);
            }
            if left.is_none() && closed.is_none() {
                open.push((stay.stage, origin - stay.came, stay.worth));
            }
            if stay.is_first {
                if stay.came > origin - 91 {
                    arriving.get_mut(stay.stage).into_iter().for_each(|sum| *sum += stay.worth / 91.0);
                }
                if closed.is_some() && stay.is_won && stay.worth > 0.0 {
                    won += stay.won;
                    worth += stay.worth;
                }
            }
        }
        let realised = if worth > 0.0 { won / worth } else { 1.0 };
        Self { origin, tables, open, arriving, realised }
    }

    /// What is won from one day to another, both included.
    pub(super) fn won(&self, first: i32, last: i32) -> f64 {
        let (after, until) = (first - self.origin - 1, last - self.origin);
        let mut shares: std::collections::BTreeMap<(usize, i32), f64> = std::collections::BTreeMap::new();
        let mut sum = 0.0;
        for (stage, age, worth) in &self.open {
            let share = shares.entry((*stage, *age)).or_insert_with(|| self.share(*stage, *age, after, until));
            sum += worth * *share;
        }
        for (stage, a_day) in self.arriving.iter().enumerate().filter(|(_, worth)| **worth > 0.0) {
            let table = self.tables.get(stage).and_then(|tables| tables.first());
            let coming =
                (1..=until).map(|wait| table.map_or(0.0, |table| table.share_won(-1, after - wait, until - wait)));
            sum += a_day * coming.sum::<f64>();
        }
        sum * self.realised
    }

    fn share(&self, stage: usize, age: i32, after: i32, until: i32) -> f64 {
        let at = AGES.partition_point(|from| *from <= age).saturating_sub(1);
        let since = age - AGES.get(at).copied().unwrap_or(0);
        let table = self.tables.get(stage).and_then(|tables| tables.get(at));
        table.map_or(0.0, |table| table.share_won(since, since + after, since + until))
    }
}

/// Takes a stay in at every age at which it was still there.
fn take_in(tables: &mut [Table], stay: &Stay, left: Option<i32>, closed: Option<i32>, origin: i32) {
    for (table, from) in tables.iter_mut().zip(AGES) {
        let begins = stay.came + from;
        let is_gone = left.is_some_and(|left| left < begins || (left == begins && from > 0));
        if is_gone || begins > origin {
            break;
        }
        match closed {
            Some(closed) => table.add(closed - begins, true, stay.is_won, stay.count),
            None => table.add(origin - begins, false, false, stay.count),
        }
    }
}
