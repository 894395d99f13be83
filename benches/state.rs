//! Memory of many customers with a normal history.
//!
//! `cargo bench --bench state -- [--customers 100000] [--partitions 4] [--ids short|uuid]`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic and speaks on standard output")]

mod parts;

use nexusflow_domain::{Commerce, Profile};
use nexusflow_engine::{Partition, fold::Slot};
use nexusflow_model::cloudevents;
use nexusflow_model::limits::RECORD_EVENTS_MAX;
use parts::customers::{Customers, EVENTS, Ids};
use parts::states::folded;
use parts::{grouped, machine, number, rate};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let ids = if parts::text("ids").as_deref() == Some("uuid") { Ids::Uuid } else { Ids::Short };
    let customers = Customers { count: number("customers", 100_000) as usize, ids };
    let partitions = number("partitions", 4) as u32;
    println!("{}", machine::here());
    println!("{} customers of {EVENTS} events, {ids:?} ids, {partitions} partitions", grouped(customers.count as f64));
    println!("a slot is {} bytes, of which the profile {}", size_of::<Slot<Profile>>(), size_of::<Profile>());
    let before = machine::resident();
    let (mut states, took) = folded(customers, partitions);
    let held = machine::resident() - before;
    let subjects: usize = states.iter().map(Partition::len).sum();
    assert_eq!(subjects, customers.count);
    let n = customers.count * EVENTS;
    println!("fold of {} events, cold: {}/s", grouped(n as f64), grouped(rate(n, took)));
    println!(
        "resident {} MB, {} bytes a customer",
        grouped(held as f64 / 1e6),
        grouped(held as f64 / customers.count as f64)
    );
    pauses(&mut states, customers);
}

/// How long the fold stands still for a part of a checkpoint, and for a record while one is cut: a part and a record by turns.
fn pauses(states: &mut [Partition<Commerce>], customers: Customers) {
    let (mut parts, mut records, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut who = 0;
    for state in states {
        let timed = |work: &mut dyn FnMut()| {
            let began = Instant::now();
            work();
            began.elapsed()
        };
        parts.push(timed(&mut || state.begin_cut()));
        let mut cut = None;
        while cut.is_none() {
            let mut record = vec![b'['];
            for _ in 0..RECORD_EVENTS_MAX {
                // In the order of their numbers: a quarter of them are known here, the others are new.
                customers.event(&mut record, who % customers.count, EVENTS + who / customers.count);
                record.push(b',');
                who += 1;
            }
            record.pop();
            record.push(b']');
            let mut events = Some(cloudevents::decode_record(&record).unwrap());
            records.push(timed(&mut || drop(state.fold(state.sequence() + 1, events.take().unwrap()))));
            parts.push(timed(&mut || cut = state.cut_some().unwrap()));
        }
        bytes += cut.unwrap().changed.values().map(Vec::len).sum::<usize>();
    }
    println!("in its parts {} bytes a customer", grouped(bytes as f64 / customers.count as f64));
    say("the fold stands still for a part", parts);
    say("a record of 256 events meanwhile", records);
}

fn say(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    let at = |share: usize| ms(took[(took.len() - 1) * share / 1_000]);
    println!("{what}: median {:.3} ms, p99 {:.3} ms, worst {:.3} ms ({})", at(500), at(990), at(1_000), took.len());
}
