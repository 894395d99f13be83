//! Checkpoints of before: files `PPP-SEQUENCE.checkpoint`, each the creation time of the stream (8 bytes, little-endian) and
//! a snapshot. They are read until one of today's is proven readable, and never written.

use std::path::{Path, PathBuf};

/// Such a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub(super) sequence: u64,
    pub(super) path: PathBuf,
}

/// Those of a partition, in no order.
pub(super) fn list(folder: &Path, partition: u32) -> Vec<File> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let lead = format!("{partition:03}-");
    let sequence = |path: &Path| -> Option<u64> {
        path.file_name()?.to_str()?.strip_prefix(&lead)?.strip_suffix(".checkpoint")?.parse().ok()
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter_map(|path| Some(File { sequence: sequence(&path)?, path })).collect()
}

impl File {
    /// The creation time of the stream, and the snapshot.
    pub(super) fn read(&self) -> std::io::Result<Option<(i64, Vec<u8>)>> {
        let mut bytes = std::fs::read(&self.path)?;
        let Some(created_ns) = bytes.first_chunk::<8>().copied().map(i64::from_le_bytes) else { return Ok(None) };
        bytes.drain(..8);
        Ok(Some((created_ns, bytes)))
    }

    pub(super) fn set_aside(&self) -> std::io::Result<()> {
        std::fs::rename(&self.path, self.path.with_extension("damaged"))
    }
}

/// Removes those of a partition that stand no later than `sequence`.
pub(super) fn remove(folder: &Path, partition: u32, sequence: u64) -> std::io::Result<()> {
    for file in list(folder, partition).iter().filter(|file| file.sequence <= sequence) {
        std::fs::remove_file(&file.path)?;
    }
    Ok(())
}
