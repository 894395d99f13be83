//! Hearing how leases change.

use crate::lease::{Change, LeaseError, Written, unavailable};
use async_nats::jetstream::kv::{self, Entry, Operation};
use futures_util::{Stream, StreamExt};
use std::pin::Pin;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Workers,
    Owners,
}

type Heard = (Of, Result<Entry, kv::WatcherError>);

/// Hears how leases change.
pub struct Watching {
    pub(crate) entries: Pin<Box<dyn Stream<Item = Heard> + Send>>,
    /// Of which bucket what is there was not heard yet, in full.
    pub(crate) waits_for: (bool, bool),
}

impl std::fmt::Debug for Watching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watching").field("is_current", &self.is_current()).finish_non_exhaustive()
    }
}

impl Watching {
    /// Waits for what comes next; nothing where it means nothing. May be cancelled while it waits.
    ///
    /// # Errors
    /// Where nothing more will be heard: watch again.
    pub async fn next(&mut self) -> Result<Option<Change>, LeaseError> {
        let Some((of, entry)) = self.entries.next().await else { return Err(unavailable("the watch ended")) };
        let entry = entry.map_err(unavailable)?;
        if entry.delta == 0 {
            match of {
                Of::Workers => self.waits_for.0 = false,
                Of::Owners => self.waits_for.1 = false,
            }
        }
        Ok(change(of, &entry))
    }

    /// Whether all that was there at the beginning has been heard.
    pub fn is_current(&self) -> bool {
        self.waits_for == (false, false)
    }
}

fn change(of: Of, entry: &Entry) -> Option<Change> {
    let is_there = entry.operation == Operation::Put;
    match of {
        Of::Workers if is_there => Some(Change::Lives(serde_json::from_slice(&entry.value).ok()?)),
        Of::Workers => Some(Change::Left(entry.key.clone())),
        Of::Owners => {
            let partition = entry.key.parse().ok()?;
            match serde_json::from_slice::<Written>(&entry.value) {
                Ok(written) if is_there => Some(Change::Owned(written.held(partition, entry.revision))),
                _ => Some(Change::Free(partition, entry.revision)),
            }
        }
    }
}
