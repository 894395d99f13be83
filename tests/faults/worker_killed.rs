//! A worker that is killed again and again, so that it is restored from checkpoints of many places.

use crate::harness::{Nexusflow, data};
use crate::judge::Judge;
use crate::set_up::{goes_on, restored};
use crate::{of, olist};
use std::collections::BTreeSet;
use std::time::Instant;

#[test]
fn a_worker_that_is_killed_a_hundred_times_loses_nothing_and_says_nothing_twice() {
    let Some(data) = data() else { return };
    let kills = of(100, 1_000);
    let mut nexusflow = Nexusflow::new("BRL", "America/Sao_Paulo");
    // So few that most lives begin at a checkpoint that no other one began at.
    nexusflow.set("WORKER__CHECKPOINT_EVENTS", if kills > 100 { "10" } else { "100" });
    let nats = nexusflow.nats();
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    let mut worker = nexusflow.spawn("worker", &["worker"]);
    nexusflow.wait_until_ready();
    // The first months hold little: they pass quickly. The rest takes longer than all the killing, and is then hurried.
    let middle = "2017-04-01";
    assert!(olist::spawn(&nexusflow, &data, &["--to", middle]).wait().success(), "{}", nexusflow.logs());
    let speed = if kills > 100 { "25000x" } else { "300000x" };
    let mut replay = olist::spawn(&nexusflow, &data, &["--from", middle, "--speed", speed]);
    let (began, mut folded) = (Instant::now(), goes_on(&nexusflow, 4_000));
    for kill in 0..kills {
        worker.kill();
        assert!(replay.is_running(), "the replay ended before kill {kill}");
        worker = nexusflow.spawn("worker", &["worker"]);
        folded = goes_on(&nexusflow, folded);
    }
    let took = began.elapsed();
    replay.interrupt();
    assert!(olist::spawn(&nexusflow, &data, &["--from", middle]).wait().success(), "{}", nexusflow.logs());
    let mut judge = Judge::new(&nexusflow);
    let verdict = judge.verdict(&nexusflow);
    olist::check(&nexusflow, &data);
    assert_eq!((verdict.events, verdict.duplicates), (olist::published(&nexusflow), 0), "{verdict:?}");
    assert!(verdict.effects > 500, "{verdict:?}");
    let places: BTreeSet<(u32, u64)> = restored(&nexusflow, "worker").into_iter().collect();
    assert!(places.len() > kills, "restored from {} places only", places.len());
    eprintln!("{kills} kills in {took:.1?}, restored at {} places, then {verdict:?}", places.len());
    worker.stop();
    gateway.stop();
    nats.stop();
}
