//! CloudEvents over HTTP: binary, structured and batch. An answer is given when the log has stored the event, not before.

mod alerts;
mod answer;
mod command;
mod intake;
mod owners;
mod silences;

pub use owners::{Asked, Decided, Owners};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::{delete, post};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use nexusflow_log::{Appender, DeadLetters};
use nexusflow_model::{Reject, Timestamp};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How much is taken in over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// Events a second from one address; bursts of as many are taken at once.
    pub events_per_s: NonZeroU32,
    /// How long a publisher waits for the log before it is told to come back, in milliseconds.
    pub store_timeout_ms: u64,
    /// How far the fold may be behind what is stored, in milliseconds, before publishers are told to come back later.
    pub lag_ms_max: u64,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { events_per_s: NonZeroU32::MIN.saturating_add(49_999), store_timeout_ms: 5_000, lag_ms_max: 10_000 }
    }
}

/// What was taken in so far.
#[derive(Debug, Default)]
pub struct HttpCounters {
    /// Events stored.
    pub accepted: AtomicU64,
    /// Events that could not be understood.
    pub refused: AtomicU64,
    /// Events turned away because the log was slow or the publisher too fast.
    pub turned_away: AtomicU64,
}

/// The HTTP connector.
#[derive(Clone)]
pub struct Http {
    inner: Arc<Inner>,
}

struct Inner {
    appender: Appender,
    dead_letters: DeadLetters,
    settings: HttpSettings,
    counters: Arc<HttpCounters>,
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
    /// A connector that appends with `appender`, stamps with `now`, keeps what it can't understand in `dead_letters`, counts in
    /// `counters`, and asks `owners` what became of commands and how far they are behind.
    pub fn new(
        appender: Appender,
        dead_letters: DeadLetters,
        settings: HttpSettings,
        now: fn() -> Timestamp,
        counters: Arc<HttpCounters>,
        owners: Arc<dyn Owners>,
    ) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_second(settings.events_per_s));
        Self {
            inner: Arc::new(Inner {
                appender,
                dead_letters,
                settings,
                counters,
                limiter,
                now,
                owners,
                groups: alerts::Groups::default(),
            }),
        }
    }

    /// `POST /api/v1/events` and `POST /api/v1/commands`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/api/v1/events", post(publish))
            .route("/api/v1/commands", post(command::ask))
            .with_state(self.clone())
    }

    /// What people do about alerts: `POST /api/v1/alerts/...` and silences.
    pub fn acts(&self) -> Router {
        Router::new()
            .route("/api/v1/alerts/{customer}/{alert}/{verb}", post(alerts::one))
            .route("/api/v1/alerts/groups/{group}/{verb}", post(alerts::group))
            .route("/api/v1/silences", post(silences::set))
            .route("/api/v1/silences/{silence}", delete(silences::lift))
            .with_state(self.clone())
    }
}

async fn publish(
    State(http): State<Http>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let inner = &http.inner;
    let (events, is_single) = match take(inner, peer.ip(), &headers, body).await {
        Ok(taken) => taken,
        Err(answer) => return *answer,
    };
    let outcome = intake::store(inner, events).await;
    answer::outcome(&outcome, is_single)
}

/// Reads the events of a request, within the quota of its peer; and whether it is about a single one.
async fn take(
    inner: &Inner,
    peer: IpAddr,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Vec<Incoming>, bool), Box<Response>> {
    let body = intake::body(body).await?;
    let events = intake::read(headers, &body, (inner.now)()).inspect_err(|_| {
        inner.counters.refused.fetch_add(1, Ordering::Relaxed);
    })?;
    let count = NonZeroU32::new(events.len() as u32).unwrap_or(NonZeroU32::MIN);
    if let Some(wait) = wait_for_quota(inner, peer, count) {
        inner.counters.turned_away.fetch_add(events.len() as u64, Ordering::Relaxed);
        return Err(Box::new(answer::too_many(inner.settings.events_per_s.get(), wait)));
    }
    Ok((events, headers.contains_key("ce-id") || is_single(headers, &body)))
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

/// An event of a request, read.
struct Incoming {
    original: Bytes,
    event: Result<nexusflow_model::Envelope, Reject>,
}
