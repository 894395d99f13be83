//! What a publisher is told.

use crate::intake::Outcome;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexusflow_model::{Place, Reject};
use serde_json::{Value, json};
use std::time::Duration;

/// Seconds after which a publisher should try again when the log is slow.
const RETRY_AFTER_S: u64 = 1;

/// An error in the form every error of the API has.
pub(crate) fn error(status: StatusCode, field: &str, message: &str, retry_after_s: Option<u64>) -> Response {
    let body = error_body(status, field, message, retry_after_s);
    with_retry((status, Json(body)).into_response(), retry_after_s)
}

fn error_body(status: StatusCode, field: &str, message: &str, retry_after_s: Option<u64>) -> Value {
    let code = status.canonical_reason().unwrap_or("error").to_ascii_lowercase().replace(' ', "_");
    json!({"error": {"code": code, "field": field, "message": message, "retry_after_s": retry_after_s}})
}

fn with_retry(mut response: Response, retry_after_s: Option<u64>) -> Response {
    if let Some(seconds) = retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Too many events for the quota of `whose`.
pub(super) fn too_many(events_per_s: u32, whose: &str, wait: Duration) -> Response {
    let message = format!("at most {events_per_s} events a second are taken {whose}");
    error(StatusCode::TOO_MANY_REQUESTS, "body", &message, Some(wait.as_secs() + 1))
}

/// What came of a request: 201 for one event, 200 for a batch that was stored whole, 207 for one that was stored in part; 400
/// and 422 where nothing could be understood, 503 where the log is slow.
pub(super) fn outcome(outcome: &Outcome, is_single: bool) -> Response {
    let (status, body, retry) = told(outcome, is_single);
    with_retry((status, Json(body)).into_response(), retry)
}

/// The same as status, JSON, and after how many seconds to try again.
pub(crate) fn told(outcome: &Outcome, is_single: bool) -> (StatusCode, Value, Option<u64>) {
    if is_single {
        return single(outcome);
    }
    let (stored, rejected, unstored) = (outcome.stored.len(), outcome.rejected.len(), outcome.unstored.len());
    let status = match (stored, rejected, unstored) {
        (_, 0, 0) => StatusCode::OK,
        (0, _, 0) => StatusCode::UNPROCESSABLE_ENTITY,
        (0, 0, _) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::MULTI_STATUS,
    };
    let retry = (unstored > 0).then_some(RETRY_AFTER_S);
    let rejects = outcome
        .rejected
        .iter()
        .map(|(at, reject)| json!({"index": at, "field": reject.field, "reason": reject.reason}));
    let retries = outcome.unstored.iter().map(|(at, error)| json!({"index": at, "reason": error.to_string()}));
    let mut body = json!({
        "stored": stored,
        "rejected": rejects.collect::<Vec<Value>>(),
        "retry": retries.collect::<Vec<Value>>(),
        "retry_after_s": retry,
    });
    if status.is_client_error() || status.is_server_error() {
        let message = if unstored > 0 {
            "nothing was stored, send the batch again"
        } else {
            "no event of the batch could be understood"
        };
        body["error"] = json!({"code": "batch", "message": message, "retry_after_s": retry});
    }
    (status, body, retry)
}

fn single(outcome: &Outcome) -> (StatusCode, Value, Option<u64>) {
    if let Some((_, Place { partition, sequence, index })) = outcome.stored.first() {
        let body = json!({"stored": 1, "place": format!("{partition}:{sequence}:{index}")});
        return (StatusCode::CREATED, body, None);
    }
    if let Some((_, reject)) = outcome.rejected.first() {
        let status = status_of(reject);
        return (status, error_body(status, &reject.field, &reject.reason, None), None);
    }
    let message = outcome.unstored.first().map(|(_, error)| error.to_string()).unwrap_or_default();
    let (status, retry) = (StatusCode::SERVICE_UNAVAILABLE, Some(RETRY_AFTER_S));
    (status, error_body(status, ".", &message, retry), retry)
}

/// 400 where it is no CloudEvent, 422 where it is one that can't be understood.
fn status_of(reject: &Reject) -> StatusCode {
    let in_content = reject.field.starts_with("data") || ["type", "time", "subject"].contains(&reject.field.as_str());
    if in_content { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST }
}
