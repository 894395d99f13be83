//! The fold is a function of the events, not of how they come: order, duplicates, the number of partitions, and being stopped
//! and restored make no difference to what the views show.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod shown;

use nexusflow_connectors::demo::{Company, Profile};
use nexusflow_domain::Commerce;
use nexusflow_engine::{Cut, Partition};
use nexusflow_model::event::control::{ClockTicked, ConfigChanged};
use nexusflow_model::{Envelope, Event, Id, Source, Timestamp, cloudevents, partition};
use serde_json::Value;

/// Numbers that look random and are the same every time: an LCG with the constants of Knuth's MMIX.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn shuffle<T>(&mut self, of: &mut [T]) {
        for at in (1..of.len()).rev() {
            of.swap(at, self.below(at + 1));
        }
    }
}

fn start() -> Timestamp {
    "2026-01-05T00:00:00Z".parse().unwrap()
}

/// Three weeks of a small company.
fn events() -> Vec<Envelope> {
    let end = start().plus_ms(21 * 86_400_000);
    Company::new(Profile { customers: 250, ..Profile::new(start()) }).until(end).collect()
}

fn tick(now: Timestamp) -> Envelope {
    let (id, source) = (Id::new("tick").unwrap(), Source::new("/clock").unwrap());
    let event = Event::ClockTicked(ClockTicked { now });
    Envelope { subject: id.clone(), id, source, occurred_at: now, recorded_at: now, forwarded: 0, event }
}

/// The partitions of a log that was written in this order, in records of various sizes, and their states as stored; `cuts`
/// decides when one is restored from its checkpoints.
fn fold(events: &[Envelope], partitions: u32, chance: &mut Chance, cuts: u64) -> Vec<(Partition<Commerce>, Cut)> {
    let content = serde_json::to_value(shown::business()).unwrap();
    let configuration = ConfigChanged::envelope("v1", "a test", content, start()).unwrap();
    let mut logs: Vec<Vec<&Envelope>> = vec![vec![&configuration]; partitions as usize];
    for event in events {
        logs[partition::of(&event.subject, partitions) as usize].push(event);
    }
    // Where nothing more happens the time is told, as to a partition that is idle: what fades with time is as old in all of them.
    let last = events.iter().map(|event| event.recorded_at).max().unwrap();
    let tick = tick(last);
    logs.iter_mut().for_each(|log| log.push(&tick));
    let fold_one = |(id, log): (usize, Vec<&Envelope>)| {
        let mut partition: Partition<Commerce> = Partition::new(id as u32);
        let (mut at, mut sequence, mut stored, mut cuts) = (0, 0, Cut::default(), Chance(cuts));
        while at < log.len() {
            let size = (1 + chance.below(300)).min(log.len() - at);
            // Through the bytes of the log, as it is in earnest.
            let encoded: Vec<Vec<u8>> = log[at..at + size].iter().map(|event| cloudevents::encode(event)).collect();
            let record = cloudevents::join_record(encoded.iter().map(Vec::as_slice));
            sequence += 1;
            let folded = partition.fold(sequence, cloudevents::decode_record(&record).unwrap());
            assert_eq!(folded.unreadable, []);
            at += size;
            // A cut goes on while the fold does; now and then one is begun, and now and then the state is put together from them.
            match cuts.below(20) {
                0 => partition.begin_cut(),
                1..10 => {
                    if let Some(cut) = partition.cut_some().unwrap() {
                        stored = stored.then(cut);
                    }
                }
                10 => {
                    stored = stored.then(partition.cut_whole().unwrap());
                    partition = restored(&stored);
                }
                _ => {}
            }
        }
        stored = stored.then(partition.cut_whole().unwrap());
        (restored(&stored), stored)
    };
    logs.into_iter().enumerate().map(fold_one).collect()
}

fn restored(stored: &Cut) -> Partition<Commerce> {
    Partition::restore(stored.changed.iter().map(|(part, bytes)| (*part, bytes.as_slice()))).unwrap()
}

/// What the views show of these partitions.
fn shown(partitions: &[(Partition<Commerce>, Cut)]) -> Vec<(String, Vec<Vec<Value>>)> {
    shown::shown(partitions.iter().map(|(partition, _)| partition))
}

#[test]
fn order_duplicates_partitions_and_restarts_make_no_difference() {
    let in_order = events();
    assert!(in_order.len() > 5_000, "{} events say little", in_order.len());
    let mut chance = Chance(1);
    let expected = shown(&fold(&in_order, 1, &mut chance, 0));
    let figures = &expected.iter().find(|(name, _)| name == "figures all").unwrap().1;
    assert!(figures[0][1].as_i64().unwrap() > 100, "there are orders: {:?}", figures[0]);
    for (round, partitions) in [2, 4, 7, 1, 4].into_iter().enumerate() {
        let mut events = in_order.clone();
        let twice: Vec<Envelope> = events.iter().filter(|_| chance.below(10) == 0).cloned().collect();
        let duplicates = twice.len() as u64;
        events.extend(twice);
        chance.shuffle(&mut events);
        let folded = fold(&events, partitions, &mut chance, round as u64);
        let counted: u64 = folded.iter().map(|(partition, _)| partition.counters().duplicates).sum();
        assert_eq!(counted, duplicates);
        for (own, other) in shown(&folded).iter().zip(&expected) {
            assert_eq!(own, other, "round {round}, {partitions} partitions");
        }
    }
}

#[test]
fn the_same_log_is_the_same_state_to_the_byte() {
    let events = events();
    // The same records; restored at other places.
    let state = |cuts: u64| fold(&events[..3_000], 1, &mut Chance(5), cuts).remove(0).1;
    let once = state(1);
    assert!(once.changed.len() > 100, "{} parts say little", once.changed.len());
    for cuts in 1..4 {
        assert!(once == state(cuts), "cut and restored as by {cuts}");
    }
}

#[test]
fn when_what_was_stored_is_lost_the_next_cut_has_everything() {
    let events = events();
    for (mut partition, stored) in fold(&events[..3_000], 2, &mut Chance(5), 1) {
        assert!(partition.cut_whole().unwrap().changed.len() < 10, "nothing has changed but the head");
        partition.mark_unwritten();
        // One that was begun and never finished is no excuse.
        partition.begin_cut();
        partition.cut_some().unwrap();
        let whole = partition.cut_whole().unwrap();
        assert!(whole.changed == stored.changed, "{} parts of {}", whole.changed.len(), stored.changed.len());
    }
}
