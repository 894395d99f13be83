//! From a request to the events in it.

use super::answer;
use crate::arrival::{Arrival, Headers, Incoming};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt;
use nexusflow_model::cloudevents::{Attributes, decode_binary, decode_structured, split_batch};
use nexusflow_model::limits::{BATCH_EVENTS_MAX, BODY_BYTES_MAX};
use nexusflow_model::{Envelope, Reject, Timestamp};
use std::time::Duration;

/// What the attributes of an event in binary mode begin with.
const ATTRIBUTE: &str = "ce-";

/// How much of a body that is too large is read.
const READ_BYTES_MAX: usize = 8 * BODY_BYTES_MAX;
/// How much room is made for a body before it comes.
const ROOM_BYTES_MAX: usize = 64 * 1024;
/// How long the next piece of a body may take to come: who stops in the middle does not keep a connection.
const PIECE_WITHIN: Duration = Duration::from_secs(20);

/// Takes a body in, up to the limit. What is larger is read to its end and thrown away, up to a point, so that the publisher
/// hears why: one whose connection breaks while it sends learns nothing.
pub(crate) async fn body(body: Body) -> Result<Bytes, Box<Response>> {
    // As much room as it says it needs, so that a batch is not moved around while it comes; but not for a mere promise.
    let room = usize::try_from(body.size_hint().lower()).unwrap_or(0).min(ROOM_BYTES_MAX);
    let (mut stream, mut taken, mut bytes) = (body.into_data_stream(), Vec::with_capacity(room), 0);
    let late = || {
        let message = format!("the body stopped coming for {} s", PIECE_WITHIN.as_secs());
        Box::new(answer::error(StatusCode::REQUEST_TIMEOUT, "body", &message, None))
    };
    while let Some(chunk) = tokio::time::timeout(PIECE_WITHIN, stream.next()).await.map_err(|_| late())? {
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
    let one = |event: Result<Envelope, Reject>, original: Bytes| Incoming { event, original };
    if headers.keys().any(|name| name.as_str().starts_with(ATTRIBUTE)) {
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

/// What is said about the events of a request, as far as reading them again needs it.
pub(super) fn said(headers: &HeaderMap) -> Headers {
    let is_read = |name: &str| name.starts_with(ATTRIBUTE) || name == header::CONTENT_TYPE.as_str();
    let kept = headers.iter().filter(|(name, _)| is_read(name.as_str()));
    kept.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect()
}

/// Reads again what was kept of an event that came here and could not be understood.
pub(crate) fn read_again(arrival: &Arrival) -> Vec<Incoming> {
    let header = |(name, value): (&String, &String)| {
        Some((HeaderName::try_from(name.as_str()).ok()?, HeaderValue::from_str(value).ok()?))
    };
    let headers: HeaderMap = arrival.headers.iter().filter_map(header).collect();
    read(&headers, &arrival.body, arrival.at).unwrap_or_else(|_| {
        let event = Err(Reject::new("body", "is neither a CloudEvent nor a batch of them"));
        vec![Incoming { original: arrival.body.clone(), event }]
    })
}
