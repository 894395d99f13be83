//! The store under what happens to stores.

mod damage;
mod faults;
mod faulty;

use super::newest::Restored;
use super::store::Store;
use super::{Changes, Checkpoints, PartitionCheckpoints, Place, Stamp};
use object_store::ObjectStore;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::OnceCell;

type State = BTreeMap<u32, Vec<u8>>;

fn stamp(sequence: u64) -> Stamp {
    Stamp { domain_version: 4, created_ns: 77, sequence }
}

impl Checkpoints {
    /// Those in a store that is opened already.
    fn in_store(objects: Arc<dyn ObjectStore>) -> Self {
        let store = Store::of(objects);
        Self { place: store.place.clone(), store: Arc::new(OnceCell::new_with(Some(store))) }
    }

    fn in_folder(folder: &Path) -> Self {
        Self::new(Place::Folder(folder.to_owned()))
    }
}

/// A state that grows and shrinks: what changes from one checkpoint to the next.
fn change(sequence: u64) -> (Vec<(u32, Vec<u8>)>, Vec<u32>) {
    let part = (sequence % 5) as u32;
    (vec![(0, vec![sequence as u8; 100]), (part + 1, sequence.to_le_bytes().repeat(50))], vec![(part + 3) % 5 + 1])
}

/// The state after `sequence` changes.
fn state(sequence: u64) -> State {
    let mut state = State::new();
    for (changed, removed) in (1..=sequence).map(change) {
        removed.iter().for_each(|part| drop(state.remove(part)));
        state.extend(changed);
    }
    state
}

/// Writes the checkpoint after `sequence` changes, the last of them new; whole if need be.
async fn write(checkpoints: &mut PartitionCheckpoints, sequence: u64) -> Result<super::Stored, super::StoreError> {
    write_since(checkpoints, sequence - 1, sequence).await
}

/// Writes the checkpoint after `sequence` changes, those after `since` new; whole if need be.
async fn write_since(
    checkpoints: &mut PartitionCheckpoints,
    since: u64,
    sequence: u64,
) -> Result<super::Stored, super::StoreError> {
    let changes = if checkpoints.needs_whole(stamp(sequence)) {
        Changes::whole(state(sequence).into_iter().collect())
    } else {
        let changes = (since + 1..=sequence).map(change).map(|(changed, removed)| Changes::since(changed, removed));
        changes.fold(Changes::default(), Changes::then)
    };
    checkpoints.write(stamp(sequence), changes).await
}

/// What a new owner finds: the sequence, after comparing every part, and what it is told.
async fn found(checkpoints: &Checkpoints) -> (Option<u64>, Vec<String>) {
    let found = checkpoints.of(3).newest().await.unwrap();
    let sequence = found.restored.map(|Restored { stamp: at, parts }| {
        assert_eq!(at, stamp(at.sequence));
        assert!(State::from_iter(parts) == state(at.sequence), "not the state after {} changes", at.sequence);
        at.sequence
    });
    (sequence, found.set_aside)
}

/// The files below a folder, without the folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn manifests(folder: &Path) -> Vec<String> {
    files(folder).into_iter().filter(|file| file.starts_with("003/") && file.ends_with(".manifest")).collect()
}

#[tokio::test]
async fn what_is_written_is_found_again_and_two_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::in_folder(&folder.path().join("made/when/needed"));
    assert_eq!(found(&checkpoints).await, (None, vec![]));
    let mut of_three = checkpoints.of(3);
    for sequence in 1..=40 {
        let stored = write(&mut of_three, sequence).await.unwrap();
        assert_eq!(stored.untidy, None);
        assert_eq!(found(&checkpoints).await, (Some(sequence), vec![]));
    }
    assert_eq!(manifests(checkpoints.place.folder().unwrap()).len(), 2);
    assert!(files(folder.path()).len() < 30, "{:?}", files(folder.path()));
    // The next owner goes on from there, with only what changed.
    let mut next = checkpoints.of(3);
    next.newest().await.unwrap();
    assert!(!next.needs_whole(stamp(41)));
    write(&mut next, 41).await.unwrap();
    assert_eq!(found(&checkpoints).await, (Some(41), vec![]));
    // Another version, or another stream, does not.
    assert!(next.needs_whole(Stamp { domain_version: 5, ..stamp(42) }));
    assert!(next.needs_whole(Stamp { created_ns: 78, ..stamp(42) }));
}

#[tokio::test]
async fn partitions_do_not_see_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::in_folder(folder.path());
    write(&mut checkpoints.of(3), 5).await.unwrap();
    assert!(checkpoints.of(30).newest().await.unwrap().restored.is_none());
    assert!(checkpoints.of(0).newest().await.unwrap().restored.is_none());
}

#[tokio::test]
async fn two_owners_by_mistake_leave_a_checkpoint_that_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::in_folder(folder.path());
    let (mut one, mut other) = (checkpoints.of(3), checkpoints.of(3));
    let mut written = 0;
    for sequence in 1..=30 {
        // The same log, one of them now and then behind, and both at once. One may remove what the other builds on: then that one
        // fails, says so, and begins from the whole.
        let (since, behind) = ((sequence - 1) / 3 * 3, sequence / 3 * 3);
        let (first, second) = tokio::join!(write(&mut one, sequence), write_since(&mut other, since, behind));
        written += u32::from(first.is_ok()) + u32::from(second.is_ok());
        // Whatever is found is right; `found` compares it.
        let (newest, _) = found(&checkpoints).await;
        assert!(newest.is_some() || written == 0, "nothing is left at {sequence}");
    }
    assert!(written >= 30, "only {written} of 60 were written");
    // Once one of them is gone, the other goes on.
    if write(&mut one, 31).await.is_err() {
        write(&mut one, 31).await.unwrap();
    }
    assert_eq!(found(&checkpoints).await, (Some(31), vec![]));
}
