//! An outage, from the events at the door to what people are told: ten thousand deliveries of one carrier are late at once.

use crate::harness::{SOON, effects, eventually, free_port};
use crate::server::{Mood, Request, Server, now_ms, quiet_for};
use crate::wire::{at, configured, webhook};
use serde_json::{Value, json};
use std::time::Duration;

const DELIVERIES: usize = 10_000;
const BATCH: usize = 1_000;

/// Promises that were not kept, in batches.
fn promises(now: i64) -> Vec<String> {
    let promised = |n: usize| {
        json!({
            "specversion": "1.0", "id": format!("d-{n}"), "source": "/carrier", "type": "delivery.promised",
            "subject": format!("c-{n}"), "time": at(now - 120_000),
            "data": {"order": format!("d-{n}"), "promised_at": at(now - 60_000), "carrier": "DHL"},
        })
    };
    let all: Vec<Value> = (0..DELIVERIES).map(promised).collect();
    all.chunks(BATCH).map(|batch| Value::from(batch.to_vec()).to_string()).collect()
}

#[test]
fn an_outage_is_one_row_and_a_handful_of_messages_and_ten_times_the_same_is_no_more() {
    let server = Server::start(free_port(), Mood::Good);
    let nexusflow = configured(&webhook("crm", &server.url()), "group_interval_s = 2");
    // Late is bad news here, whoever waits.
    let alerts = nexusflow.folder().join("alerts.toml");
    let rule = "[[rule]]\nkind = \"delay\"\nseverity = \"S1\"\ngroup_by = \"carrier\"\n";
    std::fs::write(&alerts, std::fs::read_to_string(&alerts).unwrap() + rule).unwrap();
    let up = nexusflow.up(&[]);
    let batches = promises(now_ms());
    let publish = || {
        for batch in &batches {
            eventually(SOON, "a batch is stored", || {
                let (status, answer) = nexusflow.post("/api/v1/events", "application/cloudevents-batch+json", batch);
                // Who is faster than the gateway takes events from one address is told so, and comes again.
                if status == 429 {
                    return Err(answer.to_string());
                }
                assert_eq!((status, &answer["stored"]), (200, &json!(BATCH)), "{answer}");
                Ok(())
            });
        }
    };
    let began = now_ms();
    publish();
    let row = eventually(SOON * 2, "all are one row", || {
        let rows = nexusflow.json("/api/v1/views/alerts").unwrap_or_default()["rows"].clone();
        match rows.as_array().map(Vec::as_slice) {
            Some([row]) if row[7] == DELIVERIES => Ok(row.clone()),
            _ => Err(rows.to_string().chars().take(400).collect()),
        }
    });
    let shown_after = now_ms() - began;
    assert_eq!((&row[1], &row[3]), (&json!("delay:carrier:DHL"), &json!("S1")), "{row}");
    let told = || server.taken().iter().map(Request::json).collect::<Vec<_>>();
    let told_of =
        |messages: &[Value]| messages.iter().filter_map(|message| message["data"]["count"].as_u64()).sum::<u64>();
    eventually(SOON, "people are told of all of them", || {
        let messages = told();
        if told_of(&messages) == DELIVERIES as u64 { Ok(()) } else { Err(format!("{}", told_of(&messages))) }
    });
    eprintln!("{DELIVERIES} late deliveries: one row after {shown_after} ms, {} messages", told().len());
    assert!(told().len() <= 8, "{} messages", told().len());

    // Whoever is in doubt sends again.
    (0..10).for_each(|_| publish());
    eventually(SOON * 2, "all of it is folded", || {
        let duplicates = nexusflow.view("operator")["duplicates"]["value"].clone();
        if duplicates == 10 * DELIVERIES { Ok(()) } else { Err(duplicates.to_string()) }
    });
    quiet_for(&server, Duration::from_secs(3));
    let raised: Vec<Value> = effects(&nexusflow)
        .iter()
        .flat_map(|entry| entry["effects"].as_array().unwrap().clone())
        .filter(|effect| effect["body"]["notice"]["what"] == "raised")
        .collect();
    assert_eq!(raised.len(), DELIVERIES);
    assert_eq!(nexusflow.json("/api/v1/views/alerts").unwrap()["rows"][0][7], DELIVERIES);
    up.stop();
}
