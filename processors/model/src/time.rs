//! Instants.

use jiff::tz::{Offset, TimeZone};
use std::fmt;
use std::str::FromStr;

/// An instant in UTC, in whole milliseconds since 1970-01-01T00:00:00Z; RFC 3339 in JSON. Between the years 1900 and 2200.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

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
        let at = Offset::UTC.to_datetime(self.to_jiff());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
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

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i64(self.0) }
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rfc3339;
        impl serde::de::Visitor<'_> for Rfc3339 {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time in RFC 3339")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Rfc3339)
        } else {
            Self::from_ms(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
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
