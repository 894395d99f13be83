//! What each source has brought to this process.

use super::Outcome;
use nexusflow_model::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a source has brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events that the log has.
    pub stored: u64,
    /// Events that could not be understood.
    pub rejected: u64,
    /// Events that the log did not take.
    pub turned_away: u64,
    /// The time of the newest event, by the source's own clock.
    pub newest_at: Option<Timestamp>,
    /// When the source was heard last.
    pub heard_at: Option<Timestamp>,
}

impl Tally {
    /// What came of one arrival, heard at `at`, whose newest event says `newest`.
    pub(super) fn of(outcome: &Outcome, newest: Option<Timestamp>, at: Timestamp) -> Self {
        Self {
            stored: outcome.stored.len() as u64,
            rejected: outcome.rejected.len() as u64,
            turned_away: outcome.unstored.len() as u64,
            newest_at: newest,
            heard_at: Some(at),
        }
    }

    fn add(&mut self, other: &Self) {
        self.stored += other.stored;
        self.rejected += other.rejected;
        self.turned_away += other.turned_away;
        self.newest_at = self.newest_at.max(other.newest_at);
        self.heard_at = self.heard_at.max(other.heard_at);
    }
}

/// What every source has brought, since the process began.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<BTreeMap<Arc<str>, (&'static str, Tally)>>);

impl Ledger {
    /// Adds what a source of `kind` has brought.
    pub fn note(&self, source: &Arc<str>, kind: &'static str, tally: &Tally) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.entry(Arc::clone(source)).or_insert((kind, Tally::default())).1.add(tally);
    }

    /// Every source with its kind and what it has brought.
    pub fn sources(&self) -> Vec<(Arc<str>, &'static str, Tally)> {
        let sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.iter().map(|(name, (kind, tally))| (Arc::clone(name), *kind, *tally)).collect()
    }

    /// What all of them have brought: stored, rejected, turned away.
    pub fn total(&self) -> (u64, u64, u64) {
        let sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.values().fold((0, 0, 0), |(stored, rejected, away), (_, tally)| {
            (stored + tally.stored, rejected + tally.rejected, away + tally.turned_away)
        })
    }
}
