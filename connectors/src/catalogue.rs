//! What there is to connect: every kind of source with its page, for people who want to connect one.

use crate::source::{CONNECTORS, Connector, Sample};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

/// `GET /api/v1/connectors`. Nothing in it is anybody's secret: it is the same for every NexusFlow of a version.
pub fn router() -> Router {
    Router::new()
        .route("/api/v1/connectors", get(async || Json(CONNECTORS.iter().map(|one| describe(one)).collect::<Vec<_>>())))
}

fn describe(connector: &Connector) -> Value {
    json!({
        "kind": connector.kind,
        "about": connector.about,
        "page": connector.page,
        "example": format!("[[source]]\nname = \"my-{0}\"\nkind = \"{0}\"\n{1}", connector.kind, connector.example),
        "samples": connector.samples.iter().map(sample).collect::<Vec<_>>(),
    })
}

fn sample(sample: &Sample) -> Value {
    let headers: Map<String, Value> =
        sample.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    json!({"what": sample.what, "headers": headers, "body": sample.body, "becomes": sample.becomes})
}
