//! Workers that share the partitions: one dies and comes back, another is silent for longer than its lease, and then believes
//! for a moment that it still owns what it had.

use crate::harness::{Nexusflow, Process};
use crate::judge::Judge;
use crate::of;
use crate::publisher::{Load, Publishers};
use crate::set_up::{Paused, events, goes_on, log_of, owned_by};
use crate::shop::Tells;

#[test]
fn a_worker_may_die_or_be_silent_while_another_goes_on() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("WORKER__CHECKPOINT_EVENTS", "300");
    let nats = nexusflow.nats();
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    let mut first = nexusflow.spawn("first", &["worker"]);
    let mut second = nexusflow.spawn("second", &["worker"]);
    nexusflow.wait_until_ready();
    owned_by(&nexusflow, &[&first, &second]);
    let urls = vec![nexusflow.url("/api/v1/events")];
    let publishers = Publishers::start(&Load { urls, publishers: 4, batch: 9, tells: Tells::Stories });
    let mut folded = goes_on(&nexusflow, 500);
    for _ in 0..of(2, 6) {
        first.kill();
        owned_by(&nexusflow, &[&second]);
        folded = goes_on(&nexusflow, folded.max(events(&nexusflow)));
        first = nexusflow.spawn("first", &["worker"]);
        owned_by(&nexusflow, &[&first, &second]);
        std::mem::swap(&mut first, &mut second);
    }
    for _ in 0..of(3, 9) {
        folded = is_silent(&nexusflow, &second, &first, folded);
        std::mem::swap(&mut first, &mut second);
    }
    let told = publishers.stop();
    let mut judge = Judge::new(&nexusflow);
    let verdict = judge.verdict(&nexusflow);
    judge.knows_exactly(&told.stored);
    eprintln!("{} acknowledged, {} later, {verdict:?}", told.stored.len(), told.later);
    assert!(verdict.effects > 50 && verdict.derived > 50, "{verdict:?}");
    let logs = log_of(&nexusflow, "first") + &log_of(&nexusflow, "second");
    let overtaken = logs.lines().filter(|line| line.contains("another worker has taken over")).count();
    assert!(overtaken > 0, "nobody found that it had been taken for dead\n{logs}");
    first.stop();
    second.stop();
    gateway.stop();
    nats.stop();
}

/// Holds a worker until the other one owns everything and goes on, then lets both find out who owns what.
fn is_silent(nexusflow: &Nexusflow, silent: &Process, other: &Process, folded: i64) -> i64 {
    let paused = Paused::new(silent.id());
    owned_by(nexusflow, &[other]);
    let folded = goes_on(nexusflow, folded.max(events(nexusflow)));
    drop(paused);
    owned_by(nexusflow, &[other, silent]);
    goes_on(nexusflow, folded)
}
