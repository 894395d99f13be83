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
    /// How long it runs in all; nothing where that is not known.
    pub all: Duration,
}

/// What is heard of a run while it runs: how it is doing, and nothing when all of it was sent and answered.
pub type Watch<'a> = &'a dyn Fn(Option<Progress>);

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

    /// Tells how it goes every second until `done` is, which it gives: the run lasts for `all` from `start`.
    pub(crate) async fn tell_until<T>(
        &self,
        done: impl Future<Output = T>,
        (start, all): (Instant, Duration),
        watch: Watch<'_>,
    ) -> T {
        let done = tokio::select! {
            done = done => done,
            never = self.tell(start, all, watch) => match never {},
        };
        watch(None);
        done
    }

    async fn tell(&self, start: Instant, all: Duration, watch: Watch<'_>) -> Infallible {
        let mut before = self.now();
        loop {
            let began = tokio::time::Instant::now();
            tokio::time::sleep(EVERY).await;
            let now = self.now();
            let per_s = |now: u64, before: u64| (now - before) as f64 / began.elapsed().as_secs_f64();
            watch(Some(Progress {
                due_per_s: per_s(now.0, before.0),
                accepted_per_s: per_s(now.2, before.2),
                // It may be answered between the two looks.
                waiting: now.0.saturating_sub(now.1),
                gone: start.elapsed().min(all),
                all,
            }));
            before = now;
        }
    }

    /// How many came due, were answered, and were accepted.
    fn now(&self) -> (u64, u64, u64) {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        (count(&self.due), count(&self.answered), count(&self.accepted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[tokio::test(start_paused = true)]
    async fn it_is_told_every_second_and_when_it_is_over() {
        let (counts, told) = (Counts::default(), RefCell::new(Vec::new()));
        let work = async {
            tokio::time::sleep(EVERY / 2).await;
            counts.came_due(100);
            counts.answered(90, 80);
            tokio::time::sleep(EVERY * 2).await;
            "done"
        };
        let watch = |progress: Option<Progress>| told.borrow_mut().push(progress);
        let all = Duration::from_secs(9);
        assert_eq!(counts.tell_until(work, (Instant::now(), all), &watch).await, "done");
        let told = told.into_inner();
        assert!(matches!(told[..], [Some(_), Some(_), None]), "{told:?}");
        let first = told[0].unwrap();
        assert!(first.waiting == 10 && first.all == all);
        assert!((first.due_per_s.round(), first.accepted_per_s.round()) == (100.0, 80.0), "{first:?}");
    }
}
