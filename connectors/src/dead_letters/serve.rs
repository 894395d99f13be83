//! Dead letters over HTTP, for the operator's page. Their bytes may hold personal data: who asks has the right to act.

use super::{Desk, Outcome};
use crate::http::answer;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nexusflow_log::{BucketError, Fate, KeptLetter, Mark, Selection, State as Wanted};
use nexusflow_model::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// Most that one page lists.
const PAGE_MAX: usize = 500;
/// Most that are looked through for one page.
const LOOK_AT: u64 = 20_000;
/// Longest name of who decides, in bytes.
const ACTOR_BYTES_MAX: usize = 200;

impl Desk {
    /// `/api/v1/dead-letters`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/api/v1/dead-letters", get(list))
            .route("/api/v1/dead-letters/{sequence}", get(one))
            .route("/api/v1/dead-letters/{sequence}/{verb}", post(decide))
            .with_state(self.clone())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    source: Option<String>,
    kind: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    state: Option<String>,
    before: Option<u64>,
    limit: Option<usize>,
}

/// The state of that name.
pub(super) fn state(name: &str) -> Option<Wanted> {
    Some(match name {
        "waiting" => Wanted::Waiting,
        "retried" => Wanted::Retried,
        "dropped" => Wanted::Dropped,
        "all" => Wanted::Any,
        _ => return None,
    })
}

async fn list(
    State(desk): State<Desk>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Ok(Query(asked)) = asked else {
        let message = "source, kind, since, until (RFC 3339), state, before and limit can be asked for";
        return answer::error(StatusCode::BAD_REQUEST, "query", message, None);
    };
    let Some(state) = state(asked.state.as_deref().unwrap_or("waiting")) else {
        return answer::error(StatusCode::BAD_REQUEST, "state", "must be waiting, retried, dropped or all", None);
    };
    let Asked { source, kind, since, until, before, limit, .. } = asked;
    let selection = Selection { source, kind, since, until, state };
    let limit = limit.unwrap_or(100).clamp(1, PAGE_MAX);
    let listed =
        async { Ok((desk.letters().list(&selection, before, limit, LOOK_AT).await?, desk.letters().count().await?)) };
    match listed.await {
        Ok((page, count)) => private(&json!({
            "items": page.letters.iter().map(line).collect::<Vec<_>>(), "before": page.before,
            "waiting": count.waiting, "all": count.all,
        })),
        Err(error) => unavailable(&error),
    }
}

async fn one(State(desk): State<Desk>, Path(sequence): Path<u64>) -> Response {
    match desk.letters().get(sequence).await {
        Ok(Some(kept)) => private(&whole(&kept)),
        Ok(None) => unknown(),
        Err(error) => unavailable(&error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct By {
    actor: String,
}

async fn decide(
    State(desk): State<Desk>,
    Path((sequence, verb)): Path<(u64, String)>,
    by: Result<Json<By>, axum::extract::rejection::JsonRejection>,
) -> Response {
    let actor = by.map(|Json(By { actor })| actor.trim().to_owned()).unwrap_or_default();
    if actor.is_empty() || actor.len() > ACTOR_BYTES_MAX {
        return answer::error(
            StatusCode::UNPROCESSABLE_ENTITY,
            "actor",
            "must say who decides: {\"actor\": \"...\"}",
            None,
        );
    }
    let decided = match verb.as_str() {
        "retry" => desk.retry(sequence, &actor).await,
        "drop" => desk.drop(sequence, &actor).await,
        _ => return answer::error(StatusCode::NOT_FOUND, "verb", "a dead letter can be retried or dropped", None),
    };
    match decided {
        Ok(Outcome::Decided { mark, before }) => {
            let mut told = marked(Some(&mark));
            told["before"] = before.into();
            private(&told)
        }
        Ok(Outcome::StillBad(reject)) => {
            answer::error(StatusCode::UNPROCESSABLE_ENTITY, &reject.field, &reject.reason, None)
        }
        Ok(Outcome::Unstored(why)) => answer::error(StatusCode::SERVICE_UNAVAILABLE, ".", &why, Some(1)),
        Ok(Outcome::Unknown) => unknown(),
        Err(error) => unavailable(&error),
    }
}

fn unknown() -> Response {
    answer::error(StatusCode::NOT_FOUND, "sequence", "there is no dead letter of that number", None)
}

fn unavailable(error: &BucketError) -> Response {
    answer::error(StatusCode::SERVICE_UNAVAILABLE, ".", &error.to_string(), Some(1))
}

/// An answer that no cache keeps.
fn private(body: &Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn marked(mark: Option<&Mark>) -> Value {
    match mark {
        None => json!({"state": "waiting"}),
        Some(Mark { fate, by, at, places }) => {
            let state = match fate {
                Fate::Retried => "retried",
                Fate::Dropped => "dropped",
            };
            json!({"state": state, "by": by, "at": at, "places": places})
        }
    }
}

/// A dead letter in a list: nothing of its bytes.
pub fn line(kept: &KeptLetter) -> Value {
    let letter = &kept.letter;
    json!({
        "sequence": kept.sequence, "source": letter.source, "kind": letter.kind, "received_at": letter.received_at,
        "field": letter.reject.field, "reason": letter.reject.reason, "bytes": kept.bytes, "decided": marked(kept.mark.as_ref()),
    })
}

/// A dead letter, whole: `payload` where its bytes are text, `payload_base64` where they are not.
pub fn whole(kept: &KeptLetter) -> Value {
    let mut whole = line(kept);
    whole["headers"] = json!(kept.letter.headers);
    match std::str::from_utf8(&kept.letter.payload) {
        Ok(text) => whole["payload"] = text.into(),
        Err(_) => whole["payload_base64"] = STANDARD.encode(&kept.letter.payload).into(),
    }
    whole
}
