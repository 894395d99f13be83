//! Several workers: they share the partitions, and come, leave and die, and the figures are those of one alone.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::{Nexusflow, Process, SOON, eventually, signal};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

const PARTITIONS: usize = 4;
/// Orders in a batch, of as many customers: every partition gets some.
const ORDERS: usize = 200;
/// The longest that a partition may be without an answer when its worker dies.
const FAILOVER: Duration = Duration::from_secs(5);

/// The `n`th batch of orders.
fn batch(n: usize) -> String {
    let order = |at: usize| {
        json!({
            "specversion": "1.0", "id": format!("{n}-{at}"), "source": "/shop", "type": "order.placed", "subject": format!("c-{at}"),
            "data": {"order": format!("{n}-{at}"), "total": {"minor": 100 + n as i64, "currency": "EUR"}}
        })
    };
    Value::from_iter((0..ORDERS).map(order)).to_string()
}

fn publish(nexusflow: &Nexusflow, n: usize) {
    let (status, body) = nexusflow.post("/api/v1/events", "application/cloudevents-batch+json", &batch(n));
    assert_eq!((status, &body["stored"]), (200, &json!(ORDERS)), "{body}");
}

/// The figures of all time, once they hold `batches`.
fn figures(nexusflow: &Nexusflow, batches: usize) -> Value {
    eventually(SOON, "every order is counted", || {
        let mut view = nexusflow.json("/api/v1/views/figures?period=all").unwrap_or_default();
        let rows = view["rows"].take();
        let orders = rows.as_array().into_iter().flatten().find(|row| row[0] == "orders").map(|row| row[1].clone());
        if orders == Some(json!(batches * ORDERS)) && view["stale"] == false {
            Ok(rows)
        } else {
            Err(format!("{orders:?} of {}, {}: {}\n{}", batches * ORDERS, view["stale"], view["why"], nexusflow.logs()))
        }
    })
}

/// What `nexusflow status --json` says, and whether it says that all is well.
fn status(nexusflow: &Nexusflow) -> (bool, Value) {
    let output = nexusflow.run(&["status", "--json"]);
    (output.status.success(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

/// How many partitions each worker owns, the fewest first, and the owner of each.
fn shares(status: &Value) -> (Vec<u64>, Vec<String>) {
    let count = |worker: &Value| worker["partitions"].as_array().map_or(0, Vec::len) as u64;
    let mut shares: Vec<u64> = status["workers"].as_array().into_iter().flatten().map(count).collect();
    shares.sort_unstable();
    let owner = |partition: &Value| partition["owner"].as_str().unwrap_or_default().to_owned();
    (shares, status["partitions"].as_array().into_iter().flatten().map(owner).collect())
}

/// Waits until the workers that live share the partitions so, and all is well.
fn shared(nexusflow: &Nexusflow, wanted: &[u64]) -> Value {
    eventually(SOON, "the partitions are shared", || match status(nexusflow) {
        (true, status) if shares(&status).0 == wanted => Ok(status),
        (well, status) => Err(format!("{well} {status:#}\n{}", nexusflow.logs())),
    })
}

fn owns(status: &Value, process: &Process) -> usize {
    shares(status).1.iter().filter(|owner| owner.ends_with(&format!(":{}", process.id()))).count()
}

/// Asks for a customer in each partition again and again until `done`: the longest that one was without an answer.
fn longest_silence(nexusflow: &Nexusflow, mut done: impl FnMut() -> bool) -> Duration {
    let mut answered = [Instant::now(); PARTITIONS];
    let mut longest = Duration::ZERO;
    let mut is_done = false;
    loop {
        let mut is_whole = true;
        // Customers of all partitions are among the first few: their place says which.
        for at in 0..16 {
            let began = Instant::now();
            let customer = nexusflow.json(&format!("/api/v1/customers/c-{at}"));
            let place =
                customer.and_then(|customer| customer["place"].as_str()?.split(':').next()?.parse::<usize>().ok());
            match place {
                Some(partition) => {
                    longest = longest.max(answered[partition].elapsed().saturating_sub(began.elapsed()));
                    answered[partition] = Instant::now();
                }
                None => is_whole = false,
            }
        }
        if is_done && is_whole {
            return longest;
        }
        is_done = is_done || done();
    }
}

/// Nothing runs, and it says so; then NATS and a gateway run, and no worker.
fn without_workers(nexusflow: &Nexusflow) -> (Process, Process) {
    let said = nexusflow.run(&["status"]);
    assert!(!said.status.success() && !said.stdout.is_empty(), "nothing runs, and it says so: {said:?}");
    let nats = nexusflow.spawn("nats", &["nats"]);
    eventually(SOON, "NATS listens", || {
        std::net::TcpStream::connect(("127.0.0.1", nexusflow.nats_port)).map(drop).map_err(|error| error.to_string())
    });
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    eventually(SOON, "it says that no worker runs", || match status(nexusflow) {
        (false, said) if said["trouble"].to_string().contains("no worker") => Ok(()),
        (_, said) => Err(said.to_string()),
    });
    (nats, gateway)
}

/// The operator's page has what `status` says.
fn operator_sees(nexusflow: &Nexusflow, status: &Value) {
    eventually(SOON, "the operator sees the same", || {
        let (rows, workers) = (nexusflow.view("partitions"), nexusflow.view("workers"));
        let is_same = |partition: &Value| {
            let row = rows.get(&partition["partition"].to_string());
            row.is_some_and(|row| (&row["owner"], &row["term"]) == (&partition["owner"], &partition["term"]))
        };
        let is_all = status["partitions"].as_array().unwrap().iter().all(is_same);
        let is_all = is_all && workers.len() == status["workers"].as_array().unwrap().len();
        if is_all { Ok(()) } else { Err(format!("{workers:?} {rows:?}\n{status:#}")) }
    });
}

/// Whether no partition's term is lower than it was.
fn terms_grow(earlier: &Value, later: &Value) -> bool {
    let terms = |status: &Value| -> Vec<u64> {
        status["partitions"].as_array().unwrap().iter().map(|row| row["term"].as_u64().unwrap()).collect()
    };
    terms(earlier).into_iter().zip(terms(later)).all(|(earlier, later)| earlier <= later)
}

/// Ends a process while customers are asked for: the longest that a partition was without an answer, until the rest share
/// everything so.
fn ends(nexusflow: &Nexusflow, process: Process, end: fn(Process), wanted: &[u64]) -> Duration {
    let mut process = Some(process);
    longest_silence(nexusflow, || {
        if let Some(process) = process.take() {
            end(process);
        }
        shares(&status(nexusflow).1).0 == wanted
    })
}

#[test]
fn workers_come_and_leave_and_die_and_the_figures_are_those_of_one_alone() {
    let calm = Nexusflow::new("EUR", "Europe/Madrid");
    let expected = {
        let _up = calm.up(&[]);
        (0..6).for_each(|n| publish(&calm, n));
        figures(&calm, 6)
    };

    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let (nats, gateway) = without_workers(&nexusflow);
    let first = nexusflow.spawn("first", &["worker"]);
    nexusflow.wait_until_ready();
    publish(&nexusflow, 0);
    shared(&nexusflow, &[4]);

    let second = nexusflow.spawn("second", &["worker"]);
    let two = shared(&nexusflow, &[2, 2]);
    assert_eq!((owns(&two, &first), owns(&two, &second)), (2, 2));
    publish(&nexusflow, 1);
    let third = nexusflow.spawn("third", &["worker"]);
    let three = shared(&nexusflow, &[1, 1, 2]);
    let moved = shares(&two).1.iter().zip(shares(&three).1).filter(|(before, after)| **before != *after).count();
    assert_eq!((owns(&three, &third), moved), (1, 1), "no more moves than has to");
    operator_sees(&nexusflow, &three);
    publish(&nexusflow, 2);
    figures(&nexusflow, 3);

    // One leaves in good order: nobody notices.
    let silence = ends(&nexusflow, second, Process::stop, &[2, 2]);
    assert!(silence < Duration::from_secs(3), "a partition did not answer for {silence:?}");
    let view = nexusflow.json("/api/v1/views/figures?period=all").unwrap();
    assert_eq!(view["stale"], false, "{view}");
    publish(&nexusflow, 3);

    // One stands still for longer than its lease, and comes back: it owns nothing any more, and takes part again.
    let before = shared(&nexusflow, &[2, 2]);
    signal("-STOP", third.id());
    let alone = shared(&nexusflow, &[4]);
    assert_eq!(owns(&alone, &first), 4);
    publish(&nexusflow, 4);
    figures(&nexusflow, 5);
    signal("-CONT", third.id());
    let again = shared(&nexusflow, &[2, 2]);
    figures(&nexusflow, 5);
    assert!(terms_grow(&before, &alone) && terms_grow(&alone, &again));

    // One dies.
    let silence = ends(&nexusflow, third, Process::kill, &[4]);
    assert!(silence < FAILOVER, "a partition did not answer for {silence:?}");
    publish(&nexusflow, 5);
    assert_eq!(figures(&nexusflow, 6), expected);

    first.stop();
    let (well, said) = status(&nexusflow);
    assert!(!well && said["trouble"].as_array().unwrap().len() == PARTITIONS, "{said}");
    gateway.stop();
    nats.stop();
}

/// Removes what there is of the checkpoints, but for one partition's.
fn keep_checkpoints_of(partition: &str, folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.file_name().unwrap().to_str().unwrap().starts_with(partition) {
            if path.is_dir() { std::fs::remove_dir_all(&path).unwrap() } else { std::fs::remove_file(&path).unwrap() }
        }
    }
}

/// A log that was made anew below a checkpoint: that partition stands still and says why, the others go on; where no partition
/// can be folded, the worker ends and says why.
#[test]
fn a_partition_that_cannot_be_folded_is_told_and_does_not_stop_the_others() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let up = nexusflow.up(&[]);
    publish(&nexusflow, 0);
    figures(&nexusflow, 1);
    up.stop();
    std::fs::remove_dir_all(nexusflow.folder().join(".nexusflow/nats/jetstream")).unwrap();
    let output = nexusflow.run(&["up"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("made anew"), "{said}");

    keep_checkpoints_of("001", &nexusflow.folder().join(".nexusflow/checkpoints/nexusflow"));
    let up = nexusflow.spawn("up", &["up"]);
    let said = eventually(SOON, "it says what is wrong", || match status(&nexusflow) {
        (false, said) if said["trouble"].to_string().contains("can't be folded") => Ok(said),
        (_, said) => Err(format!("{said:#}\n{}", nexusflow.logs())),
    });
    let states: Vec<&str> =
        said["partitions"].as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["live", "failing", "live", "live"]);
    assert_eq!(said["trouble"].as_array().unwrap().len(), 1, "{said}");
    assert!(said["trouble"][0].as_str().unwrap().contains("made anew"), "{said}");
    let why = eventually(SOON, "the operator is told", || {
        match nexusflow.view("partitions").get("1").map(|row| (row["state"].clone(), row["trouble"].to_string())) {
            Some((state, why)) if state == "failing" => Ok(why),
            other => Err(format!("{other:?}")),
        }
    });
    assert!(why.contains("made anew"), "{why}");

    // Mended: it goes on by itself.
    keep_checkpoints_of("none", &nexusflow.folder().join(".nexusflow/checkpoints/nexusflow"));
    shared(&nexusflow, &[4]);
    publish(&nexusflow, 0);
    figures(&nexusflow, 1);
    up.stop();
}
