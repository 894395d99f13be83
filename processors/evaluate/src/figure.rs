//! One figure, and what it must be.

use serde::Serialize;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// More is better: accuracy.
    Higher,
    /// Less is better: an error.
    Lower,
    /// Within floor and aim is right, outside of it is not: the coverage of an interval.
    Within,
}

/// A figure that was computed, beside what it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What it is: `accuracy of three classes`.
    pub what: String,
    /// Its unit: empty for a share, else `%`, `points`, `/s`.
    pub unit: &'static str,
    /// What was computed.
    pub value: f64,
    /// Its 95 % interval, where one can be given.
    pub interval: Option<(f64, f64)>,
    /// How many cases it was judged on.
    pub cases: usize,
    /// What guessing gives, in words: `majority .60`.
    pub base: String,
    /// How what was learned from was kept apart from what it was judged on.
    pub split: String,
    /// Which way is better.
    pub better: Better,
    /// What fails: below it, above it, or the lower end of what is right. None where a figure is only reported.
    pub floor: Option<f64>,
    /// What is hoped for, or the upper end of what is right.
    pub aim: Option<f64>,
}

impl Figure {
    /// Whether it is as good as it has to be.
    pub fn holds(&self) -> bool {
        match (self.better, self.floor, self.aim) {
            (_, None, _) => true,
            (Better::Higher, Some(floor), _) => self.value >= floor,
            (Better::Lower, Some(floor), _) => self.value <= floor,
            (Better::Within, Some(low), high) => self.value >= low && high.is_none_or(|high| self.value <= high),
        }
    }

    /// Whether it is what is hoped for.
    pub fn reaches_the_aim(&self) -> bool {
        match (self.better, self.aim) {
            (_, None) => false,
            (Better::Higher, Some(aim)) => self.value >= aim,
            (Better::Lower, Some(aim)) => self.value <= aim,
            (Better::Within, Some(_)) => self.holds(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Better, Figure};

    #[test]
    fn a_figure_that_is_no_number_holds_nowhere() {
        for better in [Better::Higher, Better::Lower, Better::Within] {
            let (what, base, split) = (String::new(), String::new(), String::new());
            let figure = Figure {
                what,
                unit: "",
                value: f64::NAN,
                interval: None,
                cases: 0,
                base,
                split,
                better,
                floor: Some(0.5),
                aim: Some(0.9),
            };
            assert!(!figure.holds() && !figure.reaches_the_aim(), "{better:?}");
        }
    }
}
