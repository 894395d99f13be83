//! What there may be one of at a time: who leads says so every beat, and whoever sees no beat for a lease takes over.
//!
//! The clocks of two machines are never compared: a candidate measures by its own clock how long the key has not changed. Two may
//! lead for a moment, where one stands still for longer than its lease; who leads must be able to bear that.

use crate::connect::Log;
use crate::layout::{LayoutError, bucket, patiently};
use crate::lease::{LeaseError, unavailable};
use async_nats::jetstream::kv::{self, CreateErrorKind, Store, UpdateErrorKind};
use async_nats::jetstream::stream::StorageType;
use nexusflow_model::subject;
use std::time::Duration;
use tokio::time::Instant;

/// Beats in a lease.
const BEATS: u32 = 4;
/// How long a change may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Where one leads at a time.
#[derive(Debug, Clone)]
pub struct Leadership {
    log: Log,
    /// In what.
    of: String,
    lease: Duration,
}

/// One that leads: for as long as it beats in time.
#[derive(Debug)]
pub struct Leader {
    leadership: Leadership,
    store: Store,
    revision: u64,
    beaten_at: Instant,
}

impl Leadership {
    /// Leading in `of`, a plain word; who is not heard of for `lease` leads no longer.
    pub fn new(log: &Log, of: impl Into<String>, lease: Duration) -> Self {
        Self { log: log.clone(), of: of.into(), lease }
    }

    async fn store(&self) -> Result<Store, LayoutError> {
        let config = kv::Config {
            bucket: subject::leaders_bucket(self.log.prefix()),
            description: "who leads".into(),
            storage: StorageType::Memory,
            num_replicas: self.log.settings().replicas as usize,
            ..kv::Config::default()
        };
        patiently(ANSWER_WITHIN, || bucket(&self.log, config.clone())).await
    }

    /// Waits until this one leads, as `name`. May be cancelled while it waits.
    pub async fn won(&self, name: &str) -> Leader {
        // What is there, and since when it has not changed.
        let mut seen: Option<(u64, Instant)> = None;
        loop {
            match self.attempt(name, &mut seen).await {
                Ok(Some(leader)) => return leader,
                Ok(None) => {}
                Err(error) => tracing::debug!(of = self.of, %error, "who leads is not known"),
            }
            tokio::time::sleep(self.lease / BEATS).await;
        }
    }

    async fn attempt(&self, name: &str, seen: &mut Option<(u64, Instant)>) -> Result<Option<Leader>, LeaseError> {
        let store = self.store().await.map_err(unavailable)?;
        let beaten_at = Instant::now();
        let over = match soon(store.entry(&self.of)).await? {
            Some(entry) if entry.operation == kv::Operation::Put => {
                let since = match *seen {
                    Some((revision, since)) if revision == entry.revision => since,
                    _ => seen.insert((entry.revision, Instant::now())).1,
                };
                if since.elapsed() <= self.lease {
                    return Ok(None);
                }
                Some(entry.revision)
            }
            _ => None,
        };
        let value = name.to_owned().into_bytes().into();
        let taken = async {
            match over {
                Some(revision) => store.update(&self.of, value, revision).await.map_err(|error| match error.kind() {
                    UpdateErrorKind::WrongLastRevision => LeaseError::Taken,
                    _ => unavailable(error),
                }),
                None => store.create(&self.of, value).await.map_err(|error| match error.kind() {
                    CreateErrorKind::AlreadyExists => LeaseError::Taken,
                    _ => unavailable(error),
                }),
            }
        };
        let taken = tokio::time::timeout(ANSWER_WITHIN, taken).await;
        match taken.unwrap_or_else(|_| Err(unavailable("no answer in time"))) {
            Ok(revision) => Ok(Some(Leader { leadership: self.clone(), store, revision, beaten_at })),
            Err(LeaseError::Taken) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Leader {
    /// Beats for as long as this one leads; returns when it may no longer be believed in. May be cancelled.
    pub async fn lost(&mut self, name: &str) {
        loop {
            tokio::time::sleep(self.leadership.lease / BEATS).await;
            let began = Instant::now();
            let value = name.to_owned().into_bytes().into();
            match soon(self.store.update(&self.leadership.of, value, self.revision)).await {
                Ok(revision) => (self.revision, self.beaten_at) = (revision, began),
                Err(error) if self.beaten_at.elapsed() > self.leadership.lease => {
                    tracing::warn!(of = self.leadership.of, %error, "leads no longer");
                    return;
                }
                Err(error) => tracing::debug!(of = self.leadership.of, %error, "a beat was lost"),
            }
        }
    }

    /// Lets it go, so that another leads at once.
    pub async fn leave(self) {
        let gone = self.store.delete_expect_revision(&self.leadership.of, Some(self.revision));
        if let Err(error) = soon(gone).await {
            tracing::debug!(of = self.leadership.of, %error, "the next one that leads has to wait for the lease");
        }
    }
}

async fn soon<T, E: std::fmt::Display>(asked: impl Future<Output = Result<T, E>>) -> Result<T, LeaseError> {
    match tokio::time::timeout(ANSWER_WITHIN, asked).await {
        Ok(answer) => answer.map_err(unavailable),
        Err(_) => Err(unavailable("no answer in time")),
    }
}
