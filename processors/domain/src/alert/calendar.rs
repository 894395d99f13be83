//! Business calendars: when somebody works, and how much working time lies between two instants.
//!
//! A calendar says for each day of the week when it is open, by the clock on the wall there. An instant is working time if the
//! wall clock then stands in an interval of its day, and the day is no holiday. So an hour that the clocks leave out in spring is
//! no working time, and one that they repeat in autumn is, twice.
//!
//! What is asked is the difference of two sums: the working time from 1900 up to an instant. The sum of a whole week is known, so
//! is the sum up to each change of the clocks, and what is left is one day; nothing walks over the days between.

mod form;
#[cfg(test)]
mod tests;

use crate::config::Zone;
use form::Form;
use nexusflow_model::{Label, Timestamp};
use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

/// A calendar that is closed this long is closed for good: ten years, and what leap days they have.
const LOOKED_AHEAD_MS: i64 = 3_653 * DAY_MS;

/// A business calendar: several intervals a day, holidays, a time zone. `[[calendar]]` in `alerts.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
pub struct Calendar {
    form: Form,
    week: Week,
    holidays: Holidays,
    /// Working time, in milliseconds, from the first change of the zone's clocks to each of them.
    until_change_ms: Vec<i64>,
}

/// What is open in a week without holidays.
#[derive(Debug, Clone, PartialEq)]
struct Week {
    /// Of each day from Monday: the intervals, in milliseconds of the day.
    open_ms: [Vec<(i64, i64)>; 7],
    /// The working time of the days before each day of the week, and of all seven.
    before_ms: [i64; 8],
}

/// The days on which it is closed, and the working time that is lost by them.
#[derive(Debug, Clone, PartialEq)]
struct Holidays {
    /// Days since 1970-01-01, ascending.
    days: Vec<i64>,
    /// What is lost by the holidays before each of them, and by all.
    lost_ms: Vec<i64>,
}

impl Calendar {
    /// Open at every hour of every day, under the name `always`.
    pub fn always() -> Self {
        Self::of(Form::always())
    }

    fn of(form: Form) -> Self {
        let week = Week::of(form.days());
        let holidays = Holidays::of(form.holidays(), &week);
        let mut calendar = Self { form, week, holidays, until_change_ms: Vec::new() };
        let mut sum_ms = 0;
        let changes = calendar.zone().offsets().to_vec();
        let next = changes.iter().skip(1).map(Some).chain(std::iter::once(None));
        calendar.until_change_ms = std::iter::zip(&changes, next)
            .map(|((from_ms, offset_ms), next)| {
                let until_change_ms = sum_ms;
                if let Some((until_ms, _)) = next {
                    sum_ms += calendar.local_sum_ms(until_ms + offset_ms) - calendar.local_sum_ms(from_ms + offset_ms);
                }
                until_change_ms
            })
            .collect();
        calendar
    }

    /// Its name, by which policies and rules know it.
    pub fn name(&self) -> &Label {
        &self.form.name
    }

    /// The zone in which its hours are said.
    pub fn zone(&self) -> &Zone {
        &self.form.time_zone
    }

    /// Whether it is never open in an ordinary week: nothing would ever come due.
    pub fn is_never_open(&self) -> bool {
        self.week.before_ms[7] == 0
    }

    /// The working time between two instants, in milliseconds; 0 where `to` is not after `from`.
    pub fn working_ms(&self, from: Timestamp, to: Timestamp) -> i64 {
        if to <= from { 0 } else { self.sum_ms(to.as_ms()) - self.sum_ms(from.as_ms()) }
    }

    /// The first instant at which `ms` of working time have passed since `from`; `from` itself where `ms` is not above 0. None where
    /// that much does not pass within ten years: it may never open again.
    pub fn after(&self, from: Timestamp, ms: i64) -> Option<Timestamp> {
        if ms <= 0 {
            return Some(from);
        }
        let target_ms = self.sum_ms(from.as_ms()).checked_add(ms)?;
        if self.sum_ms(from.plus_ms(LOOKED_AHEAD_MS).as_ms()) < target_ms {
            return None;
        }
        let changes = self.zone().offsets();
        let holds = self.until_change_ms.partition_point(|sum_ms| *sum_ms < target_ms).checked_sub(1)?;
        let (since_ms, offset_ms) = changes[holds];
        let local_ms = self.local_sum_ms(since_ms + offset_ms) + target_ms - self.until_change_ms[holds];
        Timestamp::from_ms(self.local_when(local_ms, since_ms + offset_ms)? - offset_ms).ok()
    }

    /// The working time from the first change of the zone's clocks to `at_ms`.
    fn sum_ms(&self, at_ms: i64) -> i64 {
        let changes = self.zone().offsets();
        let holds = changes.partition_point(|(from_ms, _)| *from_ms <= at_ms).saturating_sub(1);
        let (since_ms, offset_ms) = changes[holds];
        self.until_change_ms[holds] + self.local_sum_ms(at_ms + offset_ms) - self.local_sum_ms(since_ms + offset_ms)
    }

    /// The working time up to what a wall clock shows that nobody ever sets, but for a constant: only differences mean something.
    fn local_sum_ms(&self, local_ms: i64) -> i64 {
        let day = local_ms.div_euclid(DAY_MS);
        let before_ms = self.days_before_ms(day);
        if self.holidays.days.binary_search(&day).is_ok() {
            return before_ms;
        }
        let of_day_ms = local_ms.rem_euclid(DAY_MS);
        let open_ms = &self.week.open_ms[weekday(day)];
        before_ms + open_ms.iter().map(|(from, to)| of_day_ms.clamp(*from, *to) - from).sum::<i64>()
    }

    fn days_before_ms(&self, day: i64) -> i64 {
        let holidays = self.holidays.days.partition_point(|holiday| *holiday < day);
        (day + THURSDAY).div_euclid(7) * self.week.before_ms[7] + self.week.before_ms[weekday(day)]
            - self.holidays.lost_ms[holidays]
    }

    /// When that wall clock first shows a sum of `sum_ms`, which it has not reached at `from_ms` and reaches within the time that is
    /// looked ahead of any change.
    fn local_when(&self, sum_ms: i64, from_ms: i64) -> Option<i64> {
        // The last day that begins with less.
        let (mut begun, mut beyond) = (from_ms.div_euclid(DAY_MS), LAST_DAY);
        while beyond - begun > 1 {
            let middle = begun + (beyond - begun) / 2;
            if self.days_before_ms(middle) < sum_ms {
                begun = middle;
            } else {
                beyond = middle;
            }
        }
        let mut left_ms = sum_ms - self.days_before_ms(begun);
        for (from, to) in &self.week.open_ms[weekday(begun)] {
            if left_ms <= to - from {
                return Some(begun * DAY_MS + from + left_ms);
            }
            left_ms -= to - from;
        }
        None
    }
}

/// 1970-01-01 was one, 3 days after a Monday.
const THURSDAY: i64 = 3;

/// 2200-01-03, since 1970-01-01: after it there are no instants.
const LAST_DAY: i64 = 84_008;

/// From Monday, 0.
fn weekday(day: i64) -> usize {
    (day + THURSDAY).rem_euclid(7) as usize
}

impl Week {
    fn of(days: [&form::Hours; 7]) -> Self {
        let open_ms = days.map(|hours| {
            let ms = |minute: u16| i64::from(minute) * MINUTE_MS;
            hours.intervals().iter().map(|interval| (ms(interval.from), ms(interval.to))).collect::<Vec<_>>()
        });
        let mut before_ms = [0; 8];
        for (day, open) in open_ms.iter().enumerate() {
            before_ms[day + 1] = before_ms[day] + open.iter().map(|(from, to)| to - from).sum::<i64>();
        }
        Self { open_ms, before_ms }
    }
}

impl Holidays {
    fn of(days: Vec<i64>, week: &Week) -> Self {
        let mut lost_ms = vec![0];
        let mut sum_ms = 0;
        for day in &days {
            let weekday = weekday(*day);
            sum_ms += week.before_ms[weekday + 1] - week.before_ms[weekday];
            lost_ms.push(sum_ms);
        }
        Self { days, lost_ms }
    }
}
