//! A shop that speaks in its own words, by a webhook and a mapping.

use crate::harness::{Nexusflow, SOON, eventually};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The same, in hexadecimal.
const SECRET_HEX: &str = "31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0";

/// A mapping that takes the total from `column`.
pub(crate) fn mapping(column: &str) -> String {
    format!(
        "[source]\nuri = \"/files/shop\"\nabout = \"orders\"\ncurrency = \"EUR\"\n\
         [[file]]\nname = \"orders\"\npath = \"orders.jsonl\"\nformat = \"jsonl\"\n\
         [[event]]\ntype = \"order.placed\"\nfrom = \"orders\"\nid = \"{{id}}:placed\"\nsubject = \"buyer\"\ntime = \"at\"\n\
         [event.data]\norder = \"id\"\ntotal = {{ column = \"{column}\", type = \"money\" }}\n"
    )
}

/// A NexusFlow that has the shop as a source, with a mapping that is wrong about the total.
pub(crate) fn nexusflow() -> Nexusflow {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set_outside("SHOP_SECRET", SECRET);
    let folder = nexusflow.folder();
    std::fs::create_dir(folder.join("config")).unwrap();
    let source =
        "[[source]]\nname = \"shop\"\nkind = \"standard\"\nsecret_env = \"SHOP_SECRET\"\nmapping = \"shop.toml\"\n";
    std::fs::write(folder.join("config/nexusflow.toml"), source).unwrap();
    std::fs::write(folder.join("shop.toml"), mapping("id")).unwrap();
    nexusflow
}

/// An order in the shop's own words; `buyer` may be anything.
pub(crate) fn order(id: &str, buyer: &str) -> Value {
    json!({"id": id, "buyer": buyer, "at": "2026-01-05T10:00:00Z", "sum": "12.50"})
}

/// Posts to the shop's webhook, signed.
pub(crate) fn post(nexusflow: &Nexusflow, body: &str) -> (u16, Value) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let signature = signature(&format!("msg_1.{now}.{body}"));
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = agent
        .post(nexusflow.url("/hooks/shop"))
        .header("content-type", "application/json")
        .header("webhook-id", "msg_1")
        .header("webhook-timestamp", now.to_string())
        .header("webhook-signature", format!("v1,{signature}"));
    let mut answer = request.send(body).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// By somebody else's hands than ours.
fn signature(message: &str) -> String {
    let key = format!("hexkey:{SECRET_HEX}");
    let script = format!("openssl dgst -sha256 -mac HMAC -macopt {key} -binary | openssl base64 -A");
    let mut openssl =
        Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    openssl.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    let output = openssl.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Waits until the operator is told of so many that wait.
pub(crate) fn wait_for_letters(nexusflow: &Nexusflow, waiting: u64) {
    eventually(SOON, &format!("{waiting} dead letters wait"), || {
        let told = nexusflow.view("operator").get("dead_letters").map(|row| row["value"].clone()).unwrap_or_default();
        if told == waiting { Ok(()) } else { Err(told.to_string()) }
    });
}

/// The status and body of any request.
pub(crate) fn ask(nexusflow: &Nexusflow, method: &str, path: &str, bearer: Option<&str>, body: &Value) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = nexusflow.url(path);
    let authorization = bearer.map(|token| format!("Bearer {token}")).unwrap_or_default();
    let mut answer = match method {
        "GET" => agent.get(url).header("authorization", authorization).call().unwrap(),
        _ => {
            let request =
                agent.post(url).header("authorization", authorization).header("content-type", "application/json");
            request.send(body.to_string()).unwrap()
        }
    };
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
