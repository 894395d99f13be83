//! No room for checkpoints: they only save time, so that everything goes on, and says what is wrong.

use crate::disk::Disk;
use crate::harness::{Nexusflow, Process, SOON, eventually};
use crate::judge::Judge;
use crate::publisher::{Load, Publishers};
use crate::set_up::{events, goes_on, log_of, of_partitions, restored};
use crate::shop::Tells;
use serde_json::Value;
use std::process::Command;

const NAME: &str = "full_disk::a_full_disk_under_the_checkpoints_stops_nothing";

#[test]
fn a_full_disk_under_the_checkpoints_stops_nothing() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let folder = nexusflow.folder().join("disk");
    let Some(disk) = Disk::mount(&folder, 24 * 1_024) else { return inside() };
    nexusflow.set("WORKER__CHECKPOINTS", folder.to_str().unwrap());
    nexusflow.set("WORKER__CHECKPOINT_EVENTS", "200");
    nexusflow.set("WORKER__CHECKPOINT_S", "1");
    let nats = nexusflow.nats();
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    let worker = nexusflow.spawn("worker", &["worker"]);
    nexusflow.wait_until_ready();
    let urls = vec![nexusflow.url("/api/v1/events")];
    let publishers = Publishers::start(&Load { urls, publishers: 3, batch: 5, tells: Tells::Stories });
    let good = checkpointed(&nexusflow, &[0; 4]);
    disk.fill();
    let complaint = eventually(SOON, "it says that there is no room", || {
        let said = log_of(&nexusflow, "worker");
        let mut lines = said.lines().filter(|line| line.contains("could not write a checkpoint"));
        lines.find(|line| line.contains("No space left on device")).map(str::to_owned).ok_or(said)
    });
    assert!(complaint.contains("worker.checkpoints"), "it says how to mend it: {complaint}");
    let status = nexusflow.run(&["status"]);
    let status = String::from_utf8_lossy(&status.stdout);
    assert!(status.contains("No space left on device"), "{status}");
    // It folds on, and what was good stays good: a worker that is killed now begins there.
    let folded = goes_on(&nexusflow, events(&nexusflow) + 1_000);
    let worker = killed(&nexusflow, worker, &good);
    let folded = goes_on(&nexusflow, folded);
    disk.free();
    let better = checkpointed(&nexusflow, &sequences(&nexusflow, "applied_seq"));
    let worker = killed(&nexusflow, worker, &better);
    goes_on(&nexusflow, folded);
    eventually(SOON, "all is well again", || {
        let troubles = of_partitions(&nexusflow, "trouble");
        if troubles.iter().all(Value::is_null) { Ok(()) } else { Err(format!("{troubles:?}")) }
    });
    let told = publishers.stop();
    let mut judge = Judge::new(&nexusflow);
    let verdict = judge.verdict(&nexusflow);
    judge.knows_exactly(&told.stored);
    eprintln!("checkpoints at {good:?}, then {better:?}, {verdict:?}");
    worker.stop();
    gateway.stop();
    nats.stop();
}

/// Waits until every partition has a checkpoint beyond these places; says where.
fn checkpointed(nexusflow: &Nexusflow, beyond: &[u64]) -> Vec<u64> {
    eventually(SOON, "checkpoints are written", || {
        let now = sequences(nexusflow, "checkpoint_seq");
        let is_beyond = now.len() == beyond.len() && now.iter().zip(beyond).all(|(now, beyond)| now > beyond);
        if is_beyond { Ok(now) } else { Err(format!("{now:?} after {beyond:?}\n{}", nexusflow.logs())) }
    })
}

fn sequences(nexusflow: &Nexusflow, col: &str) -> Vec<u64> {
    of_partitions(nexusflow, col).iter().filter_map(|value| value.as_u64()).collect()
}

/// Kills the worker; the next one begins at these checkpoints or later ones.
fn killed(nexusflow: &Nexusflow, worker: Process, from: &[u64]) -> Process {
    let before = restored(nexusflow, "worker").len();
    worker.kill();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let places = eventually(SOON, "it is restored", || {
        let places = restored(nexusflow, "worker").split_off(before);
        if places.len() == from.len() { Ok(places) } else { Err(format!("{places:?}\n{}", nexusflow.logs())) }
    });
    for (partition, at) in places {
        let from = from[partition as usize];
        assert!(at >= from, "partition {partition} begins at {at}, though there was a checkpoint at {from}");
    }
    worker
}

/// The same in a name space of its own, in which anybody may mount. Where that is not allowed either, it is skipped with a
/// message; but not on CI.
fn inside() {
    const INSIDE: &str = "FAULTS_INSIDE";
    let is_inside = std::env::var_os(INSIDE).is_some();
    let this = std::env::current_exe().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount"]).arg(this).args(["--exact", NAME, "--nocapture"]).env(INSIDE, "1");
    let probe = Command::new("unshare").args(["--map-root-user", "--mount", "true"]).status();
    if !is_inside && probe.is_ok_and(|status| status.success()) {
        assert!(command.status().unwrap().success());
        return;
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "no file system can be mounted here: run as root, or allow user name spaces"
    );
    eprintln!("skipped: a small disk can be mounted by root only");
}
