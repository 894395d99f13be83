//! What programs and operators meet: publishing, reading, refusals, settings.

mod harness;

use harness::{Nexusflow, SOON, eventually};
use serde_json::{Value, json};

fn order(id: &str, customer: &str, minor: i64) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/shop", "type": "order.placed", "subject": customer,
        "data": {"order": id, "total": {"minor": minor, "currency": "EUR"}}
    })
}

fn orders(nexusflow: &Nexusflow) -> (Value, Value) {
    let figures = nexusflow.view("figures?period=all");
    let figure = |key: &str| figures.get(key).map(|row| row["value"].clone()).unwrap_or_default();
    (figure("orders"), figure("order_value"))
}

/// Publishing in the three modes, what is wrong with bad events, and that the good ones of a batch do not suffer.
#[test]
fn events_are_taken_in_and_mistakes_are_answered_with_their_field() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let (status, body) = nexusflow.publish(&order("o-1", "c-1", 1_000));
    assert_eq!((status, &body["stored"]), (201, &json!(1)), "{body}");

    let mut bad = order("o-2", "c-2", 500);
    bad["data"]["total"]["currency"] = "euro".into();
    let (status, body) = nexusflow.publish(&bad);
    assert_eq!((status, &body["error"]["field"]), (422, &json!("data.total.currency")), "{body}");
    let (status, body) = nexusflow.publish(&json!({"specversion": "1.0"}));
    assert_eq!((status, &body["error"]["field"]), (400, &json!("id")), "{body}");
    let (status, _) = nexusflow.post("/api/v1/events", "application/cloudevents+json", "{");
    assert_eq!(status, 400);
    let (status, _) = nexusflow.post("/api/v1/events", "text/plain", "hello");
    assert_eq!(status, 415);
    let mut control = order("o-3", "c-1", 1);
    control["type"] = "config.changed".into();
    assert_eq!(nexusflow.publish(&control).0, 422);

    let batch = json!([order("o-4", "c-1", 200), bad, order("o-5", "c-3", 34), order("o-1", "c-1", 1_000)]).to_string();
    let (status, body) = nexusflow.post("/api/v1/events", "application/cloudevents-batch+json", &batch);
    assert_eq!((status, &body["stored"]), (207, &json!(3)), "{body}");
    assert_eq!(
        body["rejected"],
        json!([{"index": 1, "field": "data.total.currency", "reason": body["rejected"][0]["reason"]}])
    );

    let binary = ureq::post(nexusflow.url("/api/v1/events"))
        .header("ce-specversion", "1.0")
        .header("ce-id", "o-6")
        .header("ce-source", "/shop")
        .header("ce-type", "order.placed")
        .header("ce-subject", "c-1")
        .header("content-type", "application/json")
        .send(r#"{"order": "o-6", "total": {"minor": 1, "currency": "EUR"}}"#);
    assert_eq!(binary.unwrap().status().as_u16(), 201);

    // o-1 was sent twice and counts once.
    eventually(SOON, "four orders of 12.35", || match orders(&nexusflow) {
        (orders, value) if orders == 4 && value == 1_235 => Ok(()),
        other => Err(format!("{other:?}")),
    });
    eventually(SOON, "the dead letters are counted", || {
        let operator = nexusflow.view("operator");
        let count = operator["dead_letters"]["value"].as_i64().unwrap_or(0);
        if count == 5 { Ok(()) } else { Err(format!("{count}")) }
    });
}

/// A customer is found by id and by name, and the page shows the events behind it.
#[test]
fn a_customer_is_found_and_shown_whole() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let identified = json!({
        "specversion": "1.0", "id": "i-1", "source": "/crm", "type": "customer.identified", "subject": "c-77",
        "data": {"name": "Nora Example", "kind": "business", "email": "nora@example.org"}
    });
    assert_eq!(nexusflow.publish(&identified).0, 201);
    for at in 0..120 {
        let mut placed = order(&format!("o-{at:03}"), "c-77", 100);
        placed["time"] = format!("2026-01-01T00:{:02}:{:02}Z", at / 60, at % 60).into();
        assert_eq!(nexusflow.publish(&placed).0, 201);
    }
    let customer = eventually(SOON, "all events are folded", || {
        let customer = nexusflow.json("/api/v1/customers/c-77").unwrap_or_default();
        if customer["events"] == 121 { Ok(customer) } else { Err(customer["events"].to_string()) }
    });
    assert_eq!(customer["name"], "Nora Example");
    assert_eq!(customer["commerce"]["value"], json!([{"minor": 12_000, "currency": "EUR"}]));
    let timeline = customer["timeline"].as_array().unwrap();
    assert_eq!(timeline.len(), 100);
    assert_eq!((&timeline[0]["kind"], &timeline[1]["id"]), (&json!("customer.identified"), &json!("o-119")));
    assert_eq!(timeline[99]["id"], "o-021");
    for query in ["c-77", "nora", "exam", "Nora%20Ex"] {
        let found = nexusflow.json(&format!("/api/v1/customers?q={query}")).unwrap();
        assert_eq!(found["items"][0]["id"], "c-77", "{query}: {found}");
    }
    assert_eq!(nexusflow.json("/api/v1/customers?q=nobody").unwrap()["items"], json!([]));
    assert_eq!(nexusflow.json("/api/v1/customers/c-78"), None);
}

/// Without tokens only loopback is served; with them nobody looks or publishes without.
#[test]
fn nobody_gets_in_without_the_token() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let refused = nexusflow.command(&["gateway"]).env("NEXUSFLOW_GATEWAY__LISTEN", "0.0.0.0:0").output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("access.view_token"), "{refused:?}");

    nexusflow.set("ACCESS__VIEW_TOKEN", "view-token-of-a-test");
    nexusflow.set("ACCESS__PUBLISH_TOKEN", "publish-token-of-a-test");
    let _up = nexusflow.up(&[]);
    assert_eq!(nexusflow.get("/api/v1/views/figures"), None);
    assert_eq!(nexusflow.publish(&order("o-1", "c-1", 1)).0, 401);
    let with = |token: &str, path: &str| {
        ureq::get(nexusflow.url(path))
            .header("authorization", format!("Bearer {token}"))
            .call()
            .map(|answer| answer.status().as_u16())
    };
    assert_eq!(with("view-token-of-a-test", "/api/v1/views/figures").unwrap(), 200);
    assert!(with("publish-token-of-a-test", "/api/v1/views/figures").is_err());
    let signed_in = nexusflow.post("/api/v1/session", "application/json", r#"{"token": "view-token-of-a-test"}"#);
    assert_eq!(signed_in.0, 204);
    assert_eq!(nexusflow.post("/api/v1/session", "application/json", r#"{"token": "guess"}"#).0, 401);
    let sent = ureq::post(nexusflow.url("/api/v1/events"))
        .header("authorization", "Bearer publish-token-of-a-test")
        .header("content-type", "application/cloudevents+json")
        .send(order("o-1", "c-1", 1).to_string());
    assert_eq!(sent.unwrap().status().as_u16(), 201);
}

/// A page of another origin can't borrow the browser of somebody who may.
#[test]
fn other_origins_and_other_names_of_this_machine_are_refused() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let posted = agent
        .post(nexusflow.url("/api/v1/events"))
        .header("origin", "https://evil.example")
        .header("content-type", "application/json")
        .send(order("o-1", "c-1", 1).to_string());
    assert_eq!(posted.unwrap().status().as_u16(), 403);
    let rebound = agent.get(nexusflow.url("/api/v1/views/figures")).header("host", "evil.example").call();
    assert_eq!(rebound.unwrap().status().as_u16(), 403);
}

/// A change of the number of partitions is refused with an explanation; doctor says the same.
#[test]
fn another_number_of_partitions_is_refused() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let output = nexusflow.command(&["worker"]).env("NEXUSFLOW_LOG__PARTITIONS", "5").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("4 partitions") && said.contains("log.partitions = 4"), "{said}");
    let doctor = nexusflow.command(&["doctor"]).env("NEXUSFLOW_LOG__PARTITIONS", "5").output().unwrap();
    assert!(!doctor.status.success());
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("log.partitions = 4"));
    assert!(nexusflow.run(&["doctor", "--quiet"]).status.success());
}

/// The configuration is read strictly, and a mistake is named by line and key.
#[test]
fn a_mistake_in_the_configuration_is_named() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    std::fs::write(nexusflow.folder().join("bad.toml"), "[gateway]\nlisten = \"127.0.0.1:1\"\nporrt = 3\n").unwrap();
    let output = nexusflow.run(&["--config", "bad.toml", "config", "check"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("line 3") && said.contains("porrt"), "{said}");
    assert!(nexusflow.run_well(&["config", "check"]).contains("Altamora Coffee"));
    assert!(nexusflow.run_well(&["config", "show"]).contains("[gateway]"));
}
