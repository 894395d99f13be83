//! Killing the parts, in turn, while data streams in: it says that it is stale, comes back by itself, and nothing is lost or
//! counted twice.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::{Nexusflow, SOON, data, eventually, signal};
use serde_json::Value;
use std::time::Duration;

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

/// The process of nats-server that `nexusflow nats` looks after.
fn nats_server(of: u32) -> u32 {
    let found = std::process::Command::new("pgrep").args(["-P", &of.to_string()]).output().unwrap();
    String::from_utf8(found.stdout).unwrap().split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn parts_may_be_killed_in_turn_and_the_figures_are_the_same() {
    let Some(data) = data() else { return };
    let data = data.join("olist");
    let data = data.to_str().unwrap();

    let calm = Nexusflow::new("BRL", "America/Sao_Paulo");
    let expected = {
        let _up = calm.up(&[]);
        calm.run_well(&["replay", "olist", "--data", data]);
        let total = eventually(SOON * 2, "the calm run is folded", || settled(&calm));
        (total, figures(&calm)["rows"].take())
    };

    let nexusflow = Nexusflow::new("BRL", "America/Sao_Paulo");
    let nats = nexusflow.spawn("nats", &["nats"]);
    eventually(SOON, "NATS listens", || {
        std::net::TcpStream::connect(("127.0.0.1", nexusflow.nats_port)).map(drop).map_err(|error| error.to_string())
    });
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
    let total = eventually(SOON * 2, "everything is folded", || settled(&nexusflow));
    assert_eq!((total, figures(&nexusflow)["rows"].take()), expected);
    worker.stop();
    gateway.stop();
    nats.stop();
}

/// How many events are folded, once nothing is on its way any more.
fn settled(nexusflow: &Nexusflow) -> Result<i64, String> {
    let partitions = nexusflow.view("partitions");
    let behind: Vec<String> = partitions.values().map(|row| row["lag_records"].to_string()).collect();
    let before = events(nexusflow);
    std::thread::sleep(Duration::from_secs(2)); // two heartbeats: the owners have asked the log how far it goes
    if events(nexusflow) == before && before > 0 && behind.iter().all(|lag| lag == "0") {
        return Ok(before);
    }
    Err(format!("{before} events, behind {behind:?}"))
}
