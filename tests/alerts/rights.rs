//! Who may look at alerts and who may act on them; and what consoles confirm.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use crate::console::{Console, recovery, unhappy};
use crate::harness::{Nexusflow, SOON};
use futures_util::StreamExt;
use nexusflow_log::async_nats;
use serde_json::{Value, json};

/// What is asked with a token: the status and the body.
fn with(nexusflow: &Nexusflow, token: Option<&str>, path: &str, body: Option<&Value>) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let bearer = token.map(|token| format!("Bearer {token}")).unwrap_or_default();
    let url = nexusflow.url(path);
    let mut answer = match body {
        Some(body) => agent.post(url).header("authorization", bearer).send(body.to_string()).unwrap(),
        None => agent.get(url).header("authorization", bearer).call().unwrap(),
    };
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[test]
fn who_may_look_may_not_act_and_who_may_act_may_look() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let (view, act, publish) = ("view-token-of-a-test", "act-token-of-a-test", "publish-token-of-a-test");
    nexusflow.set("ACCESS__VIEW_TOKEN", view);
    nexusflow.set("ACCESS__ACT_TOKEN", act);
    nexusflow.set("ACCESS__PUBLISH_TOKEN", publish);
    let _up = nexusflow.up(&[]);
    let path = format!("/api/v1/alerts/c-1/{}/acknowledge", recovery("c-1"));
    let body = json!({"id": "1", "revision": 1, "actor": "Ana"});
    for (token, list, acknowledge) in
        [(None, 401, 401), (Some(view), 200, 403), (Some(publish), 401, 401), (Some(act), 200, 404)]
    {
        assert_eq!(with(&nexusflow, token, "/api/v1/alerts", None).0, list, "{token:?}");
        assert_eq!(with(&nexusflow, token, &path, Some(&body)).0, acknowledge, "{token:?}");
    }
    let rights = |token| with(&nexusflow, token, "/api/v1/session", None);
    assert_eq!(rights(None), (200, json!({"view": false, "act": false})));
    assert_eq!(rights(Some(view)), (200, json!({"view": true, "act": false})));
    assert_eq!(rights(Some(act)), (200, json!({"view": true, "act": true})));

    // A browser that signs in with the token for acting.
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let signed = agent.post(nexusflow.url("/api/v1/session")).header("content-type", "application/json");
    let signed = signed.send(json!({"token": act}).to_string()).unwrap();
    let cookie = signed.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let mut session = agent.get(nexusflow.url("/api/v1/session")).header("cookie", cookie).call().unwrap();
    assert_eq!(session.body_mut().read_to_string().unwrap(), r#"{"act":true,"view":true}"#);
}

#[test]
fn without_a_token_for_acting_nobody_acts_where_there_is_one_for_looking() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("ACCESS__VIEW_TOKEN", "view-token-of-a-test");
    let _up = nexusflow.up(&[]);
    let path = format!("/api/v1/alerts/c-1/{}/acknowledge", recovery("c-1"));
    let body = json!({"id": "1", "revision": 1, "actor": "Ana"});
    let (status, answer) = with(&nexusflow, Some("view-token-of-a-test"), &path, Some(&body));
    assert_eq!(status, 403);
    assert!(answer["error"]["message"].as_str().unwrap().contains("set access.act_token"), "{answer}");
}

#[tokio::test]
async fn what_a_console_shows_is_passed_on_once_and_only_what_there_is() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let token = std::fs::read_to_string(nexusflow.folder().join(".nexusflow/nats/token")).unwrap();
    let options = async_nats::ConnectOptions::with_token(token.trim().into());
    let client = options.connect(format!("127.0.0.1:{}", nexusflow.nats_port)).await.unwrap();
    let mut receipts = client.subscribe("nexusflow.receipt").await.unwrap();
    client.flush().await.unwrap();
    let mut consoles = Vec::new();
    for _ in 0..2 {
        consoles.push(Console::open(&nexusflow, "alerts", json!({})).await);
    }
    assert_eq!(nexusflow.publish(&unhappy("s-1", "c-1")).0, 201);
    let key = ["c-1", &recovery("c-1")];
    for console in &mut consoles {
        console.until("the alert is there", |console| console.row(&key).is_some()).await;
        // One that there is not, one that does not exist yet, and the one that is shown.
        let shown = json!([["c-9", "recovery:c-9:feedback", 1], [key[0], key[1], 7], [key[0], key[1], 1]]);
        console.say(&json!({"type": "got", "id": "a", "alerts": shown})).await;
    }
    let many: Vec<Value> = (0..1_001).map(|n| json!([n.to_string(), "x", 1])).collect();
    consoles[0].say(&json!({"type": "got", "id": "a", "alerts": many})).await;
    while consoles[0].hear().await["code"] != "too_many" {}
    let next = tokio::time::timeout(SOON, receipts.next()).await.unwrap().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&next.payload).unwrap(), json!([key[0], key[1], 1]));

    // Only one of the two consoles was news: what comes next is about another alert.
    assert_eq!(nexusflow.publish(&unhappy("s-2", "c-2")).0, 201);
    let second = ["c-2", &recovery("c-2")];
    consoles[1].until("the second is there", |console| console.row(&second).is_some()).await;
    consoles[1].say(&json!({"type": "got", "alerts": [[second[0], second[1], 1]]})).await;
    let next = tokio::time::timeout(SOON, receipts.next()).await.unwrap().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&next.payload).unwrap(), json!([second[0], second[1], 1]));
}
