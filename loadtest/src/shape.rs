//! How arrivals are spread over the measured time: a pure function, fixed before anything is sent.

use serde::Serialize;
use std::f64::consts::TAU;
use std::fmt;
use std::str::FromStr;

/// How arrivals are spread over the measured time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// The rate all the time.
    #[default]
    Steady,
    /// From a tenth of the rate evenly up to the rate.
    Ramp,
    /// The rate, and ten times the rate for a tenth of the time, in the middle.
    Burst,
    /// A day from midnight to midnight: hardly anything at four in the morning, most at four in the afternoon, the rate on average.
    Day,
}

/// Where the ramp begins, of the rate.
const RAMP_FROM: f64 = 0.1;
/// How many times the rate a burst is, and from when until when it lasts.
const BURST: f64 = 10.0;
const BURST_FROM: f64 = 0.45;
const BURST_TO: f64 = 0.55;
/// How much a day differs from its mean at most, of the mean, and when it is quietest.
const SWING: f64 = 0.9;
const QUIETEST: f64 = 4.0 / 24.0;
/// Halvings until a moment is known to a billionth of a billionth of the time.
const HALVINGS: u32 = 60;

impl Shape {
    /// All shapes.
    pub const ALL: [Self; 4] = [Self::Steady, Self::Ramp, Self::Burst, Self::Day];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Ramp => "ramp",
            Self::Burst => "burst",
            Self::Day => "day",
        }
    }

    /// How many times the rate arrives at `time`, from 0 to 1.
    pub fn intensity(self, time: f64) -> f64 {
        match self {
            Self::Steady => 1.0,
            Self::Ramp => RAMP_FROM + (1.0 - RAMP_FROM) * time,
            Self::Burst if (BURST_FROM..BURST_TO).contains(&time) => BURST,
            Self::Burst => 1.0,
            Self::Day => 1.0 - SWING * (TAU * (time - QUIETEST)).cos(),
        }
    }

    /// How much has arrived by `time`, from 0 to 1, of what the rate alone would bring in the whole time: the intensities added up.
    pub fn arrived(self, time: f64) -> f64 {
        match self {
            Self::Steady => time,
            Self::Ramp => RAMP_FROM * time + (1.0 - RAMP_FROM) * time * time / 2.0,
            Self::Burst => time + (BURST - 1.0) * (time.clamp(BURST_FROM, BURST_TO) - BURST_FROM),
            Self::Day => {
                let wave = |time: f64| (TAU * (time - QUIETEST)).sin();
                time - SWING / TAU * (wave(time) - wave(0.0))
            }
        }
    }

    /// When so much has arrived: the inverse of `arrived`.
    pub fn when(self, arrived: f64) -> f64 {
        if self == Self::Steady {
            return arrived;
        }
        let (mut from, mut to) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(from, to);
            *(if self.arrived(middle) < arrived { &mut from } else { &mut to }) = middle;
        }
        to
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|shape| shape.name() == name).ok_or_else(|| format!("there are {names}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: u32 = 10_000;

    fn times() -> impl Iterator<Item = f64> {
        (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS))
    }

    #[test]
    fn what_arrived_is_the_intensities_added_up() {
        for shape in Shape::ALL {
            let mut sum = 0.0;
            for time in times() {
                assert!((sum - shape.arrived(time)).abs() < 2e-3, "{shape} at {time}: {sum}");
                sum += shape.intensity(time + 0.5 / f64::from(STEPS)) / f64::from(STEPS);
            }
        }
    }

    #[test]
    fn the_mean_is_the_rate_but_of_a_ramp_and_with_a_burst() {
        let mean = |shape: Shape| (shape.arrived(1.0) * 1e6).round() / 1e6;
        assert_eq!(Shape::ALL.map(mean), [1.0, 0.55, 1.9, 1.0]);
        assert!(Shape::ALL.iter().all(|shape| shape.arrived(0.0).abs() < 1e-12));
    }

    #[test]
    fn moments_are_found_again_and_never_go_back() {
        for shape in Shape::ALL {
            let mut before = 0.0;
            for time in times() {
                let found = shape.when(shape.arrived(time));
                assert!((found - time).abs() < 1e-9 && found >= before, "{shape}: {time} was {found}");
                before = found;
            }
        }
    }

    #[test]
    fn a_day_is_quiet_at_night_and_busy_in_the_afternoon() {
        let hours: Vec<f64> = (0..24).map(|hour| Shape::Day.intensity(f64::from(hour) / 24.0)).collect();
        assert!(hours.iter().all(|intensity| *intensity > 0.0));
        assert!(hours[4] < 0.11 && hours[16] > 1.89, "{hours:?}");
    }

    #[test]
    fn shapes_are_known_by_their_names() {
        assert!(Shape::ALL.iter().all(|shape| shape.name().parse() == Ok(*shape)));
        assert_eq!("square".parse::<Shape>(), Err("there are steady, ramp, burst, day".into()));
    }
}
