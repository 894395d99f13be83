//! CloudEvents over HTTP: binary, structured and batch. An answer is given when the log has stored the event, not before.

mod alerts;
pub(crate) mod answer;
mod command;
mod intake;
mod labels;
mod owners;
mod silences;

pub(crate) use intake::{body, read_again};
pub use owners::{Asked, Decided, Owners};

use crate::arrival::{Headers, Incoming};
use crate::intake::{CONSOLE, Intake, Origin, Outcome, Tally};
use crate::keys::{Admitted, Publisher, admit, what_it_may_say};
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{delete, post};
use axum::{Extension, Router};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use nexusflow_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// What events that are published at `/api/v1/events` came by.
pub(crate) const KIND: &str = "http";
/// Whose quota it is that all have who show no key.
const ONE_ADDRESS: &str = "from one address";

/// How much is taken in over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// Events a second from one address, or with one key that says nothing else; bursts of as many are taken at once.
    pub events_per_s: NonZeroU32,
    /// How long a publisher waits for the log before it is told to come back, in milliseconds.
    pub store_timeout_ms: u64,
    /// How far the fold may be behind what is stored, in milliseconds, before publishers are told to come back later.
    pub lag_ms_max: u64,
    /// Where webhooks reach us, without a path; some systems sign it.
    pub public_url: String,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            events_per_s: NonZeroU32::MIN.saturating_add(49_999),
            store_timeout_ms: 5_000,
            lag_ms_max: 10_000,
            public_url: String::new(),
        }
    }
}

/// The HTTP connector.
#[derive(Clone)]
pub struct Http {
    inner: Arc<Inner>,
}

struct Inner {
    intake: Intake,
    settings: HttpSettings,
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    now: fn() -> Timestamp,
    owners: Arc<dyn Owners>,
    groups: alerts::Groups,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl Http {
    /// A connector that stores with `intake`, stamps with `now`, and asks `owners` what became of commands.
    pub fn new(intake: Intake, settings: HttpSettings, now: fn() -> Timestamp, owners: Arc<dyn Owners>) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_second(settings.events_per_s));
        let groups = alerts::Groups::default();
        Self { inner: Arc::new(Inner { intake, settings, limiter, now, owners, groups }) }
    }

    /// `POST /api/v1/events` and `POST /api/v1/commands`, for those that `door` lets in.
    pub fn router(&self, door: Admitted) -> Router {
        Router::new()
            .route("/api/v1/events", post(publish))
            .route("/api/v1/commands", post(command::ask))
            .layer(from_fn_with_state(door, admit))
            .with_state(self.clone())
    }

    /// What people do: `POST /api/v1/alerts/...`, silences, and what they say of texts.
    pub fn acts(&self) -> Router {
        Router::new()
            .route("/api/v1/alerts/{customer}/{alert}/{verb}", post(alerts::one))
            .route("/api/v1/alerts/groups/{group}/{verb}", post(alerts::group))
            .route("/api/v1/texts/labels", post(labels::say))
            .route("/api/v1/silences", post(silences::set))
            .route("/api/v1/silences/{silence}", delete(silences::lift))
            .with_state(self.clone())
    }
}

async fn publish(
    State(http): State<Http>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Extension(publisher): Extension<Publisher>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let inner = &http.inner;
    let (events, is_single) = match take(inner, peer.ip(), &publisher, &headers, body).await {
        Ok(taken) => taken,
        Err(answer) => return *answer,
    };
    let outcome = inner.store(&publisher, intake::said(&headers), events).await;
    answer::outcome(&outcome, is_single)
}

impl Inner {
    /// Stores events that came by HTTP from `publisher`, of which `headers` was said.
    async fn store(&self, publisher: &Publisher, headers: Headers, events: Vec<Incoming>) -> Outcome {
        let origin = Origin { source: source_of(publisher), kind: KIND, headers, at: (self.now)() };
        self.intake.store(&origin, events, self.patience()).await
    }

    /// Stores what this door says itself, for a person in front of a console.
    async fn say(&self, events: Vec<Incoming>) -> Outcome {
        let origin = Origin { source: CONSOLE.into(), kind: CONSOLE, headers: Headers::new(), at: (self.now)() };
        self.intake.store(&origin, events, self.patience()).await
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.settings.store_timeout_ms)
    }
}

/// What events are counted under: the source of the key, else all that come without one together.
fn source_of(publisher: &Publisher) -> Arc<str> {
    publisher.name().map_or_else(|| KIND.into(), Arc::clone)
}

/// Reads the events of a request, within the quota of its key or else of its peer; and whether it is about a single one.
async fn take(
    inner: &Inner,
    peer: IpAddr,
    publisher: &Publisher,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Vec<Incoming>, bool), Box<Response>> {
    let body = intake::body(body).await?;
    let now = (inner.now)();
    let events = intake::read(headers, &body, now)?;
    let is_single = headers.contains_key("ce-id") || is_single(headers, &body);
    if let Some(at) = events.iter().position(|one| one.event.as_ref().is_ok_and(|event| !publisher.may_say(event))) {
        let field = if is_single { "source".into() } else { format!("[{at}].source") };
        let message = publisher.name().map(|name| what_it_may_say(name)).unwrap_or_default();
        return Err(Box::new(answer::error(StatusCode::FORBIDDEN, &field, &message, None)));
    }
    let count = NonZeroU32::new(events.len() as u32).unwrap_or(NonZeroU32::MIN);
    let wait = match publisher.name() {
        Some(_) => publisher.must_wait(count).map(|(wait, events_per_s)| (wait, events_per_s, "with this key")),
        None => wait_for_quota(inner, peer, count).map(|wait| (wait, inner.settings.events_per_s.get(), ONE_ADDRESS)),
    };
    if let Some((wait, events_per_s, whose)) = wait {
        let turned_away = Tally { turned_away: events.len() as u64, heard_at: Some(now), ..Tally::default() };
        inner.intake.ledger().note(&source_of(publisher), KIND, &turned_away);
        return Err(Box::new(answer::too_many(events_per_s, whose, wait)));
    }
    Ok((events, is_single))
}

/// How long until `count` events may come from `peer`; none if they may now.
fn wait_for_quota(inner: &Inner, peer: IpAddr, count: NonZeroU32) -> Option<Duration> {
    match inner.limiter.check_key_n(&peer, count) {
        Ok(Ok(())) => None,
        Ok(Err(until)) => Some(until.wait_time_from(DefaultClock::default().now())),
        // A batch larger than a second's quota can never pass whole: it is taken when the quota is untouched.
        Err(_) => inner.limiter.check_key(&peer).err().map(|until| until.wait_time_from(DefaultClock::default().now())),
    }
}

fn is_single(headers: &HeaderMap, body: &[u8]) -> bool {
    let batch = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/cloudevents-batch"));
    !batch && !body.trim_ascii_start().starts_with(b"[")
}
