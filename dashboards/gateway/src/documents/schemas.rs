//! The forms of what goes in and comes out. Those of events are made from their types.

// tidy: long because the forms are one list, each a few lines of JSON

use nexusflow_model::{Kind, Timestamp, example, schema};
use serde_json::{Map, Value, json};

/// A reference to a form.
pub(super) fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// What documents show of an event.
pub(super) fn example_event() -> Value {
    example_of(Kind::OrderPlaced)
}

/// An example of a type, at a time that never changes.
pub(crate) fn example_of(kind: Kind) -> Value {
    const SHOWN_AT_MS: i64 = 1_769_851_800_000; // 2026-01-31T09:30:00Z
    example::event(kind, example::FIRST, Timestamp::from_ms(SHOWN_AT_MS).unwrap_or(Timestamp::EPOCH))
}

/// All of them by name.
pub(super) fn all() -> Map<String, Value> {
    let mut all = events();
    all.insert("CloudEvent".into(), cloud_event());
    for (name, form) in own() {
        all.insert(name.into(), form);
    }
    all
}

/// The data of every type, and what types share.
pub(super) fn events() -> Map<String, Value> {
    let mut forms = Map::new();
    for kind in Kind::ALL {
        let mut form = schema::of(*kind);
        if let Some(fields) = form.as_object_mut() {
            // With an id of its own a form would be the base of the references in it.
            fields.remove("$id");
            fields.remove("$schema");
            if let Some(Value::Object(shared)) = fields.remove("$defs") {
                forms.extend(shared.into_iter().map(|(name, form)| (name, moved(form))));
            }
        }
        forms.insert(kind.as_str().into(), moved(form));
    }
    forms
}

/// The same form with its references where components are.
fn moved(form: Value) -> Value {
    match form {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| match (name.as_str(), &value) {
                ("$ref", Value::String(to)) => (name, Value::String(to.replace("#/$defs/", "#/components/schemas/"))),
                _ => (name, moved(value)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(moved).collect(),
        other => other,
    }
}

/// An event in structured mode, with the data of its type.
pub(super) fn cloud_event() -> Value {
    let types = Kind::ALL.iter().filter(|kind| !kind.is_control());
    let one = |kind: &Kind| {
        let needs_data = schema::of(*kind)["required"].as_array().is_some_and(|needed| !needed.is_empty());
        json!({
            "title": kind.as_str(),
            "type": "object",
            "required": if needs_data { vec!["type", "data"] } else { vec!["type"] },
            "properties": {"type": {"const": kind.as_str()}, "data": named(kind.as_str())},
        })
    };
    json!({
        "type": "object",
        "description": "A CloudEvent 1.0 in structured mode. Attributes that NexusFlow does not know are accepted and not kept.",
        "required": ["specversion", "id", "source", "type", "subject"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"$ref": "#/components/schemas/Id", "description": "Unique within its source, for ever: sending it again never counts twice."},
            "source": {"type": "string", "minLength": 1, "maxLength": 256, "description": "Who publishes it: a URI reference such as /shop."},
            "type": {"type": "string", "description": "One of GET /api/v1/event-types."},
            "subject": {"$ref": "#/components/schemas/Id", "description": "Whom it is about: the customer's id, mostly."},
            "time": {"$ref": "#/components/schemas/Timestamp", "description": "When it happened; when it came, where it does not say."},
            "datacontenttype": {"const": "application/json"},
            "data": {"type": "object"},
        },
        "oneOf": types.map(one).collect::<Vec<_>>(),
    })
}

/// The forms that are not events.
fn own() -> Vec<(&'static str, Value)> {
    let text = || json!({"type": "string"});
    let object = |required: &[&str], properties: Value| json!({"type": "object", "required": required, "properties": properties});
    let items = |of: Value| json!({"type": "array", "items": of});
    let place = || json!({"type": "string", "pattern": "^\\d+:\\d+:\\d+$", "description": "partition:sequence:index in the log"});
    let time = || json!({"type": ["string", "null"], "format": "date-time"});
    let answered = object(
        &["as_of", "items"],
        json!({"as_of": time(), "items": items(named("Object")), "missing_partitions": items(json!({"type": "integer"}))}),
    );
    vec![
        ("Object", json!({"type": "object"})),
        (
            "Error",
            object(
                &["error"],
                json!({"error": object(&["code", "message"], json!({
                    "code": {"type": "string", "description": "For programs."},
                    "message": {"type": "string", "description": "For people."},
                    "field": {"type": "string", "description": "The field at fault; `.` for the whole."},
                    "retry_after_s": {"type": ["integer", "null"]},
                }))}),
            ),
        ),
        ("Stored", object(&["stored", "place"], json!({"stored": {"const": 1}, "place": place()}))),
        (
            "Batch",
            object(
                &["stored", "rejected", "retry"],
                json!({
                    "stored": {"type": "integer", "minimum": 0},
                    "rejected": items(object(&["index", "field", "reason"], json!({"index": {"type": "integer"}, "field": text(), "reason": text()}))),
                    "retry": items(object(&["index", "reason"], json!({"index": {"type": "integer"}, "reason": text()}))),
                    "retry_after_s": {"type": ["integer", "null"]},
                }),
            ),
        ),
        (
            "Decision",
            object(
                &["accepted"],
                json!({
                    "accepted": {"type": "boolean"}, "code": text(), "message": text(), "place": place(),
                    "error": object(&["code", "message"], json!({"code": text(), "message": text()})),
                }),
            ),
        ),
        (
            "Hook",
            object(
                &[],
                json!({"stored": {"type": "integer"}, "kept": {"type": "integer", "description": "Among the dead letters."}}),
            ),
        ),
        (
            "Counted",
            object(&["accepted", "refused"], json!({"accepted": {"type": "integer"}, "refused": {"type": "integer"}})),
        ),
        ("Accepted", object(&["id"], json!({"id": text()}))),
        (
            "Topics",
            items(object(
                &["topic", "kind", "about", "params", "cols"],
                json!({
                    "topic": text(), "kind": {"enum": ["state", "log"]}, "about": text(),
                    "params": items(object(&["name", "about"], json!({"name": text(), "about": text()}))),
                    "cols": {"type": ["array", "null"], "items": text()},
                }),
            )),
        ),
        (
            "View",
            json!({"description": "A topic's rows; for `customer` the customer.", "type": "object", "properties": {
                "topic": text(), "params": named("Object"), "epoch": text(), "seq": {"type": "integer"}, "as_of": time(), "lag_ms": {"type": "integer"},
                "stale": {"type": "boolean"}, "why": {"type": ["string", "null"]}, "key": items(text()), "cols": items(text()), "rows": items(json!({"type": "array"})),
            }}),
        ),
        ("Customers", answered.clone()),
        (
            "Deals",
            object(
                &["total", "items"],
                json!({
                    "as_of": {"type": ["string", "null"]}, "total": {"type": "integer"}, "items": items(named("Object")),
                    "missing_partitions": items(json!({"type": "integer"})),
                }),
            ),
        ),
        ("Alerts", answered),
        ("Customer", object(&["id"], json!({"id": text()}))),
        (
            "Alert",
            object(
                &["alert", "history", "evidence"],
                json!({
                    "alert": named("Object"), "history": items(named("Object")), "evidence": items(named("Object")), "clock": {"type": ["object", "null"]},
                }),
            ),
        ),
        ("Items", object(&["items"], json!({"items": items(named("Object"))}))),
        (
            "EventTypes",
            items(object(
                &["type", "domain", "schema"],
                json!({
                    "type": text(), "domain": text(), "about": text(), "schema": text(), "example": text(), "published": {"type": "boolean"},
                }),
            )),
        ),
        (
            "Connectors",
            items(object(
                &["kind", "about", "page", "example", "samples"],
                json!({
                    "kind": text(), "about": text(), "page": {"type": "string", "description": "How to connect it, in Markdown."},
                    "example": {"type": "string", "description": "Settings, in TOML."},
                    "samples": items(object(&["what", "headers", "body", "becomes"], json!({
                        "what": text(), "headers": {"type": "object", "additionalProperties": text()}, "body": text(), "becomes": items(text()),
                    }))),
                }),
            )),
        ),
        ("Rights", object(&["view", "act"], json!({"view": {"type": "boolean"}, "act": {"type": "boolean"}}))),
        ("Token", object(&["token"], json!({"token": text()}))),
        (
            "Actor",
            json!({"type": "object", "required": ["actor"], "properties": {"actor": named("Label")}, "additionalProperties": false}),
        ),
        (
            "Silence",
            json!({"type": "object", "required": ["id", "matches", "until", "actor"], "additionalProperties": false, "properties": {
                "id": named("Id"), "matches": {"$ref": "#/components/schemas/Label", "examples": ["kind=delay,carrier=DHL"]},
                "until": named("Timestamp"), "actor": named("Label"), "reason": {"anyOf": [named("Label"), {"type": "null"}]},
            }}),
        ),
        (
            "TextLabel",
            json!({"type": "object", "required": ["id", "customer", "feedback", "actor"], "additionalProperties": false, "properties": {
                "id": named("Id"), "customer": named("Id"),
                "feedback": {"$ref": "#/components/schemas/Id", "description": "The feedback, review, survey, mention, ticket or message, or the id of the event that brought the text."},
                "sentiment": {"type": "integer", "minimum": -1000, "maximum": 1000, "description": "How it is meant."},
                "themes": {"type": "array", "items": named("Label"), "description": "What it is about: two count at the most."},
                "text": {"type": ["string", "null"], "maxLength": 16_384, "description": "The text: the models learn from it."},
                "actor": named("Label"),
            }}),
        ),
        (
            "AlertCommand",
            json!({"type": "object", "required": ["id", "actor"], "additionalProperties": false, "properties": {
                "id": {"type": "string", "minLength": 1, "maxLength": 96, "description": "Made by who asks: the same one hears the first decision."},
                "revision": {"type": "integer", "minimum": 0, "description": "The one that was seen. Not for groups."},
                "actor": named("Label"), "note": {"type": ["string", "null"], "maxLength": 16_384},
                "assignee": {"$ref": "#/components/schemas/Label", "description": "For assign."},
                "until": {"$ref": "#/components/schemas/Timestamp", "description": "For snooze: at most 30 days ahead."},
                "channel": {"$ref": "#/components/schemas/Label", "description": "For contact."},
                "cause": {"$ref": "#/components/schemas/Label", "description": "For close: what was behind it."},
                "action": {"$ref": "#/components/schemas/Label", "description": "For close: what was done."},
            }}),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_types_share_is_the_same_in_all_of_them() {
        let forms = events();
        for kind in Kind::ALL {
            for (name, form) in schema::of(*kind)["$defs"].as_object().into_iter().flatten() {
                assert_eq!(forms[name], moved(form.clone()), "{name} of {}", kind.as_str());
            }
        }
    }

    #[test]
    fn every_form_that_is_named_is_there() {
        fn names(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
                    Value::String(to) if name == "$ref" => found.push(to.clone()),
                    value => names(value, found),
                }),
                Value::Array(items) => items.iter().for_each(|item| names(item, found)),
                _ => {}
            }
        }
        for document in [crate::openapi(), crate::asyncapi()] {
            let mut found = Vec::new();
            names(&document, &mut found);
            assert!(found.len() > 100);
            for to in found {
                let pointer = to.strip_prefix('#').unwrap_or_else(|| panic!("{to} is elsewhere"));
                assert!(document.pointer(pointer).is_some(), "there is no {to}");
            }
        }
    }
}
