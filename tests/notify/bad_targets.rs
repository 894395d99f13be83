//! Targets that answer 500 for long, hang, or are gone, beside a good one.

use crate::harness::{SOON, eventually, free_port, root};
use crate::server::{Mood, Request, Server, now_ms};
use crate::wire::{SECRET, Wire, configured, ms, webhook};
use nexusflow_log::Outcome;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

const NOTICES: usize = 60;
/// An hour, scaled by a thousand.
const AN_HOUR: Duration = Duration::from_millis(3_600);

/// Verifies signatures with another implementation than ours, which knows nothing but the specification.
fn verify(requests: &[Request]) {
    let script = "import base64, hashlib, hmac, json, sys\n\
        key = base64.b64decode(sys.argv[1].removeprefix('whsec_'))\n\
        for line in sys.stdin:\n    r = json.loads(line)\n    \
            signed = f\"{r['webhook-id']}.{r['webhook-timestamp']}.{r['body']}\".encode()\n    \
            made = 'v1,' + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()\n    \
            assert hmac.compare_digest(made, r['webhook-signature']), r\n\
        print('good')\n";
    let python = root().join(".tools/venv/bin/python");
    let mut child =
        Command::new(python).args(["-c", script, SECRET]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for request in requests {
        let mut line = json!(request.headers);
        line["body"] = Value::String(request.body.clone());
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    assert_eq!(child.wait_with_output().unwrap().stdout, b"good\n");
    // Five minutes are what the specification tolerates.
    for request in requests {
        let timestamp: i64 = request.headers["webhook-timestamp"].parse().unwrap();
        assert!((request.at_ms / 1_000 - timestamp).abs() <= 300);
    }
}

fn ids(requests: &[Request]) -> BTreeSet<String> {
    requests.iter().map(|request| request.id().to_owned()).collect()
}

/// The same id is the same message, however often it was tried.
fn bodies(requests: &[Request]) -> BTreeMap<String, String> {
    let mut bodies = BTreeMap::new();
    for request in requests {
        let body = bodies.entry(request.id().to_owned()).or_insert_with(|| request.body.clone());
        assert_eq!(*body, request.body, "a message changed between two attempts");
    }
    bodies
}

#[test]
fn bad_targets_delay_nobody_and_get_everything_once_they_are_back() {
    let good = Server::start(free_port(), Mood::Good);
    let failing = Server::start(free_port(), Mood::Says(500, ""));
    let hanging = Server::start(free_port(), Mood::Hangs);
    let mut gone = Server::start(free_port(), Mood::Good);
    gone.go();
    let targets = [("good", &good), ("failing", &failing), ("hanging", &hanging), ("gone", &gone)];
    let targets: String = targets.iter().map(|(name, server)| webhook(name, &server.url())).collect();
    let nexusflow = configured(&targets, "group_wait_s = 0");
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();

    let began = now_ms();
    for n in 0..NOTICES {
        wire.notice(&format!("c-{n}"), "raised", &json!({}));
        std::thread::sleep(AN_HOUR / NOTICES as u32);
    }
    eventually(SOON, "the good one has everything", || match good.taken().len() {
        NOTICES.. => Ok(()),
        some => Err(format!("{some} {}", nexusflow.logs())),
    });
    // From what happened, as the notice says it, to the target's having read it.
    let latency = |request: &Request| request.at_ms - ms(request.json()["timestamp"].as_str().unwrap());
    let mut latencies: Vec<i64> = good.taken().iter().map(latency).collect();
    latencies.sort_unstable();
    let (p50, worst) = (latencies[NOTICES / 2], latencies[NOTICES - 1]);
    eprintln!("to the good target beside three bad ones: p50 {p50} ms, worst {worst} ms, {} messages", latencies.len());
    assert!(worst < 1_000, "the good one was delayed: {latencies:?}");
    assert_eq!(good.requests().len(), NOTICES, "the good one was told twice");
    verify(&good.requests());

    // The bad ones are left alone, and say so.
    for name in ["failing", "hanging", "gone"] {
        let state = eventually(SOON, "what waits is counted", || match wire.target(name) {
            state if state.waiting == NOTICES as u64 => Ok(state),
            state => Err(format!("{state:?}")),
        });
        assert!(state.state != "closed" && state.last_ok_at.is_none() && state.last_error.is_some(), "{state:?}");
    }
    let attempts = failing.requests().len();
    eprintln!("attempts of the failing one in {} ms: {attempts}", now_ms() - began);
    assert!((5..40).contains(&attempts), "{attempts} attempts in a scaled hour");

    failing.set(Mood::Good);
    hanging.set(Mood::Good);
    gone.come_back();
    for (name, server) in [("failing", &failing), ("hanging", &hanging), ("gone", &gone)] {
        eventually(SOON, name, || match ids(&server.taken()).len() {
            NOTICES => Ok(()),
            some => Err(format!("{some} of {NOTICES} {:?}", wire.target(name))),
        });
        // What was tried while it was bad are messages that it has now, under the same ids.
        assert!(ids(&server.requests()).is_subset(&ids(&server.taken())));
        assert_eq!(bodies(&server.requests()).len(), NOTICES);
        assert!(ids(&server.taken()).iter().all(|id| id.ends_with(&format!("_{name}"))));
        verify(&server.requests());
        eventually(SOON, "all is well again", || match wire.target(name) {
            state if state.state == "closed" && state.waiting == 0 && state.last_ok_at.is_some() => Ok(()),
            state => Err(format!("{state:?}")),
        });
    }
    log_of_deliveries(&wire);
    worker.stop();
    nats.stop();
}

/// It has each attempt, under the id of its message, and what became of it.
fn log_of_deliveries(wire: &Wire) {
    let all = eventually(SOON, "the log of deliveries says it all", || {
        let all = wire.deliveries(None);
        let delivered = all.iter().filter(|entry| entry.outcome == Outcome::Delivered).count();
        if delivered >= 4 * NOTICES { Ok(all) } else { Err(format!("{delivered}")) }
    });
    let of = |target: &str, outcome| {
        all.iter().filter(move |entry| entry.target == target && entry.outcome == outcome).count()
    };
    assert_eq!((of("good", Outcome::Failed), of("good", Outcome::Delivered)), (0, NOTICES));
    for (name, said) in [("failing", "answered 500"), ("hanging", "no answer in time"), ("gone", "can't connect")] {
        let failed: Vec<_> =
            all.iter().filter(|entry| entry.target == name && entry.outcome == Outcome::Failed).collect();
        assert!(!failed.is_empty() && of(name, Outcome::Delivered) == NOTICES);
        for entry in &failed {
            assert!(entry.detail.as_deref().unwrap().starts_with(said), "{entry:?}");
            assert!(entry.next_at.is_some() && entry.took_ms.is_some() && entry.attempt > 0, "{entry:?}");
        }
        // One that failed arrived later, with a higher number of the attempt.
        let later = |entry: &&nexusflow_log::Delivery| entry.id == failed[0].id && entry.outcome == Outcome::Delivered;
        assert!(all.iter().find(later).unwrap().attempt > failed[failed.len() - 1].attempt);
    }
    assert_eq!(wire.newest(7, "gone").len(), 7);
    assert!(!serde_json::to_string(&all).unwrap().contains("127.0.0.1"), "an address stands in the log");
}
