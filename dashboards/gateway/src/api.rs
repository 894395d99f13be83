//! Requests that are answered once.

use crate::access::MayAct;
use crate::board::{self, requests};
use crate::hub::SharedHub;
use crate::protocol::{self, INBOUND_BYTES_MAX, READ_BYTES};
use crate::ranking::Refused;
use crate::{ask, connection, documents, operator, ranking, render};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::future::join_all;
use nexusflow_domain::query::{self, Finding};
use nexusflow_domain::retention::ranking::RANKINGS;
use nexusflow_domain::views;
use nexusflow_model::{Id, Kind, partition, schema};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a search waits for all partitions.
pub(crate) const SEARCH_WITHIN: Duration = Duration::from_secs(2);

/// An error in the form every error of the API has.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"error": {"code": code, "message": message}}))).into_response()
}

/// `GET /api/v1/views`
pub(crate) async fn topics() -> Response {
    Json(topic_list()).into_response()
}

/// Every topic, with its parameters and columns.
pub(crate) fn topic_list() -> Vec<Value> {
    let params = |params: &[(&str, &str)]| -> Value {
        params.iter().map(|(name, about)| json!({"name": name, "about": about})).collect()
    };
    let topic = |name: &str, kind: &str, about: &str, of: &[(&str, &str)]| json!({"topic": name, "kind": kind, "about": about, "params": params(of), "cols": render::shape(name).map(|(_, cols)| cols)});
    let mut topics: Vec<Value> =
        views::TOPICS.iter().map(|own| topic(own.name, "state", own.about, own.params)).collect();
    topics.extend(requests::abouts().into_iter().map(|(name, about, of)| topic(name, "state", about, of)));
    topics.extend(RANKINGS.iter().map(|own| topic(own.name, "state", own.about, own.params)));
    topics.push(topic("customer", "state", "One customer, whole.", &[("id", "the customer's id")]));
    topics.push(topic("partitions", "state", "How each partition stands, for the operator.", &[]));
    topics.push(topic("workers", "state", "The workers that live, for the operator.", &[]));
    topics.push(topic("operator", "state", "How the whole stands, for the operator.", &[]));
    topics.push(topic("sources", "state", "How the systems that publish do, for the operator.", &[]));
    topics.push(topic("activity", "log", "What just happened.", &[]));
    topics
}

/// `GET /api/v1/views/{topic}`
pub(crate) async fn view(
    State(hub): State<SharedHub>,
    Path(topic): Path<String>,
    Query(params): Query<BTreeMap<String, String>>,
) -> Response {
    if topic == "activity" {
        return error(
            StatusCode::BAD_REQUEST,
            "log_topic",
            "activity is a log: read it by WebSocket or at /api/stream?topic=activity",
        );
    }
    if topic == "customer" {
        let id = params.get("id").cloned().unwrap_or_default();
        return customer(State(hub), Path(id)).await;
    }
    if board::is_topic(&topic) {
        return requests::view(&hub, &topic, &params);
    }
    let Some((key, cols)) = render::shape(&topic) else {
        return error(StatusCode::NOT_FOUND, "bad_topic", "there is no such topic; GET /api/v1/views lists them");
    };
    let version = hub.with(|state| state.merged.version);
    let rows = if ranking::is_topic(&topic) {
        ranking::rows(&hub, &topic, &params).await
    } else {
        render::rows(&hub, &topic, &params).map_err(Refused::Params)
    };
    let rows = match rows {
        Ok(rows) => rows,
        Err(Refused::Params(why)) => return error(StatusCode::BAD_REQUEST, "bad_params", &why),
        Err(Refused::Nobody(why)) => return error(StatusCode::SERVICE_UNAVAILABLE, "no_worker", &why),
    };
    let freshness = hub.freshness();
    let as_of = hub.as_of();
    Json(json!({
        "topic": topic, "params": params, "epoch": hub.epoch, "seq": version, "as_of": as_of, "lag_ms": freshness.lag_ms,
        "stale": freshness.why_stale.is_some(), "why": freshness.why_stale, "key": key, "cols": cols, "rows": rows,
    }))
    .into_response()
}

#[derive(Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default = "twenty")]
    limit: usize,
}

fn twenty() -> usize {
    20
}

/// `GET /api/v1/customers?q=`
pub(crate) async fn customers(State(hub): State<SharedHub>, Query(search): Query<Search>) -> Response {
    let limit = search.limit.clamp(1, 100);
    let query = query::Query::Search { text: search.q.chars().take(200).collect(), limit };
    let asked = (0..hub.log.partitions()).map(|partition| ask::one(&hub.log, partition, &query, SEARCH_WITHIN));
    let mut found: Vec<Finding> = Vec::new();
    let mut missing = Vec::new();
    for (partition, answer) in join_all(asked).await.into_iter().enumerate() {
        match answer.map(|answer| serde_json::from_slice::<Vec<Finding>>(&answer)) {
            Ok(Ok(findings)) => found.extend(findings),
            _ => missing.push(partition),
        }
    }
    if missing.len() == hub.log.partitions() as usize {
        return error(StatusCode::SERVICE_UNAVAILABLE, "no_worker", "no worker is running: nobody can answer just now");
    }
    found.sort_by_key(|finding| finding.rank);
    let found = found.into_iter().take(limit).map(|finding| finding.line).collect();
    let items = with_survivors(&hub, found).await;
    Json(json!({"as_of": hub.as_of(), "items": items, "missing_partitions": missing})).into_response()
}

/// The lines, and before each of a customer who became one with another the line of that one.
async fn with_survivors(hub: &SharedHub, lines: Vec<Value>) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::with_capacity(lines.len());
    for line in lines {
        let at = all.len();
        let mut next = line["merged_into"].as_str().and_then(|id| Id::new(id).ok());
        all.push(line);
        // A chain ends; where it is a circle, with somebody who is there.
        while let Some(id) = next.take().filter(|id| all.iter().all(|line| line["id"] != id.as_str())) {
            let query = query::Query::Search { text: id.as_str().to_owned(), limit: 1 };
            let partition = partition::of(&id, hub.log.partitions());
            let Ok(answer) = ask::one(&hub.log, partition, &query, SEARCH_WITHIN).await else { break };
            let found = serde_json::from_slice::<Vec<Finding>>(&answer).unwrap_or_default();
            let Some(found) = found.into_iter().find(|found| found.line["id"] == id.as_str()) else { break };
            next = found.line["merged_into"].as_str().and_then(|id| Id::new(id).ok());
            all.insert(at, found.line);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|line| seen.insert(line["id"].to_string()));
    all
}

/// `GET /api/v1/customers/{id}`
pub(crate) async fn customer(State(hub): State<SharedHub>, Path(id): Path<String>) -> Response {
    let id = match Id::new(&id) {
        Ok(id) => id,
        Err(why) => return error(StatusCode::BAD_REQUEST, "bad_id", &why.to_string()),
    };
    match render::find_customer(&hub, &id).await {
        Ok(json) if json == b"null" => {
            error(StatusCode::NOT_FOUND, "unknown_customer", "nobody has heard of this customer")
        }
        Ok(json) => {
            ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], json).into_response()
        }
        Err(why) => error(StatusCode::SERVICE_UNAVAILABLE, "no_worker", &why.to_string()),
    }
}

/// `GET /api/v1/event-types`
pub(crate) async fn event_types() -> Response {
    let one = |kind: &Kind| {
        let at = format!("/api/v1/event-types/{}", kind.as_str());
        json!({
            "type": kind.as_str(), "domain": kind.domain(), "about": schema::of(*kind)["description"],
            "published": !kind.is_control(), "schema": at, "example": format!("{at}/example"),
        })
    };
    Json(Kind::ALL.iter().map(one).collect::<Vec<_>>()).into_response()
}

/// `GET /api/v1/event-types/{type}/example`
pub(crate) async fn event_example(Path(name): Path<String>) -> Response {
    match Kind::from_name(&name) {
        Some(kind) => Json(documents::example_of(kind)).into_response(),
        None => unknown_type(&name),
    }
}

/// `GET /api/v1/event-types/{type}`
pub(crate) async fn event_type(Path(name): Path<String>) -> Response {
    match Kind::from_name(&name) {
        Some(kind) => Json(schema::of(kind)).into_response(),
        None => unknown_type(&name),
    }
}

fn unknown_type(name: &str) -> Response {
    let message = format!("there is no such type; did you mean {}?", Kind::nearest(name).as_str());
    error(StatusCode::NOT_FOUND, "unknown_type", &message)
}

/// `GET /healthz`: the process is up.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the log can be reached, every partition is looked after and caught up.
pub(crate) async fn readyz(State(hub): State<SharedHub>) -> Response {
    match hub.is_ready() {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

/// `GET /metrics`
pub(crate) async fn metrics(State(hub): State<SharedHub>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], operator::prometheus(&hub)).into_response()
}

/// `GET /api/v1/live`
pub(crate) async fn live(
    State(hub): State<SharedHub>,
    Extension(MayAct(may_act)): Extension<MayAct>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .protocols([protocol::NAME])
        .max_message_size(INBOUND_BYTES_MAX)
        .read_buffer_size(READ_BYTES)
        .on_upgrade(move |socket| connection::serve(hub, socket, may_act))
}
