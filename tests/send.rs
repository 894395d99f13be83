//! `nexusflow send`, against a NexusFlow that is up.

mod harness;

use harness::{Nexusflow, SOON, eventually};
use serde_json::Value;

#[test]
fn what_is_sent_is_stored_and_counted() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("ACCESS__PUBLISH_TOKEN", "a-token-for-publishing");
    let _up = nexusflow.up(&[]);
    let said =
        nexusflow.run_well(&["send", "order.placed", "--subject", "c-7", "--id", "o-1", "--set", "total.minor=9900"]);
    assert!(said.starts_with("stored at ") && said.contains("id       o-1") && said.contains("subject  c-7"), "{said}");
    // The same again is stored and counts once; several are about several orders.
    nexusflow.run_well(&["send", "order.placed", "--subject", "c-7", "--id", "o-1", "--set", "total.minor=9900"]);
    let said = nexusflow.run_well(&["send", "order.placed", "--count", "1200", "--id", "many"]);
    assert!(said.contains("1200 of 1200 events of type order.placed are stored"), "{said}");
    eventually(SOON, "1,201 orders are counted", || {
        let figures = nexusflow.view("figures?period=all");
        let orders = figures.get("orders").map(|row| row["value"].clone()).unwrap_or_default();
        if orders == 1_201 { Ok(()) } else { Err(orders.to_string()) }
    });

    let file = nexusflow.folder().join("token");
    std::fs::write(&file, "another-token-than-that\n").unwrap();
    let output = nexusflow.run(&["send", "order.placed", "--token-file", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("401") && said.contains("--token-file"), "{said}");
    let output = nexusflow.run(&["send", "config.changed"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("can't be published"), "{said}");
}

#[test]
fn what_is_printed_is_what_was_asked_for() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let print = || {
        let asked = ["send", "survey.answered", "--print", "--id", "a", "--time", "2026-01-31", "--set", "score=2"];
        nexusflow.run_well(&[&asked[..], &["--set", "text=Never again", "--source", "/forms"]].concat())
    };
    let event: Value = serde_json::from_str(&print()).unwrap();
    assert_eq!(print(), print());
    assert_eq!((&event["id"], &event["source"], &event["data"]["score"]), (&"a".into(), &"/forms".into(), &2.into()));
    assert_eq!(event["data"]["text"], "Never again");
    assert_eq!(event["time"], "2026-01-31T00:00:00.000Z");
    assert_eq!(nexusflow.run_well(&["send", "order.placed", "--print", "--count", "3"]).lines().count(), 3);
}

#[test]
fn mistakes_are_answered_with_what_would_be_right() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let fails = |arguments: &[&str]| {
        let output = nexusflow.run(arguments);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(fails(&["send", "order.place"]).contains("did you mean \"order.placed\"?"));
    assert!(fails(&["send", "order.placed", "--set", "totl=1"]).contains("data.totl: unknown field"));
    assert!(fails(&["send", "order.placed", "--set", "total.minor=1.5"]).contains("data.total.minor"));
    let away = fails(&["send", "order.placed"]);
    assert!(away.contains("can't reach") && away.contains("Is NexusFlow up there?"), "{away}");
    assert!(fails(&["send"]).contains("TYPE"));
    let list = nexusflow.run_well(&["send", "--list"]);
    assert!(list.contains("order.placed") && list.contains("An order came in.") && !list.contains("config.changed"));
}
