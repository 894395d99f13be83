//! The whole way: what a customer says, to a target and to those who look after targets.

use crate::harness::{SOON, eventually, free_port};
use crate::server::{Mood, Server, now_ms, quiet_for};
use crate::wire::{at, configured, webhook};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn an_unhappy_customer_reaches_a_target_and_the_log_of_deliveries() {
    let server = Server::start(free_port(), Mood::Good);
    let unseen = webhook("later", &server.url()).replace("always", "unseen");
    let nexusflow = configured(&format!("{}{unseen}", webhook("crm", &server.url())), "group_wait_s = 0\nunseen_s = 3");
    let up = nexusflow.up(&[]);
    let answer = json!({
        "specversion": "1.0", "id": "a-1", "source": "/survey", "type": "survey.answered", "subject": "c-7", "time": at(now_ms()),
        "data": {"survey": "s-1", "measures": "csat", "score": 1}
    });
    let (status, body) = nexusflow.publish(&answer);
    assert_eq!(status, 201, "{body}");
    let told = eventually(SOON, "the target is told", || server.taken().pop().ok_or_else(|| nexusflow.logs()));
    let alert = told.json()["data"]["alerts"][0].clone();
    assert_eq!(
        (&told.json()["type"], &alert["customer"], &alert["kind"]),
        (&json!("alert.raised"), &json!("c-7"), &json!("recovery"))
    );
    let key = alert["alert"].as_str().unwrap().to_owned();
    // Somebody acknowledges it: the target that is told what nobody has seen stays quiet.
    let command = json!({"id": "ack-1", "revision": alert["revision"], "actor": "Ana Ruiz"}).to_string();
    let (status, body) = nexusflow.post(&format!("/api/v1/alerts/c-7/{key}/acknowledge"), "application/json", &command);
    assert_eq!(status, 200, "{body}");
    quiet_for(&server, Duration::from_secs(4));
    assert_eq!(server.requests().len(), 1);

    let items = |path: &str| nexusflow.json(path).unwrap()["items"].as_array().unwrap().clone();
    let deliveries = eventually(SOON, "the log of deliveries has both", || {
        let items = items("/api/v1/deliveries");
        if items.len() == 2 { Ok(items) } else { Err(format!("{items:?}")) }
    });
    let of = |target: &str| deliveries.iter().find(|entry| entry["target"] == target).cloned().unwrap();
    assert_eq!((&of("crm")["outcome"], &of("crm")["id"]), (&json!("delivered"), &json!(told.id())));
    assert_eq!(of("later")["detail"], "acknowledged before it was told");
    let names: Vec<Value> = items("/api/v1/targets").iter().map(|target| target["name"].clone()).collect();
    assert_eq!(names, ["crm", "later"]);
    let (status, body) = nexusflow.post("/api/v1/targets/crm/test", "application/json", "{\"actor\":\"Ana Ruiz\"}");
    assert_eq!(status, 202, "{body}");
    eventually(SOON, "the test arrives", || match server.taken().pop() {
        Some(last) if last.json()["type"] == "test" && body["id"] == last.id() => Ok(()),
        last => Err(format!("{last:?}")),
    });
    up.stop();
}
