//! More comes in than can be folded: the door says so, whoever comes back loses nothing, and memory stays flat.

use crate::harness::{Nexusflow, Process, SOON, eventually};
use crate::judge::Judge;
use crate::of;
use crate::publisher::{Load, Publishers};
use crate::set_up::Paused;
use crate::shop::Tells;
use std::time::{Duration, Instant};

/// How far the fold may be behind.
const LAG_MAX: Duration = Duration::from_millis(400);
/// How much waits for the worker each time, at least.
const STEP_BYTES: usize = 4 << 20;
/// How much more memory a process may need than when it had warmed up, in bytes: a fraction of what passes meanwhile.
const GROWTH_MAX: usize = 150 << 20;

#[test]
fn a_slow_fold_slows_the_door_and_memory_stays_flat() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("HTTP__LAG_MS_MAX", &LAG_MAX.as_millis().to_string());
    nexusflow.set("WORKER__CHECKPOINT_EVENTS", "2000");
    let nats = nexusflow.nats();
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    let worker = nexusflow.spawn("worker", &["worker"]);
    nexusflow.wait_until_ready();
    let urls = vec![nexusflow.url("/api/v1/events")];
    let publishers = Publishers::start(&Load { urls, publishers: 8, batch: 50, tells: Tells::Letters(12_000) });
    let mut memory = Memory { of: [gateway.id(), worker.id()], began: [0; 2], most: [0; 2] };
    // What it takes to get going is no growth.
    for _ in 0..2 {
        is_slow(&nexusflow, &publishers, &worker, &mut memory);
    }
    (memory.began, memory.most) = ([0; 2], [0; 2]);
    let (mut rounds, before) = (0, publishers.bytes());
    while rounds < of(5, 50) || publishers.bytes() < before + of(2, 20) * GROWTH_MAX {
        is_slow(&nexusflow, &publishers, &worker, &mut memory);
        rounds += 1;
    }
    let bytes = publishers.bytes() - before;
    let told = publishers.stop();
    eprintln!(
        "{} MiB in {rounds} rounds, {} times later; gateway and worker in KiB: {memory:?}",
        bytes >> 20,
        told.later
    );
    memory.is_flat();
    let mut judge = Judge::new(&nexusflow);
    let verdict = judge.verdict(&nexusflow);
    judge.knows_exactly(&told.stored);
    eprintln!("{verdict:?}");
    worker.stop();
    gateway.stop();
    nats.stop();
}

/// The worker gets no time until much waits for it, for longer than the door allows; then it has to catch up with that, while more
/// wants to come in: the door must stop it until then.
fn is_slow(nexusflow: &Nexusflow, publishers: &Publishers, worker: &Process, memory: &mut Memory) {
    let (before, later, began) = (publishers.bytes(), publishers.later(), Instant::now());
    let paused = Paused::new(worker.id());
    eventually(SOON, "much waits for the worker", || match publishers.bytes() {
        now if now > before + STEP_BYTES && began.elapsed() > LAG_MAX * 3 => Ok(()),
        now => Err(format!("{now} after {before}\n{}", nexusflow.logs())),
    });
    drop(paused);
    eventually(SOON, "publishers are told to come back later", || match publishers.later() {
        now if now > later => Ok(()),
        now => Err(format!("{now}\n{}", memory.look())),
    });
    let before = publishers.bytes();
    eventually(SOON, "they may come again", || match publishers.bytes() {
        now if now > before + STEP_BYTES / 4 => Ok(()),
        now => Err(format!("{now} after {before}\n{}", memory.look())),
    });
}

/// What processes hold in memory, in KiB.
#[derive(Debug)]
struct Memory {
    of: [u32; 2],
    began: [u64; 2],
    most: [u64; 2],
}

impl Memory {
    /// Takes a look, and says what it is.
    fn look(&mut self) -> String {
        let now = self.of.map(resident_kib);
        if self.began == [0; 2] {
            self.began = now;
        }
        self.most = [self.most[0].max(now[0]), self.most[1].max(now[1])];
        format!("{now:?}")
    }

    fn is_flat(&self) {
        let flat = |at: usize| self.most[at] < self.began[at] + GROWTH_MAX as u64 / 1_024;
        assert!(self.began[0] > 0 && flat(0) && flat(1), "{self:?}");
    }
}

fn resident_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
