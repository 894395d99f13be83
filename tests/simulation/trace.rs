//! What happened, step by step: a hash of everything, and the last of it in words.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

const TAIL: usize = 80;

/// A step: what was done, in which partition, and a number that belongs to it (a sequence, a count, a time).
#[derive(Debug, Clone, Copy, Hash)]
struct Step {
    what: &'static str,
    partition: u32,
    number: u64,
}

#[derive(Default)]
pub(crate) struct Trace {
    // Its keys are constants.
    hasher: DefaultHasher,
    steps: u64,
    tail: VecDeque<Step>,
}

impl Trace {
    pub(crate) fn step(&mut self, what: &'static str, partition: u32, number: u64) {
        let step = Step { what, partition, number };
        step.hash(&mut self.hasher);
        self.steps += 1;
        if self.tail.len() >= TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(step);
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hasher.finish()
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the last {} of {} steps (what, partition, number):", self.tail.len(), self.steps)?;
        self.tail.iter().try_for_each(|step| writeln!(f, "  {:<28} {:>2} {}", step.what, step.partition, step.number))
    }
}
