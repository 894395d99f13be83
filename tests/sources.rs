//! How sources do, on the real program: what they bring is counted, what can't be understood shows, and who falls silent is missed.

mod harness;

use harness::{Nexusflow, eventually};
use serde_json::{Value, json};
use std::time::Duration;

/// A process says every ten seconds what it took in.
const TOLD: Duration = Duration::from_secs(40);
/// The least that a source may be silent for is a minute.
const MISSED: Duration = Duration::from_secs(110);

fn order(id: u32) -> Value {
    json!({
        "specversion": "1.0", "id": id.to_string(), "source": "/shop", "type": "order.placed", "subject": format!("c-{id}"),
        "data": {"order": id.to_string(), "total": {"minor": 100, "currency": "EUR"}}
    })
}

fn source(nexusflow: &Nexusflow, name: &str) -> Value {
    nexusflow.view("sources").get(name).cloned().unwrap_or_default()
}

/// The stale-source alert of a source, as far as it is known.
fn alert(nexusflow: &Nexusflow, name: &str) -> Option<Value> {
    let alerts = nexusflow.json("/api/v1/views/alerts")?;
    let at = |col: &str| alerts["cols"].as_array()?.iter().position(|own| own == col);
    let (customer, kind, state) = (at("customer")?, at("kind")?, at("state")?);
    let rows = alerts["rows"].as_array()?;
    let own = rows.iter().find(|row| row[customer] == name && row[kind] == "stale_source")?;
    Some(own[state].clone())
}

#[test]
fn what_a_source_brings_is_counted_and_its_silence_is_an_alert_until_it_is_heard_again() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let folder = nexusflow.folder().to_owned();
    std::fs::create_dir(folder.join("config")).unwrap();
    let secret = folder.join("secret.txt");
    std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
    let own = format!("[[source]]\nname = \"desk\"\nkind = \"standard\"\nsecret_file = {secret:?}\n");
    std::fs::write(folder.join("config/nexusflow.toml"), own).unwrap();
    std::fs::write(folder.join("alerts.toml"), "[[source]]\nsilent_min = 1\n").unwrap();
    nexusflow.set("ALERTS", "alerts.toml");
    let _up = nexusflow.up(&[]);

    let never = eventually(TOLD, "a source that was never heard of", || {
        Some(source(&nexusflow, "desk")).filter(|row| row["state"] == "never").ok_or("no row".to_owned())
    });
    assert_eq!((&never["kind"], &never["heard_at"]), (&json!("standard"), &Value::Null));

    for id in 0..6 {
        assert_eq!(nexusflow.publish(&order(id)).0, 201);
    }
    let mut wrong = order(7);
    wrong["data"]["total"] = json!("a lot");
    assert_eq!(nexusflow.publish(&wrong).0, 422);
    let row = eventually(TOLD, "what the door took in", || {
        let row = source(&nexusflow, "http");
        if row["stored"] == 6 && row["rejected"] == 1 { Ok(row) } else { Err(row.to_string()) }
    });
    assert_eq!((&row["state"], &row["error_bp"]), (&json!("live"), &json!(1_428)), "{row}");
    assert!(row["per_min_milli"].as_i64().unwrap() >= 1_000 && row["lag_ms"].as_i64().unwrap() < 60_000, "{row}");
    assert_eq!(row["by_hour"].as_array().unwrap().iter().filter_map(Value::as_i64).sum::<i64>(), 6);
    assert_eq!(alert(&nexusflow, "http"), None);

    eventually(MISSED, "an alert of its silence", || match alert(&nexusflow, "http") {
        Some(state) if state == "triggered" => Ok(()),
        other => Err(format!("{other:?}")),
    });
    eventually(TOLD, "a silent source", || {
        let row = source(&nexusflow, "http");
        if row["state"] == "silent" { Ok(()) } else { Err(row.to_string()) }
    });
    assert_eq!(nexusflow.publish(&order(8)).0, 201);
    eventually(TOLD, "that it was heard again", || match alert(&nexusflow, "http") {
        Some(state) if state == "resolved" => Ok(()),
        other => Err(format!("{other:?}")),
    });
    assert_eq!(source(&nexusflow, "http")["state"], "live");
    // What we say of ourselves is no event of the world.
    assert_eq!(nexusflow.view("operator")["events"]["value"], 7);
}
