//! How a calendar is written.

use super::Calendar;
use crate::config::Zone;
use jiff::civil::Date;
use nexusflow_model::Label;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A calendar as it is written. A day that is not named is closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) name: Label,
    pub(super) time_zone: Zone,
    #[serde(default)]
    monday: Hours,
    #[serde(default)]
    tuesday: Hours,
    #[serde(default)]
    wednesday: Hours,
    #[serde(default)]
    thursday: Hours,
    #[serde(default)]
    friday: Hours,
    #[serde(default)]
    saturday: Hours,
    #[serde(default)]
    sunday: Hours,
    #[serde(default)]
    holidays: Vec<Holiday>,
}

/// The open hours of a day of the week, ascending, apart from one another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Interval>", into = "Vec<Interval>")]
pub(super) struct Hours(Vec<Interval>);

/// From one minute of the day to another, which is after it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Interval {
    pub(super) from: u16,
    pub(super) to: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Holiday(Date);

impl Form {
    pub(super) fn always() -> Self {
        let hours = || Hours(vec![Interval { from: 0, to: MIDNIGHT }]);
        // The name is a constant that every label may be.
        #[expect(clippy::expect_used, reason = "a constant of this file")]
        let name = Label::new("always").expect("it is a label");
        Self {
            name,
            time_zone: Zone::utc(),
            monday: hours(),
            tuesday: hours(),
            wednesday: hours(),
            thursday: hours(),
            friday: hours(),
            saturday: hours(),
            sunday: hours(),
            holidays: Vec::new(),
        }
    }

    pub(super) fn days(&self) -> [&Hours; 7] {
        [&self.monday, &self.tuesday, &self.wednesday, &self.thursday, &self.friday, &self.saturday, &self.sunday]
    }

    /// Days since 1970-01-01, ascending, each once.
    pub(super) fn holidays(&self) -> Vec<i64> {
        let mut days: Vec<i64> = self.holidays.iter().map(|holiday| holiday.day()).collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}

/// A calendar is made of any form that could be read: each part has been checked where it stands.
impl From<Form> for Calendar {
    fn from(form: Form) -> Self {
        Self::of(form)
    }
}

impl From<Calendar> for Form {
    fn from(calendar: Calendar) -> Self {
        calendar.form
    }
}

impl Hours {
    pub(super) fn intervals(&self) -> &[Interval] {
        &self.0
    }
}

/// Why hours can't be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormError(String);

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<Vec<Interval>> for Hours {
    type Error = FormError;
    fn try_from(intervals: Vec<Interval>) -> Result<Self, FormError> {
        for pair in intervals.windows(2) {
            let [first, second] = [String::from(pair[0]), String::from(pair[1])];
            if pair[1].from < pair[0].from {
                return Err(FormError(format!("{second:?} begins before {first:?}: put the earlier one first")));
            }
            if pair[1].from < pair[0].to {
                return Err(FormError(format!("{first:?} and {second:?} overlap: make one of them, or move one")));
            }
        }
        Ok(Self(intervals))
    }
}

impl From<Hours> for Vec<Interval> {
    fn from(hours: Hours) -> Self {
        hours.0
    }
}

/// The end of a day, in minutes.
const MIDNIGHT: u16 = 1_440;

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |digits: &str| -> Option<u16> {
        (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    ((hour < 24 && minute < 60) || (hour, minute) == (24, 0)).then_some(hour * 60 + minute)
}

impl TryFrom<String> for Interval {
    type Error = FormError;
    fn try_from(text: String) -> Result<Self, FormError> {
        let ends = text.split_once('-').and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
        let Some((from, to)) = ends.filter(|(from, _)| *from < MIDNIGHT) else {
            return Err(FormError(format!(
                "{text:?} is no interval of a day: write it as \"09:00-17:30\", at most \"00:00-24:00\""
            )));
        };
        if to <= from {
            return Err(FormError(format!(
                "{text:?} ends before it begins: for a night, end it at \"24:00\" and go on at \"00:00\" the day after"
            )));
        }
        Ok(Self { from, to })
    }
}

impl From<Interval> for String {
    fn from(Interval { from, to }: Interval) -> Self {
        format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl Holiday {
    fn day(self) -> i64 {
        let since = self.0.since(Date::constant(1970, 1, 1)).map(|span| i64::from(span.get_days()));
        since.unwrap_or_default()
    }
}

impl TryFrom<String> for Holiday {
    type Error = FormError;
    fn try_from(text: String) -> Result<Self, FormError> {
        let date = text.parse::<Date>().ok().filter(|date| text.len() == 10 && (1900..2200).contains(&date.year()));
        date.map(Self).ok_or_else(|| FormError(format!("{text:?} is no date: write it as \"2026-12-25\"")))
    }
}

impl From<Holiday> for String {
    fn from(holiday: Holiday) -> Self {
        holiday.0.to_string()
    }
}
