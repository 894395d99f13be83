//! A bucket of small records, each under a key of its own and changed with compare and set.

use crate::connect::Log;
use crate::layout::{bucket, patiently};
use async_nats::jetstream::kv::{self, CreateErrorKind, Operation, Store, UpdateErrorKind};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use std::fmt::Display;
use std::time::Duration;

/// How long a bucket may take to be there.
const PATIENCE: Duration = Duration::from_secs(5);
/// Records that are fetched at the same time.
const AT_ONCE: usize = 32;

/// Why a record was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// Somebody else changed it since it was read.
    #[error("somebody else was faster: look again")]
    Changed,
    /// NATS does not answer or refuses.
    #[error("NATS: {0}")]
    Unavailable(String),
}

fn unavailable(cause: impl Display) -> BucketError {
    BucketError::Unavailable(cause.to_string())
}

/// A record as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// What it says.
    pub value: Bytes,
    /// What a change of it must name.
    pub revision: u64,
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    store: Store,
}

impl Bucket {
    /// The bucket called `name`, made if it is not there.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn open(log: &Log, name: String, about: &str) -> Result<Self, BucketError> {
        let config = kv::Config {
            bucket: name,
            description: about.to_owned(),
            num_replicas: log.settings().replicas as usize,
            ..kv::Config::default()
        };
        let store = patiently(PATIENCE, || bucket(log, config.clone())).await.map_err(unavailable)?;
        Ok(Self { store })
    }

    /// A record; none where there is none.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn get(&self, key: &str) -> Result<Option<Entry>, BucketError> {
        let entry = self.store.entry(key).await.map_err(unavailable)?;
        Ok(entry.filter(|entry| entry.operation == Operation::Put).map(known))
    }

    /// All records, in no order.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn all(&self) -> Result<Vec<Entry>, BucketError> {
        let keys: Vec<String> =
            self.store.keys().await.map_err(unavailable)?.try_collect().await.map_err(unavailable)?;
        let entries = futures_util::stream::iter(keys).map(|key| async move { self.get(&key).await }).buffered(AT_ONCE);
        entries.try_filter_map(async |entry| Ok(entry)).try_collect().await
    }

    /// How many records there are.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn count(&self) -> Result<u64, BucketError> {
        // What the store itself says is what it knew when it was opened.
        let mut stream = self.store.stream.clone();
        Ok(stream.info().await.map_err(unavailable)?.state.messages)
    }

    /// Writes a record that is not there yet.
    ///
    /// # Errors
    /// [`BucketError::Changed`] where it is; where NATS does not answer.
    pub async fn create(&self, key: &str, value: Vec<u8>) -> Result<(), BucketError> {
        self.store.create(key, value.into()).await.map(drop).map_err(|error| match error.kind() {
            CreateErrorKind::AlreadyExists => BucketError::Changed,
            _ => unavailable(error),
        })
    }

    /// Changes a record that is still at `revision`.
    ///
    /// # Errors
    /// [`BucketError::Changed`] where it is not; where NATS does not answer.
    pub async fn update(&self, key: &str, value: Vec<u8>, revision: u64) -> Result<(), BucketError> {
        self.store.update(key, value.into(), revision).await.map(drop).map_err(|error| match error.kind() {
            UpdateErrorKind::WrongLastRevision => BucketError::Changed,
            _ => unavailable(error),
        })
    }

    /// Writes a record, whatever stands there.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn put(&self, key: &str, value: Vec<u8>) -> Result<(), BucketError> {
        self.store.put(key, value.into()).await.map(drop).map_err(unavailable)
    }

    /// Hands every record to `hear`, those that are there first, then each as it changes; returns only where the watch ends.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn watch(&self, mut hear: impl FnMut(Entry)) -> Result<(), BucketError> {
        let mut entries = self.store.watch_with_history(">").await.map_err(unavailable)?;
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(unavailable)?;
            if entry.operation == Operation::Put {
                hear(known(entry));
            }
        }
        Ok(())
    }
}

fn known(entry: kv::Entry) -> Entry {
    Entry { key: entry.key, value: entry.value, revision: entry.revision }
}
