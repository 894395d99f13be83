//! From publishing to the fold, through NATS: the appender, nats-server with file storage, the reader, decoding, and the worker as it
//! runs, with its checkpoints and its contributions, in this process; nats-server beside it. All on the cores that there are.
//!
//! The clock runs from the first append until every partition has told a gateway's subscription that it has folded everything. Events
//! are made before; encoding them is part of appending. HTTP is not in the figure.
//!
//! `cargo bench --bench log -- [--events 300000] [--customers 3000] [--partitions 4] [--sync always|2m] [--server PROGRAM] [--folder DIR]`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic and speaks on standard output")]

mod parts;

use futures_util::StreamExt;
use nexusflow_domain::alert::Card;
use nexusflow_domain::{Activity, Rollup};
use nexusflow_engine::Contribution;
use nexusflow_log::{Appender, Log, LogSettings, NatsSettings};
use nexusflow_model::{Envelope, subject};
use nexusflow_runtime::checkpoint::Place;
use nexusflow_runtime::{Worker, WorkerSettings};
use parts::nats::Server;
use parts::{business, company, grouped, machine, number, rate};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Receipts that may be open: more publishers than that do not publish at once.
const OPEN_MAX: usize = 65_536;

#[tokio::main]
async fn main() {
    let (n, customers) = (number("events", 300_000) as usize, number("customers", 3_000) as u32);
    let partitions = number("partitions", 4) as u32;
    println!("{}", machine::here());
    let events = company(n, customers);
    let syncs = parts::text("sync").map_or_else(|| vec!["always".to_owned(), "2m".to_owned()], |one| vec![one]);
    for sync in syncs {
        let folder = match parts::text("folder") {
            Some(folder) => tempfile::tempdir_in(folder).unwrap(),
            None => tempfile::tempdir().unwrap(),
        };
        let mut server = Server::start(folder.path(), &sync).await;
        println!("\n{}, sync {sync}: {} events, {partitions} partitions", server.version, grouped(n as f64));
        through(&server, folder.path(), partitions, &events).await;
        server.stop().await;
    }
}

async fn through(server: &Server, folder: &Path, partitions: u32, events: &[Envelope]) {
    let nats = NatsSettings { url: server.url.clone(), ..NatsSettings::default() };
    let connect = |name| Log::connect(&nats, LogSettings { partitions, ..LogSettings::default() }, name);
    let (publisher, log, gateway) =
        (connect("publisher").await.unwrap(), connect("worker").await.unwrap(), connect("gateway").await.unwrap());
    log.prepare(Duration::ZERO).await.unwrap();
    let heard = gateway.client().subscribe(subject::contributions(gateway.prefix())).await.unwrap();
    gateway.client().flush().await.unwrap();
    let settings =
        WorkerSettings { checkpoints: Place::Folder(folder.join("checkpoints")), ..WorkerSettings::default() };
    let worker = Worker::new(log, settings, Arc::new(|| Some((business(), "v1".into()))), "benchmark".into());
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(worker.run(stopped));

    let (ids, cpu) = ([std::process::id(), server.id()], |id: u32| machine::cpu_s(id));
    let before = ids.map(cpu);
    let began = Instant::now();
    let folding = tokio::spawn(folded(heard, events.len() as u64, began));
    let appended = append(&publisher, events, began).await;
    let folded = folding.await.unwrap();
    let used: Vec<f64> = ids.iter().zip(before).map(|(id, before)| cpu(*id) - before).collect();
    let line = |what: &str, took: Duration| {
        println!("{what:28} {:>10}/s  in {:.2} s", grouped(rate(events.len(), took)), took.as_secs_f64());
    };
    line("acknowledged", appended);
    line("published to folded", folded);
    println!("processor time: this process {:.2} s, nats-server {:.2} s", used[0], used[1]);
    stop.send_replace(true);
    working.await.unwrap().unwrap();
}

/// Appends everything as fast as it is taken, and waits until all of it is acknowledged.
async fn append(log: &Log, events: &[Envelope], began: Instant) -> Duration {
    let appender = Appender::start(log);
    let mut open = VecDeque::with_capacity(OPEN_MAX);
    for event in events {
        if open.len() == OPEN_MAX {
            let receipt: nexusflow_log::Receipt = open.pop_front().unwrap();
            receipt.await.unwrap();
        }
        open.push_back(appender.append(event).await.unwrap());
    }
    for receipt in open {
        receipt.await.unwrap();
    }
    began.elapsed()
}

/// Waits until the partitions together have told that they folded `n` events.
async fn folded(mut heard: nexusflow_log::async_nats::Subscriber, n: u64, began: Instant) -> Duration {
    let mut folded: BTreeMap<u32, u64> = BTreeMap::new();
    while folded.values().sum::<u64>() < n {
        let message = heard.next().await.unwrap();
        let told: Contribution<Rollup, Activity, Card> = postcard::from_bytes(&message.payload).unwrap();
        assert_eq!((told.standing.counters.duplicates, told.standing.counters.unreadable), (0, 0));
        folded.insert(told.partition, told.standing.counters.events);
    }
    began.elapsed()
}
