//! Who is told what: groups, what consoles have shown, silences, inhibition.

use crate::harness::{SOON, eventually, free_port};
use crate::server::{Mood, Server, now_ms, quiet_for};
use crate::wire::{Wire, at, configured, ms, notice, webhook};
use serde_json::{Value, json};
use std::time::Duration;

fn told(server: &Server) -> Vec<Value> {
    server.taken().iter().map(crate::server::Request::json).collect()
}

#[test]
fn ten_thousand_alerts_of_one_outage_are_a_handful_of_messages() {
    let server = Server::start(free_port(), Mood::Good);
    let nexusflow = configured(&webhook("crm", &server.url()), "group_interval_s = 2");
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    let began = now_ms();
    for entry in 0..50 {
        let outage =
            json!({"group": "delay:carrier:DHL", "severity": "S1", "kind": "delay", "labels": {"carrier": "DHL"}});
        let bodies: Vec<Value> = (0..200).map(|n| notice(&format!("c-{entry}-{n}"), "raised", &outage)).collect();
        wire.entry(&bodies);
    }
    let took = now_ms() - began;
    let counts = eventually(SOON, "all of them were told of", || {
        let counts: Vec<u64> = told(&server).iter().map(|message| message["data"]["count"].as_u64().unwrap()).collect();
        if counts.iter().sum::<u64>() == 10_000 { Ok(counts) } else { Err(format!("{counts:?}")) }
    });
    eprintln!(
        "10,000 alerts in {took} ms: {} messages about {counts:?}, the last after {} ms",
        counts.len(),
        now_ms() - began
    );
    assert!(counts.len() <= 6, "{counts:?}");
    quiet_for(&server, Duration::from_secs(3));
    let last = told(&server).pop().unwrap();
    assert_eq!((&last["type"], last["data"]["alerts"].as_array().unwrap().len()), (&json!("alerts.grouped"), 20));
    assert!(last["data"]["headline"].as_str().unwrap().ends_with("alerts of delay:carrier:DHL"), "{last}");
    worker.stop();
    nats.stop();
}

#[test]
fn a_configuration_that_is_applied_holds_for_what_waits_as_well() {
    let server = Server::start(free_port(), Mood::Good);
    let nexusflow = configured(&webhook("crm", &server.url()), "group_wait_s = 3600");
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    wire.notice("c-1", "raised", &json!({}));
    quiet_for(&server, Duration::from_secs(1));
    std::fs::write(nexusflow.folder().join("alerts.toml"), "[notify]\ngroup_wait_s = 0\n").unwrap();
    nexusflow.run_well(&["config", "apply"]);
    eventually(SOON, "what waited an hour is told", || match told(&server).len() {
        1 => Ok(()),
        some => Err(format!("{some} {}", nexusflow.logs())),
    });
    wire.notice("c-2", "raised", &json!({}));
    eventually(SOON, "what comes now is told at once", || match told(&server).len() {
        2 => Ok(()),
        some => Err(format!("{some} {}", nexusflow.logs())),
    });
    worker.stop();
    nats.stop();
}

#[test]
fn what_a_console_has_shown_or_somebody_has_taken_is_not_told_elsewhere() {
    let server = Server::start(free_port(), Mood::Good);
    let target = webhook("crm", &server.url()).replace("always", "unseen");
    let nexusflow = configured(&target, "group_wait_s = 0\nunseen_s = 2");
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    let began = now_ms();
    for customer in ["c-1", "c-2", "c-3"] {
        wire.notice(customer, "raised", &json!({}));
    }
    wire.receipt("c-1", 1);
    wire.notice("c-2", "acknowledged", &json!({"revision": 2, "state": "acknowledged", "actor": "Ana Ruiz"}));
    eventually(SOON, "the one that nobody saw is told", || {
        if told(&server).is_empty() { Err(String::new()) } else { Ok(()) }
    });
    let waited = server.taken()[0].at_ms - began;
    assert!((2_000..4_000).contains(&waited), "after {waited} ms");
    quiet_for(&server, Duration::from_secs(1));
    let messages = told(&server);
    assert_eq!((messages.len(), &messages[0]["data"]["alerts"][0]["customer"]), (1, &json!("c-3")));
    let mut held = wire.held();
    held.sort();
    assert_eq!(held, ["acknowledged before it was told", "seen on a console before it was told"]);
    worker.stop();
    nats.stop();
}

#[test]
fn silences_and_causes_hold_back_until_they_are_over() {
    let server = Server::start(free_port(), Mood::Good);
    let inhibit = "group_wait_s = 0\n[[inhibit]]\nby = \"stale_source\"\nholds = [\"delay\"]\nequal = [\"source\"]";
    let nexusflow = configured(&webhook("crm", &server.url()), inhibit);
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    let (from, until) = (at(now_ms()), at(now_ms() + 3_000));
    wire.entry(&[
        json!({"silence": {"silence": "S-1", "matches": "kind=recovery,carrier=DHL", "from": from, "until": until,
        "actor": "Ana Ruiz", "reason": null}}),
    ]);
    wire.notice("c-1", "raised", &json!({"labels": {"carrier": "DHL"}}));
    wire.notice("c-2", "raised", &json!({"labels": {"carrier": "UPS"}}));
    let source = |what: &str, state: &str, revision: u32| {
        let source = json!({"kind": "stale_source", "alert": "stale_source:/shop:heartbeat", "labels": {"source": "/shop"},
            "state": state, "revision": revision});
        wire.notice("/shop", what, &source);
    };
    source("raised", "triggered", 1);
    wire.notice("c-3", "raised", &json!({"kind": "delay", "labels": {"source": "/shop"}}));
    let customers = || -> Vec<String> {
        let messages = told(&server);
        messages.iter().map(|message| message["data"]["alerts"][0]["customer"].as_str().unwrap().to_owned()).collect()
    };
    let until_told = |wanted: &[&str]| {
        eventually(SOON, "these are told", || {
            let customers = customers();
            if wanted.iter().all(|wanted| customers.iter().any(|told| told == wanted)) {
                Ok(())
            } else {
                Err(format!("{customers:?}"))
            }
        })
    };
    until_told(&["c-2", "/shop"]);
    assert_eq!(customers().len(), 2, "{:?}", customers());
    source("resolved", "resolved", 2);
    until_told(&["c-3"]);
    // The silence ends, and the alert is still open.
    until_told(&["c-1"]);
    assert!(now_ms() >= ms(&until));
    let mut held = wire.held();
    held.sort();
    assert_eq!(held, ["silence S-1", "stale_source:/shop:heartbeat"]);
    worker.stop();
    nats.stop();
}
