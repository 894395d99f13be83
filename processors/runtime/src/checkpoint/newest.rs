//! Finding the newest checkpoint that can be read.

use super::PartitionCheckpoints;
use super::legacy::{self, File};
use super::removal;
use super::store::{AT_ONCE, Listed, Store, StoreError, computing};
use futures_util::{StreamExt, TryStreamExt};
use nexusflow_engine::checkpoint::{self, CheckpointError, Manifest, Name, Segment, Stamp};
use std::path::Path;
use std::sync::Arc;

/// What was found of a partition.
#[derive(Debug)]
pub struct Found {
    /// The newest checkpoint that is whole.
    pub restored: Option<Restored>,
    /// Newer ones that are not, each with what is wrong and what was done: for the operator.
    pub set_aside: Vec<String>,
}

/// A state that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restored {
    /// As parts, every byte as it was written.
    Parts {
        /// What it stands at.
        stamp: Stamp,
        /// The parts, by number.
        parts: Vec<(u32, Vec<u8>)>,
    },
    /// As a whole, from a file of before: read by [`nexusflow_engine::snapshot::read`], which verifies it.
    Legacy {
        /// When the stream it was folded from was created.
        created_ns: i64,
        /// The snapshot.
        bytes: Vec<u8>,
    },
}

/// Something that may be a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Candidate {
    Manifest(Name),
    Legacy(File),
}

impl Candidate {
    fn sequence(&self) -> u64 {
        match self {
            Self::Manifest(name) => name.sequence(),
            Self::Legacy(file) => file.sequence,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Manifest(name) => name.to_string(),
            Self::Legacy(file) => file.path.display().to_string(),
        }
    }
}

impl PartitionCheckpoints {
    /// The newest checkpoint that is whole. A damaged one, or one of a format that is not known, is put under `damaged/` and an
    /// older one is tried; one that the store does not hand out stays where it is, and an older one is tried too. Where
    /// what is found turns out to be of no use, [`Self::set_aside`] it and ask again.
    ///
    /// # Errors
    /// Where the store can't be asked what there is.
    pub async fn newest(&mut self) -> Result<Found, StoreError> {
        (self.base, self.restored) = (None, None);
        let checkpoints = self.checkpoints.clone();
        let store = checkpoints.store().await?;
        let listed = store.list(self.partition).await?;
        let mut set_aside = Vec::new();
        for candidate in candidates(store, &listed, self.partition).await? {
            match read(store, &candidate).await {
                Ok((restored, manifest)) => {
                    if let (Candidate::Manifest(name), Some(manifest)) = (&candidate, &manifest)
                        && let Err(error) = removal::tidy(store, &listed, (name, manifest), &mut self.known).await
                    {
                        tracing::warn!(partition = self.partition, %error, "what is no longer needed of checkpoints was not removed");
                    }
                    (self.base, self.restored) = (manifest, Some(candidate));
                    return Ok(Found { restored: Some(restored), set_aside });
                }
                Err(StoreError::Content(error)) => set_aside.push(put_aside(store, &candidate, &error).await),
                Err(error) => set_aside.push(format!("{error}; it was left where it is")),
            }
        }
        Ok(Found { restored: None, set_aside })
    }

    /// Puts what [`Self::newest`] found last aside, because of `why`: it is of a version that can't be upgraded, say. Gives
    /// what to tell the operator.
    pub async fn set_aside(&mut self, why: &str) -> Result<String, StoreError> {
        self.base = None;
        let Some(candidate) = self.restored.take() else { return Ok(why.to_owned()) };
        let (object, what) = (candidate.name(), why.to_owned());
        Ok(put_aside(self.checkpoints.store().await?, &candidate, &CheckpointError::Damaged { object, what }).await)
    }
}

/// Everything that may be a checkpoint, the newest first.
async fn candidates(store: &Store, listed: &[Listed], partition: u32) -> Result<Vec<Candidate>, StoreError> {
    let names = listed.iter().map(|object| object.name).filter(|name| matches!(name, Name::Manifest { .. }));
    let mut candidates: Vec<Candidate> = names.map(Candidate::Manifest).collect();
    if let Some(folder) = store.place.folder().map(Path::to_owned) {
        let files = computing(move || legacy::list(&folder, partition)).await?;
        candidates.extend(files.into_iter().map(Candidate::Legacy));
    }
    candidates.sort_by_key(|candidate| std::cmp::Reverse((candidate.sequence(), candidate.name())));
    Ok(candidates)
}

async fn read(store: &Store, candidate: &Candidate) -> Result<(Restored, Option<Manifest>), StoreError> {
    match candidate {
        Candidate::Manifest(name) => {
            let manifest = Manifest::read(name, &store.get(name).await?)?;
            let mut parts = parts(store, &manifest, manifest.segments()).await?;
            parts.sort_unstable_by_key(|(number, _)| *number);
            Ok((Restored::Parts { stamp: manifest.stamp(), parts }, Some(manifest)))
        }
        Candidate::Legacy(file) => {
            let read = file.clone();
            let bytes = computing(move || read.read()).await?;
            match bytes.map_err(|error| StoreError::BrokenOff(format!("{}: {error}", candidate.name())))? {
                Some((created_ns, bytes)) => Ok((Restored::Legacy { created_ns, bytes }, None)),
                None => {
                    let (object, what) = (candidate.name(), "it is cut short".to_owned());
                    Err(CheckpointError::Damaged { object, what }.into())
                }
            }
        }
    }
}

/// Reads and verifies what `manifest` has in these of its segments, in no order; several at a time, so that the disk and all
/// cores have work.
pub(super) async fn parts(
    store: &Store,
    manifest: &Manifest,
    segments: &[Segment],
) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
    let manifest = Arc::new(manifest.clone());
    let reads: Vec<_> =
        segments.iter().map(|segment| segment_parts(store.clone(), Arc::clone(&manifest), *segment)).collect();
    let parts: Vec<Vec<(u32, Vec<u8>)>> =
        futures_util::stream::iter(reads).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(parts.into_iter().flatten().collect())
}

async fn segment_parts(
    store: Store,
    manifest: Arc<Manifest>,
    segment: Segment,
) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
    let bytes = store.get(&manifest.name_of(segment)).await?;
    Ok(computing(move || checkpoint::read(&manifest, segment, &bytes)).await??)
}

/// Puts a checkpoint aside so that it is not tried again; gives what to tell the operator.
async fn put_aside(store: &Store, candidate: &Candidate, why: &CheckpointError) -> String {
    let moved = match candidate {
        Candidate::Manifest(name) => {
            if let CheckpointError::Damaged { object, .. } = why
                && *object != name.to_string()
            {
                // Only to be looked at: it may well be missing.
                drop(store.copy_aside(object).await);
            }
            store.set_aside(name).await.map_err(|error| error.to_string())
        }
        Candidate::Legacy(file) => {
            let file = file.clone();
            let moved = computing(move || file.set_aside()).await.map_err(|error| error.to_string());
            moved.and_then(|moved| moved.map_err(|error| error.to_string()))
        }
    };
    match moved {
        Ok(()) => format!("checkpoint {} is set aside: {why}", candidate.name()),
        Err(error) => {
            format!("checkpoint {} is not used: {why}; and it could not be set aside: {error}", candidate.name())
        }
    }
}
