//! Whether a worker may believe in its own leases.

use futures_util::StreamExt;
use nexusflow_log::async_nats::{Message, Subscriber};
use nexusflow_log::{LeaseError, Leases, Member};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};

/// Beats in one lease.
const BEATS: u32 = 8;

/// Says that a worker lives, and for how long that may be believed.
#[derive(Debug)]
pub(crate) struct Pulse {
    lease: Duration,
    begun: Instant,
    /// Until when the last beat that was stored is good, in milliseconds since it began.
    good_until_ms: AtomicU64,
    /// How often a beat came too late: the others may have taken everything, and that has to be looked up first.
    doubts: AtomicU64,
    /// How many of these were looked up.
    confirmed: AtomicU64,
    /// Rung when there is something to look up.
    pub(crate) doubted: Notify,
}

impl Pulse {
    pub(crate) fn new(lease: Duration) -> Self {
        let (good_until_ms, doubts, confirmed) = (AtomicU64::new(0), AtomicU64::new(1), AtomicU64::new(0));
        Self { lease, begun: Instant::now(), good_until_ms, doubts, confirmed, doubted: Notify::new() }
    }

    pub(crate) fn lease(&self) -> Duration {
        self.lease
    }

    /// The time between two beats.
    pub(crate) fn every(&self) -> Duration {
        self.lease / BEATS
    }

    /// Whether what this worker owns is its own, as far as it can know.
    pub(crate) fn is_good(&self) -> bool {
        let is_confirmed = self.confirmed.load(Ordering::Acquire) == self.doubts();
        is_confirmed && self.ms(Instant::now()) < self.good_until_ms.load(Ordering::Acquire)
    }

    /// How often it came to be in doubt so far. What is looked up from now on settles so many.
    pub(crate) fn doubts(&self) -> u64 {
        self.doubts.load(Ordering::Acquire)
    }

    /// So many doubts are settled.
    pub(crate) fn confirm(&self, doubts: u64) {
        self.confirmed.store(doubts, Ordering::Release);
    }

    /// A beat that was begun at `at` was stored.
    fn beaten(&self, at: Instant) {
        let until = self.ms(at + self.lease);
        let before = self.good_until_ms.load(Ordering::Acquire);
        if before > 0 && before <= self.ms(Instant::now()) {
            // Before it counts as good again.
            self.doubts.fetch_add(1, Ordering::AcqRel);
            self.doubted.notify_one();
        }
        self.good_until_ms.store(until, Ordering::Release);
    }

    fn ms(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.begun).as_millis() as u64
    }

    /// Beats until it is dropped; at once when what is to be said changes. Also answers those who ask whether it is there.
    pub(crate) async fn run(self: Arc<Self>, leases: Leases, mut member: watch::Receiver<Member>) {
        let mut every = tokio::time::interval(self.every());
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let id = member.borrow().id.clone();
        let mut listening = leases.listen(&id).await;
        loop {
            tokio::select! {
                _ = every.tick() => {}
                changed = member.changed() => if changed.is_err() { return },
                // Being there is what was asked for: without a listener the server would have said so.
                Some(_) = asked(&mut listening) => continue,
            }
            if listening.is_err() {
                listening = leases.listen(&id).await;
            }
            let (at, said) = (Instant::now(), member.borrow_and_update().clone());
            match leases.beat(&said).await {
                Ok(()) => self.beaten(at),
                Err(error) => tracing::debug!(%error, "a beat was not stored"),
            }
        }
    }
}

async fn asked(listening: &mut Result<Subscriber, LeaseError>) -> Option<Message> {
    match listening {
        Ok(questions) => questions.next().await,
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_that_comes_too_late_puts_everything_in_doubt_until_it_was_looked_up() {
        let pulse = Pulse::new(Duration::from_secs(3_600));
        assert!(!pulse.is_good());
        pulse.beaten(Instant::now());
        let doubts = pulse.doubts();
        pulse.confirm(doubts);
        assert!(pulse.is_good());
        pulse.beaten(Instant::now());
        assert!(pulse.is_good());
        pulse.good_until_ms.store(1, Ordering::Release);
        while pulse.begun.elapsed() < Duration::from_millis(2) {
            std::thread::yield_now();
        }
        assert!(!pulse.is_good(), "the lease is over");
        pulse.beaten(Instant::now());
        assert!(!pulse.is_good(), "somebody may have taken over meanwhile");
        pulse.confirm(doubts);
        assert!(!pulse.is_good(), "what was looked up before says nothing");
        pulse.confirm(pulse.doubts());
        assert!(pulse.is_good());
    }
}
