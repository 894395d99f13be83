//! Who is on call.

use crate::config::Zone;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use nexusflow_model::{Label, Timestamp};
use serde::{Deserialize, Serialize};

/// A rota: people take turns, so many days each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rota {
    /// Its name, by which rules know it.
    pub name: Label,
    /// Where its days begin: an IANA time zone.
    pub time_zone: Zone,
    /// The first day of the first of them.
    pub starts: Date,
    /// How many days a turn lasts.
    pub days: u16,
    /// When a turn begins, such as "09:00".
    #[serde(default = "nine", with = "clock_time")]
    pub handover: Time,
    /// In this order.
    pub people: Vec<Label>,
}

fn nine() -> Time {
    Time::constant(9, 0, 0, 0)
}

/// A time of day as "09:00".
pub(crate) mod clock_time {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        let format = if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
        time.strftime(format).to_string().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        let text = String::deserialize(deserializer)?;
        Time::strptime("%H:%M", &text)
            .or_else(|_| Time::strptime("%H:%M:%S", &text))
            .map_err(|_| serde::de::Error::custom(format!("{text:?} is no time of day such as \"09:00\"")))
    }
}

impl Rota {
    /// Who is on call at an instant; before the first turn, the first. None where nobody is in it.
    pub fn on_call(&self, at: Timestamp) -> Option<&Label> {
        let zone: &TimeZone = self.time_zone.zone();
        let since_handover = at.to_jiff().to_zoned(zone.clone()).datetime();
        let today = since_handover.date();
        // Before the handover it is still the turn of yesterday.
        let offset = i64::from(since_handover.time() < self.handover);
        let day = days_since(self.starts, today) - offset;
        let turn = day.max(0) / i64::from(self.days.max(1));
        self.people.get((turn % self.people.len().max(1) as i64) as usize)
    }
}

fn days_since(first: Date, day: Date) -> i64 {
    i64::from(first.until(day).map_or(0, |span| span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_begins_at_its_hour_in_its_zone() {
        let rota: Rota = serde_json::from_str(
            r#"{"name": "cx", "time_zone": "Europe/Madrid", "starts": "2026-03-23", "days": 7, "people": ["Ana", "Ben", "Cleo"]}"#,
        )
        .unwrap();
        let at = |text: &str| rota.on_call(text.parse().unwrap()).unwrap().as_str();
        assert_eq!(at("2026-01-01T00:00:00Z"), "Ana", "before the first turn");
        assert_eq!(at("2026-03-29T12:00:00Z"), "Ana");
        // The clocks went forward the day before: nine in the morning is seven in UTC.
        assert_eq!(at("2026-03-30T06:59:59Z"), "Ana");
        assert_eq!(at("2026-03-30T07:00:00Z"), "Ben");
        assert_eq!(at("2026-04-13T07:00:00Z"), "Ana", "and again from the first");
    }
}
