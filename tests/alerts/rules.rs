//! Rules that change while a NexusFlow runs, and rules that are only tried.

use crate::console::{act, recovery, unhappy};
use crate::harness::{Nexusflow, SOON, eventually};
use serde_json::{Value, json};

/// Rules under which an unhappy customer is an alert of that severity.
fn rules(severity: &str) -> String {
    format!("[[rule]]\nkind = \"recovery\"\nseverity = \"{severity}\"\n")
}

fn alert(nexusflow: &Nexusflow, customer: &str) -> Value {
    eventually(SOON, "there is an alert", || {
        let whole = nexusflow.json(&format!("/api/v1/alerts/{customer}/{}", recovery(customer)));
        whole.map(|whole| whole["alert"].clone()).ok_or_else(|| nexusflow.logs())
    })
}

#[test]
fn a_change_of_the_rules_holds_from_its_place_in_the_log_on_and_history_keeps_the_rules_it_had() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("ALERTS", "alerts.toml");
    let file = nexusflow.folder().join("alerts.toml");
    std::fs::write(&file, rules("S3")).unwrap();
    let up = nexusflow.up(&[]);
    assert_eq!(nexusflow.publish(&unhappy("s-1", "c-1")).0, 201);
    assert_eq!(alert(&nexusflow, "c-1")["severity"], "S3");

    // A mistake changes nothing and is named with its line and key.
    std::fs::write(&file, rules("S1") + "calendar = \"offce\"\n").unwrap();
    let refused = nexusflow.run(&["config", "apply"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("line 4") && said.contains("rule[0].calendar"), "{said}");

    std::fs::write(&file, rules("S1")).unwrap();
    let said = nexusflow.run_well(&["config", "apply"]);
    assert!(said.contains("in 4 partitions") && said.contains("alerting.rule[0].severity"), "{said}");
    assert!(nexusflow.run_well(&["config", "apply"]).contains("holds already"));
    assert_eq!(nexusflow.publish(&unhappy("s-2", "c-2")).0, 201);
    assert_eq!(alert(&nexusflow, "c-2")["severity"], "S1");
    assert_eq!(alert(&nexusflow, "c-1")["severity"], "S3");

    // What is folded anew from the log is what it was.
    up.stop();
    std::fs::remove_dir_all(nexusflow.folder().join(".nexusflow/checkpoints")).ok();
    let up = nexusflow.up(&[]);
    assert_eq!(
        (&alert(&nexusflow, "c-1")["severity"], &alert(&nexusflow, "c-2")["severity"]),
        (&json!("S3"), &json!("S1"))
    );
    up.stop();
}

#[test]
fn other_rules_can_be_tried_over_the_recorded_stream() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("ALERTS", "alerts.toml");
    let folder = nexusflow.folder().to_owned();
    std::fs::write(folder.join("alerts.toml"), rules("S2")).unwrap();
    // Only the worst answers are an alert, and half of the first ones would not have been.
    std::fs::write(folder.join("other.toml"), rules("S1") + "[thresholds]\ncsat_at_most = 0\nnps_at_most = 3\n")
        .unwrap();
    let up = nexusflow.up(&[]);
    for n in 0..6 {
        assert_eq!(nexusflow.publish(&unhappy(&format!("s-{n}"), &format!("c-{n}"))).0, 201);
    }
    let nps = json!({
        "specversion": "1.0", "id": "n-1", "source": "/survey", "type": "survey.answered", "subject": "c-9",
        "data": {"survey": "n-1", "measures": "nps", "score": 2}
    });
    assert_eq!(nexusflow.publish(&nps).0, 201);
    alert(&nexusflow, "c-9");
    let acknowledged = json!({"id": "a-1", "revision": 1, "actor": "Ana"});
    assert_eq!(act(&nexusflow, "c-3", "acknowledge", &acknowledged).0, 200);

    let said = nexusflow.run_well(&["whatif", "--alerts", "other.toml", "--json"]);
    let kinds: Value = serde_json::from_str(&said).unwrap();
    let expected = json!([{
        "kind": "recovery", "raised": 7, "would_be_raised": 1, "by_severity": [0, 7, 0, 0], "would_be_by_severity": [1, 0, 0, 0],
        "fewer": 6, "fewer_acted_on": 1, "more": 0,
    }]);
    assert_eq!(kinds, expected);
    let said = nexusflow.run_well(&["whatif", "--alerts", "other.toml"]);
    assert!(said.contains("1 recovery alerts that somebody acted on would not have been raised"), "{said}");
    let missing = nexusflow.run(&["whatif", "--alerts", "nowhere.toml"]);
    assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("nowhere.toml"));
    // And it has only looked.
    assert_eq!(alert(&nexusflow, "c-9")["severity"], "S2");
    up.stop();
}
