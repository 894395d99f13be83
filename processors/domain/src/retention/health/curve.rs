//! What an indicator's number is worth.

use crate::voice::satisfaction::rounded_ratio;
use serde::{Deserialize, Serialize};

/// Points (number, value from 0 to 1,000) with straight lines between them; before the first and after the last it is level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Curve(Vec<(i64, i64)>);

/// Most points of a curve.
const POINTS_MAX: usize = 16;
/// The largest number on a curve, either sign.
const NUMBER_MAX: i64 = 1_000_000_000;

impl Curve {
    /// A curve through these points.
    pub fn new(points: &[(i64, i64)]) -> Self {
        Self(points.to_vec())
    }

    /// Its points.
    pub fn points(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// The value of `number`, rounded to the nearest; 0 where there is no point.
    pub fn at(&self, number: i64) -> i64 {
        let after = self.0.partition_point(|(at, _)| *at <= number);
        let next = self.0.get(after);
        let last = after.checked_sub(1).and_then(|before| self.0.get(before));
        match (last, next) {
            (Some((x0, y0)), Some((x1, y1))) => {
                let sum = y0 * (x1 - number) + y1 * (number - x0);
                rounded_ratio(sum, x1 - x0).unwrap_or(*y0)
            }
            (Some((_, value)), None) | (None, Some((_, value))) => *value,
            (None, None) => 0,
        }
    }

    /// What is wrong with it, if anything: goes on from its name.
    ///
    /// # Errors
    /// A sentence that says how to mend it.
    pub fn check(&self) -> Result<(), String> {
        if !(2..=POINTS_MAX).contains(&self.0.len()) {
            return Err(format!(
                "has {} points; it needs from 2 to {POINTS_MAX}, such as [[0, 0], [1000, 1000]]",
                self.0.len()
            ));
        }
        if let Some((number, _)) = self.0.iter().find(|(number, _)| !(-NUMBER_MAX..=NUMBER_MAX).contains(number)) {
            return Err(format!("has the number {number}; numbers go from -{NUMBER_MAX} to {NUMBER_MAX}"));
        }
        if let Some((number, value)) = self.0.iter().find(|(_, value)| !(0..=1_000).contains(value)) {
            return Err(format!("gives {number} the value {value}; values go from 0, the worst, to 1000, the best"));
        }
        let falls = self.0.iter().zip(self.0.iter().skip(1)).find(|(one, next)| next.0 <= one.0);
        match falls {
            Some(((one, _), (next, _))) => Err(format!("has {next} after {one}: its numbers must rise")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn between_points_it_is_straight_and_beyond_them_level() {
        let curve = Curve::new(&[(-10, 1_000), (0, 500), (3, 0)]);
        let values = [-11, -10, -5, 0, 1, 2, 3, 4].map(|number| curve.at(number));
        assert_eq!(values, [1_000, 1_000, 750, 500, 333, 167, 0, 0]);
    }

    #[test]
    fn a_curve_that_makes_no_sense_is_refused_in_words() {
        let says = |points: &[(i64, i64)]| Curve::new(points).check().unwrap_err();
        assert!(says(&[(0, 0)]).contains("has 1 points"));
        assert!(says(&[(0, 0), (5, 1_001)]).contains("gives 5 the value 1001"));
        assert!(says(&[(0, 0), (0, 5)]).contains("must rise"));
        assert!(says(&[(0, 0), (i64::MAX, 5)]).contains("numbers go from"));
        assert_eq!(Curve::new(&[(0, 0), (1, 1_000)]).check(), Ok(()));
    }

    proptest! {
        #[test]
        fn a_value_lies_between_those_of_its_neighbours(mut points in prop::collection::vec((-1_000_000_i64..1_000_000, 0_i64..=1_000), 2..10), number in -2_000_000_i64..2_000_000) {
            points.sort_unstable();
            points.dedup_by_key(|(at, _)| *at);
            let curve = Curve::new(&points);
            let value = curve.at(number);
            let (low, high) = (points.iter().map(|(_, v)| *v).min(), points.iter().map(|(_, v)| *v).max());
            prop_assert!(low.is_some_and(|low| low <= value) && high.is_some_and(|high| value <= high));
            for (at, own) in points {
                prop_assert_eq!(curve.at(at), own);
            }
        }
    }
}
