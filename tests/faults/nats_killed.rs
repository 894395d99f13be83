//! The log's own server, killed, and once too slow to say what it has stored.

use crate::harness::{Nexusflow, Process, SOON, eventually, running_nats_server, signal};
use crate::judge::Judge;
use crate::of;
use crate::publisher::{Load, Publishers};
use crate::set_up::{Paused, events, goes_on};
use crate::shop::Tells;

#[test]
fn nats_may_be_killed_and_what_was_acknowledged_is_there() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("WORKER__CHECKPOINT_EVENTS", "500");
    // So that it is soon told when the log does not answer.
    nexusflow.set("HTTP__STORE_TIMEOUT_MS", "1000");
    let nats = nexusflow.nats();
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    let worker = nexusflow.spawn("worker", &["worker"]);
    nexusflow.wait_until_ready();
    let urls = vec![nexusflow.url("/api/v1/events")];
    let publishers = Publishers::start(&Load { urls, publishers: 6, batch: 7, tells: Tells::Stories });
    let mut folded = goes_on(&nexusflow, 500);
    for _ in 0..of(5, 15) {
        let before = publishers.stored();
        let killed = server(&nats, 0);
        signal("-KILL", killed);
        server(&nats, killed);
        // Everybody comes back by themselves.
        folded = goes_on(&nexusflow, folded.max(events(&nexusflow)));
        stores_more(&publishers, before, 200, &nexusflow);
    }
    // It has stored what it did not live to confirm: publishers send that again, and it counts once.
    let (later, before) = (publishers.later() + publishers.unanswered(), publishers.stored());
    let paused = Paused::new(server(&nats, 0));
    eventually(SOON, "publishers are told to send it again", || {
        let now = publishers.later() + publishers.unanswered();
        if now > later + 5 { Ok(()) } else { Err(now.to_string()) }
    });
    drop(paused);
    stores_more(&publishers, before, 200, &nexusflow);
    goes_on(&nexusflow, folded);
    let told = publishers.stop();
    let mut judge = Judge::new(&nexusflow);
    let verdict = judge.verdict(&nexusflow);
    judge.knows_exactly(&told.stored);
    eprintln!("{} acknowledged, {} later, {} unanswered, {verdict:?}", told.stored.len(), told.later, told.unanswered);
    assert!(verdict.effects > 50 && verdict.derived > 50 && verdict.duplicates > 0, "{verdict:?}");
    worker.stop();
    gateway.stop();
    nats.stop();
}

/// The server that is looked after, once it is another one than `before`.
fn server(nats: &Process, before: u32) -> u32 {
    eventually(SOON, "there is a server", || match running_nats_server(nats.id()) {
        Some(server) if server != before => Ok(server),
        other => Err(format!("{other:?}")),
    })
}

/// Waits until so many more are acknowledged.
fn stores_more(publishers: &Publishers, before: usize, more: usize, nexusflow: &Nexusflow) {
    eventually(SOON, "events are stored again", || match publishers.stored() {
        now if now > before + more => Ok(()),
        now => Err(format!("{now} after {before}\n{}", nexusflow.logs())),
    });
}
