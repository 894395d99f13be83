//! A state that is kept whole, in pieces that fit into messages, by whoever leads.
//!
//! The pieces of the next state are written beside those of the last, under the name of who writes, and only then the head that
//! names them, with compare and set: of two that lead by mistake the later is told, and neither spoils what the other wrote.

use crate::connect::Log;
use crate::layout::{bucket, patiently};
use async_nats::jetstream::kv::{self, Operation, Store, UpdateErrorKind};
use futures_util::TryStreamExt;
use nexusflow_model::subject;
use serde::{Deserialize, Serialize};
use std::fmt::Display;
use std::time::Duration;

/// Small enough for any server's `max_payload`.
const PIECE_BYTES: usize = 256 * 1_024;
const HEAD: &str = "head";

/// Why a state was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// Another one leads, and has kept another state.
    #[error("another one has kept its state")]
    Overtaken,
    /// What was kept is not all there.
    #[error("what was kept is damaged: {0}")]
    Damaged(&'static str),
    /// NATS does not answer or refuses.
    #[error("the state can't be kept: {0}")]
    Unavailable(String),
}

/// What names a state.
#[derive(Serialize, Deserialize)]
struct Head {
    writer: String,
    turn: u64,
    pieces: usize,
    bytes: usize,
}

impl Head {
    fn piece(&self, at: usize) -> String {
        // Two turns at a time: the one that holds and the next.
        format!("{}.{}.{at}", self.writer, self.turn % 2)
    }
}

/// Where the notifier's state is kept.
#[derive(Debug)]
pub struct Kept {
    store: Store,
    writer: String,
    turn: u64,
    /// The revision of the head that was last seen; 0: there was none.
    revision: u64,
    is_first: bool,
}

fn unavailable(cause: impl Display) -> KeptError {
    KeptError::Unavailable(cause.to_string())
}

impl Kept {
    /// Where the notifier's state is kept, made if it is not there.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn of_notifier(log: &Log) -> Result<Self, KeptError> {
        let config = kv::Config {
            bucket: subject::notifier_bucket(log.prefix()),
            description: "what the notifier has yet to tell".into(),
            num_replicas: log.settings().replicas as usize,
            ..kv::Config::default()
        };
        let patience = Duration::from_secs(5);
        let store = patiently(patience, || bucket(log, config.clone())).await.map_err(unavailable)?;
        let unique = log.client().new_inbox();
        let writer = unique.rsplit('.').next().unwrap_or_default().to_owned();
        Ok(Self { store, writer, turn: 0, revision: 0, is_first: true })
    }

    /// What is kept, if there is anything. To be asked before anything is kept.
    ///
    /// # Errors
    /// [`KeptError::Damaged`] where it is not all there; where NATS does not answer.
    pub async fn look(&mut self) -> Result<Option<Vec<u8>>, KeptError> {
        let Some(entry) = self.store.entry(HEAD).await.map_err(unavailable)? else { return Ok(None) };
        self.revision = entry.revision;
        if entry.operation != Operation::Put {
            return Ok(None);
        }
        let head: Head = serde_json::from_slice(&entry.value).map_err(|_| KeptError::Damaged("its head is none"))?;
        let mut state = Vec::with_capacity(head.bytes);
        for at in 0..head.pieces {
            let piece = self.store.get(head.piece(at)).await.map_err(unavailable)?;
            state.extend_from_slice(&piece.ok_or(KeptError::Damaged("a piece of it is missing"))?);
        }
        if state.len() != head.bytes {
            return Err(KeptError::Damaged("a piece of it is another's"));
        }
        Ok(Some(state))
    }

    /// Keeps a state in place of the one before.
    ///
    /// # Errors
    /// [`KeptError::Overtaken`] where somebody else has kept one meanwhile.
    pub async fn keep(&mut self, state: &[u8]) -> Result<(), KeptError> {
        self.turn += 1;
        let pieces = state.chunks(PIECE_BYTES);
        let head = Head { writer: self.writer.clone(), turn: self.turn, pieces: pieces.len(), bytes: state.len() };
        for (at, piece) in pieces.enumerate() {
            self.store.put(head.piece(at), piece.to_vec().into()).await.map_err(unavailable)?;
        }
        let value = serde_json::to_vec(&head).unwrap_or_default().into();
        let stored = self.store.update(HEAD, value, self.revision).await;
        self.revision = stored.map_err(|error| match error.kind() {
            UpdateErrorKind::WrongLastRevision => KeptError::Overtaken,
            _ => unavailable(error),
        })?;
        if std::mem::take(&mut self.is_first) {
            self.tidy_up().await?;
        }
        Ok(())
    }

    /// Removes the pieces of those that wrote before.
    async fn tidy_up(&self) -> Result<(), KeptError> {
        let keys = self.store.keys().await.map_err(unavailable)?;
        let keys: Vec<String> = keys.try_collect().await.map_err(unavailable)?;
        for key in keys.iter().filter(|key| *key != HEAD && !key.starts_with(&self.writer)) {
            self.store.purge(key).await.map_err(unavailable)?;
        }
        Ok(())
    }
}
