//! Every part is killed in turn while recorded data streams in: it says that it is stale, and comes back by itself.

use crate::harness::{Nexusflow, SOON, data, eventually, nats_server, signal};
use crate::judge::Judge;
use crate::set_up::{events, goes_on};
use crate::{of, olist};

#[test]
fn parts_may_be_killed_in_turn_and_the_figures_are_the_same() {
    let Some(data) = data() else { return };
    let nexusflow = Nexusflow::new("BRL", "America/Sao_Paulo");
    let nats = nexusflow.nats();
    let mut worker = nexusflow.spawn("worker", &["worker"]);
    let mut gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    // Two years in about half a minute, so that every part is killed while events stream.
    let mut replay = olist::spawn(&nexusflow, &data, &["--speed", if of(1, 2) == 1 { "2000000x" } else { "500000x" }]);
    let mut folded = goes_on(&nexusflow, 1_000);
    for _ in 0..of(1, 4) {
        gateway.kill();
        gateway = nexusflow.spawn("gateway", &["gateway"]);
        folded = goes_on(&nexusflow, folded);

        worker.kill();
        says_stale(&nexusflow, "no worker is running");
        worker = nexusflow.spawn("worker", &["worker"]);
        folded = goes_on(&nexusflow, folded);

        assert!(replay.is_running(), "the replay ended before every part was killed");
        signal("-KILL", nats_server(nats.id()));
        folded = goes_on(&nexusflow, folded.max(events(&nexusflow)));
    }
    assert!(replay.wait().success(), "{}", nexusflow.logs());
    let verdict = Judge::new(&nexusflow).verdict(&nexusflow);
    olist::check(&nexusflow, &data);
    assert_eq!((verdict.events, verdict.effects > 500), (olist::published(&nexusflow), true), "{verdict:?}");
    eprintln!("{verdict:?}");
    worker.stop();
    gateway.stop();
    nats.stop();
}

fn says_stale(nexusflow: &Nexusflow, because: &str) {
    eventually(SOON, "it says that it is stale", || {
        let view = nexusflow.json("/api/v1/views/figures?period=all").unwrap_or_default();
        let why = view["why"].as_str().unwrap_or_default().to_owned();
        if view["stale"] == true && why.contains(because) { Ok(()) } else { Err(format!("{}: {why}", view["stale"])) }
    });
}
