//! Profiles and timers in chunks, so that a checkpoint writes what changed and stops the fold for one chunk at most.

use crate::Domain;
use crate::fold::{Key, Slot};
use nexusflow_model::Timestamp;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
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
    pub(crate) profiles: FxHashMap<Key, Box<Slot<D::Profile>>>,
    pub(crate) timers: BTreeSet<Timer<D::Timer>>,
}

impl<D: Domain> Default for Chunk<D> {
    fn default() -> Self {
        Self { profiles: FxHashMap::default(), timers: BTreeSet::new() }
    }
}

/// The chunk of a subject. Part of the stored form. The upper bits, because the partition is made of the lower ones.
pub(crate) fn of(subject: &str) -> usize {
    (xxh3_64(subject.as_bytes()) >> 48) as usize % CHUNKS
}

impl<D: Domain> Chunk<D> {
    pub(crate) fn is_empty(&self) -> bool {
        self.profiles.is_empty() && self.timers.is_empty()
    }

    /// When its first timer is due.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.timers.first().map(|timer| timer.due)
    }

    /// Its profiles in order of their keys.
    fn sorted(&self) -> Vec<(&Key, &Slot<D::Profile>)> {
        let mut profiles: Vec<_> = self.profiles.iter().map(|(key, slot)| (key, &**slot)).collect();
        profiles.sort_unstable_by_key(|(key, _)| *key);
        profiles
    }

    /// Its keys in order.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = self.profiles.keys().cloned().collect();
        keys.sort_unstable();
        keys
    }

    /// As bytes; the same content gives the same bytes.
    pub(crate) fn write(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(&(self.sorted(), &self.timers))
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, postcard::Error> {
        type Body<D> = (Vec<(Key, Box<Slot<<D as Domain>::Profile>>)>, BTreeSet<Timer<<D as Domain>::Timer>>);
        let (profiles, timers): Body<D> = postcard::from_bytes(bytes)?;
        Ok(Self { profiles: profiles.into_iter().collect(), timers })
    }
}
