//! Times as files write them, in their zone.

use jiff::civil;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use nexusflow_model::Timestamp;

/// How a column writes its times.
#[derive(Debug, Clone)]
pub(super) struct TimeFormat {
    form: Form,
    zone: TimeZone,
}

#[derive(Debug, Clone)]
enum Form {
    /// `2018-06-12 20:07:44`, `2018-06-12T20:07`, `2018-06-12`; with an offset, that one counts and not the zone.
    Iso,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMs,
    /// `%d/%m/%Y %H:%M` and the like.
    Pattern(String),
}

impl TimeFormat {
    /// A format by its name (`iso`, `unix`, `unix_ms`) or pattern, in an IANA zone.
    pub(super) fn new(format: &str, zone: &str) -> Result<Self, String> {
        let zone = TimeZone::get(zone)
            .map_err(|_| format!("\"{zone}\" is no time zone: use an IANA name such as Europe/Madrid"))?;
        let form = match format {
            "iso" => Form::Iso,
            "unix" => Form::Unix,
            "unix_ms" => Form::UnixMs,
            pattern if pattern.contains('%') => {
                let example = civil::date(2026, 1, 31).at(13, 45, 30, 0).to_zoned(TimeZone::UTC);
                let example = example.map_err(|error| error.to_string())?;
                strtime::format(pattern, &example).map_err(|error| format!("\"{pattern}\" is no pattern: {error}"))?;
                Form::Pattern(pattern.to_owned())
            }
            other => {
                return Err(format!("\"{other}\" is no format: use iso, unix, unix_ms or a pattern like %d/%m/%Y"));
            }
        };
        Ok(Self { form, zone })
    }

    /// Reads a time. A local time that a change of clocks leaves out is moved forward by the change; one that it repeats is
    /// taken as the first of the two. No row is lost to a clock.
    pub(super) fn parse(&self, text: &str) -> Result<Timestamp, String> {
        match &self.form {
            Form::Iso => self.parse_iso(text),
            Form::Unix => from_unix(text, 1_000),
            Form::UnixMs => from_unix(text, 1),
            Form::Pattern(pattern) => {
                let wrong = |_| format!("must be a time like {pattern}");
                let parts = strtime::parse(pattern, text).map_err(wrong)?;
                if parts.offset().is_some() {
                    return from_jiff(parts.to_timestamp().map_err(wrong)?);
                }
                let date = parts.to_date().map_err(wrong)?;
                // A pattern without a time of day means midnight.
                let time = parts.to_time().unwrap_or(civil::Time::midnight());
                self.local(date.to_datetime(time))
            }
        }
    }

    fn parse_iso(&self, text: &str) -> Result<Timestamp, String> {
        const ISO: &str = "must be a time like 2026-01-31 09:30:00, with or without an offset";
        let says_offset = text.get(10..).is_some_and(|time| time.contains(['Z', 'z', '+', '-']));
        if says_offset {
            return from_jiff(text.parse().map_err(|_| ISO.to_owned())?);
        }
        self.local(text.parse().map_err(|_| ISO.to_owned())?)
    }

    fn local(&self, at: civil::DateTime) -> Result<Timestamp, String> {
        let at = self.zone.to_ambiguous_timestamp(at).compatible();
        from_jiff(at.map_err(|_| "lies outside of what can be said".to_owned())?)
    }
}

fn from_jiff(at: jiff::Timestamp) -> Result<Timestamp, String> {
    Timestamp::from_ms(at.as_millisecond()).map_err(|error| error.to_string())
}

fn from_unix(text: &str, ms: i64) -> Result<Timestamp, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let wrong = || "must be a number of seconds or milliseconds since 1970".to_owned();
    let units: i64 = whole.parse().map_err(|_| wrong())?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let part: i64 = if ms == 1_000 { format!("{fraction:0<3}")[..3].parse().unwrap_or(0) } else { 0 };
    let at = units.checked_mul(ms).and_then(|at| at.checked_add(if text.starts_with('-') { -part } else { part }));
    Timestamp::from_ms(at.ok_or_else(wrong)?).map_err(|error| error.to_string())
}

/// A length of time such as `1:30:00`, `05:00` (minutes and seconds), or a number of `unit_ms` milliseconds, in whole seconds.
pub(super) fn seconds(text: &str, unit_ms: i64, comma: bool) -> Result<i64, String> {
    if !text.contains(':') {
        let number = super::decimal::Decimal::parse(text, comma)?;
        let ms = number.times(super::decimal::Decimal::whole(unit_ms))?.integer(true)?;
        return Ok((ms + ms.signum() * 500) / 1_000);
    }
    let wrong = || "must be a length of time like 1:30:00 or 05:00, or a number".to_owned();
    let parts: Vec<i64> = text.split(':').map(|part| part.parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    match parts[..] {
        [minutes, seconds] if (0..60).contains(&seconds) => Ok(minutes * 60 + seconds),
        [hours, minutes, seconds] if (0..60).contains(&minutes) && (0..60).contains(&seconds) => {
            Ok(hours * 3_600 + minutes * 60 + seconds)
        }
        _ => Err(wrong()),
    }
}

/// Text as a label takes it: one line, not padded, runs of white space and control characters as one space.
pub(super) fn one_line(text: &str) -> std::borrow::Cow<'_, str> {
    let padded = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    if !padded && !text.contains("  ") && !text.contains(char::is_control) {
        return text.into();
    }
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(format: &str, zone: &str, text: &str) -> String {
        TimeFormat::new(format, zone).unwrap().parse(text).map_or_else(|error| error, |at| at.to_string())
    }

    #[test]
    fn times_are_read_in_their_zone() {
        let brazil = "America/Sao_Paulo";
        assert_eq!(at("iso", brazil, "2018-06-12 20:07:44"), "2018-06-12T23:07:44.000Z");
        assert_eq!(at("iso", brazil, "2018-01-12"), "2018-01-12T02:00:00.000Z");
        assert_eq!(at("iso", brazil, "2011-10-01T00:38:44.546+02:00"), "2011-09-30T22:38:44.546Z");
        assert_eq!(at("iso", brazil, "2011-10-01T00:38:44Z"), "2011-10-01T00:38:44.000Z");
        assert_eq!(at("%d/%m/%Y %H:%M", "UTC", "29/2/2016 01:16"), "2016-02-29T01:16:00.000Z");
        assert_eq!(at("%m/%d/%y", "Europe/London", "7/4/11"), "2011-07-03T23:00:00.000Z");
        assert_eq!(at("%d/%m/%Y %H:%M:%S %z", "UTC", "01/02/2020 00:00:00 +0100"), "2020-01-31T23:00:00.000Z");
        assert_eq!(at("unix", "UTC", "1500000000.25"), "2017-07-14T02:40:00.250Z");
        assert_eq!(at("unix_ms", "UTC", "1500000000250"), "2017-07-14T02:40:00.250Z");
    }

    #[test]
    fn a_time_that_the_clocks_leave_out_or_repeat_is_not_lost() {
        let brazil = "America/Sao_Paulo";
        assert_eq!(at("iso", brazil, "2017-10-15 00:00:00"), "2017-10-15T03:00:00.000Z", "left out: moved forward");
        assert_eq!(at("iso", brazil, "2018-02-17 23:30:00"), "2018-02-18T01:30:00.000Z", "repeated: the first");
    }

    #[test]
    fn what_is_no_time_is_said_without_its_value() {
        for (format, text) in [("iso", "12/6/2018"), ("%d/%m/%Y", "2018-06-12"), ("unix", "1e9"), ("iso", "2018-02-30")]
        {
            let error = at(format, "UTC", text);
            assert!(error.starts_with("must be") && !error.contains(text), "{error}");
        }
        assert!(TimeFormat::new("dmy", "UTC").is_err() && TimeFormat::new("%d/%!", "UTC").is_err());
        assert!(TimeFormat::new("iso", "Mars/Olympus").is_err());
    }

    #[test]
    fn lengths_of_time_come_in_several_forms() {
        assert_eq!(seconds("1:30:00", 1, false), Ok(5_400));
        assert_eq!(seconds("05:07", 1, false), Ok(307));
        assert_eq!(seconds("1.5", 3_600_000, false), Ok(5_400));
        assert_eq!(seconds("90", 1_000, false), Ok(90));
        assert!(seconds("1:75:00", 1, false).is_err() && seconds("soon", 1, false).is_err());
    }

    #[test]
    fn a_label_is_one_line() {
        assert_eq!(one_line("  SET 7  BABUSHKA\tBOXES \n"), "SET 7 BABUSHKA BOXES");
        assert_eq!(one_line("plain"), "plain");
    }
}
