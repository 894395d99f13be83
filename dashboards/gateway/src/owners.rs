//! The owners of partitions, for those who take events in.

use crate::ask;
use crate::board::requests;
use crate::hub::SharedHub;
use nexusflow_domain::query::Query;
use nexusflow_engine::Decision;
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Id, Label, Place};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// How long somebody waits for a decision.
const DECIDED_WITHIN: Duration = Duration::from_secs(5);
/// An owner that was not heard of for so long does not fold.
const SILENT_AFTER_MS: i64 = 3_500;

/// How far each partition's fold is behind, as its owner says: read for every event that comes in, so without a lock.
#[derive(Debug)]
pub(crate) struct Lags {
    began: Instant,
    /// By partition: the lag, and when it was told; both in milliseconds.
    told: Vec<(AtomicI64, AtomicI64)>,
}

impl Lags {
    pub(crate) fn new(partitions: u32) -> Self {
        Self { began: Instant::now(), told: (0..partitions).map(|_| Default::default()).collect() }
    }

    pub(crate) fn tell(&self, partition: u32, lag_ms: i64) {
        if let Some((lag, at)) = self.told.get(partition as usize) {
            lag.store(lag_ms, Ordering::Relaxed);
            at.store(self.now_ms(), Ordering::Relaxed);
        }
    }

    fn of(&self, partition: u32) -> i64 {
        let told = self.told.get(partition as usize);
        let fresh = told.filter(|(_, at)| self.now_ms() - at.load(Ordering::Relaxed) < SILENT_AFTER_MS);
        fresh.map_or(0, |(lag, _)| lag.load(Ordering::Relaxed))
    }

    fn now_ms(&self) -> i64 {
        self.began.elapsed().as_millis() as i64
    }
}

/// The owners of partitions.
#[derive(Clone)]
pub struct Owners(pub(crate) SharedHub);

impl std::fmt::Debug for Owners {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Owners")
    }
}

impl Owners {
    /// What was decided about the command at `place`, of which `identity` is (source, id) as 64 bits; none where nobody answers
    /// in time, or nothing is known of it any more.
    pub async fn decision(&self, place: Place, identity: u64) -> Option<Decision> {
        let query = Query::Decision { identity, sequence: place.sequence };
        let until = Instant::now() + DECIDED_WITHIN;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match ask::one(&self.0.log, place.partition, &query, left).await {
                Ok(answer) => return serde_json::from_slice(&answer).ok().flatten(),
                Err(ask::AskError::Slow) => return None,
                // It may be on its way from one worker to another.
                Err(ask::AskError::Nobody) if left.is_zero() => return None,
                Err(ask::AskError::Nobody) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Whether there is such an alert; none where nobody answers.
    pub async fn knows_alert(&self, subject: &Id, alert: &AlertKey) -> Option<bool> {
        let key = (subject.clone(), alert.as_str().to_owned());
        if self.0.board.with(|book| book.card(&key).is_some()) {
            return Some(true);
        }
        // What is over for long is on no board.
        requests::find(&self.0, subject, alert).await.ok().map(|found| found.is_some())
    }

    /// The open alerts of a group with their revisions, the worst first.
    pub fn open_of_group(&self, group: &str) -> Vec<(Id, String, u32)> {
        self.0.board.with(|book| book.open_of_group(group))
    }

    /// What a silence matches; none where there is no such silence.
    pub fn silence(&self, silence: &Id) -> Option<Label> {
        self.0.board.with(|book| book.silence(silence).cloned())
    }

    /// How far the fold of a partition is behind, in milliseconds; 0 where nobody folds it.
    pub fn lag_ms(&self, partition: u32) -> i64 {
        self.0.lags.of(partition)
    }
}
