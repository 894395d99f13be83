//! The configuration that was applied last, for those who do not fold: from the log it can only be had by folding it.

use crate::connect::Log;
use crate::layout::{LayoutError, bucket, jetstream_error, patiently};
use async_nats::jetstream::kv::{self, Operation, Store, Watch};
use bytes::Bytes;
use futures_util::StreamExt;
use nexusflow_model::subject;
use std::time::Duration;

/// The one key.
const BUSINESS: &str = "business";
/// How long NATS may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Before it is watched again after the watch ended.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Says and hears which configuration of the business was applied last.
#[derive(Debug, Clone)]
pub struct Applied {
    store: Store,
}

impl Applied {
    /// That of `log`.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn open(log: &Log) -> Result<Self, LayoutError> {
        let config = kv::Config {
            bucket: subject::applied_bucket(log.prefix()),
            description: "the configuration that was applied last".into(),
            num_replicas: log.settings().replicas as usize,
            ..kv::Config::default()
        };
        Ok(Self { store: patiently(PATIENCE, || bucket(log, config.clone())).await? })
    }

    /// Says that `content` was appended to the log, as JSON.
    ///
    /// # Errors
    /// Where NATS does not take it.
    pub async fn say(&self, content: Bytes) -> Result<(), LayoutError> {
        let put = self.store.put(BUSINESS, content).await;
        put.map(drop).map_err(|cause| jetstream_error("saying which configuration holds")(&cause))
    }

    /// Hears what was applied last, and whatever is applied from then on.
    pub fn hear(self) -> Hearing {
        Hearing { applied: self, watch: None }
    }
}

/// One who hears what is applied.
pub struct Hearing {
    applied: Applied,
    watch: Option<Watch>,
}

impl std::fmt::Debug for Hearing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hearing").field("is_watching", &self.watch.is_some()).finish_non_exhaustive()
    }
}

impl Hearing {
    /// Waits for the next configuration. May be cancelled while it waits.
    pub async fn next(&mut self) -> Bytes {
        loop {
            let watch = match &mut self.watch {
                Some(watch) => watch,
                None => match self.applied.store.watch_with_history(BUSINESS).await {
                    Ok(watch) => self.watch.insert(watch),
                    Err(error) => {
                        tracing::debug!(%error, "what is applied can't be heard yet");
                        tokio::time::sleep(AGAIN_AFTER).await;
                        continue;
                    }
                },
            };
            match watch.next().await {
                Some(Ok(entry)) if entry.operation == Operation::Put => return entry.value,
                Some(Ok(_)) => {}
                ended => {
                    tracing::debug!(?ended, "what is applied is heard anew");
                    self.watch = None;
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
            }
        }
    }
}
