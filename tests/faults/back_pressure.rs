//! More comes in than can be folded: the door says so, whoever comes back loses nothing, and memory stays flat.

use crate::harness::{Nexusflow, Process, SOON, eventually};
use crate::judge::Judge;
use crate::of;
use crate::publisher::{Load, Publishers};
use crate::set_up::Paused;
use crate::shop::Tells;

/// How much more memory a process may need than when it had warmed up, in KiB.
const GROWTH_KIB_MAX: u64 = 40 * 1_024;

#[test]
fn a_slow_fold_slows_the_door_and_memory_stays_flat() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("HTTP__LAG_MS_MAX", "400");
    nexusflow.set("WORKER__CHECKPOINT_EVENTS", "2000");
    let nats = nexusflow.nats();
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    let worker = nexusflow.spawn("worker", &["worker"]);
    nexusflow.wait_until_ready();
    let urls = vec![nexusflow.url("/api/v1/events")];
    let publishers = Publishers::start(&Load { urls, publishers: 8, batch: 50, tells: Tells::Letters(12_000) });
    let step = 4 << 20;
    let mut began: Option<[u64; 2]> = None;
    let mut most = [0; 2];
    let passes = of(120, 1_600) << 20;
    while publishers.bytes() < passes {
        is_slow(&nexusflow, &publishers, &worker, step);
        let now = [&gateway, &worker].map(resident_kib);
        eprintln!("{} MiB: {now:?}", publishers.bytes() >> 20);
        // What it takes to get going is no growth.
        if publishers.bytes() > passes / 8 {
            began = began.or(Some(now));
            most = [most[0].max(now[0]), most[1].max(now[1])];
        }
    }
    let (bytes, began) = (publishers.bytes(), began.unwrap());
    let told = publishers.stop();
    eprintln!(
        "{} MiB acknowledged, {} times later; gateway and worker: {began:?}, at the most {most:?} KiB",
        bytes >> 20,
        told.later
    );
    assert!(told.later > 0);
    assert!(most[0] < began[0] + GROWTH_KIB_MAX && most[1] < began[1] + GROWTH_KIB_MAX, "{began:?}, then {most:?} KiB");
    let mut judge = Judge::new(&nexusflow);
    let verdict = judge.verdict(&nexusflow);
    judge.knows_exactly(&told.stored);
    eprintln!("{verdict:?}");
    worker.stop();
    gateway.stop();
    nats.stop();
}

/// The worker gets no time until so many bytes wait for it; then it has to catch up with those, while more wants to come in: the
/// door must stop them.
fn is_slow(nexusflow: &Nexusflow, publishers: &Publishers, worker: &Process, bytes: usize) {
    let (before, later) = (publishers.bytes(), publishers.later());
    let paused = Paused::new(worker.id());
    eventually(SOON, "much waits for the worker", || match publishers.bytes() {
        now if now > before + bytes => Ok(()),
        now => Err(format!("{now} after {before}\n{}", nexusflow.logs())),
    });
    drop(paused);
    eventually(SOON, "publishers are told to come back later", || match publishers.later() {
        now if now > later => Ok(()),
        now => Err(format!("{now}\n{}", nexusflow.logs())),
    });
    let before = publishers.bytes();
    eventually(SOON, "they may come again", || match publishers.bytes() {
        now if now > before + bytes / 4 => Ok(()),
        now => Err(format!("{now} after {before}\n{}", nexusflow.logs())),
    });
}

/// What a process holds in memory.
fn resident_kib(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
