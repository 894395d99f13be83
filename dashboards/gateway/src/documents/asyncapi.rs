//! AsyncAPI 3.0: the subjects of NATS, and the topics of the live protocol.

// tidy: long because the frames of the protocol are one list, each a few lines of JSON

use super::schemas;
use crate::{api, protocol};
use nexusflow_model::{Kind, subject};
use serde_json::{Map, Value, json};

/// The prefix of subjects and streams unless `log.prefix` says another.
const PREFIX: &str = "nexusflow";

/// The AsyncAPI document of what is published, read and followed without HTTP requests.
pub fn asyncapi() -> Value {
    let mut forms = schemas::events();
    forms.insert("CloudEvent".into(), schemas::cloud_event());
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "NexusFlow",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!(
                "Subjects begin with `log.prefix`, here {PREFIX}. HTTP requests are in /api/openapi.json; docs/api.md tells what the live topics mean."
            ),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "nats": {"host": "127.0.0.1:4222", "protocol": "nats", "description": "The cluster of nats.url, or NexusFlow's own server."},
            "gateway": {"host": "127.0.0.1:8080", "protocol": "ws", "pathname": "/api/v1/live", "description": "The live protocol."},
        },
        "channels": channels(),
        "operations": operations(),
        "components": {"schemas": forms, "messages": messages()},
    })
}

fn channels() -> Value {
    let on_nats = |address: String, title: &str, about: &str, messages: &[&str]| json!({"address": address, "title": title, "description": about, "servers": [{"$ref": "#/servers/nats"}], "messages": refs(messages)});
    let with = |mut channel: Value, name: &str, about: &str| {
        channel["parameters"] = json!({ name: {"description": about} });
        channel
    };
    let with_partition = |channel| with(channel, "partition", "A number from 0; a customer is always in the same one.");
    json!({
        "publish": with(
            on_nats(
                "{subject}".into(),
                "A source's own subject",
                "Where a source of kind `nats` publishes, with its own credentials: see /connect. Who asks instead of publishing is answered \
                 when the log has the event, where the source has `answer = true`.",
                &["cloudEvent", "cloudEvents"],
            ),
            "subject",
            "One that `subject` of the source in nexusflow.toml covers, such as shop-eu.orders for shop-eu.>.",
        ),
        "log": with_partition(on_nats(
            subject::log_subject(PREFIX, 0).replace(".0", ".{partition}"),
            "The log",
            "Everything that happened, in JetStream: a stream NEXUSFLOW_LOG_000 ... a partition. To be read, never to be published to.",
            &["cloudEvents"],
        )),
        "effects": with_partition(on_nats(
            subject::effect(PREFIX, 0).replace(".0", ".{partition}"),
            "Effects",
            "What followed from events and must be done once, in the JetStream stream NEXUSFLOW_EFFECTS.",
            &["effects"],
        )),
        "deadLetters": on_nats(
            subject::dead_letters(PREFIX),
            "Dead letters",
            "What could not be understood, in the JetStream stream NEXUSFLOW_DEAD.",
            &["deadLetter"],
        ),
        "receipts": on_nats(
            subject::receipts(PREFIX),
            "Receipts",
            "Which alerts a console has shown to a person.",
            &["receipt"],
        ),
        "live": {
            "address": "/api/v1/live",
            "title": protocol::NAME,
            "description": format!("WebSocket subprotocol {}. Topics:\n\n{}", protocol::NAME, topics()),
            "servers": [{"$ref": "#/servers/gateway"}],
            "messages": refs(&["hello", "sub", "unsub", "ping", "got", "welcome", "snap", "delta", "event", "hb", "pong", "resync", "err", "bye"]),
        },
    })
}

/// The topics as a list in Markdown: the one that `GET /api/v1/views` gives.
fn topics() -> String {
    let line = |topic: &Value| {
        let text = |name: &str| topic[name].as_str().unwrap_or_default().to_owned();
        let params = topic["params"].as_array().into_iter().flatten();
        let params: Vec<String> =
            params.filter_map(|param| param["name"].as_str()).map(|name| format!("`{name}`")).collect();
        let params = if params.is_empty() { String::new() } else { format!(" Parameters: {}.", params.join(", ")) };
        format!("- `{}` ({}): {}{params}", text("topic"), text("kind"), text("about"))
    };
    api::topic_list().iter().map(line).collect::<Vec<_>>().join("\n")
}

fn refs(messages: &[&str]) -> Map<String, Value> {
    messages.iter().map(|name| ((*name).to_owned(), json!({"$ref": format!("#/components/messages/{name}")}))).collect()
}

fn operations() -> Value {
    let one = |action: &str, channel: &str, summary: &str, messages: &[&str]| {
        let messages: Vec<Value> =
            messages.iter().map(|name| json!({"$ref": format!("#/channels/{channel}/messages/{name}")})).collect();
        json!({"action": action, "channel": {"$ref": format!("#/channels/{channel}")}, "summary": summary, "messages": messages})
    };
    // As the specification has it, by what NexusFlow does: it receives what others publish.
    json!({
        "takeIn": one("receive", "publish", "Take events in.", &["cloudEvent", "cloudEvents"]),
        "tellLog": one("send", "log", "Record what happened.", &["cloudEvents"]),
        "tellEffects": one("send", "effects", "Say what followed.", &["effects"]),
        "keep": one("send", "deadLetters", "Keep what can't be understood.", &["deadLetter"]),
        "tellReceipts": one("send", "receipts", "Say what was shown.", &["receipt"]),
        "hear": one("receive", "live", "Hear what a viewer asks for.", &["hello", "sub", "unsub", "ping", "got"]),
        "show": one(
            "send",
            "live",
            "Show topics, and keep them up to date.",
            &["welcome", "snap", "delta", "event", "hb", "pong", "resync", "err", "bye"],
        ),
    })
}

fn messages() -> Value {
    let event = schemas::named("CloudEvent");
    let mut messages = json!({
        "cloudEvent": {
            "contentType": "application/cloudevents+json", "summary": "An event.", "payload": event,
            "examples": [{"payload": schemas::example_of(Kind::OrderPlaced)}],
        },
        "cloudEvents": {"contentType": "application/cloudevents-batch+json", "summary": "Several events.", "payload": {"type": "array", "items": event}},
        "effects": {"summary": "What followed from records up to a place.", "payload": {
            "type": "object", "required": ["through", "effects"],
            "properties": {"log_created_ns": {"type": "integer"}, "through": {"type": "object"}, "effects": {"type": "array", "items": {
                "type": "object", "required": ["id", "body"], "properties": {"id": {"type": "object"}, "body": {"type": "object"}},
            }}},
        }},
        "deadLetter": {"summary": "The original bytes, with source, time and reason in its headers.", "contentType": "application/octet-stream", "payload": {}},
        "receipt": {"summary": "Customer, alert, revision.", "payload": {"type": "array", "minItems": 3, "maxItems": 3}},
    });
    for (name, summary, required, properties) in frames() {
        let mut properties = properties;
        properties["type"] = json!({"const": name});
        let required: Vec<&str> = std::iter::once("type").chain(required.iter().copied()).collect();
        messages[name] =
            json!({"summary": summary, "payload": {"type": "object", "required": required, "properties": properties}});
    }
    messages
}

type Frame = (&'static str, &'static str, &'static [&'static str], Value);

/// The frames of the live protocol.
fn frames() -> Vec<Frame> {
    let (text, integer, object) = (json!({"type": "string"}), json!({"type": "integer"}), json!({"type": "object"}));
    let list = json!({"type": "array"});
    vec![
        ("hello", "The first frame of a client.", &["v"], json!({"v": {"const": 1}, "client": text, "build": text})),
        (
            "sub",
            "Asks for a topic.",
            &["id", "topic"],
            json!({
                "id": text, "topic": text, "params": {"type": "object", "additionalProperties": text},
                "rate_ms": {"type": "integer", "minimum": protocol::RATE_MS_MIN, "default": protocol::RATE_MS},
                "since": {"type": "object", "required": ["epoch", "seq"], "properties": {"epoch": text, "seq": integer}},
            }),
        ),
        ("unsub", "Asks for it no longer.", &["id"], json!({"id": text})),
        ("ping", "Is answered with the same.", &["t"], json!({"t": {}})),
        (
            "got",
            "These alerts were shown to a person.",
            &["alerts"],
            json!({"id": text, "alerts": {"type": "array", "maxItems": 1_000, "items": list}}),
        ),
        (
            "welcome",
            "The first frame of the server.",
            &["v", "heartbeat_ms"],
            json!({
                "v": {"const": 1}, "server": text, "build": text, "session": text, "heartbeat_ms": {"const": protocol::HEARTBEAT_MS},
                "business": {"type": ["string", "null"]}, "time_zone": {"type": ["string", "null"]},
            }),
        ),
        (
            "snap",
            "A topic, whole; `last` ends it.",
            &["id", "epoch", "seq", "key", "cols", "rows", "last"],
            json!({
                "id": text, "epoch": text, "seq": integer, "as_of": {}, "key": list, "cols": list, "rows": list, "last": {"type": "boolean"},
            }),
        ),
        (
            "delta",
            "Rows to put in place by their key, and keys to remove. Holds only after `prev`.",
            &["id", "epoch", "prev", "seq", "up", "rm"],
            json!({
                "id": text, "epoch": text, "prev": integer, "seq": integer, "as_of": {}, "up": list, "rm": list,
            }),
        ),
        (
            "event",
            "New items of a log topic, newest last.",
            &["id", "epoch", "seq", "items"],
            json!({"id": text, "epoch": text, "seq": integer, "items": list}),
        ),
        (
            "hb",
            "How each subscription stands, every heartbeat.",
            &["ts", "topics"],
            json!({"ts": {}, "business": {}, "time_zone": {}, "topics": object}),
        ),
        ("pong", "The answer to ping.", &["t"], json!({"t": {}})),
        ("resync", "Subscribe anew.", &["id", "reason"], json!({"id": text, "reason": text})),
        (
            "err",
            "Something can't be had.",
            &["code", "msg"],
            json!({"id": text, "code": text, "msg": text, "retry": {"type": "boolean"}}),
        ),
        ("bye", "The server closes.", &["code"], json!({"code": text, "retry_ms": integer})),
    ]
}
