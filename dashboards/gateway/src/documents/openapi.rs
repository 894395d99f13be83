//! OpenAPI 3.1.

use super::operations::{self, Body, Operation, Who};
use super::schemas;
use serde_json::{Map, Value, json};

/// The OpenAPI document of everything that answers over HTTP.
pub fn openapi() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations::ALL {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = describe(operation);
    }
    let tags = operations::TAGS.iter().map(|(name, about)| json!({"name": name, "description": about}));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "NexusFlow",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Real-time commercial operations: publish events, read figures, act on alerts.",
            "description": "Units: money is an integer of minor units with its currency; `_bp` is a share in 1/10,000; `_milli` a score in \
                            thousandths; `_ms` milliseconds; times are RFC 3339 in UTC. Live topics and NATS subjects are in /api/asyncapi.json.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This NexusFlow"}],
        "tags": tags.collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token of `access` in nexusflow.toml. On loopback without tokens everything is open."},
                "session": {"type": "apiKey", "in": "cookie", "name": "nexusflow_session", "description": "What a browser gets at `POST /api/v1/session`."},
            },
        },
    })
}

fn describe(operation: &Operation) -> Value {
    let mut said = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "responses": answers(operation),
        "security": security(operation.who),
    });
    if !operation.about.is_empty() {
        said["description"] = operation.about.into();
    }
    let parameters = parameters(operation);
    if !parameters.is_empty() {
        said["parameters"] = parameters.into();
    }
    if let Some(body) = body(operation.body) {
        said["requestBody"] = body;
    }
    said
}

fn security(who: Who) -> Value {
    match who {
        Who::Anybody => json!([]),
        Who::Publisher => json!([{"token": []}]),
        Who::Viewer | Who::Actor => json!([{"token": []}, {"session": []}]),
    }
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let in_path = operation.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let in_path = in_path.map(|name| {
        json!({"name": name, "in": "path", "required": true, "description": operations::of_path(name), "schema": {"type": "string", "minLength": 1}})
    });
    let others = operation.params.iter().map(|param| {
        let schema: Value = serde_json::from_str(param.schema).unwrap_or_default();
        json!({"name": param.name, "in": param.place, "required": param.is_required, "description": param.about, "schema": schema})
    });
    in_path.chain(others).collect()
}

fn body(body: Body) -> Option<Value> {
    let json =
        |name: &str| json!({"required": true, "content": {"application/json": {"schema": schemas::named(name)}}});
    Some(match body {
        Body::None => return None,
        Body::Json(name) => json(name),
        Body::Any => json!({"description": "Whatever that system sends.", "content": {"*/*": {"schema": {}}}}),
        Body::Event => json!({
            "required": true,
            "content": {"application/cloudevents+json": {"schema": schemas::named("CloudEvent"), "example": schemas::example_event()}},
        }),
        Body::Events => json!({
            "required": true,
            "description": "Binary mode has the attributes in `ce-` headers and the data as its body, of type application/json.",
            "content": {
                "application/cloudevents+json": {"schema": schemas::named("CloudEvent"), "example": schemas::example_event()},
                "application/cloudevents-batch+json": {
                    "schema": {"type": "array", "items": schemas::named("CloudEvent"), "maxItems": nexusflow_model::limits::BATCH_EVENTS_MAX},
                    "example": [schemas::example_event()],
                },
            },
        }),
    })
}

fn answers(operation: &Operation) -> Value {
    let mut answers = Map::new();
    for (status, about, schema) in operation.answers {
        answers.insert(status.to_string(), answer(about, schema));
    }
    let refused: &[(u16, &str)] = match operation.who {
        Who::Anybody => &[],
        _ => &[
            (401, "A token is needed, or this one is not right."),
            (403, "What came may not do this: another right, another page's origin, or not from this machine."),
        ],
    };
    for (status, about) in refused {
        answers.entry(status.to_string()).or_insert_with(|| answer(about, "Error"));
    }
    if operation.path.contains('{') {
        answers.entry("400").or_insert_with(|| answer("The address can't be read.", ""));
    }
    Value::Object(answers)
}

/// `schema` is the name of a component, `text` or `stream` for what is no JSON, or empty for nothing.
fn answer(about: &str, schema: &str) -> Value {
    let content = match schema {
        "" => return json!({"description": about}),
        "text" => json!({"text/plain": {"schema": {"type": "string"}}}),
        "html" => json!({"text/html": {"schema": {"type": "string"}}}),
        "stream" => json!({"text/event-stream": {"schema": {"type": "string"}}}),
        name => json!({"application/json": {"schema": schemas::named(name)}}),
    };
    json!({"description": about, "content": content})
}
