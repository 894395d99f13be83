//! What a score is called, and that it does not flicker.

use super::config::HealthConfig;
use serde::{Deserialize, Serialize};

/// What a score is called, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// The customer is likely to leave.
    Poor,
    /// Somebody should look.
    Watch,
    /// All is well.
    Good,
    /// All is very well.
    Great,
}

impl Band {
    /// Every band, the worst first.
    pub const ALL: [Self; 4] = [Self::Poor, Self::Watch, Self::Good, Self::Great];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Poor => "poor",
            Self::Watch => "watch",
            Self::Good => "good",
            Self::Great => "great",
        }
    }

    /// What a score is called that was not called anything before.
    pub fn plain(config: &HealthConfig, score_milli: i64) -> Self {
        Self::ALL[config.edges_milli().iter().filter(|edge| score_milli >= **edge).count().min(3)]
    }

    /// What a score is called that was called `self` before: it becomes something else only where it passes an edge by more than the
    /// dead zone, up as well as down (a Schmitt trigger).
    pub fn next(self, config: &HealthConfig, score_milli: i64) -> Self {
        let (edges, dead_zone) = (config.edges_milli(), config.dead_zone_milli());
        let at_least = edges.iter().filter(|edge| score_milli >= **edge + dead_zone).count();
        let at_most = edges.iter().filter(|edge| score_milli >= **edge - dead_zone).count();
        Self::ALL[(self as usize).clamp(at_least, at_most.max(at_least)).min(3)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_edge_must_be_passed_by_more_than_the_dead_zone() {
        let config = HealthConfig::default();
        let called = |band: Band, points: i64| band.next(&config, points * 1_000);
        assert_eq!(called(Band::Good, 59), Band::Good);
        assert_eq!(called(Band::Good, 58), Band::Good);
        assert_eq!(called(Band::Good, 57), Band::Watch);
        assert_eq!(called(Band::Watch, 61), Band::Watch);
        assert_eq!(called(Band::Watch, 62), Band::Good);
        assert_eq!(called(Band::Great, 10), Band::Poor);
        assert_eq!(called(Band::Poor, 100), Band::Great);
        assert_eq!(called(Band::Poor, 81), Band::Good);
        assert_eq!(Band::plain(&config, 40_000), Band::Watch);
        assert_eq!(Band::plain(&config, 39_999), Band::Poor);
    }

    proptest! {
        /// However a score moves within less than twice the dead zone, what it is called changes once at most.
        #[test]
        fn what_moves_little_is_never_called_two_things_in_turn(start in 0_i64..=96_000, steps in prop::collection::vec(0_i64..4_000, 2..60)) {
            let config = HealthConfig::default();
            let mut band = Band::plain(&config, start);
            let mut changes = 0;
            for step in steps {
                let next = band.next(&config, start + step);
                changes += usize::from(next != band);
                band = next;
            }
            prop_assert!(changes <= 1, "{changes}");
        }

        /// What it is called is never further from what it is plainly called than the dead zone.
        #[test]
        fn a_name_is_right_but_for_the_dead_zone(from in 0_usize..4, score in 0_i64..=100_000) {
            let config = HealthConfig::default();
            let band = Band::ALL[from].next(&config, score);
            let dead_zone = config.dead_zone_milli();
            prop_assert!(band >= Band::plain(&config, score - dead_zone) && band <= Band::plain(&config, score + dead_zone));
            prop_assert_eq!(band.next(&config, score), band);
        }
    }
}
