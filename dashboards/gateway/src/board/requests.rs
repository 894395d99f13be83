//! Requests about alerts, silences and deliveries that are answered once.

use super::alerts;
use super::book::Kept;
use crate::api::error;
use crate::ask;
use crate::hub::SharedHub;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexusflow_domain::query;
use nexusflow_domain::views::table;
use nexusflow_engine::CardKey;
use nexusflow_log::{Deliveries, DeliveriesError};
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Id, Label, partition};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long the owner of an alert's partition may take.
const ALERT_WITHIN: Duration = Duration::from_secs(3);
/// Most alerts of one answer.
const ALERTS_MAX: usize = 5_000;
/// Most deliveries of one answer.
const DELIVERIES_MAX: usize = 1_000;

/// `GET /api/v1/alerts`: one by one, the worst first.
pub(crate) async fn list(State(hub): State<SharedHub>, Query(params): Query<BTreeMap<String, String>>) -> Response {
    let wanted = match Wanted::read(&params) {
        Ok(wanted) => wanted,
        Err(why) => return error(StatusCode::BAD_REQUEST, "bad_params", &why),
    };
    if !hub.knows_everything() {
        let why = "the workers have not told everything yet";
        return error(StatusCode::SERVICE_UNAVAILABLE, "no_worker", why);
    }
    let items = hub.board.with(|book| {
        let mut found: Vec<(&CardKey, &Kept)> = book.cards().filter(|(key, kept)| wanted.has(key, kept)).collect();
        found.sort_by_key(|(key, kept)| {
            let card = &kept.card;
            (!card.state.is_open(), card.severity, card.due_at.is_none(), card.due_at, card.raised_at, *key)
        });
        let object = |(key, kept): (&CardKey, &Kept)| alerts::object(alerts::COLS, kept.row(key));
        found.into_iter().take(wanted.limit).map(object).collect::<Vec<Value>>()
    });
    Json(json!({"as_of": hub.as_of(), "items": items, "missing_partitions": hub.silent_partitions()})).into_response()
}

/// Which alerts somebody asks for.
struct Wanted<'a> {
    is_open: bool,
    severities: Vec<&'a str>,
    params: &'a BTreeMap<String, String>,
    limit: usize,
}

impl<'a> Wanted<'a> {
    fn read(params: &'a BTreeMap<String, String>) -> Result<Self, String> {
        table::only(params, &["state", "severity", "kind", "owner", "customer", "group", "limit"])?;
        let is_open = match params.get("state").map(String::as_str) {
            None | Some("open") => true,
            Some("all") => false,
            Some(_) => return Err("state must be open or all".into()),
        };
        let severities: Vec<&str> = params.get("severity").into_iter().flat_map(|all| all.split(',')).collect();
        if severities.iter().any(|severity| !["S1", "S2", "S3", "S4"].contains(severity)) {
            return Err("severity must be some of S1, S2, S3, S4, with commas".into());
        }
        let limit = params.get("limit").map_or(Ok(200), |limit| limit.parse::<usize>());
        let limit = limit.ok().filter(|limit| (1..=ALERTS_MAX).contains(limit));
        let limit = limit.ok_or_else(|| format!("limit must be from 1 to {ALERTS_MAX}"))?;
        Ok(Self { is_open, severities, params, limit })
    }

    fn has(&self, key: &CardKey, Kept { card, .. }: &Kept) -> bool {
        let is = |name: &str, own: &str| self.params.get(name).is_none_or(|wanted| wanted == own);
        (!self.is_open || card.state.is_open())
            && (self.severities.is_empty() || self.severities.contains(&card.severity.as_str()))
            && is("kind", card.kind.as_str())
            && is("owner", card.owner.as_ref().map_or("", Label::as_str))
            && is("customer", key.0.as_str())
            && is("group", &card.group)
    }
}

/// `GET /api/v1/alerts/{customer}/{alert}`
pub(crate) async fn one(State(hub): State<SharedHub>, Path((customer, alert)): Path<(String, String)>) -> Response {
    let unknown = || error(StatusCode::NOT_FOUND, "unknown_alert", "there is no such alert");
    let (Ok(subject), Ok(key)) = (Id::new(&customer), AlertKey::new(&alert)) else { return unknown() };
    let found = match find(&hub, &subject, &key).await {
        Ok(found) => found,
        Err(why) => return error(StatusCode::SERVICE_UNAVAILABLE, "no_worker", &why.to_string()),
    };
    let Some(mut found) = found else { return unknown() };
    // What holds it back takes all partitions to know, and of what was paid since it changed nobody was told.
    let key = (subject, alert);
    let shown = hub.board.with(|book| book.card(&key).map(|kept| alerts::object(alerts::COLS, kept.row(&key))));
    if let Some(shown) = shown.filter(|shown| shown["revision"] == found["alert"]["revision"]) {
        found["alert"] = shown;
    }
    ([(header::CACHE_CONTROL, "no-store")], Json(found)).into_response()
}

/// An alert, whole, from the owner of its partition; none where it is not known.
pub(crate) async fn find(hub: &SharedHub, subject: &Id, alert: &AlertKey) -> Result<Option<Value>, ask::AskError> {
    let partition = partition::of(subject, hub.log.partitions());
    let query = query::Query::Alert { subject: subject.clone(), alert: alert.clone() };
    let answer = ask::one(&hub.log, partition, &query, ALERT_WITHIN).await?;
    Ok(serde_json::from_slice::<Value>(&answer).ok().filter(|found| found["alert"].is_object()))
}

/// `GET /api/v1/deliveries`
pub(crate) async fn deliveries(
    State(hub): State<SharedHub>,
    Query(params): Query<BTreeMap<String, String>>,
) -> Response {
    if let Err(why) = table::only(&params, &["limit", "target"]) {
        return error(StatusCode::BAD_REQUEST, "bad_params", &why);
    }
    let limit = params.get("limit").map_or(Some(100), |limit| limit.parse::<usize>().ok());
    let Some(limit) = limit.filter(|limit| (1..=DELIVERIES_MAX).contains(limit)) else {
        let why = format!("limit must be from 1 to {DELIVERIES_MAX}");
        return error(StatusCode::BAD_REQUEST, "bad_params", &why);
    };
    let target = params.get("target").map(String::as_str);
    // It becomes a part of a subject, where points and stars mean something.
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if !target.is_none_or(is_name) {
        return error(StatusCode::BAD_REQUEST, "bad_params", "target must be the name of one of `GET /api/v1/targets`");
    }
    match Deliveries::new(&hub.log).newest(limit, target).await {
        Ok(items) => Json(json!({"items": items})).into_response(),
        Err(why) => unavailable(&why),
    }
}

/// `GET /api/v1/targets`
pub(crate) async fn targets(State(hub): State<SharedHub>) -> Response {
    match Deliveries::new(&hub.log).targets().await {
        Ok(items) => Json(json!({"items": items})).into_response(),
        Err(why) => unavailable(&why),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    actor: Label,
}

/// `POST /api/v1/targets/{name}/test`
pub(crate) async fn test(State(hub): State<SharedHub>, Path(name): Path<String>, body: String) -> Response {
    let Test { actor } = match serde_json::from_str(&body) {
        Ok(test) => test,
        Err(why) => return error(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", &why.to_string()),
    };
    let deliveries = Deliveries::new(&hub.log);
    match deliveries.targets().await {
        Ok(targets) if targets.iter().any(|target| target.name == name) => {}
        Ok(_) => return error(StatusCode::NOT_FOUND, "unknown_target", "there is no such target"),
        Err(why) => return unavailable(&why),
    }
    match deliveries.test(&name, actor.as_str()).await {
        Ok(id) => (StatusCode::ACCEPTED, Json(json!({"id": id}))).into_response(),
        Err(why) => unavailable(&why),
    }
}

fn unavailable(why: &DeliveriesError) -> Response {
    let code = if *why == DeliveriesError::Nobody { "no_notifier" } else { "unavailable" };
    error(StatusCode::SERVICE_UNAVAILABLE, code, &why.to_string())
}

/// The rows of a topic as `GET /api/v1/views/{topic}` gives them.
pub(crate) fn view(hub: &SharedHub, topic: &str, params: &BTreeMap<String, String>) -> Response {
    let channel = match hub.board.channel(topic, params) {
        Ok(channel) => channel,
        Err(why) => return error(StatusCode::BAD_REQUEST, "bad_params", &why),
    };
    let (seq, as_of, rows) = channel.rows();
    if seq == 0 {
        return error(StatusCode::SERVICE_UNAVAILABLE, "no_worker", "not everything was told yet");
    }
    let rows: Vec<Value> = rows.iter().filter_map(|row| serde_json::from_str(row).ok()).collect();
    let freshness = hub.freshness();
    Json(json!({
        "topic": topic, "params": params, "epoch": hub.epoch, "seq": seq, "as_of": as_of, "lag_ms": freshness.lag_ms,
        "stale": freshness.why_stale.is_some(), "why": freshness.why_stale, "key": channel.key, "cols": channel.cols,
        "rows": rows,
    }))
    .into_response()
}

/// What a topic is: its name, what it shows, and its parameters.
type About = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// The parts of `GET /api/v1/views` that are about these topics.
pub(crate) fn abouts() -> [About; 4] {
    let group: &[(&str, &str)] = &[("group", "the members of one group, one by one")];
    [
        ("alerts", "What people have to see: open alerts, and the last that are over.", group),
        ("silences", "What notifications are held back by people.", &[]),
        ("deliveries", "What people outside the consoles were told, the last 100.", &[]),
        ("targets", "How the targets of notifications stand.", &[]),
    ]
}
