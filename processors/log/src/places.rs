//! How far each source was read: small values that outlive who reads it.

use crate::connect::Log;
use crate::layout::{bucket, patiently};
use async_nats::jetstream::kv::{self, Store};
use nexusflow_model::subject;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::time::Duration;

/// Why a place is not known or was not kept.
#[derive(Debug, thiserror::Error)]
#[error("how far it was read can't be looked up or kept: {0}")]
pub struct PlaceError(String);

fn unavailable(cause: impl Display) -> PlaceError {
    PlaceError(cause.to_string())
}

/// The places of one source. One process at a time reads a source, so that there is nothing to compare and set; of two that do by
/// mistake one is set back, which the ids of events make harmless.
#[derive(Debug, Clone)]
pub struct Places {
    store: Store,
    source: String,
}

impl Places {
    /// Of the source of that name (lower-case letters, digits and `-`). The bucket is made if it is not there.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn of(log: &Log, source: &str) -> Result<Self, PlaceError> {
        let config = kv::Config {
            bucket: subject::places_bucket(log.prefix()),
            description: "how far each source was read".into(),
            num_replicas: log.settings().replicas as usize,
            ..kv::Config::default()
        };
        let patience = Duration::from_secs(5);
        let store = patiently(patience, || bucket(log, config.clone())).await.map_err(unavailable)?;
        Ok(Self { store, source: source.to_owned() })
    }

    /// The place called `key` (letters, digits and `-`), if there is one that can be understood.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, PlaceError> {
        let value = self.store.get(self.key(key)).await.map_err(unavailable)?;
        Ok(value.and_then(|json| serde_json::from_slice(&json).ok()))
    }

    /// Keeps a place, over the one that was there.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn keep<T: Serialize + Sync>(&self, key: &str, place: &T) -> Result<(), PlaceError> {
        let json = serde_json::to_vec(place).map_err(unavailable)?;
        self.store.put(self.key(key), json.into()).await.map(drop).map_err(unavailable)
    }

    /// Forgets a place.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn forget(&self, key: &str) -> Result<(), PlaceError> {
        self.store.purge(self.key(key)).await.map_err(unavailable)
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.source)
    }
}
