//! A store that fails, at every request there is.

use super::faulty::{Fault, Faulty};
use super::{Changes, Checkpoints, change, found, stamp, state, write};
use nexusflow_engine::checkpoint::{CheckpointError, Name};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::sync::atomic::Ordering;

use super::super::StoreError;

/// More requests than any one checkpoint makes.
const MANY: i64 = 20;

#[tokio::test]
async fn what_a_failed_attempt_did_not_store_is_in_the_next() {
    for fault in [Fault::Refused, Fault::Unanswered] {
        let mut failed = 0;
        for (after, failing) in (0..MANY).flat_map(|after| [(after, 1), (after, 3), (after, MANY)]) {
            let store = Faulty::new(fault);
            let checkpoints = Checkpoints::in_store(store.clone());
            let mut of_three = checkpoints.of(3);
            for sequence in 1..=20 {
                write(&mut of_three, sequence).await.unwrap();
            }
            store.fail(after, failing);
            for sequence in 21..=22 {
                failed += u32::from(write(&mut of_three, sequence).await.is_err());
            }
            store.fail(i64::MAX, 0);
            // Whatever happened, what is there is right.
            let (newest, set_aside) = found(&checkpoints).await;
            assert!((20..=22).contains(&newest.unwrap()), "{fault:?} {after} {failing}: {newest:?}");
            assert_eq!(set_aside, Vec::<String>::new(), "{fault:?} {after} {failing}");
            assert!(!of_three.needs_whole(stamp(23)));
            write(&mut of_three, 23).await.unwrap();
            assert_eq!(found(&checkpoints).await, (Some(23), vec![]), "{fault:?} {after} {failing}");
        }
        assert!(failed > 40, "only {failed} attempts failed");
    }
}

#[tokio::test]
async fn a_worker_killed_at_any_request_leaves_the_last_checkpoint_or_the_next() {
    for fault in [Fault::Refused, Fault::Unanswered] {
        for after in 0..MANY {
            let store = Faulty::new(fault);
            let checkpoints = Checkpoints::in_store(store.clone());
            let mut of_three = checkpoints.of(3);
            write(&mut of_three, 1).await.unwrap();
            write(&mut of_three, 2).await.unwrap();
            // From here on nothing gets through, not even tidying up after the failure.
            store.fail(after, i64::MAX);
            let ended = write(&mut of_three, 3).await;
            store.fail(i64::MAX, 0);
            let (newest, set_aside) = found(&checkpoints).await;
            assert_eq!(set_aside, Vec::<String>::new());
            assert!(newest == Some(3) || newest == Some(2) && ended.is_err(), "{fault:?} {after}: {newest:?}");
        }
    }
}

#[tokio::test]
async fn dropping_the_future_asks_for_the_whole_and_harms_nothing() {
    let store = Faulty::new(Fault::Stuck);
    let checkpoints = Checkpoints::in_store(store.clone());
    let mut of_three = checkpoints.of(3);
    write(&mut of_three, 1).await.unwrap();
    store.fail(1, 1);
    tokio::select! {
        _ = write(&mut of_three, 2) => panic!("it ended"),
        () = store.is_stuck.notified() => {}
    }
    assert!(of_three.needs_whole(stamp(3)));
    let (changed, removed) = change(3);
    let refused = of_three.write(stamp(3), Changes::since(changed, removed)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Content(CheckpointError::NotWhole(_))), "{refused}");
    write(&mut of_three, 3).await.unwrap();
    assert_eq!(found(&checkpoints).await, (Some(3), vec![]));
}

#[tokio::test]
async fn a_base_that_somebody_removed_is_noticed_before_anything_older_goes() {
    let store = Faulty::new(Fault::Refused);
    let checkpoints = Checkpoints::in_store(store.clone());
    let mut of_three = checkpoints.of(3);
    let parts = (0..9).map(|part| (part, vec![part as u8; 50])).collect();
    of_three.write(stamp(1), Changes::whole(parts)).await.unwrap();
    let first: Vec<Path> = names(&store).await.into_iter().filter(|path| path.as_ref().ends_with("segment")).collect();
    store.inner.delete(&first[0]).await.unwrap();
    let error = of_three.write(stamp(2), Changes::since(vec![(1, vec![1])], [])).await.unwrap_err().to_string();
    assert!(error.contains(first[0].as_ref()) && error.contains("missing"), "{error}");
    assert!(of_three.needs_whole(stamp(2)));
    // The manifest that needs what is not there is gone, and so is what it brought.
    assert_eq!(names(&store).await.len(), 1);
    write(&mut of_three, 3).await.unwrap();
    assert_eq!(found(&checkpoints).await, (Some(3), vec![]));
}

#[tokio::test]
async fn a_checkpoint_that_the_store_does_not_hand_out_now_stays_where_it_is() {
    let store = Faulty::new(Fault::Refused);
    let checkpoints = Checkpoints::in_store(store.clone());
    let mut of_three = checkpoints.of(3);
    write(&mut of_three, 1).await.unwrap();
    write(&mut of_three, 2).await.unwrap();
    // Listing works, reading the newest manifest does not.
    store.fail(1, 1);
    let (newest, told) = found(&checkpoints).await;
    assert_eq!(newest, Some(1));
    assert!(told.len() == 1 && told[0].contains("it is away") && told[0].contains("left where it is"), "{told:?}");
    assert_eq!(found(&checkpoints).await, (Some(2), vec![]));
    // A store that does not even list says so, instead of looking empty.
    store.fail(0, 1);
    assert!(checkpoints.of(3).newest().await.is_err());
}

#[tokio::test]
async fn what_failed_attempts_stored_is_removed_unless_somebody_needs_it() {
    let store = Faulty::new(Fault::Refused);
    let checkpoints = Checkpoints::in_store(store.clone());
    let mut of_three = checkpoints.of(3);
    write(&mut of_three, 1).await.unwrap();
    let before = names(&store).await;
    // The segment gets there, the manifest does not.
    store.fail(1, 1);
    write(&mut of_three, 2).await.unwrap_err();
    assert_eq!(names(&store).await, before);
    // Another worker has written the very same: it stays.
    let mut twin = checkpoints.of(3);
    twin.write(stamp(2), Changes::whole(state(2).into_iter().collect())).await.unwrap();
    let mut late = checkpoints.of(3);
    store.fail(1, 1);
    late.write(stamp(2), Changes::whole(state(2).into_iter().collect())).await.unwrap_err();
    assert_eq!(found(&checkpoints).await, (Some(2), vec![]));
}

#[tokio::test]
async fn a_checkpoint_of_little_that_changed_is_a_handful_of_requests() {
    let store = Faulty::new(Fault::Refused);
    let checkpoints = Checkpoints::in_store(store.clone());
    let mut of_three = checkpoints.of(3);
    for sequence in 1..=12 {
        write(&mut of_three, sequence).await.unwrap();
    }
    let before = store.requests.load(Ordering::SeqCst);
    write(&mut of_three, 13).await.unwrap();
    let requests = store.requests.load(Ordering::SeqCst) - before;
    assert!((5..=10).contains(&requests), "{requests} requests");
}

async fn names(store: &Faulty) -> Vec<Path> {
    use futures_util::TryStreamExt;
    let all: Vec<_> = store.inner.list(None).try_collect().await.unwrap();
    let names: Vec<Path> = all.into_iter().map(|meta| meta.location).collect();
    assert!(names.iter().all(|path| Name::parse(path.as_ref(), 0).is_some()));
    names
}
