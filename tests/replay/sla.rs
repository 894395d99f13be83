//! The service level of recorded incidents: who was told of which breach and when, against a computation without NexusFlow.

use super::{harness, replay};
use harness::{Nexusflow, SOON, data, eventually, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// (ticket, target, milliseconds since 1970).
type Breach = (String, String, i64);

fn expected(data: &std::path::Path, alerts: &std::path::Path) -> BTreeSet<Breach> {
    let oracle = root().join("tests/oracle/sla.py");
    let output = Command::new("python3").arg(oracle).arg(data).arg(alerts).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let computed: Value = serde_json::from_slice(&output.stdout).unwrap();
    serde_json::from_value(computed["breaches"].clone()).unwrap()
}

/// What left the fold: each breach of which somebody was told.
fn told(nexusflow: &Nexusflow) -> Vec<Breach> {
    let entries = harness::effects(nexusflow);
    let notices = entries.iter().flat_map(|entry| entry["effects"].as_array().into_iter().flatten());
    let breach = |effect: &Value| {
        let notice = &effect["body"]["notice"];
        let is_breach = notice["why"].as_str()?.ends_with(" breached") && notice["what"] != "escalated";
        if !is_breach || notice["kind"] != "sla" || notice["state"] == "resolved" {
            return None;
        }
        assert_eq!(notice["severity"], "S2", "{notice}");
        let (ticket, target) = notice["alert"].as_str()?.strip_prefix("sla:")?.split_once(':')?;
        let at: nexusflow_model::Timestamp = notice["at"].as_str()?.parse().unwrap();
        Some((ticket.to_owned(), target.to_owned(), at.as_ms()))
    };
    notices.filter_map(breach).collect()
}

/// The incidents with a policy by priority and channel, calendars with breaks, holidays and a zone that changes its clocks.
#[test]
fn breaches_are_those_of_an_independent_computation_case_by_case() {
    let Some(data) = data() else { return };
    let alerts = root().join("tests/oracle/incident_alerts.toml");
    let expected = expected(&data, &alerts);
    assert!(expected.len() > 20_000, "the computation finds little");
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Lisbon");
    nexusflow.set("ALERTS", alerts.to_str().unwrap());
    let _up = nexusflow.up(&[]);
    replay(&nexusflow, &data, "incident_log", &[]);
    eventually(SOON * 4, "the breaches are those that were computed", || {
        let told = told(&nexusflow);
        let own: BTreeSet<Breach> = told.iter().cloned().collect();
        if own == expected && own.len() == told.len() {
            return Ok(());
        }
        let few = |set: Vec<&Breach>| format!("{} such as {:?}", set.len(), &set[..set.len().min(5)]);
        let (missing, wrong) = (few(expected.difference(&own).collect()), few(own.difference(&expected).collect()));
        Err(format!(
            "{} told, {} different, {} computed; missing {missing}; wrong {wrong}",
            told.len(),
            own.len(),
            expected.len()
        ))
    });
}
