//! Memory of many customers with a normal history.
//!
//! `cargo bench --bench state -- [--customers 100000] [--partitions 4] [--ids short|uuid]`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic and speaks on standard output")]

mod parts;

use nexusflow_domain::{Commerce, Profile};
use nexusflow_engine::{Partition, fold::Slot};
use nexusflow_model::limits::RECORD_EVENTS_MAX;
use nexusflow_model::{cloudevents, partition};
use parts::customers::{Customers, EVENTS, Ids};
use parts::{configuration, grouped, machine, number, rate, record};
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
    let bytes: usize =
        states.iter_mut().map(|state| state.cut_whole().unwrap().changed.values().map(Vec::len).sum::<usize>()).sum();
    println!("as a snapshot {} bytes a customer", grouped(bytes as f64 / customers.count as f64));
}

/// The partitions after every customer's history, and how long folding alone took.
fn folded(customers: Customers, partitions: u32) -> (Vec<Partition<Commerce>>, Duration) {
    let mut states: Vec<Partition<Commerce>> = (0..partitions).map(Partition::new).collect();
    let mut took = Duration::ZERO;
    let mut fold = |partition: u32, record: &[u8]| {
        let events = cloudevents::decode_record(record).unwrap();
        let state = &mut states[partition as usize];
        let began = Instant::now();
        let folded = state.fold(state.sequence() + 1, events);
        took += began.elapsed();
        assert_eq!(folded.unreadable, []);
    };
    for partition in 0..partitions {
        fold(partition, &record(&[configuration()]));
    }
    let mut open: Vec<(Vec<u8>, usize)> = vec![(Vec::new(), 0); partitions as usize];
    for step in 0..EVENTS {
        for at in 0..customers.count {
            let who = customers.turn(step, at);
            let own = partition::of_key(&customers.id(who), partitions);
            let (record, events) = &mut open[own as usize];
            record.push(if *events == 0 { b'[' } else { b',' });
            customers.event(record, who, step);
            *events += 1;
            if *events == RECORD_EVENTS_MAX {
                record.push(b']');
                fold(own, record);
                record.clear();
                *events = 0;
            }
        }
    }
    for (own, (record, events)) in open.iter_mut().enumerate() {
        if *events > 0 {
            record.push(b']');
            fold(own as u32, record);
        }
    }
    (states, took)
}
