//! Instants.

use jiff::tz::TimeZone;
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// An instant in UTC, in whole milliseconds since 1970-01-01T00:00:00Z; RFC 3339 in JSON. Between the years 1900 and 2200.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// The name under which an instant announces itself to a compact format, which may know a shorter form for it.
pub const NAME: &str = "Timestamp";

const MS_MIN: i64 = -2_208_988_800_000; // 1900-01-01
const MS_MAX: i64 = 7_258_118_400_000; // 2200-01-01

/// Why a time was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not RFC 3339.
    #[error("a time must be RFC 3339 with a zone, such as 2026-01-31T09:30:00Z")]
    Format,
    /// A clock that is badly wrong.
    #[error("a time must lie between the years 1900 and 2200")]
    Range,
}

impl Timestamp {
    /// The start of 1970 in UTC.
    pub const EPOCH: Self = Self(0);
    /// The earliest instant that can be said.
    pub const MIN: Self = Self(MS_MIN);

    /// An instant from milliseconds since the epoch.
    ///
    /// # Errors
    /// Where it lies outside the years 1900 to 2200.
    pub fn from_ms(ms: i64) -> Result<Self, TimeError> {
        if (MS_MIN..MS_MAX).contains(&ms) { Ok(Self(ms)) } else { Err(TimeError::Range) }
    }

    /// Milliseconds since the epoch.
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// This instant moved by `ms` milliseconds, held within the range that can be said.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms).clamp(MS_MIN, MS_MAX - 1))
    }

    /// Milliseconds from `earlier` to this instant; negative if this one is earlier.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The same instant in jiff's terms, for calendars.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`, without the general formatter: every event is written with two of them.
    fn text(self, into: &mut [u8; 24]) -> &str {
        let (day, of_day) = (self.0.div_euclid(86_400_000), self.0.rem_euclid(86_400_000));
        let (year, month, day) = civil_from_days(day);
        *into = *b"0000-00-00T00:00:00.000Z";
        let mut put = |end: usize, digits: usize, mut value: i64| {
            for at in (end - digits..end).rev() {
                into[at] = b'0' + (value % 10) as u8;
                value /= 10;
            }
        };
        put(4, 4, year);
        put(7, 2, month);
        put(10, 2, day);
        put(13, 2, of_day / 3_600_000);
        put(16, 2, of_day / 60_000 % 60);
        put(19, 2, of_day / 1_000 % 60);
        put(23, 3, of_day % 1_000);
        std::str::from_utf8(into).unwrap_or_default()
    }

    /// Days since 1970-01-01 of the calendar date this instant has in `zone`.
    pub fn day_in(self, zone: &TimeZone) -> i32 {
        (self.0 + offset_ms(self, zone)).div_euclid(86_400_000) as i32
    }
}

/// The offset of `zone` from UTC at `at`, in milliseconds.
fn offset_ms(at: Timestamp, zone: &TimeZone) -> i64 {
    i64::from(zone.to_offset(at.to_jiff()).seconds()) * 1_000
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; 24]))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        if let Some(ms) = parse_utc(text.as_bytes()) {
            return Self::from_ms(ms);
        }
        let at: jiff::Timestamp = text.parse().map_err(|_| TimeError::Format)?;
        Self::from_ms(at.as_millisecond())
    }
}

/// `YYYY-MM-DDTHH:MM:SS[.mmm]Z`, the form the log itself is written in, at a fraction of the general parser's cost.
/// None for any other form, which is not an error yet.
fn parse_utc(text: &[u8]) -> Option<i64> {
    let two = |at: usize| -> Option<i64> {
        let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then_some(i64::from(tens) * 10 + i64::from(ones))
    };
    let (fraction, marks) = match text.len() {
        20 => (0, text[19] == b'Z'),
        24 => (
            two(20)? * 10 + i64::from(text[22].wrapping_sub(b'0')),
            text[19] == b'.' && text[23] == b'Z' && text[22].is_ascii_digit(),
        ),
        _ => return None,
    };
    let marks = marks && text[4] == b'-' && text[7] == b'-' && text[10] == b'T' && text[13] == b':' && text[16] == b':';
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    if !marks
        || !(1..=12).contains(&month)
        || day < 1
        || day > days_in(year, month)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    Some((days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000 + fraction)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date. Source: Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// (year, month, day) of days since 1970-01-01. Source: as above, `civil_from_days`.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.text(&mut [0; 24]))
        } else {
            serializer.serialize_newtype_struct(NAME, &self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> serde::de::Visitor<'de> for Either {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time in RFC 3339")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_newtype_struct<D: serde::Deserializer<'de>>(self, ms: D) -> Result<Timestamp, D::Error> {
                Timestamp::from_ms(i64::deserialize(ms)?).map_err(serde::de::Error::custom)
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Either)
        } else {
            deserializer.deserialize_newtype_struct(NAME, Either)
        }
    }
}

impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date-time"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_fast_parser_and_the_general_one_agree(ms in MS_MIN..MS_MAX) {
            let at = Timestamp::from_ms(ms).unwrap();
            let text = at.to_string();
            prop_assert_eq!(parse_utc(text.as_bytes()), Some(ms));
            prop_assert_eq!(text.parse::<jiff::Timestamp>().unwrap().as_millisecond(), ms);
        }
    }

    #[test]
    fn offsets_are_read_and_nonsense_is_not() {
        assert_eq!(
            "2011-10-01T00:38:44.546+02:00".parse::<Timestamp>().unwrap().to_string(),
            "2011-09-30T22:38:44.546Z"
        );
        for bad in ["2026-02-30T00:00:00Z", "2026-01-01", "yesterday", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00"] {
            assert_eq!(bad.parse::<Timestamp>(), Err(TimeError::Format), "{bad}");
        }
        assert_eq!("1812-01-01T00:00:00Z".parse::<Timestamp>(), Err(TimeError::Range));
    }

    #[test]
    fn a_day_belongs_to_the_zone() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let late: Timestamp = "2018-01-02T01:30:00Z".parse().unwrap();
        assert_eq!(late.day_in(&TimeZone::UTC) - late.day_in(&zone), 1);
    }
}
