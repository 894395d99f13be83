//! A customer's own days, and on which of them something happened.
//!
//! What fades with time fades day by day. A customer's days are 24 hours from a time of day that is their own, made of their id: of a
//! million customers a dozen are looked at in any second, and not all of them at midnight.

use nexusflow_model::{Id, Timestamp, partition};
use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 86_400_000;

/// Ages at which something is looked at again, in days. In between it counts as old as at the last of them: what is a year old is not
/// looked at every day.
pub(crate) const AGES: [i32; 22] =
    [0, 1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365, 545, 730, 1_095];

/// The days of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnDays {
    offset_ms: i64,
}

impl OwnDays {
    /// The days of `subject`.
    pub(crate) fn of(subject: &Id) -> Self {
        Self { offset_ms: (partition::hash_of(subject.as_str()) % DAY_MS as u64) as i64 }
    }

    /// The number of the day that `at` lies in.
    pub(crate) fn day(self, at: Timestamp) -> i32 {
        (at.as_ms() + self.offset_ms).div_euclid(DAY_MS) as i32
    }

    /// When a day begins.
    pub(crate) fn start(self, day: i32) -> Timestamp {
        Timestamp::EPOCH.plus_ms(i64::from(day) * DAY_MS - self.offset_ms)
    }
}

/// How old what happened on `day` counts on `today`: its place among the [`AGES`].
pub(crate) fn step(today: i32, day: i32) -> usize {
    let days = today.saturating_sub(day).max(0);
    AGES.iter().rposition(|age| *age <= days).unwrap_or(0)
}

/// How old what happened on `day` counts on `today`.
pub(crate) fn age(today: i32, day: i32) -> i32 {
    AGES[step(today, day)]
}

/// The first day after `today` on which what happened on `day` counts as old as makes a difference, by its place among the [`AGES`]; none
/// where no age does.
pub(crate) fn ages_on(today: i32, day: i32, makes_a_difference: impl Fn(usize) -> bool) -> Option<i32> {
    let older = (step(today, day) + 1..AGES.len()).find(|step| makes_a_difference(*step))?;
    // What is said of a day to come has no age yet.
    Some(day.saturating_add(AGES[older]).max(today + 1))
}

/// On which of the 64 days up to the latest something happened. The same whatever the order in which it is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveDays {
    latest: i32,
    /// A bit a day; the lowest is the latest day. Zero where there was none.
    bits: u64,
}

impl ActiveDays {
    /// Something happened on `day`.
    pub(crate) fn add(&mut self, day: i32) {
        if self.bits == 0 {
            (self.latest, self.bits) = (day, 1);
        } else if day > self.latest {
            self.bits = self.bits.checked_shl(day.abs_diff(self.latest)).unwrap_or(0) | 1;
            self.latest = day;
        } else {
            self.bits |= 1_u64.checked_shl(self.latest.abs_diff(day)).unwrap_or(0);
        }
    }

    /// The latest day on which something happened.
    pub(crate) fn latest(&self) -> Option<i32> {
        (self.bits != 0).then_some(self.latest)
    }

    /// On how many of the `days` days up to `today` something happened, after leaving out the last `but`.
    pub(crate) fn count(&self, today: i32, but: u32, days: u32) -> i64 {
        let bits = self.as_of(today).checked_shr(but).unwrap_or(0);
        let wanted = 1_u64.checked_shl(days).map_or(u64::MAX, |end| end - 1);
        i64::from((bits & wanted).count_ones())
    }

    /// The first day after `today` on which a day falls out of one of the windows of so many days.
    pub(crate) fn changes_on(&self, today: i32, windows: &[u32]) -> Option<i32> {
        if self.bits != 0 && self.latest > today {
            return Some(today + 1);
        }
        let bits = self.as_of(today);
        let falls_out = |window: &u32| {
            let within = bits & 1_u64.checked_shl(*window).map_or(u64::MAX, |end| end - 1);
            let oldest = within.checked_ilog2()?;
            Some(today + window.abs_diff(oldest) as i32)
        };
        windows.iter().filter_map(falls_out).min()
    }

    /// The bits with `today` as the lowest.
    fn as_of(&self, today: i32) -> u64 {
        let lag = today.abs_diff(self.latest);
        let shifted = if today >= self.latest { self.bits.checked_shl(lag) } else { self.bits.checked_shr(lag) };
        shifted.unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_day_begins_at_a_time_of_the_customers_own() {
        for name in ["a", "b", "customer-77"] {
            let own = OwnDays::of(&Id::new(name).unwrap());
            let start = own.start(20_000);
            assert_eq!((own.day(start), own.day(start.plus_ms(-1))), (20_000, 19_999));
        }
    }

    #[test]
    fn ages_are_counted_in_steps_and_say_when_the_next_comes() {
        assert_eq!(
            [(100, 100), (109, 100), (100, 103), (9_000, 100)].map(|(today, day)| age(today, day)),
            [0, 7, 0, 1_095]
        );
        assert_eq!(ages_on(100, 100, |_| true), Some(101));
        assert_eq!(ages_on(109, 100, |_| true), Some(110));
        assert_eq!(ages_on(109, 100, |step| AGES[step] > 30), Some(145));
        assert_eq!(ages_on(100, 103, |_| true), Some(104));
        assert_eq!(ages_on(9_000, 100, |_| true), None);
    }

    proptest! {
        #[test]
        fn active_days_are_those_of_a_set(mut days in prop::collection::vec(0_i32..150, 0..40), after in 0_i32..80, swap: prop::sample::Index) {
            let fill = |days: &[i32]| {
                let mut active = ActiveDays::default();
                days.iter().for_each(|day| active.add(*day));
                active
            };
            let active = fill(&days);
            let set: BTreeSet<i32> = days.iter().copied().collect();
            prop_assert_eq!(active.latest(), set.last().copied());
            if let Some(latest) = set.last() {
                let today = latest + after;
                let count = |today: i32, but: i32, n: i32| set.range(today - but - n + 1..=today - but).count() as i64;
                for (but, n) in [(0, 28), (28, 28), (0, 1)] {
                    prop_assert_eq!(active.count(today, but as u32, n as u32), count(today, but, n));
                }
                let both = |today| (count(today, 0, 28), count(today, 28, 28));
                let changes = (today + 1..today + 100).find(|day| both(*day) != both(today));
                prop_assert_eq!(active.changes_on(today, &[28, 56]), changes);
                let at = swap.index(days.len());
                days.swap(0, at);
                prop_assert_eq!(fill(&days), active);
            }
        }
    }
}
