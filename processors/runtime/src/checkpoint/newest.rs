//! Finding the newest checkpoint that can be read.

use super::PartitionCheckpoints;
use super::removal;
use super::store::{AT_ONCE, Listed, Store, StoreError, computing};
use futures_util::{StreamExt, TryStreamExt};
use nexusflow_engine::checkpoint::{self, CheckpointError, Manifest, Name, Segment, Stamp};
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
pub struct Restored {
    /// What it stands at.
    pub stamp: Stamp,
    /// The parts, by number: every byte as it was written.
    pub parts: Vec<(u32, Vec<u8>)>,
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
        for name in manifests(&listed) {
            match read(store, &name).await {
                Ok((restored, manifest)) => {
                    if let Err(error) = removal::tidy(store, &listed, (&name, &manifest), &mut self.known).await {
                        tracing::warn!(partition = self.partition, %error, "what is no longer needed of checkpoints was not removed");
                    }
                    (self.base, self.restored) = (Some(manifest), Some(name));
                    return Ok(Found { restored: Some(restored), set_aside });
                }
                Err(StoreError::Content(error)) => set_aside.push(put_aside(store, &name, &error).await),
                Err(error) => set_aside.push(format!("{error}; it was left where it is")),
            }
        }
        Ok(Found { restored: None, set_aside })
    }

    /// Puts what [`Self::newest`] found last aside, because of `why`: it is of a version that can't be upgraded, say. Gives
    /// what to tell the operator.
    pub async fn set_aside(&mut self, why: &str) -> Result<String, StoreError> {
        self.base = None;
        let Some(name) = self.restored.take() else { return Ok(why.to_owned()) };
        let (object, what) = (name.to_string(), why.to_owned());
        Ok(put_aside(self.checkpoints.store().await?, &name, &CheckpointError::Damaged { object, what }).await)
    }
}

/// The names of manifests, the newest first.
fn manifests(listed: &[Listed]) -> Vec<Name> {
    let names = listed.iter().map(|object| object.name);
    let mut names: Vec<Name> = names.filter(|name| matches!(name, Name::Manifest { .. })).collect();
    names.sort_by_key(|name| std::cmp::Reverse((name.sequence(), name.to_string())));
    names
}

async fn read(store: &Store, name: &Name) -> Result<(Restored, Manifest), StoreError> {
    let manifest = Manifest::read(name, &store.get(name).await?)?;
    let mut parts = parts(store, &manifest, manifest.segments()).await?;
    parts.sort_unstable_by_key(|(number, _)| *number);
    Ok((Restored { stamp: manifest.stamp(), parts }, manifest))
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
async fn put_aside(store: &Store, name: &Name, why: &CheckpointError) -> String {
    if let CheckpointError::Damaged { object, .. } = why
        && *object != name.to_string()
    {
        // Only to be looked at: it may well be missing.
        drop(store.copy_aside(object).await);
    }
    match store.set_aside(name).await {
        Ok(()) => format!("checkpoint {name} is set aside: {why}"),
        Err(error) => format!("checkpoint {name} is not used: {why}; and it could not be set aside: {error}"),
    }
}
