//! When the first timer of each chunk is due, and which of all is the first.

use crate::chunk::CHUNKS;
use nexusflow_model::Timestamp;

/// No timer is set.
const NEVER: i64 = i64::MAX;

/// A tournament: the leaves are chunks, and every node above has the earlier of its two. Timers come and go with most events, so that
/// an ordered set would be changed twice for each.
pub(crate) struct Due(Box<[i64]>);

impl Default for Due {
    fn default() -> Self {
        Self(vec![NEVER; 2 * CHUNKS].into())
    }
}

impl Due {
    /// The first timer of a chunk is due at `due`; none where it has no timer.
    pub(crate) fn set(&mut self, chunk: usize, due: Option<Timestamp>) {
        let nodes = &mut self.0;
        let mut at = CHUNKS + chunk;
        let mut first = due.map_or(NEVER, Timestamp::as_ms);
        // What is above stays as it is once nothing changed below.
        while nodes[at] != first {
            nodes[at] = first;
            if at == 1 {
                break;
            }
            first = first.min(nodes[at ^ 1]);
            at /= 2;
        }
    }

    /// The chunk whose first timer is due before those of all others, and when; of two at once the lower one.
    pub(crate) fn first(&self) -> Option<(Timestamp, usize)> {
        let due = Timestamp::from_ms(self.0[1]).ok()?;
        let mut at = 1;
        while at < CHUNKS {
            at = 2 * at + usize::from(self.0[2 * at] != self.0[at]);
        }
        Some((due, at - CHUNKS))
    }
}

impl Extend<(Timestamp, usize)> for Due {
    fn extend<I: IntoIterator<Item = (Timestamp, usize)>>(&mut self, all: I) {
        all.into_iter().for_each(|(due, chunk)| self.set(chunk, Some(due)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn the_first_is_the_first_of_all(steps in prop::collection::vec((0..CHUNKS, prop::option::of(0_i64..50)), 1..300)) {
            let (mut due, mut all) = (Due::default(), BTreeMap::new());
            for (chunk, ms) in steps {
                let at = ms.map(|ms| Timestamp::from_ms(ms).unwrap());
                due.set(chunk, at);
                match at {
                    Some(at) => drop(all.insert(chunk, at)),
                    None => drop(all.remove(&chunk)),
                }
                prop_assert_eq!(due.first(), all.iter().map(|(chunk, at)| (*at, *chunk)).min());
            }
        }
    }
}
