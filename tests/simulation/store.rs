//! The store of checkpoints: objects under names, as a folder or a bucket has them, and what can happen to them.

use crate::chance::Chance;
use nexusflow_engine::checkpoint::{self, CheckpointError, Manifest, Name, Object};
use std::collections::BTreeMap;

#[derive(Default)]
pub(crate) struct Store {
    objects: BTreeMap<String, Vec<u8>>,
    /// Nothing goes in or out.
    pub(crate) is_away: bool,
    /// Nothing happens to objects any more.
    pub(crate) is_calm: bool,
}

/// Why something was not done.
pub(crate) enum StoreError {
    /// Done or not, nobody knows.
    Away,
    /// What is there is not what was put there.
    Damaged,
}

impl From<CheckpointError> for StoreError {
    fn from(_: CheckpointError) -> Self {
        Self::Damaged
    }
}

impl Store {
    pub(crate) fn put(&mut self, object: &Object, chance: &mut Chance) -> Result<(), StoreError> {
        let whole = object.bytes.len();
        let (stored, answer) = match if self.is_calm { 59 } else { chance.below(60) } {
            _ if self.is_away => (None, Err(StoreError::Away)),
            0 => (None, Err(StoreError::Away)),
            1 => (Some(whole), Err(StoreError::Away)),
            2 => (Some(chance.below(whole)), Err(StoreError::Away)),
            // A disk that says it has it, and lies.
            3 => (Some(chance.below(whole)), Ok(())),
            _ => (Some(whole), Ok(())),
        };
        if let Some(bytes) = stored {
            self.objects.insert(object.name.to_string(), object.bytes[..bytes].to_vec());
        }
        answer
    }

    pub(crate) fn get(&self, name: &Name) -> Result<&[u8], StoreError> {
        match self.objects.get(&name.to_string()) {
            _ if self.is_away => Err(StoreError::Away),
            Some(bytes) => Ok(bytes),
            None => Err(StoreError::Damaged),
        }
    }

    pub(crate) fn list(&self, partition: u32) -> Result<Vec<Name>, StoreError> {
        if self.is_away {
            return Err(StoreError::Away);
        }
        let names = self.objects.iter().filter_map(|(name, bytes)| Name::parse(name, bytes.len() as u64));
        Ok(names.filter(|name| name.partition() == partition).collect())
    }

    pub(crate) fn remove(&mut self, name: &Name) {
        self.objects.remove(&name.to_string());
    }

    /// The manifests that are there, the newest first.
    pub(crate) fn manifests(&self, partition: u32) -> Result<Vec<Name>, StoreError> {
        let mut names = self.list(partition)?;
        names.retain(|name| matches!(name, Name::Manifest { .. }));
        names.sort_by_key(|name| std::cmp::Reverse((name.sequence(), *name)));
        Ok(names)
    }

    pub(crate) fn manifest(&self, name: &Name) -> Result<Manifest, StoreError> {
        Ok(Manifest::read(name, self.get(name)?)?)
    }

    /// All parts of a checkpoint, verified.
    pub(crate) fn parts(&self, manifest: &Manifest) -> Result<BTreeMap<u32, Vec<u8>>, StoreError> {
        let mut parts = BTreeMap::new();
        for segment in manifest.segments() {
            parts.extend(checkpoint::read(manifest, *segment, self.get(&manifest.name_of(*segment))?)?);
        }
        Ok(parts)
    }

    /// Something happens to an object that lies there: a bit flips, it is cut short, it is gone.
    pub(crate) fn harm(&mut self, chance: &mut Chance) -> Option<&'static str> {
        let at = chance.below(self.objects.len().max(1));
        let name = self.objects.keys().nth(at)?.clone();
        let bytes = self.objects.get_mut(&name)?;
        Some(match chance.below(3) {
            0 if !bytes.is_empty() => {
                let at = chance.below(bytes.len());
                bytes[at] ^= 1 << chance.below(8);
                "a bit flips"
            }
            1 if !bytes.is_empty() => {
                bytes.truncate(chance.below(bytes.len()));
                "an object is cut short"
            }
            _ => {
                self.objects.remove(&name);
                "an object is lost"
            }
        })
    }
}
