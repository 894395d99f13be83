//! Keys over HTTP, for the operator's page. Who asks has the right to act.

use super::{Key, KeyError, Keys, NewKey};
use crate::http::answer;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use nexusflow_model::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::num::NonZeroU32;

const DAY_MS: i64 = 86_400_000;
/// Longest name of who decides, in bytes.
const ACTOR_BYTES_MAX: usize = 200;

impl Keys {
    /// `/api/v1/keys`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/api/v1/keys", get(list).post(create))
            .route("/api/v1/keys/{id}/revoke", post(revoke))
            .with_state(self.clone())
    }
}

/// A key as people see it.
pub fn line(key: &Key, used_at: Option<Timestamp>, now: Timestamp) -> Value {
    json!({
        "id": key.id, "name": key.name, "state": key.standing(now).as_str(), "events_per_s": key.events_per_s,
        "created_at": key.created_at, "created_by": key.created_by, "expires_at": key.expires_at,
        "revoked_at": key.revoked_at, "revoked_by": key.revoked_by, "used_at": used_at,
    })
}

async fn list(State(keys): State<Keys>) -> Response {
    let now = keys.now();
    match keys.list().await {
        Ok(all) => {
            let items: Vec<Value> = all.iter().map(|(key, used_at)| line(key, *used_at, now)).collect();
            private(StatusCode::OK, &json!({"items": items}))
        }
        Err(error) => refused(&error.into()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    events_per_s: Option<NonZeroU32>,
    expires_days: Option<NonZeroU32>,
    actor: String,
}

async fn create(State(keys): State<Keys>, wanted: Result<Json<Wanted>, JsonRejection>) -> Response {
    let Ok(Json(wanted)) = wanted else {
        let message = "must be {\"name\", \"actor\", \"events_per_s\"?, \"expires_days\"?}, numbers above 0";
        return answer::error(StatusCode::UNPROCESSABLE_ENTITY, "body", message, None);
    };
    let Some(by) = actor(&wanted.actor) else { return nobody() };
    let now = keys.now();
    let expires_at = wanted.expires_days.map(|days| now.plus_ms(i64::from(days.get()) * DAY_MS));
    let new = NewKey { name: wanted.name.trim().to_owned(), events_per_s: wanted.events_per_s, expires_at, by };
    match keys.create(new).await {
        Ok((key, shown)) => {
            let mut told = line(&key, None, now);
            told["key"] = shown.reveal().into();
            private(StatusCode::CREATED, &told)
        }
        Err(error) => refused(&error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct By {
    actor: String,
}

async fn revoke(State(keys): State<Keys>, Path(id): Path<String>, by: Result<Json<By>, JsonRejection>) -> Response {
    let Some(by) = by.ok().and_then(|Json(by)| actor(&by.actor)) else { return nobody() };
    match keys.revoke(&id, &by).await {
        Ok(revoked) => {
            let now = keys.now();
            let items: Vec<Value> = revoked.iter().map(|key| line(key, None, now)).collect();
            private(StatusCode::OK, &json!({"items": items}))
        }
        Err(error) => refused(&error),
    }
}

fn actor(name: &str) -> Option<String> {
    Some(name.trim()).filter(|name| !name.is_empty() && name.len() <= ACTOR_BYTES_MAX).map(str::to_owned)
}

fn nobody() -> Response {
    answer::error(StatusCode::UNPROCESSABLE_ENTITY, "actor", "must say who does it: {\"actor\": \"...\"}", None)
}

fn refused(error: &KeyError) -> Response {
    let (status, field, again) = match error {
        KeyError::Name => (StatusCode::UNPROCESSABLE_ENTITY, "name", None),
        KeyError::Expired => (StatusCode::UNPROCESSABLE_ENTITY, "expires_days", None),
        KeyError::Unknown => (StatusCode::NOT_FOUND, "id", None),
        KeyError::Random | KeyError::Bucket(_) => (StatusCode::SERVICE_UNAVAILABLE, ".", Some(1)),
    };
    answer::error(status, field, &error.to_string(), again)
}

/// An answer that no cache keeps.
fn private(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
