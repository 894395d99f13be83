//! Checkpoints that are damaged on the disk, and what is done with them.

use super::{Changes, Checkpoints, files, found, manifests, stamp, write};
use std::path::Path;

/// A folder with the checkpoints after 20 and 21 changes.
async fn two(folder: &Path) -> Checkpoints {
    let checkpoints = Checkpoints::in_folder(folder);
    let mut of_three = checkpoints.of(3);
    write(&mut of_three, 20).await.unwrap();
    write(&mut of_three, 21).await.unwrap();
    checkpoints
}

/// The files that only the newest checkpoint has.
fn of_the_newest(folder: &Path) -> Vec<String> {
    files(folder).into_iter().filter(|file| file.contains("021-")).collect()
}

#[tokio::test]
async fn a_damaged_checkpoint_is_set_aside_and_an_older_one_used() {
    let template = tempfile::tempdir().unwrap();
    two(template.path()).await;
    let newest = of_the_newest(template.path());
    assert_eq!(newest.len(), 2);
    for name in newest {
        let size = std::fs::metadata(template.path().join(&name)).unwrap().len() as usize;
        for (at, cuts) in
            [(0, false), (size / 2, false), (size - 1, false), (0, true), (size / 2, true), (size - 1, true)]
        {
            let folder = tempfile::tempdir().unwrap();
            let checkpoints = two(folder.path()).await;
            let path = folder.path().join(&name);
            let mut bytes = std::fs::read(&path).unwrap();
            if cuts {
                bytes.truncate(at)
            } else {
                bytes[at] ^= 1
            }
            std::fs::write(&path, bytes).unwrap();
            let (sequence, told) = found(&checkpoints).await;
            assert_eq!(sequence, Some(20), "{name} at {at}");
            assert!(told.len() == 1 && told[0].contains("set aside") && told[0].contains(&name), "{told:?}");
            // To be looked at, and not tried again; what is damaged goes with it.
            assert!(folder.path().join("damaged").join(&name).exists(), "{:?}", files(folder.path()));
            assert_eq!(manifests(folder.path()).len(), 1);
            assert_eq!(found(&checkpoints).await, (Some(20), vec![]));
        }
    }
}

#[tokio::test]
async fn one_that_is_missing_is_a_damaged_one() {
    for name in 0..2 {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = two(folder.path()).await;
        std::fs::remove_file(folder.path().join(&of_the_newest(folder.path())[name])).unwrap();
        assert_eq!(found(&checkpoints).await.0, Some(20));
    }
}

#[tokio::test]
async fn when_all_are_damaged_the_log_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = two(folder.path()).await;
    for name in files(folder.path()) {
        std::fs::write(folder.path().join(name), b"nothing of use").unwrap();
    }
    let (sequence, told) = found(&checkpoints).await;
    assert_eq!((sequence, told.len()), (None, 2), "{told:?}");
    // And the next one is written as if nothing had been there.
    let mut of_three = checkpoints.of(3);
    of_three.newest().await.unwrap();
    assert!(of_three.needs_whole(stamp(5)));
    write(&mut of_three, 25).await.unwrap();
    assert_eq!(found(&checkpoints).await, (Some(25), vec![]));
}

#[tokio::test]
async fn one_that_is_of_no_use_to_the_state_can_be_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = two(folder.path()).await;
    let mut of_three = checkpoints.of(3);
    of_three.newest().await.unwrap();
    let told = of_three.set_aside("it is of version 9, which is not known").await.unwrap();
    assert!(told.contains("021-") && told.contains("version 9"), "{told}");
    assert!(of_three.needs_whole(stamp(22)));
    assert_eq!(found(&checkpoints).await, (Some(20), vec![]));
}

#[tokio::test]
async fn only_so_much_is_kept_to_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::in_folder(folder.path());
    let mut of_three = checkpoints.of(3);
    for sequence in 1..=20 {
        of_three.write(stamp(sequence), Changes::whole(vec![(0, vec![1])])).await.unwrap();
        of_three.newest().await.unwrap();
        of_three.set_aside("it is of no use").await.unwrap();
    }
    assert_eq!(files(&folder.path().join("damaged")).len(), 8);
}
