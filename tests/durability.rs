//! What an acknowledged event survives, as far as a test can tell: nats-server killed at any moment. (A machine that loses power
//! can't be tested here: what the system holds for the disk survives a process, and would not survive that.)
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic and say what it measured")]

mod harness;

use harness::publisher::{Publishers, Told};
use harness::{Nexusflow, SOON, eventually, nats_server, signal};
use std::time::{SystemTime, UNIX_EPOCH};

/// How often the server is killed.
const KILLS: u64 = 6;

#[test]
fn acknowledged_events_survive_kill_9_of_a_server_that_syncs_every_write() {
    server_killed("always");
}

#[test]
fn acknowledged_events_survive_kill_9_of_a_server_that_syncs_once_a_minute() {
    server_killed("1m");
}

fn server_killed(sync: &str) {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("OWN_NATS__SYNC", sync);
    let nats = nexusflow.spawn("nats", &["nats"]);
    let config = nexusflow.folder().join(".nexusflow/nats/nats-server.conf");
    eventually(SOON, "NATS is told how to sync", || {
        let text = std::fs::read_to_string(&config).unwrap_or_default();
        text.contains(&format!("sync_interval: {sync} ")).then_some(()).ok_or(text)
    });
    let worker = nexusflow.spawn("worker", &["worker"]);
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();

    let publishers = Publishers::start(nexusflow.url(""), "");
    // How much is acknowledged before each kill: from a few events to more than a second of them.
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    let mut random = u64::from(seed);
    for _ in 0..KILLS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let goal = publishers.told().events + 20 + (random >> 33) % 1_500;
        eventually(SOON, "events are acknowledged", || match publishers.told() {
            told if told.events >= goal => Ok(()),
            told => Err(format!("{told:?} of {goal}\n{}", nexusflow.logs())),
        });
        signal("-KILL", nats_server(nats.id()));
    }
    eventually(SOON, "what was sent is acknowledged", || publishers.is_held().then_some(()).ok_or(nexusflow.logs()));
    let told = publishers.told();
    eprintln!("sync {sync}, seed {seed}: {KILLS} kills, {told:?}");
    counts(&nexusflow, &told);

    // And the log itself has them, not only a worker that heard of them: another one begins at the beginning.
    worker.kill();
    std::fs::remove_dir_all(nexusflow.folder().join(".nexusflow/checkpoints")).ok();
    let worker = nexusflow.spawn("worker", &["worker"]);
    eventually(SOON, "the new worker owns a partition", || {
        let owners = nexusflow.view("partitions");
        let is_new = owners
            .values()
            .all(|row| row["owner"].as_str().is_some_and(|name| name.ends_with(&format!(":{}", worker.id()))));
        if is_new && !owners.is_empty() { Ok(()) } else { Err(format!("{owners:?}")) }
    });
    counts(&nexusflow, &told);
}

/// The wall is fresh and shows every acknowledged order once.
fn counts(nexusflow: &Nexusflow, told: &Told) {
    eventually(SOON, "every acknowledged event counts once", || {
        let view = nexusflow.json("/api/v1/views/figures?period=all").unwrap_or_default();
        let figures = nexusflow.view("figures?period=all");
        let figure = |key: &str| figures.get(key).and_then(|row| row["value"].as_u64());
        let shown = (figure("orders"), figure("order_value"));
        if shown == (Some(told.events), Some(told.minor)) && view["stale"] == false {
            Ok(())
        } else {
            Err(format!("{shown:?} of {told:?}, stale {}: {}\n{}", view["stale"], view["why"], nexusflow.logs()))
        }
    });
}
