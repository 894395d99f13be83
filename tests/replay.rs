//! Recorded public data through the whole system, against figures computed without it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;
#[path = "replay/sla.rs"]
mod sla;

use harness::{Nexusflow, SOON, data, eventually, root};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The figures, computed in one batch by a program that has nothing in common with NexusFlow.
fn oracle(data: &Path, set: &str) -> Value {
    let output =
        Command::new("python3").arg(root().join("tests/oracle/compute.py")).arg(data).arg(set).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()[set].take()
}

/// Replays a data set and waits until all of it is folded; gives how many events it was and how many came twice.
fn replay(nexusflow: &Nexusflow, data: &Path, set: &str, extra: &[&str]) -> (i64, i64) {
    let before = operator(nexusflow);
    let data = data.join(set);
    let arguments = [&["replay", set, "--data", data.to_str().unwrap()], extra].concat();
    let said = nexusflow.run_well(&arguments);
    let number = |line: &str| -> i64 {
        let found = said.lines().find_map(|own| own.strip_prefix(line)).unwrap_or("0");
        found.split_whitespace().next().unwrap().parse().unwrap()
    };
    let (published, twice) = (number("published"), number("sent twice"));
    assert_eq!(number("rejected"), 0, "{said}");
    eventually(SOON * 2, "everything is folded once", || {
        let now = operator(nexusflow);
        let (events, duplicates) = (now.0 - before.0, now.1 - before.1);
        if (events, duplicates) == (published, twice) {
            Ok(())
        } else {
            Err(format!("{events} of {published}, {duplicates} of {twice} twice"))
        }
    });
    (published, twice)
}

fn operator(nexusflow: &Nexusflow) -> (i64, i64) {
    let view = nexusflow.view("operator");
    let value = |key: &str| view.get(key).and_then(|row| row["value"].as_i64()).unwrap_or(-1);
    (value("events"), value("duplicates"))
}

fn within(figure: &Value, expected: f64, share: f64, what: &str) {
    let figure = figure.as_f64().unwrap();
    assert!(
        (figure - expected).abs() <= expected.abs() * share,
        "{what}: {figure}, expected {expected} within {share}"
    );
}

fn check_olist(nexusflow: &Nexusflow, expected: &Value) {
    let figures = nexusflow.view("figures?period=all");
    let figure = |key: &str| &figures[key];
    assert_eq!(figure("orders")["value"], expected["orders"]);
    assert_eq!(figure("revenue")["value"], expected["payments_minor"]);
    assert_eq!(figure("revenue")["n"], expected["payments"]);
    assert_eq!(figure("order_value")["value"], expected["total_minor"]);
    assert_eq!(figure("freight")["value"], expected["freight_minor"]);
    assert_eq!(figure("on_time_share")["parts"]["delivered"], expected["delivered"]);
    assert_eq!(figure("on_time_share")["parts"]["late"], expected["late"]);
    assert_eq!(figure("review_score")["n"], expected["reviews"]["count"]);
    for star in 1..=5 {
        let own = &figure("review_score")["parts"][format!("s{star}")];
        assert_eq!(own, &expected["reviews"]["histogram"][star.to_string()], "{star} stars");
    }
    let mean = expected["reviews"]["mean"]["all"].as_f64().unwrap();
    assert_eq!(figure("review_score")["value"].as_f64().unwrap(), (mean * 1_000.0).round());
    within(
        &figure("lead_time_median")["value"],
        expected["lead_time_ms"]["median"].as_f64().unwrap(),
        0.005,
        "lead time",
    );
    let statuses = figure("orders")["parts"].as_object().unwrap();
    for (status, count) in expected["statuses"].as_object().unwrap() {
        let own = statuses.get(if status == "canceled" { "cancelled" } else { status });
        assert_eq!(own, Some(count), "orders that are {status}: {statuses:?}");
    }
}

fn check_crm(nexusflow: &Nexusflow, expected: &Value) {
    let figures = nexusflow.view("figures?period=all");
    let rate = &figures["win_rate"];
    let (won, lost) = (expected["won"].as_f64().unwrap(), expected["lost"].as_f64().unwrap());
    assert_eq!((&rate["parts"]["won"], &rate["parts"]["lost"]), (&expected["won"], &expected["lost"]));
    assert_eq!(rate["value"].as_f64().unwrap(), (won * 10_000.0 / (won + lost)).round());
    assert_eq!(figures["won_value:USD"]["value"], expected["won_minor"]);
    let stages = nexusflow.json("/api/v1/views/pipeline").unwrap();
    let count = |stage: &str| -> i64 {
        let rows = stages["rows"].as_array().unwrap().iter();
        rows.filter(|row| row[0] == "crm_sales" && row[1] == stage).filter_map(|row| row[4].as_i64()).max().unwrap_or(0)
    };
    assert_eq!(count("Engaging"), expected["by_stage"]["Engaging"].as_i64().unwrap());
    assert_eq!(count("Prospecting"), expected["by_stage"]["Prospecting"].as_i64().unwrap());
}

fn check_incidents(nexusflow: &Nexusflow, expected: &Value) {
    let figures = nexusflow.view("figures?period=all");
    assert_eq!(figures["tickets_opened"]["value"], expected["opened"]);
    assert_eq!(figures["tickets_resolved"]["value"], expected["resolved"]);
    assert_eq!(figures["sla_missed_share"]["parts"]["missed"], expected["sla_missed"]);
    within(
        &figures["resolution_median"]["value"],
        expected["resolution_ms"]["median"].as_f64().unwrap(),
        0.005,
        "resolution",
    );
    let priorities = nexusflow.view("tickets");
    for (priority, own) in expected["by_priority"].as_object().unwrap() {
        let found = priorities.iter().find(|(name, _)| name.starts_with(priority.as_str())).unwrap().1;
        assert_eq!(
            (&found["sla_known"], &found["sla_missed"]),
            (&own["tickets"], &own["sla_missed"]),
            "priority {priority}"
        );
    }
}

/// The figures of the public data, in the order of time, and then again in a random order with every tenth event sent twice.
#[test]
fn the_figures_are_those_of_an_independent_computation_whatever_the_order() {
    let Some(data) = data() else { return };
    let (olist, crm, incidents) = (oracle(&data, "olist"), oracle(&data, "crm_sales"), oracle(&data, "incident_log"));
    let mut snapshots = Vec::new();
    for extra in [&[][..], &["--shuffle", "3", "--repeat-every", "10"]] {
        let nexusflow = Nexusflow::new("BRL", "America/Sao_Paulo");
        let _up = nexusflow.up(&[]);
        for set in ["olist", "crm_sales", "incident_log"] {
            let (published, twice) = replay(&nexusflow, &data, set, extra);
            assert_eq!(twice, if extra.is_empty() { 0 } else { published / 10 });
        }
        check_olist(&nexusflow, &olist);
        check_crm(&nexusflow, &crm);
        check_incidents(&nexusflow, &incidents);
        let topics = [
            "figures?period=all",
            "figures?period=365d",
            "figures?period=today",
            "health",
            "pipeline",
            "tickets",
            "days?days=366",
        ];
        let rows = |topic: &str| nexusflow.json(&format!("/api/v1/views/{topic}")).unwrap()["rows"].take();
        snapshots.push(topics.map(|topic| (topic, rows(topic))));
    }
    for (in_order, shuffled) in snapshots[0].iter().zip(&snapshots[1]) {
        assert_eq!(in_order, shuffled, "the order of arrival shows");
    }
}
