//! From a request to the log.

use super::{Incoming, Inner, answer};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt;
use nexusflow_log::{AppendError, DeadLetter, Receipt};
use nexusflow_model::cloudevents::{Attributes, decode_binary, decode_structured, split_batch};
use nexusflow_model::limits::{BATCH_EVENTS_MAX, BODY_BYTES_MAX};
use nexusflow_model::{Envelope, Place, Reject, Timestamp};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How far ahead of us the clock of a publisher may be.
const AHEAD_MS_MAX: i64 = 24 * 3_600_000;

/// How much of a body that is too large is read.
const READ_BYTES_MAX: usize = 8 * BODY_BYTES_MAX;

/// What came of the events of a request.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) stored: Vec<(usize, Place)>,
    pub(super) rejected: Vec<(usize, Reject)>,
    pub(super) unstored: Vec<(usize, AppendError)>,
}

/// Takes a body in, up to the limit. What is larger is read to its end and thrown away, up to a point, so that the publisher
/// hears why: one whose connection breaks while it sends learns nothing.
pub(super) async fn body(body: Body) -> Result<Bytes, Box<Response>> {
    let (mut stream, mut taken, mut bytes) = (body.into_data_stream(), Vec::new(), 0);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk
            .map_err(|error| Box::new(answer::error(StatusCode::BAD_REQUEST, "body", &error.to_string(), None)))?;
        bytes += chunk.len();
        if bytes <= BODY_BYTES_MAX {
            taken.extend_from_slice(&chunk);
        } else if bytes > READ_BYTES_MAX {
            break;
        }
    }
    if bytes <= BODY_BYTES_MAX {
        return Ok(taken.into());
    }
    let message = format!("a body may have {BODY_BYTES_MAX} bytes: send smaller batches");
    Err(Box::new(answer::error(StatusCode::PAYLOAD_TOO_LARGE, "body", &message, None)))
}

/// Reads the events of a request, in whichever of the three modes they come.
pub(super) fn read(headers: &HeaderMap, body: &Bytes, now: Timestamp) -> Result<Vec<Incoming>, Box<Response>> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = text(header::CONTENT_TYPE.as_str()).unwrap_or("").to_ascii_lowercase();
    let one = |event: Result<Envelope, Reject>, original: Bytes| Incoming {
        event: event.and_then(|e| check(e, now)),
        original,
    };
    if headers.keys().any(|name| name.as_str().starts_with("ce-")) {
        let attributes = Attributes {
            specversion: text("ce-specversion"),
            id: text("ce-id"),
            source: text("ce-source"),
            kind: text("ce-type"),
            subject: text("ce-subject"),
            time: text("ce-time"),
        };
        return Ok(vec![one(decode_binary(attributes, body, now), body.clone())]);
    }
    if !(content_type.starts_with("application/cloudevents") || content_type.starts_with("application/json")) {
        let message = "send application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers";
        return Err(Box::new(answer::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", message, None)));
    }
    if !body.trim_ascii_start().starts_with(b"[") {
        return Ok(vec![one(decode_structured(body, now), body.clone())]);
    }
    let events = split_batch(body)
        .map_err(|reject| Box::new(answer::error(StatusCode::BAD_REQUEST, &reject.field, &reject.reason, None)))?;
    if events.len() > BATCH_EVENTS_MAX {
        let message = format!("a batch may have {BATCH_EVENTS_MAX} events, this one has {}", events.len());
        return Err(Box::new(answer::error(StatusCode::PAYLOAD_TOO_LARGE, "body", &message, None)));
    }
    Ok(events.into_iter().map(|event| one(decode_structured(event, now), body.slice_ref(event))).collect())
}

/// What a publisher may not say.
fn check(envelope: Envelope, now: Timestamp) -> Result<Envelope, Reject> {
    let kind = envelope.event.kind();
    if kind.is_control() {
        return Err(Reject::new("type", format!("{} is NexusFlow's own and can't be published", kind.as_str())));
    }
    if envelope.occurred_at.ms_since(now) > AHEAD_MS_MAX {
        return Err(Reject::new("time", "lies more than a day ahead: check the clock of the publisher"));
    }
    Ok(envelope)
}

/// Stores what can be stored, keeps the rest as dead letters, and says what came of each.
pub(super) async fn store(inner: &Inner, events: Vec<Incoming>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut waiting: Vec<(usize, Receipt)> = Vec::with_capacity(events.len());
    for (at, incoming) in events.into_iter().enumerate() {
        match incoming.event {
            Ok(envelope) => match check_lag(inner, &envelope).and_then(|()| inner.appender.try_append(&envelope)) {
                Ok(receipt) => waiting.push((at, receipt)),
                Err(error) => outcome.unstored.push((at, error)),
            },
            Err(reject) => {
                keep(inner, incoming.original, reject.clone());
                outcome.rejected.push((at, reject));
            }
        }
    }
    let deadline = tokio::time::Instant::now() + Duration::from_millis(inner.settings.store_timeout_ms);
    for (at, receipt) in waiting {
        match tokio::time::timeout_at(deadline, receipt).await {
            Ok(Ok(place)) => outcome.stored.push((at, place)),
            Ok(Err(error)) => outcome.unstored.push((at, error)),
            Err(_) => outcome.unstored.push((at, AppendError::Unconfirmed { cause: "time is up".into() })),
        }
    }
    inner.counters.accepted.fetch_add(outcome.stored.len() as u64, Ordering::Relaxed);
    inner.counters.refused.fetch_add(outcome.rejected.len() as u64, Ordering::Relaxed);
    inner.counters.turned_away.fetch_add(outcome.unstored.len() as u64, Ordering::Relaxed);
    outcome
}

/// A backlog that grows faster than it is worked off would only make everything late: publishers are slowed down instead.
fn check_lag(inner: &Inner, envelope: &Envelope) -> Result<(), AppendError> {
    let lag_ms = inner.owners.lag_ms(inner.appender.partition_of(&envelope.subject));
    if lag_ms <= inner.settings.lag_ms_max as i64 { Ok(()) } else { Err(AppendError::Behind { lag_ms }) }
}

/// The publisher is told at once; the operator finds it among the dead letters.
fn keep(inner: &Inner, payload: Bytes, reject: Reject) {
    let dead_letters = inner.dead_letters.clone();
    let letter = DeadLetter { payload, source: "http".into(), reject };
    tokio::spawn(async move {
        if let Err(error) = dead_letters.keep(&letter).await {
            tracing::warn!(%error, "could not keep a dead letter");
        }
    });
}
