//! `/hooks/NAME`.

use super::{Greeting, Request, Verify};
use crate::arrival::{Arrival, Headers};
use crate::http::answer;
use crate::http::body as read_body;
use crate::intake::{Intake, Origin};
use crate::source::{Source, Sources, Way};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use nexusflow_model::Timestamp;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The webhooks of all sources.
#[derive(Clone, Debug)]
pub struct Hooks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sources: Sources,
    intake: Intake,
    public_url: String,
    patience: Duration,
    now: fn() -> Timestamp,
}

impl Hooks {
    /// Of `sources`, which are reached at `public_url`; the log may take `patience` to store what they say.
    pub fn new(
        sources: Sources,
        intake: Intake,
        public_url: String,
        patience: Duration,
        now: fn() -> Timestamp,
    ) -> Self {
        Self(Arc::new(Inner { sources, intake, public_url, patience, now }))
    }

    /// `/hooks/NAME`. Nobody needs a token: each request proves itself.
    pub fn router(&self) -> Router {
        Router::new().route("/hooks/{name}", any(receive)).with_state(self.clone())
    }
}

async fn receive(
    State(Hooks(hooks)): State<Hooks>,
    Path(name): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let found = hooks.sources.get(&name).and_then(|source| match &source.way {
        Way::Hook(verify) => Some((source, verify.as_ref())),
        Way::Read(_) => None,
    });
    let Some((source, verify)) = found else {
        let message = "there is no such webhook: sources stand in nexusflow.toml";
        return answer::error(StatusCode::NOT_FOUND, ".", message, None);
    };
    let body = match read_body(body).await {
        Ok(body) => body,
        Err(answer) => return *answer,
    };
    let text = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers: Headers = headers.iter().filter_map(text).collect();
    let request = Request {
        method: method.as_str(),
        path: uri.path_and_query().map_or("", |path| path.as_str()),
        public_url: &hooks.public_url,
        headers: &headers,
        body: &body,
        at: (hooks.now)(),
    };
    if let Some(greeting) = verify.greet(&request) {
        return say(greeting);
    }
    if method != Method::POST {
        return answer::error(StatusCode::METHOD_NOT_ALLOWED, ".", "send a POST", None);
    }
    if let Err(why) = verify.verify(&request) {
        return answer::error(StatusCode::UNAUTHORIZED, "signature", &why.to_string(), None);
    }
    store(&hooks, source, verify, &headers, body.clone(), request.at).await
}

fn say(greeting: Greeting) -> Response {
    let status = StatusCode::from_u16(greeting.status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, greeting.content_type)], greeting.body).into_response()
}

/// What was verified goes to the log. What can't be understood is kept and not refused: its sender could do nothing about it, and
/// would only send it again and again.
async fn store(
    hooks: &Inner,
    source: &Source,
    verify: &dyn Verify,
    headers: &Headers,
    body: Bytes,
    at: Timestamp,
) -> Response {
    let kept = |name: &&str| Some(((*name).to_owned(), headers.get(*name)?.clone()));
    let arrival = Arrival { headers: verify.headers().iter().filter_map(kept).collect(), body, at };
    let events = source.decoder.decode(&arrival);
    let origin =
        Origin { source: Arc::clone(&source.named.name), kind: source.kind, headers: arrival.headers, at: arrival.at };
    let outcome = hooks.intake.store(&origin, events, hooks.patience).await;
    if let Some((_, error)) = outcome.unstored.first() {
        return answer::error(StatusCode::SERVICE_UNAVAILABLE, ".", &error.to_string(), Some(1));
    }
    if let Some(thanks) = verify.thank() {
        return say(thanks);
    }
    Json(json!({"stored": outcome.stored.len(), "kept": outcome.rejected.len()})).into_response()
}
