//! The fold alone, and decoding and encoding beside it: one core, no NATS, all facets. Events a second of processor time, so that
//! what else runs here disturbs little.
//!
//! `cargo bench --bench fold -- [--events 300000] [--customers 3000] [--rounds 5]`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic and speaks on standard output")]

mod parts;

use nexusflow_domain::Commerce;
use nexusflow_domain::voice::words;
use nexusflow_engine::Partition;
use nexusflow_learn::sentiment;
use nexusflow_model::{Envelope, Reject, cloudevents};
use parts::{company, grouped, machine, number, rate, record, records};
use std::hint::black_box;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let (n, customers) = (number("events", 300_000) as usize, number("customers", 3_000) as u32);
    let rounds = number("rounds", 5) as usize;
    println!("{}", machine::here());
    let events = company(n, customers);
    let log = records(&events);
    let bytes: usize = log.iter().map(Vec::len).sum();
    println!(
        "{} events of the demonstration company with {customers} customers to begin with, in {} records, {} bytes an event\n",
        grouped(n as f64),
        log.len(),
        bytes / n
    );
    println!("{:28} {:>12} {:>12} {:>10}", "", "best", "median", "us each");
    let only = parts::text("only");
    let tell_of = |n: usize, what: &str, once: &mut dyn FnMut() -> Duration| {
        if only.as_ref().is_some_and(|only| only != what) {
            return;
        }
        let mut took: Vec<Duration> = (0..rounds).map(|_| once()).collect();
        took.sort_unstable();
        let (best, median) = (took[0], took[took.len() / 2]);
        let each = median.as_secs_f64() * 1e6 / n as f64;
        println!("{what:28} {:>10}/s {:>10}/s {each:>10.3}", grouped(rate(n, best)), grouped(rate(n, median)));
    };
    let tell = |what: &str, once: &mut dyn FnMut() -> Duration| tell_of(n, what, once);
    tell("encode", &mut || timed(|| events.chunks(256).map(|events| black_box(record(events)).len()).sum::<usize>()));
    tell("decode", &mut || timed(|| log.iter().map(|record| black_box(decode(record)).len()).sum::<usize>()));
    tell("fold", &mut || {
        let decoded: Vec<_> = log.iter().map(|record| decode(record)).collect();
        let mut partition: Partition<Commerce> = Partition::new(0);
        let took = timed(|| {
            for (at, events) in decoded.into_iter().enumerate() {
                black_box(partition.fold(at as u64 + 1, events).notes.len());
            }
        });
        check(&partition, n);
        took
    });
    tell("decode + fold", &mut || {
        let mut partition: Partition<Commerce> = Partition::new(0);
        let took = timed(|| {
            for (at, record) in log.iter().enumerate() {
                black_box(partition.fold(at as u64 + 1, decode(record)).notes.len());
            }
        });
        check(&partition, n);
        took
    });
    // What customers write alone: what a text costs, and how much of that is judging it.
    let written: Vec<Envelope> =
        events.iter().filter(|event| words::of_customer(&event.event).is_some()).cloned().collect();
    let texts: Vec<String> =
        written.iter().filter_map(|event| words::of_customer(&event.event).map(Into::into)).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("\n{} texts among them, {} bytes each", grouped(texts.len() as f64), bytes / texts.len().max(1));
    tell_of(texts.len(), "judge texts", &mut || {
        timed(|| texts.iter().filter(|text| black_box(sentiment::Model::shipped().judge(text)).is_some()).count())
    });
    tell_of(texts.len(), "fold texts", &mut || {
        let mut partition: Partition<Commerce> = Partition::new(0);
        partition.fold(1, vec![Ok(parts::configuration())]);
        let decoded: Vec<Vec<_>> = written.chunks(256).map(|record| record.iter().cloned().map(Ok).collect()).collect();
        timed(|| {
            for (at, events) in decoded.into_iter().enumerate() {
                black_box(partition.fold(at as u64 + 2, events).notes.len());
            }
        })
    });
}

fn decode(record: &[u8]) -> Vec<Result<Envelope, Reject>> {
    cloudevents::decode_record(record).unwrap()
}

fn timed<R>(work: impl FnOnce() -> R) -> Duration {
    let before = machine::busy();
    black_box(work());
    machine::busy() - before
}

/// A fold that did not take in everything would be fast.
fn check(partition: &Partition<Commerce>, n: usize) {
    let counters = partition.counters();
    assert_eq!((counters.events as usize, counters.duplicates, counters.unreadable), (n, 0, 0));
}
