//! From a checkpoint to a state.

use crate::checkpoint::{PartitionCheckpoints, Restored};
use nexusflow_domain::{Commerce, upgrade};
use nexusflow_engine::Partition;

/// A state that was kept.
pub(crate) struct Kept {
    pub(crate) state: Partition<Commerce>,
    /// When the stream it was folded from was created, in nanoseconds since 1970.
    pub(crate) created_ns: i64,
}

/// The newest state that is whole, upgraded if it is of an older version. None where it is to be rebuilt from the log.
pub(crate) async fn newest(partition: u32, checkpoints: &mut PartitionCheckpoints) -> Option<Kept> {
    loop {
        let found = match checkpoints.newest().await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(partition, %error, "no checkpoint can be looked for; rebuilding from the log");
                return None;
            }
        };
        for what in found.set_aside {
            tracing::warn!(partition, what, "a checkpoint can't be used, trying an older one or the log");
        }
        let restored = found.restored?;
        let why = match tokio::task::spawn_blocking(move || read(&restored)).await {
            Ok(Ok(kept)) => return Some(kept),
            Ok(Err(why)) => why,
            Err(panicked) => panicked.to_string(),
        };
        match checkpoints.set_aside(&why).await {
            Ok(what) => tracing::warn!(partition, what, "a checkpoint can't be used, trying an older one or the log"),
            Err(error) => {
                tracing::warn!(partition, why, %error, "a checkpoint can't be used; rebuilding from the log");
                return None;
            }
        }
    }
}

/// The state of what was found. Takes long where there is much.
fn read(restored: &Restored) -> Result<Kept, String> {
    let Restored { stamp, parts } = restored;
    let parts = parts.iter().map(|(number, part)| (*number, part.as_slice()));
    let state = upgrade::restore(stamp.domain_version, parts).map_err(|error| error.to_string())?;
    Ok(Kept { state, created_ns: stamp.created_ns })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::{Changes, Checkpoints, Place, Stamp};
    use nexusflow_engine::Domain;

    fn stamp(domain_version: u32, sequence: u64) -> Stamp {
        Stamp { domain_version, created_ns: 5, sequence }
    }

    /// A folder with the checkpoint of a partition at sequence 1, and what goes on writing there.
    async fn one(folder: &std::path::Path) -> PartitionCheckpoints {
        let mut checkpoints = Checkpoints::new(Place::Folder(folder.to_owned())).of(3);
        let mut state: Partition<Commerce> = Partition::new(3);
        state.fold(1, Vec::new());
        let parts = state.cut_whole().unwrap().changed.into_iter().collect();
        checkpoints.write(stamp(Commerce::VERSION, 1), Changes::whole(parts)).await.unwrap();
        checkpoints
    }

    #[tokio::test]
    async fn what_was_kept_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut checkpoints = one(folder.path()).await;
        let kept = newest(3, &mut checkpoints).await.unwrap();
        assert_eq!((kept.state.sequence(), kept.created_ns), (1, 5));
        assert!(!checkpoints.needs_whole(stamp(Commerce::VERSION, 2)));
    }

    #[tokio::test]
    async fn a_version_that_is_not_known_and_parts_without_sense_are_set_aside_for_an_older_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut checkpoints = one(folder.path()).await;
        checkpoints.write(stamp(Commerce::VERSION, 2), Changes::since(vec![(0, vec![255])], [])).await.unwrap();
        checkpoints.write(stamp(Commerce::VERSION + 1, 3), Changes::whole(vec![(0, vec![1])])).await.unwrap();
        // Two are kept: the older one of those above has made room.
        let kept = newest(3, &mut checkpoints).await;
        assert!(kept.is_none());
        assert_eq!(std::fs::read_dir(folder.path().join("damaged/003")).unwrap().count(), 2);

        let mut checkpoints = one(folder.path()).await;
        checkpoints.write(stamp(Commerce::VERSION + 1, 3), Changes::whole(vec![(0, vec![1])])).await.unwrap();
        assert_eq!(newest(3, &mut checkpoints).await.unwrap().state.sequence(), 1);
    }

    #[tokio::test]
    async fn a_place_that_cannot_be_opened_means_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "no folder").unwrap();
        let mut checkpoints = Checkpoints::new(Place::Folder(file.join("below"))).of(3);
        assert!(newest(3, &mut checkpoints).await.is_none());
    }
}
