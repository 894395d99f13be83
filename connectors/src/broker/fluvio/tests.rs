//! Without a cluster: one of chance in its place, that breaks connections, hands out whole batches and forgets old records.

use super::follow::{self, Done, Home};
use super::*;
use futures_util::StreamExt;
use proptest::prelude::*;
use std::sync::Mutex;

/// What a cluster and a home do at each step: `true` goes well.
struct World {
    /// The oldest record that is there, and how many there ever were.
    first: i64,
    count: i64,
    /// Records in a batch: a read from the middle of one begins at its first.
    batch: i64,
    fates: Mutex<std::vec::IntoIter<bool>>,
    stored: Mutex<Vec<i64>>,
    place: Mutex<Option<i64>>,
}

impl World {
    fn goes_well(&self) -> bool {
        self.fates.lock().unwrap().next().unwrap_or(true)
    }
}

fn record(offset: i64) -> Record {
    Record { offset, key: None, value: Bytes::from(offset.to_string()) }
}

fn broken<T>() -> Result<T, Trouble> {
    Err(Trouble::Other("broken".into()))
}

impl Cluster for World {
    fn partitions<'a>(&'a self, _: &'a str) -> Asked<'a, u32> {
        Box::pin(async { Ok(1) })
    }

    fn records<'a>(&'a self, _: &'a str, _: u32, from: Option<i64>) -> Asked<'a, Records> {
        Box::pin(async move {
            if !self.goes_well() {
                return broken();
            }
            let from = from.unwrap_or(self.first);
            if from < self.first || from > self.count {
                let gone: Records = Box::pin(futures_util::stream::iter([Err(Trouble::NotThere)]));
                return Ok(gone);
            }
            let begin = (from - from % self.batch).max(self.first);
            let mut records: Vec<Result<Record, Trouble>> = Vec::new();
            for offset in begin..self.count {
                if offset % 7 == 3 && !self.goes_well() {
                    break;
                }
                records.push(Ok(record(offset)));
            }
            records.push(broken());
            let records: Records = Box::pin(futures_util::stream::iter(records));
            Ok(records)
        })
    }

    fn append<'a>(&'a self, _: &'a str, _: Vec<(String, Vec<u8>)>) -> Asked<'a, ()> {
        Box::pin(async { broken() })
    }
}

impl Home for World {
    fn place(&self, _: u32) -> Done<'_, Option<i64>> {
        Box::pin(async { Ok(*self.place.lock().unwrap()) })
    }

    fn store(&self, _: u32, records: Vec<Record>) -> Done<'_, ()> {
        Box::pin(async move {
            // A crash in the middle: some of it is stored.
            let all = self.goes_well();
            let some = if all { records.len() } else { records.len() / 2 };
            self.stored.lock().unwrap().extend(records[..some].iter().map(|record| record.offset));
            if all { Ok(()) } else { Err("the log is away".into()) }
        })
    }

    fn move_to(&self, _: u32, offset: i64) -> Done<'_, ()> {
        Box::pin(async move {
            let stored = self.stored.lock().unwrap();
            assert!((self.first..offset).all(|at| stored.contains(&at)), "the place is ahead of what is stored");
            if !self.goes_well() {
                return Err("the log is away".into());
            }
            *self.place.lock().unwrap() = Some(offset);
            Ok(())
        })
    }
}

fn run(world: &World) -> Vec<i64> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for _ in 0..200 {
        let ended = runtime.block_on(follow::partition(world, world, "orders", 0));
        assert!(ended.is_err(), "following never ends well");
        if *world.place.lock().unwrap() == Some(world.count) {
            break;
        }
    }
    world.stored.lock().unwrap().clone()
}

fn world(first: i64, count: i64, batch: i64, fates: Vec<bool>, place: Option<i64>) -> World {
    let fates = Mutex::new(fates.into_iter());
    World { first, count, batch, fates, stored: Mutex::default(), place: Mutex::new(place) }
}

proptest! {
    /// Whatever breaks, and whenever: every record is stored, none is passed over, and the place is never ahead.
    #[test]
    fn every_record_is_stored_whatever_breaks(
        count in 1_i64..300,
        batch in 1_i64..40,
        fates in prop::collection::vec(prop::bool::weighted(0.6), 0..60),
    ) {
        let stored = run(&world(0, count, batch, fates, None));
        let mut all = stored.clone();
        all.sort_unstable();
        all.dedup();
        prop_assert_eq!(all, (0..count).collect::<Vec<_>>());
    }
}

#[test]
fn without_trouble_each_record_is_stored_once_and_in_order() {
    assert_eq!(run(&world(0, 200, 16, Vec::new(), None)), (0..200).collect::<Vec<_>>());
}

#[test]
fn a_restart_goes_on_in_the_middle_of_a_batch() {
    let world = world(0, 40, 16, Vec::new(), Some(21));
    world.stored.lock().unwrap().extend(0..21);
    assert_eq!(run(&world)[21..], (21..40).collect::<Vec<_>>());
}

#[test]
fn what_is_gone_is_passed_over_and_the_rest_is_read() {
    // Removed before it was read; and a topic that was made anew, and is shorter than what was read of the other.
    for place in [5, 90] {
        assert_eq!(run(&world(30, 60, 16, Vec::new(), Some(place))), (30..60).collect::<Vec<_>>(), "{place}");
    }
}

#[test]
fn a_stream_is_read_no_further_than_what_is_being_stored() {
    let taken = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    struct Slow(Arc<std::sync::atomic::AtomicUsize>);
    impl Cluster for Slow {
        fn partitions<'a>(&'a self, _: &'a str) -> Asked<'a, u32> {
            Box::pin(async { Ok(1) })
        }
        fn records<'a>(&'a self, _: &'a str, _: u32, _: Option<i64>) -> Asked<'a, Records> {
            let taken = Arc::clone(&self.0);
            let records = futures_util::stream::iter(0..).map(move |offset| {
                taken.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                Ok(record(offset))
            });
            let records: Records = Box::pin(records);
            Box::pin(async { Ok(records) })
        }
        fn append<'a>(&'a self, _: &'a str, _: Vec<(String, Vec<u8>)>) -> Asked<'a, ()> {
            Box::pin(async { broken() })
        }
    }
    struct Never;
    impl Home for Never {
        fn place(&self, _: u32) -> Done<'_, Option<i64>> {
            Box::pin(async { Ok(None) })
        }
        fn store(&self, _: u32, _: Vec<Record>) -> Done<'_, ()> {
            Box::pin(std::future::pending())
        }
        fn move_to(&self, _: u32, _: i64) -> Done<'_, ()> {
            Box::pin(std::future::pending())
        }
    }
    use futures_util::FutureExt;
    assert!(follow::partition(&Slow(Arc::clone(&taken)), &Never, "orders", 0).now_or_never().is_none());
    assert_eq!(taken.load(std::sync::atomic::Ordering::SeqCst), 64);
}

#[test]
fn what_a_sink_tells_is_a_cloud_event_with_a_stable_id_and_key() {
    let payload = r#"{"log_created_ns":5,"effects":[
        {"id":{"place":{"partition":2,"sequence":9,"index":1},"ordinal":0},"body":{"notice":{"alert":"recovery:o-1:late",
         "subject":"c-1","what":"raised","at":"2026-01-05T10:00:00Z","severity":"S1"}}},
        {"id":{"place":{"partition":2,"sequence":9,"index":1},"ordinal":1},"body":{"silence":{}}}]}"#;
    let record = nexusflow_log::Record { sequence: 1, behind: 0, stored_at_ns: 0, payload: payload.into() };
    let told = sink::alerts("nexusflow", &record);
    assert_eq!(told, sink::alerts("nexusflow", &record));
    let [(key, value)] = told.as_slice() else { panic!("{told:?}") };
    let event: serde_json::Value = serde_json::from_slice(value).unwrap();
    assert_eq!(key, "c-1:recovery:o-1:late");
    assert_eq!((&event["id"], &event["type"]), (&"5-2-9-1-0".into(), &"alert.raised".into()), "{event}");
    assert_eq!(event["data"]["severity"], "S1");
}

#[test]
fn a_mistake_in_a_sink_is_told_by_its_key() {
    let good = "name = \"w\"\nkind = \"fluvio\"\nendpoint = \"h:9003\"\ntopic = \"t\"\n";
    assert!(Sink::open(good.parse().unwrap()).is_ok());
    for (settings, told) in [
        (good.replace("h:9003", "h"), "endpoint must be"),
        (good.replace("\"fluvio\"", "\"kafka\""), "kind \"kafka\""),
        (format!("{good}alerts = false"), "it is told nothing"),
        (format!("{good}every_s = 0"), "every_s must be"),
        (format!("{good}view = [\"figures\"]"), "unknown field `view`"),
    ] {
        let error = Sink::open(settings.parse().unwrap()).unwrap_err();
        assert!(error.contains(told), "{settings}: {error}");
    }
}
