//! What has left a partition, and what has yet to: each consequence once, whoever folds and however often.

use crate::effect::{EffectId, Emission};
use std::collections::VecDeque;

/// Consequences on their way out, in order.
///
/// The output log says through which one everything has left ([`Outbox::new`] is told what its last entry says). What is folded
/// again after a crash, or by a second owner, has the same ids, so that what is not after that one is dropped. An entry is
/// appended under the condition that the one known here is still the last; where it isn't, another owner was
/// quicker, and [`confirm`](Outbox::confirm) of what its entry says drops what it has done.
#[derive(Debug, Clone)]
pub struct Outbox<E> {
    waiting: VecDeque<Emission<E>>,
    through: Option<EffectId>,
}

impl<E> Outbox<E> {
    /// An empty one, where the output log's last entry of this partition says `through`.
    pub fn new(through: Option<EffectId>) -> Self {
        Self { waiting: VecDeque::new(), through }
    }

    /// Takes what a fold asks for, in the order it gave it.
    pub fn put(&mut self, emissions: impl IntoIterator<Item = Emission<E>>) {
        let through = self.through;
        self.waiting.extend(emissions.into_iter().filter(|emission| Some(emission.id()) > through));
    }

    /// The first `max` that have yet to leave.
    pub fn next(&self, max: usize) -> impl Iterator<Item = &Emission<E>> {
        self.waiting.iter().take(max)
    }

    /// Everything up to `through` has left, by us or by another owner.
    pub fn confirm(&mut self, through: EffectId) {
        self.through = self.through.max(Some(through));
        while self.waiting.front().is_some_and(|emission| emission.id() <= through) {
            self.waiting.pop_front();
        }
    }

    /// How many have yet to leave.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether everything has left.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether everything that followed from records up to `sequence` has left: only then may a checkpoint stand there.
    pub fn is_settled(&self, sequence: u64) -> bool {
        self.waiting.front().is_none_or(|emission| emission.id().place.sequence > sequence)
    }
}
