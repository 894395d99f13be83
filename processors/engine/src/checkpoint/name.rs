//! Names of objects. They sort by partition and sequence, and tell one content from another.

use std::fmt;
use xxhash_rust::xxh3::xxh3_64;

/// The name of an object of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// `PPP/SEQUENCE-CONTENT.manifest`
    Manifest {
        /// The partition.
        partition: u32,
        /// Where in the log the state stands.
        sequence: u64,
        /// A hash of its bytes.
        content: u64,
    },
    /// `PPP/SEQUENCE-N-CONTENT.segment`
    Segment {
        /// The partition.
        partition: u32,
        /// Which.
        segment: Segment,
    },
}

/// A segment of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Segment {
    /// The sequence of the checkpoint that wrote it.
    pub sequence: u64,
    /// Its number within that checkpoint.
    pub number: u32,
    /// A hash of its bytes.
    pub content: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Name {
    pub(super) fn of_manifest(partition: u32, sequence: u64, bytes: &[u8]) -> Self {
        Self::Manifest { partition, sequence, content: xxh3_64(bytes) }
    }

    /// The name that `text` is, if it is one. The size of a segment is not part of its name: `bytes` is put there.
    pub fn parse(text: &str, bytes: u64) -> Option<Self> {
        let (partition, file) = text.split_once('/')?;
        let partition = partition.parse().ok()?;
        let hex = |text: &str| u64::from_str_radix(text, 16).ok();
        let name = if let Some(stem) = file.strip_suffix(".manifest") {
            let (sequence, content) = stem.split_once('-')?;
            Self::Manifest { partition, sequence: sequence.parse().ok()?, content: hex(content)? }
        } else {
            let mut words = file.strip_suffix(".segment")?.splitn(3, '-');
            let (sequence, number) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            let segment = Segment { sequence, number, content: hex(words.next()?)?, bytes };
            Self::Segment { partition, segment }
        };
        (name.to_string() == text).then_some(name)
    }

    /// The partition it belongs to.
    pub fn partition(&self) -> u32 {
        match self {
            Self::Manifest { partition, .. } | Self::Segment { partition, .. } => *partition,
        }
    }

    /// The sequence of the checkpoint that wrote it.
    pub fn sequence(&self) -> u64 {
        match self {
            Self::Manifest { sequence, .. } => *sequence,
            Self::Segment { segment, .. } => segment.sequence,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest { partition, sequence, content } => {
                write!(f, "{partition:03}/{sequence:020}-{content:016x}.manifest")
            }
            Self::Segment { partition, segment: Segment { sequence, number, content, .. } } => {
                write!(f, "{partition:03}/{sequence:020}-{number:04}-{content:016x}.segment")
            }
        }
    }
}
