//! What was said of one thing over time, in the order of its own time.

use nexusflow_model::Timestamp;
use serde::{Deserialize, Serialize};

/// Words that are kept at the most: the earliest half and the latest half.
const KEPT: usize = 32;

/// Every value said, by (time it was said, a tie-break that does not depend on arrival). Of more than 32 the earliest 16 and the
/// latest 16 stay: which those are depends on what was said and not on the order in which it was heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History<T>(Vec<Said<T>>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Said<T> {
    at: Timestamp,
    tie: u64,
    value: T,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> History<T> {
    /// Takes in `value`, said at `at`; what is known already changes nothing.
    pub fn say(&mut self, at: Timestamp, tie: u64, value: T) {
        let Err(place) = self.0.binary_search_by_key(&(at, tie), |said| (said.at, said.tie)) else { return };
        self.0.insert(place, Said { at, tie, value });
        if self.0.len() > KEPT {
            self.0.remove(KEPT / 2);
        }
    }

    /// The latest value.
    pub fn last(&self) -> Option<&T> {
        self.0.last().map(|said| &said.value)
    }

    /// The earliest value.
    pub fn first(&self) -> Option<&T> {
        self.0.first().map(|said| &said.value)
    }

    /// What held at `at`: the last word until then.
    pub fn as_of(&self, at: Timestamp) -> Option<&T> {
        let known = self.0.partition_point(|said| said.at <= at);
        known.checked_sub(1).and_then(|last| self.0.get(last)).map(|said| &said.value)
    }

    /// Every word with its time, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, &T)> {
        self.0.iter().map(|said| (said.at, &said.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_of_arrival_does_not_show(mut words in prop::collection::vec((0_i64..20, 0_u64..50), 0..80), seed in any::<u64>()) {
            words.sort_unstable();
            words.dedup();
            let of = |words: &[(i64, u64)]| {
                let mut history = History::default();
                words.iter().for_each(|(at, tie)| history.say(Timestamp::EPOCH.plus_ms(*at), *tie, (*at, *tie)));
                history
            };
            let in_order = of(&words);
            let mut shuffled = words.clone();
            nexusflow_learn::figures::Chance::new(seed).shuffle(&mut shuffled);
            shuffled.extend(words.first().copied());
            prop_assert_eq!(&in_order, &of(&shuffled));
            prop_assert_eq!(in_order.last(), words.last());
            prop_assert_eq!(in_order.first(), words.first());
            prop_assert_eq!(in_order.iter().count(), words.len().min(32));
        }
    }
}
