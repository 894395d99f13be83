//! The recorded public data, for which a batch computation says what the figures must be.

use crate::harness::{Nexusflow, Process, root};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Asserts that the views show what the batch oracle computes.
pub(crate) fn check(nexusflow: &Nexusflow, data: &Path) {
    let script = root().join("tests/oracle/compute.py");
    let output = Command::new("python3").arg(script).arg(data).arg("olist").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = serde_json::from_slice::<Value>(&output.stdout).unwrap()["olist"].take();
    let figures = nexusflow.view("figures?period=all");
    for (figure, field, own) in [
        ("orders", "value", &expected["orders"]),
        ("revenue", "value", &expected["payments_minor"]),
        ("revenue", "n", &expected["payments"]),
        ("order_value", "value", &expected["total_minor"]),
        ("freight", "value", &expected["freight_minor"]),
        ("review_score", "n", &expected["reviews"]["count"]),
    ] {
        assert_eq!(&figures[figure][field], own, "{figure}, {field}");
    }
    let deliveries = &figures["on_time_share"]["parts"];
    assert_eq!((&deliveries["delivered"], &deliveries["late"]), (&expected["delivered"], &expected["late"]));
}

/// Begins to publish the data, or goes on.
pub(crate) fn spawn(nexusflow: &Nexusflow, data: &Path, options: &[&str]) -> Process {
    nexusflow.spawn("replay", &[&["replay", "olist", "--data", data.join("olist").to_str().unwrap()], options].concat())
}

/// How many events replays have published so far, as they said when they ended.
pub(crate) fn published(nexusflow: &Nexusflow) -> u64 {
    let said = std::fs::read_to_string(nexusflow.folder().join("replay.log")).unwrap();
    let lines = said.lines().filter_map(|line| line.strip_prefix("published"));
    lines.map(|line| line.split_whitespace().next().unwrap().parse::<u64>().unwrap()).sum()
}
