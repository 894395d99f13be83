//! How a run is doing while it runs.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often it is told.
const EVERY: Duration = Duration::from_secs(1);

/// How a run is doing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Events that came due a second, in the last second.
    pub due_per_s: f64,
    /// Events that were accepted a second, in the last second.
    pub accepted_per_s: f64,
    /// Events that came due and are not answered yet.
    pub waiting: u64,
    /// How long it has been running.
    pub gone: Duration,
    /// How long it runs in all.
    pub all: Duration,
}

/// Events, counted by those who send them.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    due: AtomicU64,
    answered: AtomicU64,
    accepted: AtomicU64,
}

impl Counts {
    pub(crate) fn came_due(&self, events: u64) {
        self.due.fetch_add(events, Ordering::Relaxed);
    }

    pub(crate) fn answered(&self, events: u64, accepted: u64) {
        self.answered.fetch_add(events, Ordering::Relaxed);
        self.accepted.fetch_add(accepted, Ordering::Relaxed);
    }

    /// Tells how it goes every second, for ever: the run lasts for `all` from `start`.
    pub(crate) async fn tell(&self, start: Instant, all: Duration, tell: &dyn Fn(Progress)) -> Infallible {
        let mut before = self.now();
        loop {
            let began = Instant::now();
            tokio::time::sleep(EVERY).await;
            let now = self.now();
            let per_s = |now: u64, before: u64| (now - before) as f64 / began.elapsed().as_secs_f64();
            tell(Progress {
                due_per_s: per_s(now.0, before.0),
                accepted_per_s: per_s(now.2, before.2),
                // It may be answered between the two looks.
                waiting: now.0.saturating_sub(now.1),
                gone: start.elapsed().min(all),
                all,
            });
            before = now;
        }
    }

    fn now(&self) -> (u64, u64, u64) {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        (count(&self.due), count(&self.answered), count(&self.accepted))
    }
}
