//! Profiles as they lie in memory: open while they are in use, packed while they lie still.
//!
//! An open profile has its maps and lists, and takes five times the memory of its bytes. Of a million customers a few thousand have
//! an event in any minute, so that a partition keeps some open, [`OPEN_MAX`] unless it is told otherwise, by second chance: who was
//! used since the hand passed is passed over once. Which ones are open makes no difference to what is folded or stored.

use crate::fold::{Key, Slot};
use crate::packed::{self, PackedError};
use crate::seen::Seen;
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::VecDeque;

/// Profiles of a partition that are open at the most: more than have an event at once in all but the largest, in 80 MB.
pub(crate) const OPEN_MAX: usize = 8_192;

/// Open profiles in the order in which they are looked at: chunk and key.
pub(crate) type Opened = VecDeque<(usize, Key)>;

/// A profile in memory.
pub(crate) enum Held<P> {
    Open(Box<Open<P>>),
    Packed(Box<[u8]>),
}

pub(crate) struct Open<P> {
    slot: Slot<P>,
    /// Whether it was used since somebody asked whether it can be packed.
    is_used: bool,
}

impl<P> Held<P> {
    pub(crate) fn new(slot: Slot<P>) -> Self {
        Self::Open(Box::new(Open { slot, is_used: false }))
    }
}

impl<P: Default + Serialize + DeserializeOwned> Held<P> {
    /// From bytes that [`bytes`](Self::bytes) has given.
    ///
    /// # Errors
    /// Where they are no profile.
    pub(crate) fn from_bytes(bytes: Box<[u8]>) -> Result<Self, PackedError> {
        packed::read::<(P, Seen)>(&bytes)?;
        Ok(Self::Packed(bytes))
    }

    /// The profile, open; and whether it was packed before.
    pub(crate) fn open(&mut self) -> (&mut Slot<P>, bool) {
        let is_opened = match self {
            Self::Packed(bytes) => {
                *self = Self::new(unpacked(bytes));
                true
            }
            Self::Open(open) => {
                open.is_used = true;
                false
            }
        };
        match self {
            Self::Open(open) => (&mut open.slot, is_opened),
            Self::Packed(_) => unreachable!("it was opened above"),
        }
    }

    /// Packs it, unless it was used since the last call; whether it is packed now.
    pub(crate) fn rest(&mut self) -> bool {
        match self {
            Self::Open(open) if open.is_used => {
                open.is_used = false;
                false
            }
            _ => {
                self.pack();
                true
            }
        }
    }

    /// Packs it at once. What refuses to be written stays open.
    pub(crate) fn pack(&mut self) {
        if let Self::Open(open) = self
            && let Ok(bytes) = bytes_of(&open.slot)
        {
            // A copy, because an allocation that is made shorter keeps its room up to twice the length: lists grow by doubling.
            *self = Self::Packed(Box::from(bytes.as_slice()));
        }
    }

    /// Its bytes: the same whether it is open or packed.
    ///
    /// # Errors
    /// Where a part of it refuses to be written.
    pub(crate) fn bytes(&self) -> Result<Cow<'_, [u8]>, PackedError> {
        match self {
            Self::Open(open) => bytes_of(&open.slot).map(Cow::Owned),
            Self::Packed(bytes) => Ok(Cow::Borrowed(bytes)),
        }
    }

    /// A copy of it.
    pub(crate) fn copy(&self) -> Slot<P>
    where
        P: Clone,
    {
        match self {
            Self::Open(open) => open.slot.clone(),
            Self::Packed(bytes) => unpacked(bytes),
        }
    }

    /// What it begins with. Of an open one `of` gives the same.
    pub(crate) fn beginning<B: DeserializeOwned>(&self, of: impl Fn(&P) -> B) -> Option<B> {
        match self {
            Self::Open(open) => Some(of(&open.slot.profile)),
            Self::Packed(bytes) => packed::read_beginning(bytes).ok(),
        }
    }
}

/// The profile before what it has seen, so that its beginning can be read alone.
fn bytes_of<P: Serialize>(slot: &Slot<P>) -> Result<Vec<u8>, PackedError> {
    packed::write(&(&slot.profile, &slot.seen))
}

fn unpacked<P: DeserializeOwned>(bytes: &[u8]) -> Slot<P> {
    // They were written here, or read once when they came from a checkpoint. Going on without what a profile knew would be wrong
    // for ever.
    #[expect(clippy::expect_used, reason = "see above")]
    let (profile, seen) = packed::read(bytes).expect("a packed profile can be read");
    Slot { seen, profile }
}

/// Bytes that are written and read as one piece.
pub(crate) struct Bytes<'a>(pub(crate) Cow<'a, [u8]>);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowed;
        impl<'de> Visitor<'de> for Borrowed {
            type Value = Bytes<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_borrowed_bytes<E: serde::de::Error>(self, bytes: &'de [u8]) -> Result<Bytes<'de>, E> {
                Ok(Bytes(Cow::Borrowed(bytes)))
            }
        }
        deserializer.deserialize_bytes(Borrowed)
    }
}
