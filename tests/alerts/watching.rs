//! Rows of alerts: the same everywhere, at once, after every interruption; many of a group are one.

use crate::console::{Console, act, recovery, unhappy};
use crate::harness::{Nexusflow, SOON, eventually};
use serde_json::{Value, json};

#[tokio::test]
async fn an_alert_is_the_same_row_on_a_console_in_the_list_and_by_itself() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let named = json!({
        "specversion": "1.0", "id": "i-1", "source": "/crm", "type": "customer.identified", "subject": "c-1",
        "data": {"name": "Nora Example", "kind": "business", "tier": "gold", "account": "acme"}
    });
    assert_eq!(nexusflow.publish(&named).0, 201);
    let mut console = Console::open(&nexusflow, "alerts", json!({})).await;
    assert!(console.rows.is_empty());
    assert_eq!(nexusflow.publish(&unhappy("s-1", "c-1")).0, 201);
    let key = ["c-1", &recovery("c-1")];
    console.until("the alert is there", |console| console.row(&key).is_some()).await;
    let row = Value::Object(console.row(&key).unwrap().clone());
    assert_eq!((&row["kind"], &row["state"], &row["revision"]), (&json!("recovery"), &json!("triggered"), &json!(1)));
    assert_eq!((&row["name"], &row["tier"], &row["members"]), (&json!("Nora Example"), &json!("gold"), &Value::Null));
    assert_eq!(row["group"], "account:acme");

    let list = nexusflow.json("/api/v1/alerts").unwrap();
    assert_eq!((&list["items"], &list["missing_partitions"]), (&json!([row]), &json!([])));
    let path = format!("/api/v1/alerts/c-1/{}", recovery("c-1"));
    let whole = nexusflow.json(&path).unwrap();
    assert_eq!(whole["alert"], row);
    let history = whole["history"].as_array().unwrap();
    assert_eq!((history.len(), &history[0]["what"], &history[0]["actor"]), (1, &json!("raised"), &Value::Null));
    assert_eq!(whole["evidence"][0]["kind"], "survey.answered");
    assert_eq!(whole["evidence"][0]["what"], "Satisfaction: 1 of 5");
    let view = nexusflow.json("/api/v1/views/alerts").unwrap();
    assert_eq!(view["rows"][0][1], json!(recovery("c-1")));
    assert_eq!(nexusflow.json("/api/v1/alerts?severity=S4").unwrap()["items"], json!([]));
    assert_eq!(nexusflow.json("/api/v1/alerts?colour=red"), None);
    assert_eq!(nexusflow.json("/api/v1/alerts/c-1/recovery:c-1:nothing"), None);
    assert_eq!(nexusflow.json("/api/v1/alerts/c-2/recovery:c-2:feedback"), None);
}

#[tokio::test]
async fn a_console_that_comes_back_is_told_what_changed_and_a_new_gateway_tells_all_that_is_open() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _nats = nexusflow.nats();
    let _worker = nexusflow.spawn("worker", &["worker"]);
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    let mut console = Console::open(&nexusflow, "alerts", json!({})).await;
    for customer in ["c-1", "c-2", "c-3"] {
        assert_eq!(nexusflow.publish(&unhappy(&format!("s-{customer}"), customer)).0, 201);
    }
    console.until("three alerts", |console| console.rows.len() == 3).await;

    // While nobody looks, one is resolved and another one comes.
    let resolved = json!({"id": "r-1", "revision": 1, "actor": "Ana"});
    assert_eq!(act(&nexusflow, "c-2", "resolve", &resolved).0, 200);
    assert_eq!(nexusflow.publish(&unhappy("s-c-4", "c-4")).0, 201);
    eventually(SOON, "they are listed", || {
        let items = nexusflow.json("/api/v1/alerts").unwrap()["items"].clone();
        if items.to_string().contains("c-4") { Ok(()) } else { Err(items.to_string()) }
    });
    console.come_back(&nexusflow, "alerts").await;
    let is_current = |console: &Console| {
        console.row(&["c-2", &recovery("c-2")]).is_some_and(|row| row["state"] == "resolved") && console.rows.len() == 4
    };
    console.until("what changed meanwhile", is_current).await;
    assert_eq!(console.snapshots, 1, "only what changed was told");

    // A gateway holds no state that matters.
    gateway.kill();
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    let (before, epoch) = (console.rows.clone(), console.epoch.clone());
    console.come_back(&nexusflow, "alerts").await;
    console.until("another gateway tells everything", |console| console.snapshots == 2).await;
    assert_ne!(console.epoch, epoch);
    assert_eq!(console.rows, before);
}

#[tokio::test]
async fn many_open_alerts_of_a_group_are_one_row_and_its_members_can_be_asked_for() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let mut console = Console::open(&nexusflow, "alerts", json!({})).await;
    let customers: Vec<String> = (0..200).map(|n| format!("c-{n}")).collect();
    let named = customers.iter().map(|customer| {
        json!({
            "specversion": "1.0", "id": format!("i-{customer}"), "source": "/crm", "type": "customer.identified",
            "subject": customer, "data": {"account": "acme"}
        })
    });
    let answers = customers.iter().map(|customer| unhappy(customer, customer));
    let batch = Value::Array(named.chain(answers).collect()).to_string();
    let (status, body) = nexusflow.post("/api/v1/events", "application/cloudevents-batch+json", &batch);
    assert_eq!((status, &body["stored"]), (200, &json!(400)), "{body}");
    let group = ["", "account:acme"];
    let is_whole = |console: &Console| console.row(&group).is_some_and(|row| row["members"] == 200);
    console.until("two hundred alerts are one row", is_whole).await;
    assert_eq!(console.rows.len(), 1, "{:?}", console.rows.keys());
    let row = console.row(&group).unwrap();
    assert_eq!((&row["kind"], &row["state"], &row["revision"]), (&json!("recovery"), &json!("triggered"), &json!(0)));
    assert_eq!((&row["account"], &row["name"], &row["count"]), (&json!("acme"), &Value::Null, &json!(200)));
    assert_eq!(
        nexusflow.json("/api/v1/alerts?group=account:acme&limit=500").unwrap()["items"].as_array().unwrap().len(),
        200
    );

    let mut members = Console::open(&nexusflow, "alerts", json!({"group": "account:acme"})).await;
    assert_eq!(members.rows.len(), 200);
    let resolved = json!({"id": "r-7", "revision": 1, "actor": "Ana"});
    assert_eq!(act(&nexusflow, "c-7", "resolve", &resolved).0, 200);
    let key = ["c-7", &recovery("c-7")];
    members.until("one is resolved", |console| console.row(&key).unwrap()["state"] == "resolved").await;
    let counted = |console: &Console| console.row(&group).unwrap()["members"] == 199 && console.row(&key).is_some();
    console.until("it counts no more, and is shown by itself", counted).await;

    // All that are left at once.
    let path = "/api/v1/alerts/groups/account:acme/resolve";
    let body = json!({"id": "all", "actor": "Ana", "note": "a storm"}).to_string();
    let answer = nexusflow.post(path, "application/json", &body);
    assert_eq!(answer, (200, json!({"accepted": 199, "refused": 0})));
    assert_eq!(nexusflow.post(path, "application/json", &body), answer, "the repetition hears the same");
    console.until("the row is gone", |console| console.row(&group).is_none()).await;
    assert_eq!(nexusflow.json("/api/v1/alerts").unwrap()["items"], json!([]));
    let (status, body) = nexusflow.post(path, "application/json", &json!({"id": "x", "actor": "Ana"}).to_string());
    assert_eq!((status, &body["error"]["code"]), (404, &json!("unknown_group")), "{body}");
}

#[test]
fn curl_can_follow_alerts() {
    use std::io::{BufRead, BufReader};
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let answer = ureq::get(nexusflow.url("/api/stream?topic=alerts")).call().unwrap();
    let mut lines = BufReader::new(answer.into_body().into_reader()).lines().map(Result::unwrap);
    let mut data = || -> Value {
        let line = lines.find(|line| line.starts_with("data:")).unwrap();
        serde_json::from_str(line.trim_start_matches("data:").trim()).unwrap()
    };
    assert_eq!(data()["type"], "snap");
    assert_eq!(nexusflow.publish(&unhappy("s-1", "c-1")).0, 201);
    let delta = data();
    assert_eq!((&delta["type"], &delta["up"][0][1]), (&json!("delta"), &json!(recovery("c-1"))));
    let views = nexusflow.json("/api/v1/views").unwrap();
    let names: Vec<&str> = views.as_array().unwrap().iter().filter_map(|view| view["topic"].as_str()).collect();
    for topic in ["alerts", "silences", "deliveries", "targets", "alerting"] {
        assert!(names.contains(&topic), "{topic} in {names:?}");
    }
}
