//! When people do things: local time, opening hours, the rhythm of the day and of the week.

use super::random::Dice;
use jiff::tz::TimeZone;
use nexusflow_model::Timestamp;

/// Milliseconds of a second.
pub(super) const SECOND: i64 = 1_000;
/// Milliseconds of a minute.
pub(super) const MINUTE: i64 = 60 * SECOND;
/// Milliseconds of an hour.
pub(super) const HOUR: i64 = 60 * MINUTE;
/// Milliseconds of a day.
pub(super) const DAY: i64 = 24 * HOUR;

/// Where the company's clocks hang.
pub(super) const ZONE: &str = "Europe/Madrid";

/// Whose day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pulse {
    /// People at home: in the evening and at the weekend.
    Household,
    /// Offices: when they are staffed.
    Office,
    /// Hotels: every day, mostly by day.
    Hotel,
}

/// How busy each hour of a weekday, of a Saturday and of a Sunday is, by pulse. Only the proportions count.
const HOURS: [[[u8; 24]; 3]; 3] = [
    [
        [4, 2, 1, 1, 1, 2, 4, 8, 10, 10, 10, 11, 13, 14, 12, 11, 12, 14, 18, 24, 30, 32, 24, 10],
        [6, 3, 2, 1, 1, 1, 2, 5, 10, 16, 20, 22, 20, 16, 14, 14, 16, 18, 20, 22, 22, 20, 16, 10],
        [6, 3, 2, 1, 1, 1, 2, 4, 8, 14, 18, 18, 16, 14, 14, 16, 18, 20, 24, 30, 34, 32, 22, 9],
    ],
    [
        [1, 1, 1, 1, 1, 1, 3, 10, 26, 36, 38, 34, 26, 16, 16, 26, 30, 26, 14, 5, 2, 2, 1, 1],
        [1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 4, 4, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    ],
    [
        [2, 1, 1, 1, 2, 4, 10, 18, 24, 26, 26, 24, 18, 14, 16, 20, 22, 20, 14, 10, 8, 6, 4, 3],
        [2, 1, 1, 1, 1, 3, 6, 10, 12, 14, 14, 12, 10, 8, 8, 10, 10, 10, 8, 6, 5, 4, 3, 2],
        [2, 1, 1, 1, 1, 2, 4, 8, 10, 10, 10, 10, 8, 6, 6, 8, 8, 8, 6, 5, 4, 4, 3, 2],
    ],
];

/// An instant on the company's wall.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    /// Days since 1970-01-01.
    pub(super) day: i64,
    /// 0 is Monday.
    pub(super) weekday: i64,
    /// Milliseconds since local midnight.
    pub(super) ms: i64,
}

/// Local time and the rhythms.
#[derive(Debug)]
pub(super) struct Calendar {
    zone: TimeZone,
    /// Hours of the week by pulse, so that the mean hour is 1.
    rhythms: [[f64; 168]; 3],
    peaks: [f64; 3],
}

impl Calendar {
    /// The company's calendar.
    pub(super) fn new() -> Self {
        let mut rhythms = [[0.0; 168]; 3];
        for (rhythm, hours) in rhythms.iter_mut().zip(HOURS) {
            for (hour, weight) in rhythm.iter_mut().enumerate() {
                *weight = f64::from(hours[(hour / 24).saturating_sub(4)][hour % 24]);
            }
            let mean = rhythm.iter().sum::<f64>() / 168.0;
            rhythm.iter_mut().for_each(|weight| *weight /= mean);
        }
        let peaks = rhythms.map(|rhythm| rhythm.into_iter().fold(0.0, f64::max));
        // The time zones are part of the program; without this one the company would live by UTC.
        Self { zone: TimeZone::get(ZONE).unwrap_or(TimeZone::UTC), rhythms, peaks }
    }

    fn offset_ms(&self, at: i64) -> i64 {
        let at = Timestamp::EPOCH.plus_ms(at).to_jiff();
        i64::from(self.zone.to_offset(at).seconds()) * SECOND
    }

    /// What the clock on the wall says.
    pub(super) fn local(&self, at: i64) -> Local {
        let there = at + self.offset_ms(at);
        let day = there.div_euclid(DAY);
        Local { day, weekday: (day + 3).rem_euclid(7), ms: there.rem_euclid(DAY) }
    }

    /// The instant at which the clock says `ms` after midnight of `day`.
    pub(super) fn instant(&self, day: i64, ms: i64) -> i64 {
        let there = day * DAY + ms;
        there - self.offset_ms(there - self.offset_ms(there))
    }

    /// The next arrival of a Poisson process of `per_day` arrivals a day that follows the pulse, by thinning (Lewis and
    /// Shedler, 1979).
    pub(super) fn arrival(&self, dice: &mut Dice, pulse: Pulse, from: i64, per_day: f64) -> i64 {
        let (rhythm, peak) = (&self.rhythms[pulse as usize], self.peaks[pulse as usize]);
        let gap = DAY as f64 / (per_day * peak);
        let mut at = from;
        loop {
            at += dice.exponential(gap) as i64 + 1;
            let local = self.local(at);
            if dice.unit() * peak < rhythm[(local.weekday * 24 + local.ms / HOUR) as usize] {
                return at;
            }
        }
    }

    /// `at` itself if somebody works then, else the next opening: Monday to Saturday, `open` to `close` o'clock, plus a few
    /// minutes, for nobody starts on the stroke.
    pub(super) fn working(&self, dice: &mut Dice, at: i64, open: i64, close: i64) -> i64 {
        let local = self.local(at);
        let day = if local.ms >= close * HOUR { local.day + 1 } else { local.day };
        let today = day == local.day && local.weekday < 6;
        if today && local.ms >= open * HOUR {
            return at;
        }
        let opening = self.instant(delivery_day(day), open * HOUR);
        opening + dice.wait(35 * MINUTE).min(4 * HOUR)
    }
}

/// `day` or, on a Sunday, the day after.
pub(super) fn delivery_day(day: i64) -> i64 {
    if (day + 3).rem_euclid(7) == 6 { day + 1 } else { day }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_ms()
    }

    #[test]
    fn the_wall_clock_follows_summer_time() {
        let calendar = Calendar::new();
        for (instant, hour, weekday) in [("2026-01-05T08:00:00Z", 9, 0), ("2026-07-05T08:00:00Z", 10, 6)] {
            let local = calendar.local(at(instant));
            assert_eq!((local.ms / HOUR, local.weekday), (hour, weekday), "{instant}");
            assert_eq!(calendar.instant(local.day, local.ms), at(instant));
        }
    }

    #[test]
    fn arrivals_have_their_rate_and_offices_sleep_at_night() {
        let calendar = Calendar::new();
        let mut dice = Dice::new(3, 0);
        let start = at("2026-03-02T00:00:00Z");
        let (mut now, mut night, mut count) = (start, 0, 0);
        while now < start + 70 * DAY {
            now = calendar.arrival(&mut dice, Pulse::Office, now, 40.0);
            count += 1;
            night += i32::from(calendar.local(now).ms < 6 * HOUR);
        }
        assert!((2_650..2_950).contains(&count), "{count}");
        assert!(night < count / 30, "{night}");
    }

    #[test]
    fn nobody_works_on_sunday() {
        let calendar = Calendar::new();
        let mut dice = Dice::new(3, 0);
        let monday = calendar.working(&mut dice, at("2026-03-07T21:30:00Z"), 8, 20);
        assert!((at("2026-03-09T07:00:00Z")..at("2026-03-09T11:00:00Z")).contains(&monday));
        assert_eq!(calendar.working(&mut dice, at("2026-03-09T12:00:00Z"), 8, 20), at("2026-03-09T12:00:00Z"));
    }
}
