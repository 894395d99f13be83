//! What follows from events: decisions about commands, events for other keys, alerts when time has come, each once.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::{Nexusflow, SOON, effects, eventually};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

fn event(id: &str, kind: &str, subject: &str, data: &Value) -> Value {
    json!({"specversion": "1.0", "id": id, "source": "/a-test", "type": kind, "subject": subject, "data": data})
}

/// Asks for something: (status, answer).
fn ask(nexusflow: &Nexusflow, id: &str, sku: &str, reservation: &str, quantity: i64) -> (u16, Value) {
    let data = json!({"reservation": reservation, "quantity": quantity, "customer": "c-1"});
    let command = event(id, "inventory.requested", sku, &data);
    nexusflow.post("/api/v1/commands", "application/cloudevents+json", &command.to_string())
}

fn in_ms(ms: i64) -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    nexusflow_model::Timestamp::from_ms(now + ms).unwrap().to_string()
}

fn overdue(nexusflow: &Nexusflow) -> Value {
    nexusflow.view("figures?period=all").get("overdue_deliveries").map(|row| row["value"].clone()).unwrap_or_default()
}

#[test]
fn a_command_is_accepted_or_refused_once_and_the_answer_says_where() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    let level = event("l-1", "inventory.level_set", "sku-1", &json!({"site": "main", "on_hand": 100}));
    assert_eq!(nexusflow.publish(&level).0, 201);

    let (status, first) = ask(&nexusflow, "r-1", "sku-1", "for-quote-1", 60);
    assert_eq!((status, &first["accepted"], &first["code"]), (200, &json!(true), &json!("reserved")), "{first}");
    let (status, second) = ask(&nexusflow, "r-2", "sku-1", "for-quote-2", 41);
    assert_eq!((status, &second["error"]["code"]), (409, &json!("not_enough")), "{second}");
    assert_eq!(second["error"]["message"], "41 asked for, 40 available");
    let (status, third) = ask(&nexusflow, "r-3", "sku-1", "for-quote-1", 1);
    assert_eq!((status, &third["error"]["code"]), (409, &json!("already_reserved")), "{third}");

    // What is given back can be asked for again.
    let released = event("g-1", "inventory.released", "sku-1", &json!({"reservation": "for-quote-1", "quantity": 60}));
    assert_eq!(nexusflow.publish(&released).0, 201);
    assert_eq!(ask(&nexusflow, "r-4", "sku-1", "for-quote-2", 100).0, 200);

    // A command that is sent again hears what was decided the first time, also from an owner that was killed since.
    assert_eq!(ask(&nexusflow, "r-1", "sku-1", "for-quote-1", 60), (200, first.clone()));
    worker.kill();
    let _worker = nexusflow.spawn("worker", &["worker"]);
    assert_eq!(ask(&nexusflow, "r-1", "sku-1", "for-quote-1", 60), (200, first));
    assert_eq!(ask(&nexusflow, "r-2", "sku-1", "for-quote-2", 41), (409, second));

    // The customer's history shows what was decided elsewhere, each decision once.
    let decided = |nexusflow: &Nexusflow| {
        let customer = nexusflow.json("/api/v1/customers/c-1").unwrap_or_default();
        let timeline = customer["timeline"].as_array().cloned().unwrap_or_default();
        timeline.iter().filter(|item| item["kind"] == "reservation.decided").count()
    };
    eventually(SOON, "the customer's history has four decisions", || match decided(&nexusflow) {
        4 => Ok(()),
        n => Err(format!("{n}\n{}", nexusflow.logs())),
    });

    let (status, body) = nexusflow.post("/api/v1/commands", "application/cloudevents+json", &level.to_string());
    assert_eq!((status, &body["error"]["field"]), (422, &json!("type")), "{body}");
    let forged = event(
        "x-1",
        "reservation.decided",
        "c-1",
        &json!({"reservation": "a", "sku": "b", "quantity": 1, "granted": true}),
    );
    assert_eq!(nexusflow.publish(&forged).0, 422);
}

#[test]
fn time_comes_to_an_idle_partition_and_a_backfill_raises_no_alert() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let promised = |id: &str, order: &str, at: &str| {
        event(id, "delivery.promised", "c-1", &json!({"order": order, "promised_at": at}))
    };
    // Promised a year ago and not heard of since: it is overdue, and nobody is called for it.
    let mut old = promised("p-0", "o-0", &in_ms(-364 * 86_400_000));
    old["time"] = in_ms(-365 * 86_400_000).into();
    assert_eq!(nexusflow.publish(&old).0, 201);
    assert_eq!(nexusflow.publish(&promised("p-1", "o-1", &in_ms(1_500))).0, 201);
    eventually(SOON, "the old one is overdue and the new one is not", || match overdue(&nexusflow) {
        n if n == 1 => Ok(()),
        n => Err(n.to_string()),
    });
    // Nothing else happens; time does.
    eventually(SOON, "the new one is overdue", || match overdue(&nexusflow) {
        n if n == 2 => Ok(()),
        n => Err(format!("{n}\n{}", nexusflow.logs())),
    });
    eventually(Duration::from_secs(10), "the alert is in the output log", || {
        let entries = effects(&nexusflow);
        let all = entries.iter().flat_map(|entry| entry["effects"].as_array().unwrap());
        let alerts: Vec<&Value> = all.map(|effect| &effect["body"]["notice"]["alert"]).collect();
        if alerts == [&json!("delay:o-1:late")] { Ok(()) } else { Err(format!("{entries:?}")) }
    });
    let delivered = event("d-1", "delivery.delivered", "c-1", &json!({"order": "o-1"}));
    assert_eq!(nexusflow.publish(&delivered).0, 201);
    eventually(
        SOON,
        "it came",
        || if overdue(&nexusflow) == 1 { Ok(()) } else { Err(overdue(&nexusflow).to_string()) },
    );
}
