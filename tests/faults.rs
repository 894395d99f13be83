//! Killing the parts, in turn, while data streams in: it says that it is stale, comes back by itself, and nothing is lost or
//! counted twice.

mod harness;

use harness::{Nexusflow, SOON, data, eventually, nats_server, signal};
use serde_json::Value;

/// What the views say of all time.
fn figures(nexusflow: &Nexusflow) -> Value {
    nexusflow.json("/api/v1/views/figures?period=all").unwrap_or_default()
}

fn events(nexusflow: &Nexusflow) -> i64 {
    nexusflow.view("operator").get("events").and_then(|row| row["value"].as_i64()).unwrap_or(-1)
}

/// Waits until more is folded than `than`: the stream goes on.
fn goes_on(nexusflow: &Nexusflow, than: i64) -> i64 {
    eventually(SOON, "events are folded again", || {
        let view = figures(nexusflow);
        match events(nexusflow) {
            now if now > than && view["stale"] == false => Ok(now),
            now => Err(format!("{now} after {than}, stale {}: {}\n{}", view["stale"], view["why"], nexusflow.logs())),
        }
    })
}

fn says_stale(nexusflow: &Nexusflow, because: &str) {
    eventually(SOON, "it says that it is stale", || {
        let view = figures(nexusflow);
        let why = view["why"].as_str().unwrap_or_default().to_owned();
        if view["stale"] == true && why.contains(because) { Ok(()) } else { Err(format!("{}: {why}", view["stale"])) }
    });
}

#[test]
fn parts_may_be_killed_in_turn_and_the_figures_are_the_same() {
    let Some(data) = data() else { return };
    let data = data.join("olist");
    let data = data.to_str().unwrap();

    let calm = Nexusflow::new("BRL", "America/Sao_Paulo");
    let expected = {
        let _up = calm.up(&[]);
        let said = calm.run_well(&["replay", "olist", "--data", data]);
        let published = said.lines().find_map(|line| line.strip_prefix("published")).unwrap();
        let total = published.split_whitespace().next().unwrap().parse().unwrap();
        folded_all(&calm, total);
        (total, figures(&calm)["rows"].take())
    };

    let nexusflow = Nexusflow::new("BRL", "America/Sao_Paulo");
    let nats = nexusflow.nats();
    let mut worker = nexusflow.spawn("worker", &["worker"]);
    let mut gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    // Two years in about half a minute, so that every part is killed while events stream.
    let mut replay = nexusflow.spawn("replay", &["replay", "olist", "--data", data, "--speed", "2500000x"]);
    let mut folded = goes_on(&nexusflow, 1_000);
    for _ in 0..2 {
        gateway.kill();
        gateway = nexusflow.spawn("gateway", &["gateway"]);
        folded = goes_on(&nexusflow, folded);

        worker.kill();
        says_stale(&nexusflow, "no worker is running");
        worker = nexusflow.spawn("worker", &["worker"]);
        folded = goes_on(&nexusflow, folded);

        assert!(replay.is_running(), "the replay ended before every part was killed");
        signal("-KILL", nats_server(nats.id()));
        folded = goes_on(&nexusflow, folded);
    }
    assert!(replay.wait().success(), "{}", nexusflow.logs());
    folded_all(&nexusflow, expected.0);
    assert_eq!(figures(&nexusflow)["rows"].take(), expected.1);
    worker.stop();
    gateway.stop();
    nats.stop();
}

/// Waits until exactly so many different events are folded and nothing is on its way any more.
fn folded_all(nexusflow: &Nexusflow, total: i64) {
    eventually(SOON * 2, "every event is folded once", || {
        let behind: Vec<String> =
            nexusflow.view("partitions").values().map(|row| row["lag_records"].to_string()).collect();
        let now = events(nexusflow);
        if now == total && behind.iter().all(|lag| lag == "0") {
            Ok(())
        } else {
            Err(format!("{now} of {total}, behind {behind:?}"))
        }
    });
}
