//! Writing and reading checkpoints of many customers with a normal history, all partitions at once as a worker does.
//!
//! `cargo bench --bench checkpoints -- [--customers 100000] [--partitions 4] [--folder target/checkpoints]`
//!
//! What is read was just written: it comes from the machine's memory where there is enough of it, not from the disk.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic and speaks on standard output")]

mod parts;

use nexusflow_domain::{Commerce, upgrade};
use nexusflow_engine::{Domain, Partition};
use nexusflow_runtime::checkpoint::{Changes, Checkpoints, PartitionCheckpoints, Place, Stamp, Stored};
use parts::customers::{Customers, EVENTS, Ids};
use parts::states::folded;
use parts::{grouped, machine, number};
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Parts = Vec<(u32, Vec<u8>)>;

#[tokio::main]
async fn main() {
    let customers = Customers { count: number("customers", 100_000) as usize, ids: Ids::Short };
    let partitions = number("partitions", 4) as u32;
    let folder = parts::text("folder").unwrap_or_else(|| "target/checkpoints".to_owned());
    drop(std::fs::remove_dir_all(&folder));
    println!("{}", machine::here());
    println!("{} customers of {EVENTS} events, {partitions} partitions", grouped(customers.count as f64));
    let (mut states, _) = folded(customers, partitions);
    let began = Instant::now();
    let cuts: Vec<Parts> =
        states.iter_mut().map(|state| state.cut_whole().unwrap().changed.into_iter().collect()).collect();
    let bytes = size(&cuts);
    say("cut, one core", bytes, began.elapsed());
    println!("  {} bytes in {} parts", grouped(bytes as f64), cuts.iter().map(Vec::len).sum::<usize>());
    let few: Vec<Parts> = cuts.iter().map(|parts| parts.iter().step_by(100).cloned().collect()).collect();
    drop(states);

    let checkpoints = Checkpoints::new(Place::Folder(folder.clone().into()));
    let of = (0..partitions).map(|partition| checkpoints.of(partition));
    let whole = of.zip(cuts).map(|(of, parts)| write(of, 1, Changes::whole(parts)));
    let (written, took) = all(whole).await;
    say("write, sync, read back, verify", bytes, took);
    println!("  {} bytes on the disk", grouped(on_disk(&written) as f64));

    let changed = size(&few);
    let next = written.into_iter().zip(few).map(|((of, _), parts)| write(of, 2, Changes::since(parts, [])));
    let (written, took) = all(next).await;
    say("the same, one part in a hundred changed", changed, took);
    println!("  {} bytes on the disk", grouped(on_disk(&written) as f64));

    let (found, took) = all((0..partitions).map(|partition| read(checkpoints.of(partition)))).await;
    say("read, verify, decompress", bytes, took);
    let (restored, took) = all(found.into_iter().map(restore)).await;
    say("restore from the parts", bytes, took);
    assert_eq!(restored.iter().map(Partition::len).sum::<usize>(), customers.count);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Runs all at once; the results in order, and how long it took.
async fn all<T: Send + 'static>(
    each: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> (Vec<T>, Duration) {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for (at, task) in each.enumerate() {
        tasks.spawn(async move { (at, task.await) });
    }
    let mut done = tasks.join_all().await;
    let took = began.elapsed();
    done.sort_by_key(|(at, _)| *at);
    (done.into_iter().map(|(_, result)| result).collect(), took)
}

async fn write(mut of: PartitionCheckpoints, sequence: u64, changes: Changes) -> (PartitionCheckpoints, Stored) {
    let stored = of.write(Stamp { domain_version: Commerce::VERSION, created_ns: 0, sequence }, changes).await.unwrap();
    (of, stored)
}

async fn read(mut of: PartitionCheckpoints) -> Parts {
    of.newest().await.unwrap().restored.expect("a checkpoint was written").parts
}

async fn restore(parts: Parts) -> Partition<Commerce> {
    let restore =
        move || upgrade::restore(Commerce::VERSION, parts.iter().map(|(part, bytes)| (*part, bytes.as_slice())));
    tokio::task::spawn_blocking(restore).await.unwrap().unwrap()
}

fn on_disk(written: &[(PartitionCheckpoints, Stored)]) -> u64 {
    written.iter().map(|(_, stored)| stored.bytes_in_all).sum()
}

fn size(cuts: &[Parts]) -> usize {
    cuts.iter().flatten().map(|(_, part)| part.len()).sum()
}

fn say(what: &str, bytes: usize, took: Duration) {
    println!("{what}: {:.2} s, {:.0} MB/s", took.as_secs_f64(), bytes as f64 / 1e6 / took.as_secs_f64());
}
