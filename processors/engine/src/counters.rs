//! What a partition counts.

use serde::{Deserialize, Serialize};

/// What a partition has counted of its own work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Events folded.
    pub events: u64,
    /// Events that had been folded before.
    pub duplicates: u64,
    /// Events of the log that could not be read.
    pub unreadable: u64,
    /// Events that came after their hour was forgotten: they count in their day and in the total.
    pub late: u64,
    /// Effects that came too late to act on: a backfill corrects figures and raises no alert.
    pub withheld: u64,
    /// Events that wait until it is known whom they are about, now.
    pub waiting: u64,
    /// Events that were passed on to the subject they turned out to be about, where they count.
    pub passed_on: u64,
}

impl Counters {
    /// Adds what another partition has counted.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.duplicates += other.duplicates;
        self.unreadable += other.unreadable;
        self.late += other.late;
        self.withheld += other.withheld;
        self.waiting += other.waiting;
        self.passed_on += other.passed_on;
    }
}
