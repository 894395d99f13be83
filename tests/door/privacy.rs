//! What people are called, and how they are reached, stands in the log and nowhere else: in no log line, no subject, no answer to a
//! mistake.

use crate::harness::{Nexusflow, SOON, eventually};
use crate::shop::{self, ask, post, wait_for_letters};
use nexusflow_log::async_nats;
use serde_json::{Value, json};

/// What must not be found: an address, a name, a number.
const MARKERS: [&str; 3] = ["marker.person@example.org", "Markerina", "+34600111222"];

fn marked(id: &str) -> Value {
    let traits = json!({"email": MARKERS[0], "name": MARKERS[1], "phone": MARKERS[2]});
    json!({"specversion": "1.0", "id": id, "source": "/crm", "type": "customer.identified", "subject": "c-1", "data": traits})
}

/// Requests that are refused in every way, each with all markers in it.
fn mistakes() -> Vec<(&'static str, String)> {
    let all = MARKERS.join(" ");
    let with = |key: &str, value: Value| {
        let mut event = marked("bad");
        event[key] = value;
        ("application/cloudevents+json", event.to_string())
    };
    let mut bad = vec![
        with("type", json!(all)),
        with("subject", json!(format!("{all} {}", "x".repeat(200)))),
        with("source", json!(format!(" {all}"))),
        with("time", json!(all)),
        with("specversion", json!(all)),
        // What a field is called is no secret of a person: a mistake names it.
        with("data", json!({"nobody": MARKERS[1]})),
        with("data", json!({"email": [all]})),
        with("data", json!(all)),
        ("application/json", format!("{{\"id\": \"{all}\", ")),
        ("application/json", format!("[{{\"id\": \"{all}\"}}, {}]", marked("in a batch"))),
        ("text/plain", all.clone()),
        ("application/json", all.clone()),
    ];
    let order = json!({"order": all, "total": {"minor": MARKERS[2], "currency": MARKERS[1]}});
    let event = json!({"specversion": "1.0", "id": all, "source": "/crm", "type": "order.placed", "subject": "c", "data": order});
    bad.push(("application/cloudevents+json", event.to_string()));
    bad
}

fn subjects(nexusflow: &Nexusflow) -> (Vec<String>, Vec<String>) {
    let token = std::fs::read_to_string(nexusflow.folder().join(".nexusflow/nats/token")).unwrap();
    let look = async {
        use futures_util::{StreamExt, TryStreamExt};
        let options = async_nats::ConnectOptions::with_token(token.trim().into());
        let client = options.connect(format!("127.0.0.1:{}", nexusflow.nats_port)).await.unwrap();
        let jetstream = async_nats::jetstream::new(client);
        let (mut subjects, mut reasons) = (Vec::new(), Vec::new());
        let names: Vec<String> = jetstream.stream_names().try_collect().await.unwrap();
        for name in names {
            let stream = jetstream.get_stream(&name).await.unwrap();
            let mut all = stream.info_with_subjects(">").await.unwrap();
            while let Some(subject) = all.next().await {
                subjects.push(subject.unwrap().0);
            }
            if name.ends_with("_DEAD") {
                for sequence in 1..=stream.cached_info().state.last_sequence {
                    let headers = stream.get_raw_message(sequence).await.unwrap().headers;
                    let said = |name: &str| headers.get(name).map(|value| value.to_string()).unwrap_or_default();
                    reasons.push(format!("{}: {}", said("nexusflow-field"), said("nexusflow-reason")));
                }
            }
        }
        (subjects, reasons)
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(look)
}

fn holds_none(what: &str, text: &str) {
    for marker in MARKERS {
        let at = text.to_lowercase().find(&marker.to_lowercase());
        let around = at.map(|at| text.chars().skip(at.saturating_sub(300)).take(600).collect::<String>());
        assert!(around.is_none(), "{what} holds {marker}: {}", around.unwrap_or_default());
    }
}

#[test]
fn nothing_personal_is_in_a_log_line_a_subject_or_an_answer() {
    let mut nexusflow = shop::nexusflow();
    // As much as our own crates can say.
    let said = ["nexusflow", "nexusflow_log", "nexusflow_connectors", "nexusflow_gateway", "nexusflow_runtime"];
    let filter: Vec<String> = said.iter().map(|name| format!("{name}=trace")).collect();
    nexusflow.set_outside("RUST_LOG", &format!("debug,{}", filter.join(",")));
    let up = nexusflow.up(&[]);
    let (status, told) = nexusflow.publish(&marked("1"));
    assert_eq!(status, 201, "{told}");
    for (content_type, body) in mistakes() {
        let (status, told) = nexusflow.post("/api/v1/events", content_type, &body);
        assert!((207..500).contains(&status), "{status} for {body}");
        holds_none("an answer", &told.to_string());
    }
    // By a webhook, understood and not, and to where nobody listens.
    for body in [
        shop::order(MARKERS[0], MARKERS[1]).to_string(),
        MARKERS.join(" "),
        json!([MARKERS, {"id": MARKERS}]).to_string(),
    ] {
        let (_, told) = post(&nexusflow, &body);
        holds_none("an answer", &told.to_string());
    }
    let (status, told) = nexusflow.post("/hooks/shop", "application/json", &MARKERS.join(" "));
    assert_eq!(status, 401);
    holds_none("an answer", &told.to_string());
    let (_, told) = ask(&nexusflow, "POST", "/api/v1/commands", None, &marked("command"));
    holds_none("an answer", &told.to_string());
    // It was taken in, and the letters were kept: there was something to be told.
    eventually(SOON, "the customer is known", || {
        let customer = nexusflow.get("/api/v1/customers/c-1").unwrap_or_default();
        if customer.contains(MARKERS[1]) { Ok(()) } else { Err(customer) }
    });
    let letters = || ask(&nexusflow, "GET", "/api/v1/dead-letters", None, &Value::Null).1;
    eventually(SOON, "the letters are kept", || {
        if letters()["waiting"].as_u64() >= Some(12) { Ok(()) } else { Err(letters().to_string()) }
    });
    wait_for_letters(&nexusflow, letters()["waiting"].as_u64().unwrap());
    holds_none("the list of dead letters", &letters().to_string());
    let retried = nexusflow.run(&["dlq", "retry", "--all"]);
    holds_none("what a retry says", &format!("{retried:?}"));
    let (subjects, reasons) = subjects(&nexusflow);
    assert!(subjects.len() > 3 && reasons.len() >= 12, "{subjects:?} {reasons:?}");
    holds_none("a subject", &subjects.join("\n"));
    holds_none("a reason", &reasons.join("\n"));
    holds_none("the metrics", &nexusflow.get("/metrics").unwrap());
    up.stop();
    let logs = nexusflow.logs();
    assert!(logs.contains("DEBUG"), "much was said");
    holds_none("a log line", &logs);
}
