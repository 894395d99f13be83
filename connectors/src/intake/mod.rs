//! From events that were read to the log: what can be stored is, the rest is kept among the dead letters, and both are counted.

mod again;
mod ledger;
mod tell;

pub use again::AgainError;
pub use ledger::{Ledger, Tally};
pub use tell::tell;

use crate::arrival::{Headers, Incoming};
use bytes::Bytes;
use nexusflow_log::{AppendError, Appender, DeadLetter, DeadLetters, Receipt, raised};
use nexusflow_model::{Envelope, Place, Reject, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The kind of what people say in front of a console, by way of our own door.
pub const CONSOLE: &str = "console";

/// How far ahead of us the clock of a publisher may be.
const AHEAD_MS_MAX: i64 = 24 * 3_600_000;
/// How long what the log did not take waits before it is tried again.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// How far the fold of a partition is behind what is stored, in milliseconds.
pub type Lag = Arc<dyn Fn(u32) -> i64 + Send + Sync>;

/// Where an arrival came from, for dead letters and figures.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The name of the source.
    pub source: Arc<str>,
    /// The kind of connector that reads it.
    pub kind: &'static str,
    /// What was said about the arrival, as far as its decoder reads it.
    pub headers: Headers,
    /// When it came.
    pub at: Timestamp,
}

/// What came of some events, each by its place among them.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Those that the log has.
    pub stored: Vec<(usize, Place)>,
    /// Those that can't be understood: they are among the dead letters.
    pub rejected: Vec<(usize, Reject)>,
    /// Those that the log did not take: they may be sent again.
    pub unstored: Vec<(usize, AppendError)>,
}

/// Stores what sources say.
#[derive(Clone)]
pub struct Intake {
    appender: Appender,
    dead_letters: DeadLetters,
    ledger: Arc<Ledger>,
    lag: Lag,
    lag_ms_max: u64,
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intake").finish_non_exhaustive()
    }
}

/// The process is to stop: what was not stored will be brought again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopping")]
pub struct Stopping;

impl Intake {
    /// Appends with `appender`, keeps what can't be understood in `dead_letters`, counts in `ledger`, and turns publishers away
    /// where `lag` is above `lag_ms_max`.
    pub fn new(appender: Appender, dead_letters: DeadLetters, ledger: Arc<Ledger>, lag: Lag, lag_ms_max: u64) -> Self {
        Self { appender, dead_letters, ledger, lag, lag_ms_max }
    }

    /// What was counted, by source.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Stores what can be stored within `patience`, for publishers that can be told to come back.
    pub async fn store(&self, origin: &Origin, events: Vec<Incoming>, patience: Duration) -> Outcome {
        let mut outcome = Outcome::default();
        let mut waiting: Vec<(usize, Receipt)> = Vec::with_capacity(events.len());
        let mut newest = None;
        for (at, incoming) in events.into_iter().enumerate() {
            match incoming.event.and_then(|envelope| check(envelope, origin)) {
                Ok(envelope) => match self.check_lag(&envelope).and_then(|()| self.appender.try_append(&envelope)) {
                    Ok(receipt) => {
                        newest = newest.max(Some(envelope.occurred_at));
                        waiting.push((at, receipt));
                    }
                    Err(error) => outcome.unstored.push((at, error)),
                },
                Err(reject) => {
                    self.keep(origin, incoming.original, reject.clone());
                    outcome.rejected.push((at, reject));
                }
            }
        }
        let deadline = tokio::time::Instant::now() + patience;
        for (at, receipt) in waiting {
            match tokio::time::timeout_at(deadline, receipt).await {
                Ok(Ok(place)) => outcome.stored.push((at, place)),
                Ok(Err(error)) => outcome.unstored.push((at, error)),
                Err(_) => outcome.unstored.push((at, AppendError::Unconfirmed { cause: "time is up".into() })),
            }
        }
        self.ledger.note(&origin.source, origin.kind, &Tally::of(&outcome, newest, origin.at));
        outcome
    }

    /// Stores everything, however long it takes, for sources that are read: only then may their place be moved. What the log does
    /// not take is tried again, and what can't be understood is among the dead letters when this returns.
    ///
    /// # Errors
    /// Where `shutdown` was raised before all was stored.
    pub async fn bring(
        &self,
        origin: &Origin,
        events: Vec<Incoming>,
        shutdown: &mut watch::Receiver<bool>,
    ) -> Result<(), Stopping> {
        let mut left = Vec::with_capacity(events.len());
        let (mut outcome, mut newest) = (Outcome::default(), None);
        for (at, incoming) in events.into_iter().enumerate() {
            match incoming.event.and_then(|envelope| check(envelope, origin)) {
                Ok(envelope) => {
                    newest = newest.max(Some(envelope.occurred_at));
                    left.push((at, envelope));
                }
                Err(reject) => {
                    let letter = letter(origin, incoming.original, reject.clone());
                    self.keep_for_sure(&letter, shutdown).await?;
                    outcome.rejected.push((at, reject));
                }
            }
        }
        while !left.is_empty() {
            left = tokio::select! {
                again = self.append_all(left, &mut outcome) => again,
                () = raised(shutdown) => return Err(Stopping),
            };
            if !left.is_empty() {
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
        self.ledger.note(&origin.source, origin.kind, &Tally::of(&outcome, newest, origin.at));
        Ok(())
    }

    /// Appends events, waiting for room; what was not stored comes back.
    async fn append_all(&self, events: Vec<(usize, Envelope)>, outcome: &mut Outcome) -> Vec<(usize, Envelope)> {
        let mut waiting = Vec::with_capacity(events.len());
        for (at, envelope) in events {
            let receipt = self.appender.append(&envelope).await;
            waiting.push((at, envelope, receipt));
        }
        let mut again = Vec::new();
        for (at, envelope, receipt) in waiting {
            let stored = match receipt {
                Ok(receipt) => receipt.await,
                Err(error) => Err(error),
            };
            match stored {
                Ok(place) => outcome.stored.push((at, place)),
                Err(AppendError::TooLarge { bytes }) => {
                    outcome.rejected.push((at, Reject::new(".", AppendError::TooLarge { bytes }.to_string())));
                }
                Err(_) => again.push((at, envelope)),
            }
        }
        again
    }

    async fn keep_for_sure(&self, letter: &DeadLetter, shutdown: &mut watch::Receiver<bool>) -> Result<(), Stopping> {
        while let Err(error) = self.dead_letters.keep(letter).await {
            tracing::warn!(%error, "could not keep a dead letter, trying again");
            tokio::select! {
                () = tokio::time::sleep(AGAIN_AFTER) => {}
                () = raised(shutdown) => return Err(Stopping),
            }
        }
        Ok(())
    }

    /// A backlog that grows faster than it is worked off would only make everything late: publishers are slowed down instead.
    fn check_lag(&self, envelope: &Envelope) -> Result<(), AppendError> {
        let lag_ms = (self.lag)(self.appender.partition_of(&envelope.subject));
        if lag_ms <= self.lag_ms_max as i64 { Ok(()) } else { Err(AppendError::Behind { lag_ms }) }
    }

    /// The publisher is told at once; the operator finds it among the dead letters.
    fn keep(&self, origin: &Origin, payload: Bytes, reject: Reject) {
        let dead_letters = self.dead_letters.clone();
        let letter = letter(origin, payload, reject);
        tokio::spawn(async move {
            if let Err(error) = dead_letters.keep(&letter).await {
                tracing::warn!(%error, "could not keep a dead letter");
            }
        });
    }
}

fn letter(origin: &Origin, payload: Bytes, reject: Reject) -> DeadLetter {
    DeadLetter {
        payload,
        source: origin.source.to_string(),
        kind: origin.kind.to_owned(),
        headers: origin.headers.clone(),
        received_at: origin.at,
        reject,
    }
}

/// What a publisher may not say, though it can be understood.
///
/// # Errors
/// Where the type is NexusFlow's own, or the time lies more than a day ahead of `origin.at`.
pub fn check(envelope: Envelope, origin: &Origin) -> Result<Envelope, Reject> {
    let kind = envelope.event.kind();
    if kind.is_control() && origin.kind != CONSOLE {
        return Err(Reject::new("type", format!("{} is NexusFlow's own and can't be published", kind.as_str())));
    }
    if envelope.occurred_at.ms_since(origin.at) > AHEAD_MS_MAX {
        return Err(Reject::new("time", "lies more than a day ahead: check the clock of the publisher"));
    }
    Ok(envelope)
}
