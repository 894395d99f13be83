//! Who may look, who may act on alerts, and who may publish.

use crate::api;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use nexusflow_model::limits::KEY_PREFIX;
use serde::{Deserialize, Serialize};
use serde_json::json;
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
    /// Who has it may act on alerts, and look.
    pub act_token: Option<String>,
    /// Who has it may publish events of any source. Keys say more: `nexusflow keys create`.
    pub publish_token: Option<String>,
    /// Origins other than the gateway's own whose pages may use it, such as `https://wall.example.com`.
    pub origins: Vec<String>,
}

impl std::fmt::Debug for AccessSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |token: &Option<String>| if token.is_some() { "set" } else { "not set" };
        f.debug_struct("AccessSettings")
            .field("view_token", &shown(&self.view_token))
            .field("act_token", &shown(&self.act_token))
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
    Act,
    Publish,
}

/// Whether who asks may act on alerts, beside what they ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MayAct(pub(crate) bool);

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
    pub(crate) async fn check(State(guard): State<Self>, mut request: Request, next: Next) -> Response {
        match guard.refusal(&request) {
            None => {
                let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
                let may_act = guard.settings.refusal(Right::Act, request.headers(), peer).is_none();
                request.extensions_mut().insert(MayAct(may_act));
                next.run(request).await
            }
            Some(response) => *response,
        }
    }

    fn refusal(&self, request: &Request) -> Option<Box<Response>> {
        let headers = request.headers();
        let is_upgrade = headers.contains_key(header::UPGRADE);
        let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
        let refusal = if (changes || is_upgrade) && !self.settings.is_from_here(headers) {
            Some(Refusal::ORIGIN)
        } else {
            self.settings.refusal(self.right, headers, peer)
        };
        refusal.map(|Refusal { status, code, message }| Box::new(api::error(status, code, message)))
    }
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

impl Refusal {
    const ORIGIN: Self = Self {
        status: StatusCode::FORBIDDEN,
        code: "origin",
        message: "pages of this origin may not use NexusFlow; see access.origins",
    };
    const ELSEWHERE: Self = Self {
        status: StatusCode::FORBIDDEN,
        code: "forbidden",
        message: "only this machine may ask; set access tokens",
    };
    const NOBODY_ACTS: Self = Self {
        status: StatusCode::FORBIDDEN,
        code: "forbidden",
        message: "nobody may act on alerts here: set access.act_token",
    };
    const ONLY_LOOKS: Self = Self {
        status: StatusCode::FORBIDDEN,
        code: "forbidden",
        message: "you may look and not act: sign in with the token of access.act_token",
    };
    const SIGN_IN: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        code: "unauthorized",
        message: "sign in, or send Authorization: Bearer with a token",
    };
}

impl AccessSettings {
    /// Why somebody has not this right; none where they have.
    fn refusal(&self, right: Right, headers: &HeaderMap, peer: Option<SocketAddr>) -> Option<Refusal> {
        let has = |token: &Option<String>| token.as_ref().is_some_and(|token| is_given(headers, token));
        let by_bearer = |token: &Option<String>| {
            token.as_ref().is_some_and(|token| bearer(headers).is_some_and(|own| same(own, token)))
        };
        match (right, &self.view_token, &self.act_token) {
            // The door that takes events in knows the keys, and looks at them before anything else.
            (Right::Publish, ..) if bearer(headers).is_some_and(|own| own.starts_with(KEY_PREFIX)) => None,
            (Right::Publish, ..) if self.publish_token.is_some() => {
                (!by_bearer(&self.publish_token)).then_some(Refusal::SIGN_IN)
            }
            (Right::View, Some(_), _) => (!has(&self.view_token) && !has(&self.act_token)).then_some(Refusal::SIGN_IN),
            (Right::Act, _, Some(_)) if has(&self.act_token) => None,
            (Right::Act, _, Some(_)) => {
                Some(if has(&self.view_token) { Refusal::ONLY_LOOKS } else { Refusal::SIGN_IN })
            }
            (Right::Act, Some(_), None) => Some(Refusal::NOBODY_ACTS),
            // Without a token only this machine may ask, and by its own name: a page elsewhere can't borrow the browser.
            _ => {
                let is_local = peer.is_some_and(|peer| peer.ip().is_loopback()) && is_local_host(headers);
                (!is_local).then_some(Refusal::ELSEWHERE)
            }
        }
    }

    /// Whether the page that asks is ours, or of an origin that was allowed; programs send no origin.
    fn is_from_here(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return true };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        origin.split_once("://").is_some_and(|(_, authority)| authority == host)
            || self.origins.iter().any(|own| own == origin)
    }
}

/// Signing in and out, and who one is.
pub(crate) fn router(settings: &Arc<AccessSettings>, is_tls: bool) -> Router {
    let post = axum::routing::post(sign_in).delete(sign_out).get(rights);
    let sessions = Sessions { settings: Arc::clone(settings), is_tls };
    Router::new().route("/api/v1/session", post).with_state(sessions)
}

#[derive(Clone)]
struct Sessions {
    settings: Arc<AccessSettings>,
    is_tls: bool,
}

impl Sessions {
    /// A cookie that holds for `max_age_s`; under TLS it never leaves it.
    fn cookie(&self, value: &str, max_age_s: u32) -> String {
        let secure = if self.is_tls { "; Secure" } else { "" };
        format!("{COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={max_age_s}{secure}")
    }
}

#[derive(Deserialize)]
struct SignIn {
    token: String,
}

async fn sign_in(State(sessions): State<Sessions>, headers: HeaderMap, Json(given): Json<SignIn>) -> Response {
    let settings = &sessions.settings;
    if settings.view_token.is_none() && settings.act_token.is_none() {
        return StatusCode::NO_CONTENT.into_response();
    }
    let tokens = [&settings.view_token, &settings.act_token].into_iter().flatten();
    let token = tokens.fold(None, |found, token| if same(&given.token, token) { Some(token) } else { found });
    let Some(token) = token.filter(|_| settings.is_from_here(&headers)) else {
        // Slow enough that guessing is no use.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        return api::error(StatusCode::UNAUTHORIZED, "unauthorized", "this token is not right");
    };
    // No lifetime limit: a wall must not sign out by night. Changing the token ends every session.
    let cookie = sessions.cookie(&session(token), 31_536_000);
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
}

/// What the one who asks may do.
async fn rights(
    State(Sessions { settings, .. }): State<Sessions>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let may = |right| settings.refusal(right, &headers, Some(peer)).is_none();
    let answer = Json(json!({"view": may(Right::View), "act": may(Right::Act)}));
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}

async fn sign_out(State(sessions): State<Sessions>) -> Response {
    let cookie = sessions.cookie("", 0);
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

/// Whether a request has a token, or the cookie of it.
fn is_given(headers: &HeaderMap, token: &str) -> bool {
    cookie(headers).is_some_and(|value| same(value, &session(token)))
        || bearer(headers).is_some_and(|given| same(given, token))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refusals(settings: &AccessSettings, token: Option<&str>, peer: [u8; 4]) -> [Option<u16>; 3] {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, header::HeaderValue::from_static("localhost:8080"));
        if let Some(token) = token {
            headers.insert(header::COOKIE, format!("{COOKIE}={}", session(token)).parse().unwrap());
            headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        }
        let peer = Some(SocketAddr::from((peer, 1)));
        [Right::View, Right::Act, Right::Publish]
            .map(|right| settings.refusal(right, &headers, peer).map(|refusal| refusal.status.as_u16()))
    }

    #[test]
    fn each_token_gives_its_right_and_who_may_act_may_look() {
        let (here, there) = ([127, 0, 0, 1], [10, 0, 0, 1]);
        let token = |name: &str| Some(format!("{name}-token-of-a-test"));
        let none = AccessSettings::default();
        assert_eq!(refusals(&none, None, here), [None, None, None]);
        assert_eq!(refusals(&none, None, there), [Some(403); 3]);
        let all = AccessSettings {
            view_token: token("view"),
            act_token: token("act"),
            publish_token: token("publish"),
            ..AccessSettings::default()
        };
        assert_eq!(refusals(&all, None, here), [Some(401); 3]);
        assert_eq!(refusals(&all, token("view").as_deref(), there), [None, Some(403), Some(401)]);
        assert_eq!(refusals(&all, token("act").as_deref(), there), [None, None, Some(401)]);
        assert_eq!(refusals(&all, token("publish").as_deref(), there), [Some(401), Some(401), None]);
        let nobody_acts = AccessSettings { act_token: None, ..all };
        assert_eq!(refusals(&nobody_acts, token("view").as_deref(), here), [None, Some(403), Some(401)]);
    }
}
