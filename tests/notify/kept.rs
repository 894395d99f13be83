//! Processes that are killed or stopped while they tell: nothing is lost, and one at a time tells.

use crate::harness::{SOON, eventually, free_port, signal};
use crate::server::{Mood, Server};
use crate::wire::{Wire, configured, webhook};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

const NOTICES: usize = 300;

fn customers(server: &Server) -> BTreeSet<String> {
    let alerts =
        server.taken().into_iter().flat_map(|request| request.json()["data"]["alerts"].as_array().unwrap().clone());
    alerts.map(|alert| alert["customer"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_killed_while_it_tells_tells_everything_all_the_same() {
    let server = Server::start(free_port(), Mood::Slow(Duration::from_millis(10)));
    let nexusflow = configured(&webhook("crm", &server.url()), "group_wait_s = 0");
    let nats = nexusflow.nats();
    let mut worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    for n in 0..NOTICES {
        wire.notice(&format!("c-{n}"), "raised", &json!({}));
        // While some have been told, some are on their way, and some have not been read.
        if n % 60 == 40 {
            let before = server.taken().len();
            eventually(
                SOON,
                "it tells",
                || if server.taken().len() > before + 5 { Ok(()) } else { Err(String::new()) },
            );
            worker.kill();
            worker = nexusflow.spawn("worker", &["worker"]);
        }
    }
    eventually(SOON, "everything is told", || match customers(&server).len() {
        NOTICES => Ok(()),
        some => Err(format!("{some}: {:?}", wire.targets())),
    });
    eventually(SOON, "nothing waits", || match wire.target("crm").waiting {
        0 => Ok(()),
        some => Err(some.to_string()),
    });
    let all = server.requests();
    let ids: BTreeSet<&str> = all.iter().map(|request| request.id()).collect();
    eprintln!("{NOTICES} messages and 5 kills: {} requests, {} ids", all.len(), ids.len());
    // A repetition is known by its id.
    assert_eq!(ids.len(), NOTICES);
    worker.stop();
    nats.stop();
}

#[test]
fn of_two_processes_one_tells_and_the_other_goes_on_after_it() {
    let server = Server::start(free_port(), Mood::Good);
    let nexusflow = configured(&webhook("crm", &server.url()), "group_wait_s = 0\ngroup_interval_s = 1");
    let nats = nexusflow.nats();
    let first = nexusflow.spawn("first", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    let second = nexusflow.spawn("second", &["worker"]);
    for n in 0..20 {
        wire.notice(&format!("c-{n}"), "raised", &json!({}));
    }
    let told = |count: usize| {
        eventually(SOON, "it is told", || match server.taken().len() {
            some if some >= count => Ok(()),
            some => Err(format!("{some} of {count}")),
        })
    };
    told(20);
    // One that ends in good order lets the other go on at once, with what was kept.
    first.stop();
    for n in 20..40 {
        wire.notice(&format!("c-{n}"), "raised", &json!({}));
    }
    told(40);
    assert_eq!(customers(&server).len(), 40);
    // And what the first has told, the second does not tell again.
    crate::server::quiet_for(&server, Duration::from_millis(1_500));
    assert_eq!(server.requests().len(), 40);
    second.stop();
    nats.stop();
}

/// What waits for its time when the process dies is told in time by the next.
#[test]
fn what_waits_survives() {
    let server = Server::start(free_port(), Mood::Good);
    let nexusflow = configured(&webhook("crm", &server.url()), "group_wait_s = 4");
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    wire.notice("c-1", "raised", &json!({"group": "account:acme"}));
    wire.notice("c-2", "raised", &json!({"group": "account:acme"}));
    eventually(SOON, "it was kept", || match wire.holds("KV_nexusflow-notifier") {
        0 => Err(String::new()),
        _ => Ok(()),
    });
    worker.kill();
    assert_eq!(server.requests().len(), 0);
    let worker = nexusflow.spawn("worker", &["worker"]);
    eventually(SOON, "both are told", || if customers(&server).len() == 2 { Ok(()) } else { Err(nexusflow.logs()) });
    assert_eq!(server.taken().len(), 1);
    worker.stop();
    nats.stop();
}

/// One that stands still for longer than its lease believes for a moment that it still tells.
#[test]
fn one_that_is_silent_is_replaced_and_does_no_harm_when_it_wakes() {
    let server = Server::start(free_port(), Mood::Good);
    let nexusflow = configured(&webhook("crm", &server.url()), "group_wait_s = 0");
    let nats = nexusflow.nats();
    let first = nexusflow.spawn("first", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    let second = nexusflow.spawn("second", &["worker"]);
    let told = |count: usize| {
        eventually(SOON, "it is told", || match customers(&server).len() {
            some if some == count => Ok(()),
            some => Err(format!("{some} of {count} {}", nexusflow.logs())),
        });
    };
    let mut told_so_far = 0;
    for silent in [&first, &second, &first] {
        signal("-STOP", silent.id());
        for n in told_so_far..told_so_far + 10 {
            wire.notice(&format!("c-{n}"), "raised", &json!({}));
        }
        told_so_far += 10;
        told(told_so_far);
        signal("-CONT", silent.id());
        for n in told_so_far..told_so_far + 10 {
            wire.notice(&format!("c-{n}"), "raised", &json!({}));
        }
        told_so_far += 10;
        told(told_so_far);
    }
    let all = server.requests();
    let ids: BTreeSet<&str> = all.iter().map(|request| request.id()).collect();
    eprintln!("{told_so_far} messages and 3 silences: {} requests, {} ids", all.len(), ids.len());
    assert_eq!(ids.len(), told_so_far);
    first.stop();
    second.stop();
    nats.stop();
}
