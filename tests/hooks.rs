//! Webhooks against a program that runs: every message of every kind, what is refused, what is kept, and what is sent again.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "hooks/every_kind.rs"]
mod every_kind;
#[path = "../connectors/tests/harness/fixture.rs"]
#[expect(dead_code, reason = "made for the harness of connectors")]
mod fixture;
mod harness;
#[path = "../connectors/tests/harness/sign.rs"]
mod sign;

use harness::{Nexusflow, SOON, eventually, nats_server, root, signal};
use nexusflow_connectors::hook::Verify;
use nexusflow_connectors::source::{CONNECTORS, Connector, Sample, Sources, Way};
use nexusflow_log::async_nats;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the samples say was paid in euros: one order of Shopify's.
const PAID: i64 = 5_989;
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// One with these sources, which knows the address that it is called at.
fn with_sources(sources: &str) -> Nexusflow {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    std::fs::create_dir_all(nexusflow.folder().join("config")).unwrap();
    std::fs::write(nexusflow.folder().join("config/nexusflow.toml"), sources).unwrap();
    std::fs::write(nexusflow.folder().join("secret"), SECRET).unwrap();
    let url = nexusflow.url("");
    nexusflow.set("HTTP__PUBLIC_URL", &url);
    nexusflow
}

fn is_hook(connector: &Connector) -> bool {
    connector.page.contains("/hooks/")
}

fn hooks() -> impl Iterator<Item = &'static Connector> {
    CONNECTORS.iter().copied().filter(|connector| is_hook(connector))
}

/// A source of every kind of webhook, called as its kind, with its example settings.
fn all_hooks() -> String {
    hooks().map(|it| format!("[[source]]\nname = {:?}\nkind = {0:?}\n{}\n\n", it.kind, it.example)).collect()
}

struct Answer {
    status: u16,
    retry_after: Option<String>,
    body: String,
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

/// Sends a message as the system of that kind does.
fn send(nexusflow: &Nexusflow, kind: &str, headers: &[(&str, &str)], body: &[u8], secret: &str) -> Answer {
    let (url, path) = (nexusflow.url(""), format!("/hooks/{kind}"));
    let message = sign::Message { url: &url, path: &path, body, at_ms: now_ms() };
    let proof = sign::sign(kind, secret, &message).unwrap();
    let proof = proof.iter().map(|(name, value)| (*name, value.as_str()));
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.post(nexusflow.url(&path));
    for (name, value) in headers.iter().copied().chain(proof) {
        request = request.header(name, value);
    }
    let mut answer = request.send(body).unwrap();
    let retry_after = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    Answer { status: answer.status().as_u16(), retry_after, body: answer.body_mut().read_to_string().unwrap() }
}

fn send_sample(nexusflow: &Nexusflow, kind: &str, sample: &Sample) -> Answer {
    send(nexusflow, kind, sample.headers, sample.body.as_bytes(), SECRET)
}

/// The dead letters: their bytes, and what is said about them.
fn dead_letters(nexusflow: &Nexusflow) -> Vec<(String, Value)> {
    let token = std::fs::read_to_string(nexusflow.folder().join(".nexusflow/nats/token")).unwrap();
    let read = async {
        let options = async_nats::ConnectOptions::with_token(token.trim().into());
        let client = options.connect(format!("127.0.0.1:{}", nexusflow.nats_port)).await.unwrap();
        let stream = async_nats::jetstream::new(client).get_stream("NEXUSFLOW_DEAD").await.unwrap();
        let mut letters = Vec::new();
        for sequence in 1..=stream.cached_info().state.last_sequence {
            let letter = stream.get_raw_message(sequence).await.unwrap();
            let header = |name: &str| letter.headers.get(name).map(ToString::to_string);
            let said = json!({
                "source": header("nexusflow-source"), "kind": header("nexusflow-kind"), "field": header("nexusflow-field"),
                "headers": header("nexusflow-headers").and_then(|text| serde_json::from_str::<Value>(&text).ok()),
            });
            letters.push((String::from_utf8_lossy(&letter.payload).into_owned(), said));
        }
        letters
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read)
}

/// Customers enough to have one in every partition.
const MARKS: i64 = 64;

/// Says that a cent was paid by a customer in every partition: once they count, so does everything that was said before them.
fn mark(nexusflow: &Nexusflow, round: &str) {
    let payment = |at: i64| {
        json!({
            "specversion": "1.0", "id": format!("{round}-{at}"), "source": "/test", "type": "payment.received",
            "subject": format!("mark-{at}"),
            "data": {"payment": format!("{round}-{at}"), "amount": {"minor": 1, "currency": "EUR"}}
        })
    };
    let batch = Value::from_iter((0..MARKS).map(payment)).to_string();
    assert_eq!(nexusflow.post("/api/v1/events", "application/cloudevents-batch+json", &batch).0, 200);
}

/// Waits until exactly this much was paid, in cents. Payments are added up, so that one that counted twice would show.
fn wait_for_revenue(nexusflow: &Nexusflow, expected: i64) {
    eventually(SOON, "the payments are counted", || {
        let figures = nexusflow.view("figures?period=all");
        let revenue = figures.get("revenue").map(|row| row["value"].clone()).unwrap_or_default();
        if revenue == expected { Ok(()) } else { Err(format!("{revenue} of {expected}")) }
    });
}

/// The list's own way of telling webhooks, and that of the pages, are the same.
#[test]
fn every_webhook_says_where_it_is_called() {
    for connector in CONNECTORS {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), SECRET).unwrap();
        let settings: toml::Table =
            format!("name = \"a\"\nkind = {:?}\n{}", connector.kind, connector.example).parse().unwrap();
        let sources = Sources::open(&[settings], folder.path()).unwrap();
        let is_called = matches!(&sources.get("a").unwrap().way, Way::Hook(verify) if (verify.as_ref() as &dyn Verify).headers().len() < 9);
        assert_eq!(is_hook(connector), is_called, "{}", connector.kind);
    }
}

#[test]
fn every_message_of_every_kind_is_stored_and_counts_once() {
    let nexusflow = with_sources(&all_hooks());
    let _up = nexusflow.up(&[]);
    for round in 1..=2 {
        for connector in hooks() {
            for sample in connector.samples {
                let answer = send_sample(&nexusflow, connector.kind, sample);
                let what = format!("{}: {}: {}", connector.kind, sample.what, answer.body);
                assert_eq!(answer.status, 200, "{what}");
                if connector.kind == "twilio" {
                    assert_eq!(answer.body, "<Response/>", "{what}");
                } else {
                    let body: Value = serde_json::from_str(&answer.body).unwrap();
                    assert_eq!(body, json!({"stored": sample.becomes.len(), "kept": 0}), "{what}");
                }
            }
        }
        mark(&nexusflow, &format!("round-{round}"));
        wait_for_revenue(&nexusflow, PAID + round * MARKS);
    }
    assert_eq!(dead_letters(&nexusflow), []);
}

#[test]
fn what_is_not_right_is_refused_or_kept_for_somebody_to_mend() {
    let nexusflow = with_sources(&all_hooks());
    let _up = nexusflow.up(&[]);
    for connector in hooks() {
        let sample = &connector.samples[0];
        let answer = send(
            &nexusflow,
            connector.kind,
            sample.headers,
            sample.body.as_bytes(),
            "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        );
        assert_eq!(answer.status, 401, "{}: {}", connector.kind, answer.body);
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["error"]["field"], "signature", "{}", connector.kind);
        let (status, body) = nexusflow.post(&format!("/hooks/{}", connector.kind), "application/json", sample.body);
        assert_eq!(status, 401, "{}: without a signature: {body}", connector.kind);
    }
    assert_eq!(nexusflow.post("/hooks/nobody", "application/json", "{}").0, 404);
    assert!(nexusflow.get("/hooks/shopify").is_none(), "a GET is no message");
    let head = ureq::head(nexusflow.url("/hooks/intercom")).call();
    assert_eq!(head.unwrap().status().as_u16(), 200, "Intercom asks whether anybody is there");
    let large = vec![b' '; 5 * 1024 * 1024];
    assert_eq!(send(&nexusflow, "shopify", &[], &large, SECRET).status, 413);
    assert_eq!(dead_letters(&nexusflow), []);

    let bad = r#"{"id":1,"currency":"EUR","total_price":"twelve","created_at":"2026-01-05T10:00:00Z","email":"nora@example.org"}"#;
    let headers = [("content-type", "application/json"), ("x-shopify-topic", "orders/create")];
    let answer = send(&nexusflow, "shopify", &headers, bad.as_bytes(), SECRET);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, body), (200, json!({"stored": 0, "kept": 1})));
    let letters = eventually(SOON, "it is among the dead letters", || match dead_letters(&nexusflow) {
        letters if letters.len() == 1 => Ok(letters),
        letters => Err(format!("{letters:?}")),
    });
    // All that is needed to read it again, and nothing that proved who sent it.
    let said = json!({
        "source": "shopify", "kind": "shopify", "field": "total_price", "headers": {"x-shopify-topic": "orders/create"}
    });
    assert_eq!(letters, [(bad.to_owned(), said)]);
}

#[test]
fn who_is_told_to_come_back_and_does_counts_once() {
    let mut nexusflow = with_sources(&all_hooks());
    nexusflow.set("HTTP__STORE_TIMEOUT_MS", "1000");
    let up = nexusflow.up(&[]);
    let shopify = hooks().find(|connector| connector.kind == "shopify").unwrap();
    let paid = shopify.samples.iter().find(|sample| sample.becomes == ["payment.received"]).unwrap();
    let server = nats_server(up.id());
    signal("-STOP", server);
    let answer = send_sample(&nexusflow, "shopify", paid);
    signal("-CONT", server);
    assert_eq!((answer.status, answer.retry_after.as_deref()), (503, Some("1")), "{}", answer.body);
    eventually(SOON, "it is taken", || match send_sample(&nexusflow, "shopify", paid) {
        answer if answer.status == 200 => Ok(()),
        answer => Err(answer.body),
    });
    assert_eq!(send_sample(&nexusflow, "shopify", paid).status, 200);
    mark(&nexusflow, "after");
    wait_for_revenue(&nexusflow, PAID + MARKS);
}

/// What stands between the fences of `language`, one after the other.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let open = format!("```{language}\n");
    page.split(open.as_str()).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

fn shell(folder: &Path, script: &str) -> String {
    let output = Command::new("bash").args(["-euc", script]).current_dir(folder).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}\n{out}\n{err}");
    out.trim().to_owned()
}

/// What each page says to type works as it is written.
#[test]
fn the_session_of_every_page_works() {
    let mut sources = String::new();
    let mut names = BTreeSet::new();
    for connector in hooks() {
        let settings: Vec<&str> =
            blocks(connector.page, "toml").into_iter().filter(|block| block.starts_with("[[source]]")).collect();
        assert_eq!(settings.len(), 1, "{}: its page has its settings", connector.kind);
        assert!(names.insert(settings[0].lines().nth(1)), "{}: two pages have one name", connector.kind);
        sources += &format!("{}\n\n", settings[0]);
    }
    let nexusflow = with_sources(&sources);
    let here = |script: &str| script.replace("http://127.0.0.1:8080", &nexusflow.url(""));
    for connector in hooks() {
        let scripts = blocks(connector.page, "sh");
        assert_eq!(scripts.len(), 2, "{}: its page has a secret and a session", connector.kind);
        shell(nexusflow.folder(), scripts[0]);
    }
    let _up = nexusflow.up(&[]);
    for connector in hooks() {
        let answer = shell(nexusflow.folder(), &here(blocks(connector.page, "sh")[1]));
        match blocks(connector.page, "json")[..] {
            [expected] => {
                let [answer, expected] = [&answer, expected].map(|text| serde_json::from_str::<Value>(text).unwrap());
                assert_eq!(answer, expected, "{}", connector.kind);
            }
            _ => assert_eq!(vec![answer.as_str()], blocks(connector.page, "xml"), "{}", connector.kind),
        }
    }
    assert_eq!(dead_letters(&nexusflow), []);
    let list = std::fs::read_to_string(root().join("docs/connect/README.md")).unwrap();
    assert!(hooks().all(|connector| list.contains(&format!("({}.md)", connector.kind))));
}
