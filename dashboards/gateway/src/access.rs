//! Who may look and who may publish.

use crate::api;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The tokens, and from where browsers may come.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccessSettings {
    /// Who has it may look at everything. Needed as soon as NexusFlow listens elsewhere than on loopback.
    pub view_token: Option<String>,
    /// Who has it may publish events.
    pub publish_token: Option<String>,
    /// Origins other than the gateway's own whose pages may use it, such as `https://wall.example.com`.
    pub origins: Vec<String>,
}

impl std::fmt::Debug for AccessSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |token: &Option<String>| if token.is_some() { "set" } else { "not set" };
        f.debug_struct("AccessSettings")
            .field("view_token", &shown(&self.view_token))
            .field("publish_token", &shown(&self.publish_token))
            .field("origins", &self.origins)
            .finish()
    }
}

/// Shortest token that is accepted: shorter ones can be guessed.
pub(crate) const TOKEN_BYTES_MIN: usize = 16;

const COOKIE: &str = "nexusflow_session";

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    View,
    Publish,
}

/// Checks every request.
#[derive(Clone)]
pub(crate) struct Guard {
    settings: Arc<AccessSettings>,
    right: Right,
}

impl Guard {
    pub(crate) fn new(settings: &Arc<AccessSettings>, right: Right) -> Self {
        Self { settings: Arc::clone(settings), right }
    }

    /// Lets a request through or not.
    pub(crate) async fn check(State(guard): State<Self>, request: Request, next: Next) -> Response {
        match guard.refusal(&request) {
            None => next.run(request).await,
            Some(response) => *response,
        }
    }

    fn refusal(&self, request: &Request) -> Option<Box<Response>> {
        let refused = |status, code, message| Some(Box::new(api::error(status, code, message)));
        let headers = request.headers();
        let is_upgrade = headers.contains_key(header::UPGRADE);
        let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        if (changes || is_upgrade) && !self.settings.is_from_here(headers) {
            return refused(
                StatusCode::FORBIDDEN,
                "origin",
                "pages of this origin may not use NexusFlow; see access.origins",
            );
        }
        let token = match self.right {
            Right::View => &self.settings.view_token,
            Right::Publish => &self.settings.publish_token,
        };
        let Some(token) = token else {
            // Without a token only this machine may ask, and by its own name: a page elsewhere can't borrow the browser.
            let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
            let is_local = peer.is_some_and(|ConnectInfo(peer)| peer.ip().is_loopback()) && is_local_host(headers);
            return if is_local {
                None
            } else {
                refused(StatusCode::FORBIDDEN, "forbidden", "only this machine may ask; set access tokens")
            };
        };
        let by_cookie = self.right == Right::View && cookie(headers).is_some_and(|value| same(value, &session(token)));
        if by_cookie || bearer(headers).is_some_and(|given| same(given, token)) {
            return None;
        }
        refused(StatusCode::UNAUTHORIZED, "unauthorized", "sign in, or send Authorization: Bearer with a token")
    }
}

impl AccessSettings {
    /// Whether the page that asks is ours, or of an origin that was allowed; programs send no origin.
    fn is_from_here(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return true };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        origin.split_once("://").is_some_and(|(_, authority)| authority == host)
            || self.origins.iter().any(|own| own == origin)
    }
}

/// Signing in and out.
pub(crate) fn router(settings: &Arc<AccessSettings>) -> Router {
    let post = axum::routing::post(sign_in).delete(sign_out);
    Router::new().route("/api/v1/session", post).with_state(Arc::clone(settings))
}

#[derive(Deserialize)]
struct SignIn {
    token: String,
}

async fn sign_in(
    State(settings): State<Arc<AccessSettings>>,
    headers: HeaderMap,
    Json(given): Json<SignIn>,
) -> Response {
    let Some(token) = &settings.view_token else { return StatusCode::NO_CONTENT.into_response() };
    if !settings.is_from_here(&headers) || !same(&given.token, token) {
        // Slow enough that guessing is no use.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        return api::error(StatusCode::UNAUTHORIZED, "unauthorized", "this token is not right");
    }
    // No lifetime limit: a wall must not sign out by night. Changing the token ends every session.
    let cookie = format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000", session(token));
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
}

async fn sign_out() -> Response {
    let cookie = format!("{COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
}

/// The cookie's value: derived from the token, so that it survives a restart of the gateway and ends with the token.
fn session(token: &str) -> String {
    let digest = Sha256::digest(format!("nexusflow session v1\n{token}").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get(header::COOKIE)?.to_str().ok()?;
    all.split(';').find_map(|one| one.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

fn is_local_host(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = if host.starts_with('[') {
        host.split_once(']').map_or(host, |(name, _)| name)
    } else {
        host.split(':').next().unwrap_or(host)
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1")
}
