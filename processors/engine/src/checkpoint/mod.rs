//! The format of checkpoints: a partition's state as numbered parts, of which each checkpoint writes those that changed.
//!
//! A checkpoint is a manifest and the segments it names. A segment is a row of compressed parts; a manifest says for every
//! living part in which segment it lies, where, and what its checksums are. Segments are written first, the manifest last:
//! without a manifest that is whole there is no checkpoint. What a checkpoint leaves untouched stays in the segments of
//! earlier ones, and a segment of which most is no longer needed is written anew ([`Plan`]), so that what is stored stays
//! within about twice of what lives.
//!
//! Objects are named after what they hold and never change. Two workers that take the same partition by mistake can't write
//! over one another's segments.
//!
//! This module is bytes in, bytes out: it is used by the worker on files or S3, and by a simulation that tears and flips them.

mod manifest;
mod name;
mod plan;
mod removal;
mod segment;
#[cfg(test)]
mod tests;

pub use manifest::{Manifest, Part, Stamp};
pub use name::{Name, Segment};
pub use plan::{Object, Plan, Written};
pub use removal::{Removable, missing, removable};
pub use segment::read;

use std::collections::{BTreeMap, BTreeSet};

/// A part is at most this many bytes before compression: a bound for what a damaged length may ask for.
pub const PART_BYTES_MAX: usize = 1 << 30;

/// A segment is closed once it has this many bytes; one with a larger part holds that part alone.
pub const SEGMENT_BYTES: usize = 8 << 20;

/// What changed since the checkpoint before, as parts. What a part holds is the state's business.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    is_whole: bool,
    changed: BTreeMap<u32, Vec<u8>>,
    removed: BTreeSet<u32>,
}

impl Changes {
    /// The parts that changed, with their new content, and those that are no more.
    pub fn since(changed: Vec<(u32, Vec<u8>)>, removed: impl IntoIterator<Item = u32>) -> Self {
        let changed: BTreeMap<u32, Vec<u8>> = changed.into_iter().collect();
        let removed = removed.into_iter().filter(|part| !changed.contains_key(part)).collect();
        Self { is_whole: false, changed, removed }
    }

    /// Every part there is: nothing of an earlier checkpoint is needed.
    pub fn whole(parts: Vec<(u32, Vec<u8>)>) -> Self {
        Self { is_whole: true, ..Self::since(parts, []) }
    }

    /// Whether these are all parts.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        !self.is_whole && self.changed.is_empty() && self.removed.is_empty()
    }

    /// These, and `newer` on top of them: what a failed attempt leaves to the next one.
    #[must_use]
    pub fn then(mut self, newer: Self) -> Self {
        if newer.is_whole {
            return newer;
        }
        for part in &newer.removed {
            self.changed.remove(part);
        }
        for part in newer.changed.keys() {
            self.removed.remove(part);
        }
        self.changed.extend(newer.changed);
        if !self.is_whole {
            self.removed.extend(newer.removed);
        }
        self
    }
}

/// Why a checkpoint can't be written or read. In each case the state can still be rebuilt from the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Bytes were changed, are missing, or are too many.
    #[error("{object} is damaged: {what}")]
    Damaged {
        /// Its name.
        object: String,
        /// What is wrong with it.
        what: String,
    },
    /// Written by another version of the program.
    #[error("{object} has container format {found}, this program reads {expected}")]
    Version {
        /// Its name.
        object: String,
        /// What it says.
        found: u32,
        /// What is read.
        expected: u32,
    },
    /// Parts of an earlier checkpoint would be needed, and there is none that fits.
    #[error("the whole state is needed, only what changed was given: {0}")]
    NotWhole(String),
    /// A part can't be written.
    #[error("part {part} has {bytes} bytes, at most {PART_BYTES_MAX} can be written")]
    TooLarge {
        /// Its number.
        part: u32,
        /// Its size.
        bytes: usize,
    },
}

impl CheckpointError {
    fn damaged(object: &impl ToString, what: impl Into<String>) -> Self {
        Self::Damaged { object: object.to_string(), what: what.into() }
    }
}
