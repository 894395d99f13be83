//! Checkpoints: a partition's state and the place in the log it stands at.

use nexusflow_domain::{Commerce, upgrade};
use nexusflow_engine::{Cut, Domain, Partition};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Older checkpoints kept beside the newest.
const KEPT: usize = 2;

/// The checkpoints of all partitions in a folder: files `P-SEQUENCE.checkpoint`, each the creation time of the stream it was
/// folded from (8 bytes) and a snapshot.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    folder: PathBuf,
}

/// What was found of a partition.
pub(crate) struct Found {
    /// The state, if a checkpoint is good.
    pub(crate) state: Option<Partition<Commerce>>,
    /// When the stream it was folded from was created.
    pub(crate) created_ns: Option<i64>,
}

impl Checkpoints {
    /// Those in `folder`, which is made when it is first written to.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The newest good one of a partition. A damaged one, or one of another version, is set aside and told.
    pub(crate) async fn newest(&self, partition: u32) -> Found {
        let this = self.clone();
        let found = tokio::task::spawn_blocking(move || this.newest_blocking(partition)).await;
        found.unwrap_or(Found { state: None, created_ns: None })
    }

    fn newest_blocking(&self, partition: u32) -> Found {
        for (_, path) in self.list(partition).into_iter().rev() {
            match read(&path) {
                Ok((state, created_ns)) => return Found { state: Some(state), created_ns: Some(created_ns) },
                Err(why) => {
                    let aside = path.with_extension("damaged");
                    let moved = std::fs::rename(&path, &aside).is_ok();
                    tracing::warn!(partition, file = %path.display(), why, moved, "a checkpoint can't be used, trying an older one or the log");
                }
            }
        }
        Found { state: None, created_ns: None }
    }

    /// Writes a checkpoint so that it is there whole or not at all, then removes what is older than those kept.
    pub(crate) async fn write(&self, partition: u32, created_ns: i64, cut: &Cut) -> std::io::Result<()> {
        let this = self.clone();
        let cut = cut.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut parts = BTreeMap::new();
            if let Some((_, path)) = this.list(partition).pop() {
                parts = read_parts(&path).map_err(std::io::Error::other)?.1;
            }
            parts.retain(|part, _| !cut.removed.contains(part));
            parts.extend(cut.changed);
            let bytes = postcard::to_stdvec(&parts).map_err(std::io::Error::other)?;
            this.write_blocking(partition, cut.sequence, created_ns, &bytes)
        })
        .await;
        written.map_err(std::io::Error::other)?
    }

    fn write_blocking(&self, partition: u32, sequence: u64, created_ns: i64, snapshot: &[u8]) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(format!("{partition:03}-{sequence:020}.checkpoint"));
        let part = path.with_extension("part");
        let mut file = std::fs::File::create(&part)?;
        file.write_all(&created_ns.to_le_bytes())?;
        file.write_all(&crc32fast::hash(snapshot).to_le_bytes())?;
        file.write_all(snapshot)?;
        file.sync_all()?;
        std::fs::rename(&part, &path)?;
        std::fs::File::open(&self.folder)?.sync_all()?;
        let all = self.list(partition);
        for (_, old) in &all[..all.len().saturating_sub(KEPT)] {
            std::fs::remove_file(old)?;
        }
        Ok(())
    }

    /// The checkpoints of a partition, oldest first.
    fn list(&self, partition: u32) -> Vec<(u64, PathBuf)> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let lead = format!("{partition:03}-");
        let sequence = |path: &Path| -> Option<u64> {
            path.file_name()?.to_str()?.strip_prefix(&lead)?.strip_suffix(".checkpoint")?.parse().ok()
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut all: Vec<(u64, PathBuf)> = paths.filter_map(|path| Some((sequence(&path)?, path))).collect();
        all.sort();
        all
    }
}

fn read(path: &Path) -> Result<(Partition<Commerce>, i64), String> {
    let (created_ns, parts) = read_parts(path)?;
    let parts = parts.iter().map(|(part, bytes)| (*part, bytes.as_slice()));
    let state = upgrade::restore(Commerce::VERSION, parts).map_err(|error| error.to_string())?;
    Ok((state, created_ns))
}

fn read_parts(path: &Path) -> Result<(i64, BTreeMap<u32, Vec<u8>>), String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let (created_ns, rest) = bytes.split_first_chunk::<8>().ok_or("it is cut short")?;
    let (sum, rest) = rest.split_first_chunk::<4>().ok_or("it is cut short")?;
    if crc32fast::hash(rest) != u32::from_le_bytes(*sum) {
        return Err("its checksum does not match".into());
    }
    Ok((i64::from_le_bytes(*created_ns), postcard::from_bytes(rest).map_err(|error| error.to_string())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_damaged_checkpoint_is_set_aside_and_an_older_one_used() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(folder.path().to_owned());
        let mut state: Partition<Commerce> = Partition::new(3);
        for sequence in 1..=2 {
            state.fold(sequence, Vec::new());
            checkpoints.write(3, 77, &state.cut_whole().unwrap()).await.unwrap();
        }
        let newest = checkpoints.list(3).pop().unwrap().1;
        let mut bytes = std::fs::read(&newest).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&newest, bytes).unwrap();
        let found = checkpoints.newest(3).await;
        assert_eq!((found.state.unwrap().sequence(), found.created_ns), (1, Some(77)));
        assert!(newest.with_extension("damaged").exists());
    }
}
