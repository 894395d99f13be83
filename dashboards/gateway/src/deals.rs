//! Deals as rows: what stands behind a figure of the pipeline.

use crate::api::{SEARCH_WITHIN, error};
use crate::ask;
use crate::hub::SharedHub;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use nexusflow_domain::query;
use nexusflow_domain::views::Params;
use nexusflow_domain::views::deals::list::{Found, Wanted};
use serde_json::{Value, json};

/// Deals answered with unless said otherwise, and at the most.
const LIMIT: usize = 100;
const LIMIT_MAX: usize = 500;

/// `GET /api/v1/deals`: those worth most of the ones that are asked for.
pub(crate) async fn deals(State(hub): State<SharedHub>, Query(mut params): Query<Params>) -> Response {
    let bad = |why: &str| error(StatusCode::BAD_REQUEST, "bad_params", why);
    let limit = match params.remove("limit").map(|limit| limit.parse::<usize>()) {
        None => LIMIT,
        Some(Ok(limit)) if (1..=LIMIT_MAX).contains(&limit) => limit,
        Some(_) => return bad("limit is a number from 1 to 500"),
    };
    let wanted = match Wanted::read(&params) {
        Ok(wanted) => wanted,
        Err(why) => return bad(&why),
    };
    let query = query::Query::Deals { wanted, limit };
    let asked = (0..hub.log.partitions()).map(|partition| ask::one(&hub.log, partition, &query, SEARCH_WITHIN));
    let (mut found, mut missing) = (Found::default(), Vec::new());
    for (partition, answer) in join_all(asked).await.into_iter().enumerate() {
        match answer.map(|answer| serde_json::from_slice::<Found>(&answer)) {
            Ok(Ok(own)) => found.add(own, limit),
            _ => missing.push(partition),
        }
    }
    if missing.len() == hub.log.partitions() as usize {
        return error(StatusCode::SERVICE_UNAVAILABLE, "no_worker", "no worker is running: nobody can answer just now");
    }
    let items: Vec<Value> = found.deals.into_iter().map(|(_, deal)| deal).collect();
    Json(json!({"as_of": hub.as_of(), "total": found.total, "items": items, "missing_partitions": missing}))
        .into_response()
}
