//! Which events were folded already.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The identities (64-bit hashes of source and id) of all events of one profile, kept for ever: a device that syncs after three
/// days must not count twice. Two different events of a customer with n events collide with a probability of n^2 / 2^65.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(FxHashSet<u64>);

impl Seen {
    /// Remembers `identity`; false where it was known.
    pub fn insert(&mut self, identity: u64) -> bool {
        self.0.insert(identity)
    }

    /// How many it remembers.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it remembers none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sorted: Vec<u64> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        sorted.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Vec::<u64>::deserialize(deserializer)?.into_iter().collect()))
    }
}
