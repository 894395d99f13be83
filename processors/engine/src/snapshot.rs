//! A partition's state as bytes, and back.

use crate::fold::{Counters, Domain, Key, Partition, Slot};
use crate::pane::Rollups;
use nexusflow_model::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a snapshot can't be used. In each case the state is rebuilt from the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Bytes were changed or are missing.
    #[error("the snapshot is damaged: its checksum does not match")]
    Checksum,
    /// Written by another version of the program.
    #[error("the snapshot has format {found}, this program reads {expected}")]
    Version {
        /// What it says.
        found: u32,
        /// What is read.
        expected: u32,
    },
    /// The checksum matches and it still makes no sense.
    #[error("the snapshot can't be read: {0}")]
    Content(String),
}

const MAGIC: &[u8; 4] = b"NFS1";

#[derive(Serialize, Deserialize)]
struct Head<C> {
    id: u32,
    sequence: u64,
    clock: Timestamp,
    config: C,
    config_version: String,
    counters: Counters,
}

/// The state as bytes: magic, version, CRC-32 of the rest, the rest. The same state gives the same bytes.
///
/// # Errors
/// Where a part of the state refuses to be written.
pub fn write<D: Domain>(partition: &Partition<D>) -> Result<Vec<u8>, SnapshotError> {
    let content = |error: postcard::Error| SnapshotError::Content(error.to_string());
    // The configuration goes as JSON: it may hold what a compact format can't (optional parts, maps of unknown shape).
    let config = serde_json::to_string(&partition.config).map_err(|error| SnapshotError::Content(error.to_string()))?;
    let head = Head {
        id: partition.id,
        sequence: partition.sequence,
        clock: partition.clock,
        config,
        config_version: partition.config_version.clone(),
        counters: partition.counters,
    };
    let mut profiles: Vec<(&Key, &Slot<D::Profile>)> = partition.profiles.iter().collect();
    profiles.sort_unstable_by_key(|(key, _)| *key);
    let body = postcard::to_stdvec(&(head, &partition.rollups, profiles)).map_err(content)?;
    let mut bytes = Vec::with_capacity(body.len() + 12);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&D::VERSION.to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// The state from its bytes.
///
/// # Errors
/// Where they are damaged or of another version.
pub fn read<D: Domain>(bytes: &[u8]) -> Result<Partition<D>, SnapshotError> {
    let number = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let (Some(found), Some(checksum), true) = (number(4), number(8), bytes.starts_with(MAGIC)) else {
        return Err(SnapshotError::Checksum);
    };
    let body = &bytes[12..];
    if crc32fast::hash(body) != checksum {
        return Err(SnapshotError::Checksum);
    }
    if found != D::VERSION {
        return Err(SnapshotError::Version { found, expected: D::VERSION });
    }
    let content = |error: String| SnapshotError::Content(error);
    type Body<D> = (Head<String>, Rollups<<D as Domain>::Rollup>, Vec<(Key, Slot<<D as Domain>::Profile>)>);
    let (head, rollups, profiles): Body<D> = postcard::from_bytes(body).map_err(|error| content(error.to_string()))?;
    let config = serde_json::from_str(&head.config).map_err(|error| content(error.to_string()))?;
    Ok(Partition {
        id: head.id,
        sequence: head.sequence,
        clock: head.clock,
        config,
        config_version: head.config_version,
        counters: head.counters,
        rollups,
        profiles: profiles.into_iter().collect(),
    })
}
