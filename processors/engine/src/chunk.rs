//! Profiles and timers in chunks, so that a checkpoint writes what changed, and stops the fold for one chunk at a time.

use crate::Domain;
use crate::fold::Key;
use crate::held::{Bytes, Held};
use crate::packed::PackedError;
use nexusflow_model::Timestamp;
use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// Chunks of a partition: with a million customers in four partitions a chunk has 250, and is written in about a millisecond.
pub(crate) const CHUNKS: usize = 1_024;

/// Something that becomes true when time comes to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Timer<T> {
    pub(crate) due: Timestamp,
    pub(crate) key: Key,
    pub(crate) kind: T,
}

pub(crate) struct Chunk<D: Domain> {
    pub(crate) profiles: FxHashMap<Key, Held<D::Profile>>,
    pub(crate) timers: BTreeSet<Timer<D::Timer>>,
}

impl<D: Domain> Default for Chunk<D> {
    fn default() -> Self {
        Self { profiles: FxHashMap::default(), timers: BTreeSet::new() }
    }
}

/// What of a chunk has changed since a cut began that has yet to write it: each as it was then.
#[derive(Debug, Default)]
pub(crate) struct Before {
    /// Profiles as bytes with their keys; none where there was no such profile.
    pub(crate) profiles: BTreeMap<Key, Option<Vec<u8>>>,
    /// All timers as bytes, once anything in the chunk has changed.
    pub(crate) timers: Option<Vec<u8>>,
}

/// The chunk of a subject. Part of the stored form. The upper bits, because the partition is made of the lower ones.
pub(crate) fn of(subject: &str) -> usize {
    (xxh3_64(subject.as_bytes()) >> 48) as usize % CHUNKS
}

impl<D: Domain> Chunk<D> {
    /// When its first timer is due.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.timers.first().map(|timer| timer.due)
    }

    /// Its keys in order.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = self.profiles.keys().cloned().collect();
        keys.sort_unstable();
        keys
    }

    /// One of its profiles as bytes, with its key; none where there is no such profile.
    pub(crate) fn write_profile(&self, key: &Key) -> Option<Result<Vec<u8>, String>> {
        self.profiles.get(key).map(|held| profile(key, held, Vec::new()))
    }

    /// Its timers as bytes.
    pub(crate) fn write_timers(&self) -> Result<Vec<u8>, String> {
        postcard::to_stdvec(&self.timers).map_err(|error| error.to_string())
    }

    /// As bytes, as it was before what `before` has kept; the same content gives the same bytes. Empty where it was empty.
    pub(crate) fn write(&self, before: &Before) -> Result<Vec<u8>, String> {
        let is_new = |key: &&Key| before.profiles.get(*key).is_some_and(Option::is_none);
        let mut keys: Vec<&Key> = self.profiles.keys().filter(|key| !is_new(key)).collect();
        keys.sort_unstable();
        let timers = match &before.timers {
            Some(timers) => timers.clone(),
            None => self.write_timers()?,
        };
        // A list is its length and its elements, one after the other.
        let mut bytes = postcard::to_stdvec(&keys.len()).map_err(|error| error.to_string())?;
        for key in &keys {
            match before.profiles.get(*key) {
                Some(Some(profile)) => bytes.extend_from_slice(profile),
                _ => bytes = profile(key, &self.profiles[*key], bytes)?,
            }
        }
        bytes.extend_from_slice(&timers);
        Ok(bytes)
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        type Body<'a, D> = (Vec<(Key, Bytes<'a>)>, BTreeSet<Timer<<D as Domain>::Timer>>);
        let (profiles, timers): Body<'_, D> = postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
        let held = |(key, bytes): (Key, Bytes<'_>)| Ok((key, Held::from_bytes(bytes.0.into())?));
        let profiles: Result<FxHashMap<_, _>, PackedError> = profiles.into_iter().map(held).collect();
        Ok(Self { profiles: profiles.map_err(|error| error.to_string())?, timers })
    }
}

/// Appends a profile with its key.
fn profile<P: Default + Serialize + DeserializeOwned>(
    key: &Key,
    held: &Held<P>,
    to: Vec<u8>,
) -> Result<Vec<u8>, String> {
    let bytes = held.bytes().map_err(|error| error.to_string())?;
    postcard::to_extend(&(key, Bytes(bytes)), to).map_err(|error| error.to_string())
}
