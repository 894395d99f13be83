//! Writing a checkpoint: segments, manifest, proof, and only then removing what is older.

use super::newest::parts;
use super::removal::{tidy, undo};
use super::store::{AT_ONCE, Listed, Store, StoreError, computing};
use super::{Changes, PartitionCheckpoints, Stamp};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use nexusflow_engine::checkpoint::{self, CheckpointError, Manifest, Name, Object, Plan, Segment, Written};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A checkpoint that was written and read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Bytes that were written for it, its manifest included.
    pub bytes: u64,
    /// Bytes of all its segments, older ones included.
    pub bytes_in_all: u64,
    /// Why what is older was not removed, if it was not: next time, then.
    pub untidy: Option<String>,
}

/// Why an attempt failed.
struct Failure {
    error: StoreError,
    /// Whether what the checkpoint builds on is damaged or not there any more.
    is_base_lost: bool,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self { error, is_base_lost: false }
    }
}

impl PartitionCheckpoints {
    /// Whether the next [`Self::write`] at `stamp` needs [`Changes::whole`]: nothing was restored or written yet, or something of
    /// another stream or version, or what was there is lost.
    pub fn needs_whole(&self, stamp: Stamp) -> bool {
        !self.base.as_ref().is_some_and(|base| base.is_base_for(self.partition, stamp)) && !self.pending.is_whole()
    }

    /// Whether a failed attempt, or [`Self::keep`], left something to be written.
    pub fn has_unwritten(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Keeps changes for the next attempt.
    pub fn keep(&mut self, changes: Changes) {
        self.pending = std::mem::take(&mut self.pending).then(changes);
    }

    /// Starts anew: the next checkpoint needs the whole.
    pub fn forget(&mut self) {
        *self = self.fresh();
    }

    /// Those of the same partition, before anything was restored or written.
    #[must_use]
    pub fn fresh(&self) -> Self {
        self.checkpoints.of(self.partition)
    }

    /// Writes the checkpoint at `stamp`: `changes` since the last one that was written or restored, or since the last
    /// attempt. What a failed attempt did not store is kept here and written with the next one, so the caller may forget
    /// it either way. When this returns, the checkpoint has been read back and verified, and only then was anything older
    /// removed. Dropping the future half-way loses what was to be written: the next one [needs the whole](Self::needs_whole).
    ///
    /// # Errors
    /// Where the store fails, or the whole state would be needed.
    pub async fn write(&mut self, stamp: Stamp, changes: Changes) -> Result<Stored, StoreError> {
        let changes = std::mem::take(&mut self.pending).then(changes);
        // Nothing is remembered until it is known how this ends: whoever drops the future starts from the whole.
        let base = self.base.take();
        let plan = Arc::new(Plan::new(base.as_ref(), self.partition, stamp, changes)?);
        match self.attempt(&plan).await {
            Ok(stored) => Ok(stored),
            Err(Failure { error, is_base_lost }) => {
                // Nobody else holds the plan any more.
                if let (false, Some(plan)) = (is_base_lost, Arc::into_inner(plan)) {
                    (self.base, self.pending) = (base, plan.into_changes());
                }
                Err(error)
            }
        }
    }

    async fn attempt(&mut self, plan: &Arc<Plan>) -> Result<Stored, Failure> {
        let checkpoints = self.checkpoints.clone();
        let store = checkpoints.store().await?;
        let Written { segments, manifest_object, manifest } = build(store, plan).await?;
        let bytes = segments.iter().chain([&manifest_object]).map(|object| object.bytes.len() as u64).sum();
        let name = manifest_object.name;
        let new: Vec<Name> = segments.iter().map(|object| object.name).collect();
        let listed = match put_and_prove(store, segments, manifest_object, &manifest).await {
            Ok(listed) => listed,
            Err(failure) => {
                let is_bad = matches!(failure.error, StoreError::Content(_));
                if let Err(error) = undo(store, &name, &new, is_bad, &mut self.known).await {
                    tracing::debug!(partition = self.partition, %error, "what a failed checkpoint has stored stays for now");
                }
                return Err(failure);
            }
        };
        let bytes_in_all = manifest.segments().iter().map(|segment| segment.bytes).sum();
        (self.base, self.restored) = (Some(manifest.clone()), None);
        self.known.insert(name, manifest.clone());
        let tidied = tidy(store, &listed, (&name, &manifest), &mut self.known).await;
        Ok(Stored { bytes, bytes_in_all, untidy: tidied.err().map(|error| error.to_string()) })
    }
}

/// Makes the bytes of a checkpoint, with what has to be moved from older ones.
async fn build(store: &Store, plan: &Arc<Plan>) -> Result<Written, Failure> {
    let lost = |error| Failure { is_base_lost: matches!(error, StoreError::Content(_)), error };
    let names: Vec<Name> = plan.needed().iter().map(|needed| plan.name_of(*needed)).collect();
    let gets: Vec<_> = names.into_iter().map(|name| store.clone().get_owned(name)).collect();
    let fetched = futures_util::stream::iter(gets).buffered(AT_ONCE);
    let fetched: Vec<Bytes> = fetched.try_collect().await.map_err(lost)?;
    let shared = Arc::clone(plan);
    let written = computing(move || {
        let written = shared.build(&fetched);
        drop(shared);
        written
    });
    let too_large = |error: &CheckpointError| matches!(error, CheckpointError::TooLarge { .. });
    written.await?.map_err(|error| Failure { is_base_lost: !too_large(&error), error: error.into() })
}

/// Stores segments, then the manifest, and reads it all back. Gives what is there then.
async fn put_and_prove(
    store: &Store,
    segments: Vec<Object>,
    manifest_object: Object,
    manifest: &Manifest,
) -> Result<Vec<Listed>, Failure> {
    let new: BTreeSet<Name> = segments.iter().map(|object| object.name).collect();
    let puts: Vec<_> = segments.into_iter().map(|object| store.clone().put_owned(object)).collect();
    futures_util::stream::iter(puts).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    let name = manifest_object.name;
    store.put(&name, manifest_object.bytes).await?;

    // What is carried over was verified when it was written or restored; whether it is still there is seen here.
    let listed = store.list(name.partition()).await?;
    let names: Vec<Name> = listed.iter().map(|object| object.name).collect();
    let missing = checkpoint::missing(&names, manifest);
    if let Some(missing_one) = missing.first() {
        let (object, what) = (missing_one.to_string(), "it is missing, or has another size".to_owned());
        let error = CheckpointError::Damaged { object, what }.into();
        return Err(Failure { error, is_base_lost: missing.iter().any(|name| !new.contains(name)) });
    }
    let read_back = Manifest::read(&name, &store.get(&name).await?).map_err(StoreError::from)?;
    let is_new = |segment: &&Segment| new.contains(&read_back.name_of(**segment));
    let segments: Vec<Segment> = read_back.segments().iter().filter(is_new).copied().collect();
    drop(parts(store, &read_back, &segments).await?);
    Ok(listed)
}
