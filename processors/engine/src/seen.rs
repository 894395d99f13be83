//! Which events were folded already.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The identities (64-bit hashes of source and id) of all events of one profile, kept for ever: a device that syncs after three
/// days must not count twice. Two different events of a customer with n events collide with a probability of n^2 / 2^65.
#[derive(Debug, Clone)]
pub struct Seen(Identities);

/// Most profiles have few events: those are looked through from one end to the other, which is quicker than to jump about in memory that
/// was not used for a while. That takes longer the more there are, so that many are hashed.
#[derive(Debug, Clone)]
enum Identities {
    /// At most [`FEW_MAX`], in no particular order.
    Few(Vec<u64>),
    Many(FxHashSet<u64>),
}

const FEW_MAX: usize = 256;

impl Default for Seen {
    fn default() -> Self {
        Self(Identities::Few(Vec::new()))
    }
}

impl Seen {
    /// Remembers `identity`; false where it was known.
    pub fn insert(&mut self, identity: u64) -> bool {
        match &mut self.0 {
            Identities::Few(few) => {
                let is_new = !few.contains(&identity);
                if is_new {
                    few.push(identity);
                    if few.len() > FEW_MAX {
                        self.0 = Identities::Many(few.iter().copied().collect());
                    }
                }
                is_new
            }
            Identities::Many(many) => many.insert(identity),
        }
    }

    /// Forgets `identity`.
    pub fn remove(&mut self, identity: u64) {
        match &mut self.0 {
            Identities::Few(few) => {
                if let Some(at) = few.iter().position(|own| *own == identity) {
                    few.swap_remove(at);
                }
            }
            Identities::Many(many) => {
                many.remove(&identity);
                // What is read back is few again: the same content is the same form.
                if many.len() <= FEW_MAX {
                    self.0 = Identities::Few(many.iter().copied().collect());
                }
            }
        }
    }

    fn sorted(&self) -> Vec<u64> {
        let mut all: Vec<u64> = match &self.0 {
            Identities::Few(few) => few.clone(),
            Identities::Many(many) => many.iter().copied().collect(),
        };
        all.sort_unstable();
        all
    }

    /// How many it remembers.
    pub fn len(&self) -> usize {
        match &self.0 {
            Identities::Few(few) => few.len(),
            Identities::Many(many) => many.len(),
        }
    }

    /// Whether it remembers none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        self.sorted() == other.sorted()
    }
}

impl Eq for Seen {}

impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sorted().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sorted = Vec::<u64>::deserialize(deserializer)?;
        if !sorted.is_sorted_by(|a, b| a < b) {
            return Err(serde::de::Error::custom("identities must be sorted, each once"));
        }
        Ok(Self(match sorted.len() {
            ..=FEW_MAX => Identities::Few(sorted),
            _ => Identities::Many(sorted.into_iter().collect()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_set_and_comes_back_the_same(identities in prop::collection::vec(0_u64..400, 0..1_200)) {
            let (mut seen, mut set) = (Seen::default(), std::collections::BTreeSet::new());
            for identity in identities {
                prop_assert_eq!(seen.insert(identity), set.insert(identity));
                if identity % 3 == 0 {
                    seen.remove(identity / 2);
                    set.remove(&(identity / 2));
                }
            }
            prop_assert_eq!(seen.len(), set.len());
            let bytes = postcard::to_stdvec(&seen).unwrap();
            prop_assert_eq!(&bytes, &postcard::to_stdvec(&set).unwrap());
            prop_assert_eq!(postcard::from_bytes::<Seen>(&bytes).unwrap(), seen);
        }
    }
}
