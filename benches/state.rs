//! Memory of many customers with a normal history.
//!
//! `cargo bench --bench state -- [--customers 100000] [--partitions 4] [--ids short|uuid]`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic and speaks on standard output")]

mod parts;

use nexusflow_domain::Profile;
use nexusflow_engine::{Partition, fold::Slot};
use parts::customers::{Customers, EVENTS, Ids};
use parts::states::folded;
use parts::{grouped, machine, number, rate};

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
