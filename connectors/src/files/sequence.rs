//! In which order events are sent, and which of them twice.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::num::NonZeroU32;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// Marks the second sending of an event; the other bits are its index in the plan.
const AGAIN: u32 = 1 << 31;

#[derive(Debug)]
pub(super) struct Sequence {
    events: Vec<u32>,
    hash: u64,
}

impl Sequence {
    /// The events of `range` in order, or in the random order of `seed`, every `repeat_every`-th of them twice.
    pub(super) fn new(range: Range<usize>, repeat_every: Option<NonZeroU32>, seed: Option<u64>) -> Self {
        let hash = xxh3_64(format!("{range:?} {repeat_every:?} {seed:?}").as_bytes());
        let mut events = Vec::with_capacity(range.len());
        for (number, index) in range.enumerate() {
            events.push(index as u32);
            if repeat_every.is_some_and(|every| (number + 1).is_multiple_of(every.get() as usize)) {
                events.push(index as u32 | AGAIN);
            }
        }
        if let Some(seed) = seed {
            shuffle(&mut events, &mut ChaCha8Rng::seed_from_u64(seed));
        }
        Self { events, hash }
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// The event at a position, by its index in the plan, and whether it is the copy of one that is sent twice.
    pub(super) fn get(&self, position: usize) -> Option<(usize, bool)> {
        let event = self.events.get(position)?;
        Some(((event & !AGAIN) as usize, event & AGAIN != 0))
    }

    /// What was asked for, in a number.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }
}

/// Fisher and Yates (1938), in Durstenfeld's form. The modulo's bias is below one in a billion.
fn shuffle(events: &mut [u32], random: &mut ChaCha8Rng) {
    for last in (1..events.len()).rev() {
        let other = (random.next_u64() % (last as u64 + 1)) as usize;
        events.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_third_comes_twice_and_a_seed_is_an_order() {
        let three = NonZeroU32::new(3);
        let plain = Sequence::new(10..17, three, None);
        let sent: Vec<_> = (0..plain.len()).map(|at| plain.get(at).unwrap()).collect();
        let expected = [10, 11, 12, 12, 13, 14, 15, 15, 16].map(|index| (index, false));
        assert_eq!(sent.iter().map(|(index, _)| *index).collect::<Vec<_>>(), expected.map(|(index, _)| index));
        assert_eq!(sent.iter().filter(|(_, again)| *again).count(), 2);

        let shuffled = |seed| Sequence::new(0..100, three, Some(seed)).events;
        assert_eq!(shuffled(7), shuffled(7));
        assert_ne!(shuffled(7), shuffled(8));
        let (mut sorted, mut plain) = (shuffled(7), Sequence::new(0..100, three, None).events);
        sorted.sort_unstable();
        plain.sort_unstable();
        assert_eq!(sorted, plain);
    }
}
