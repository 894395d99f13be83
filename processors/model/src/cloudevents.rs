//! CloudEvents 1.0 as JSON: structured events, batches, and records of the log, which are batches too
//! (`application/cloudevents-batch+json`), so that any NATS client can read the log.

use crate::limits::EVENT_BYTES_MAX;
use crate::quick;
use crate::{Envelope, Event, Id, Kind, Reject, Source, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A CloudEvent as it stands in JSON, its data not looked at yet. Attributes of extensions that NexusFlow doesn't know are
/// accepted and not kept, as the specification asks of a consumer.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    specversion: Cow<'a, str>,
    id: Id,
    source: Source,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    subject: Option<Id>,
    time: Option<Timestamp>,
    recordedtime: Option<Timestamp>,
    #[serde(default)]
    forwarded: u8,
    #[serde(borrow)]
    datacontenttype: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct WireOut<'a> {
    specversion: &'static str,
    id: &'a Id,
    source: &'a Source,
    #[serde(rename = "type")]
    kind: &'static str,
    subject: &'a Id,
    time: Timestamp,
    recordedtime: Timestamp,
    #[serde(skip_serializing_if = "is_none")]
    forwarded: u8,
    data: &'a Event,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_none(forwarded: &u8) -> bool {
    *forwarded == 0
}

impl<'a> From<&'a Envelope> for WireOut<'a> {
    fn from(of: &'a Envelope) -> Self {
        Self {
            specversion: "1.0",
            id: &of.id,
            source: &of.source,
            kind: of.event.kind().as_str(),
            subject: &of.subject,
            time: of.occurred_at,
            recordedtime: of.recorded_at,
            forwarded: of.forwarded,
            data: &of.event,
        }
    }
}

/// The attributes of a CloudEvent in binary mode, as they stand in the headers.
#[derive(Debug, Default, Clone, Copy)]
pub struct Attributes<'a> {
    /// `ce-specversion`
    pub specversion: Option<&'a str>,
    /// `ce-id`
    pub id: Option<&'a str>,
    /// `ce-source`
    pub source: Option<&'a str>,
    /// `ce-type`
    pub kind: Option<&'a str>,
    /// `ce-subject`
    pub subject: Option<&'a str>,
    /// `ce-time`
    pub time: Option<&'a str>,
}

/// Reads one structured CloudEvent. `now` is its `recorded_at`, and its `occurred_at` where it has no time.
///
/// # Errors
/// The field at fault and why.
pub fn decode_structured(json: &[u8], now: Timestamp) -> Result<Envelope, Reject> {
    if json.len() > EVENT_BYTES_MAX {
        return Err(Reject::new(
            ".",
            format!("an event may have {EVENT_BYTES_MAX} bytes, this one has {}", json.len()),
        ));
    }
    if let Some(envelope) = quick::published(json, now) {
        return Ok(envelope);
    }
    let mut wire: Wire<'_> = parse("", json)?;
    wire.recordedtime = None; // a publisher can't say when NexusFlow recorded it,
    wire.forwarded = 0; // nor that somebody passed it on
    open(wire, now)
}

/// Splits a JSON array of CloudEvents into its events, each to be read on its own, so that a bad one harms no other.
///
/// # Errors
/// Where it isn't a JSON array.
pub fn split_batch(json: &[u8]) -> Result<Vec<&[u8]>, Reject> {
    let events: Vec<&RawValue> = parse("", json)?;
    Ok(events.into_iter().map(|event| event.get().as_bytes()).collect())
}

/// Reads one CloudEvent in binary mode.
///
/// # Errors
/// The attribute or field at fault and why.
pub fn decode_binary(attributes: Attributes<'_>, data: &[u8], now: Timestamp) -> Result<Envelope, Reject> {
    if data.len() > EVENT_BYTES_MAX {
        return Err(Reject::new(
            "data",
            format!("an event may have {EVENT_BYTES_MAX} bytes, this one has {}", data.len()),
        ));
    }
    let needed = |name: &str, value: Option<&str>| -> Result<String, Reject> {
        value.map(str::to_owned).ok_or_else(|| Reject::new(name, format!("the header ce-{name} is missing")))
    };
    fn checked<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str, value: &str) -> Result<T, Reject> {
        value.parse().map_err(|error: T::Err| Reject::new(name, error.to_string()))
    }
    let data: &RawValue = parse("data", if data.is_empty() { b"{}" } else { data })?;
    let wire = Wire {
        specversion: needed("specversion", attributes.specversion)?.into(),
        id: checked("id", &needed("id", attributes.id)?)?,
        source: checked("source", &needed("source", attributes.source)?)?,
        kind: needed("type", attributes.kind)?.into(),
        subject: Some(checked("subject", &needed("subject", attributes.subject)?)?),
        time: attributes.time.map(|time| checked("time", time)).transpose()?,
        recordedtime: None,
        forwarded: 0,
        datacontenttype: None,
        data: Some(data),
    };
    open(wire, now)
}

fn open(wire: Wire<'_>, now: Timestamp) -> Result<Envelope, Reject> {
    if wire.specversion != "1.0" {
        return Err(Reject::new("specversion", "must be \"1.0\""));
    }
    if let Some(kind) = wire.datacontenttype.as_deref()
        && !kind.starts_with("application/json")
    {
        return Err(Reject::new("datacontenttype", "must be application/json"));
    }
    let Some(kind) = Kind::from_name(&wire.kind) else {
        let near = Kind::nearest(&wire.kind);
        return Err(Reject::new("type", format!("is not one of the vocabulary; did you mean \"{}\"?", near.as_str())));
    };
    let subject = wire.subject.ok_or_else(|| {
        Reject::new(
            "subject",
            "is missing: it says whom the event is about (the customer's id) and decides its partition",
        )
    })?;
    let event = Event::from_json(kind, wire.data.map_or("{}", RawValue::get))?;
    let recorded_at = wire.recordedtime.unwrap_or(now);
    Ok(Envelope {
        id: wire.id,
        source: wire.source,
        subject,
        occurred_at: wire.time.unwrap_or(recorded_at),
        recorded_at,
        forwarded: wire.forwarded,
        event,
    })
}

/// One envelope as structured JSON.
pub fn encode(envelope: &Envelope) -> Vec<u8> {
    let mut json = Vec::with_capacity(512);
    write_json(&mut json, envelope);
    json
}

fn write_json(into: &mut Vec<u8>, envelope: &Envelope) {
    // Writing our own types to memory has no way to fail: every key is a string and no value refuses to be serialised.
    #[expect(clippy::expect_used, reason = "see above")]
    serde_json::to_writer(into, &WireOut::from(envelope)).expect("an envelope is always JSON");
}

/// Reads one event as [`encode`] has written it, times and all.
///
/// # Errors
/// Where it is none.
pub fn decode_stored(json: &[u8]) -> Result<Envelope, Reject> {
    open(parse("", json)?, Timestamp::EPOCH)
}

/// A record of the log: the events, each already in structured JSON, as one batch.
pub fn join_record<'a>(events: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut record = vec![b'['];
    for event in events {
        if record.len() > 1 {
            record.push(b',');
        }
        record.extend_from_slice(event);
    }
    record.push(b']');
    record
}

/// Reads a record of the log. An event that can't be read stands as a rejection in its place, so that indices hold.
///
/// # Errors
/// Where the record as a whole isn't a batch.
pub fn decode_record(json: &[u8]) -> Result<Vec<Result<Envelope, Reject>>, Reject> {
    // One pass for what we have written ourselves; event by event only where something in the record is wrong.
    if let Some(events) = quick::record(json) {
        return Ok(events);
    }
    if let Ok(wires) = serde_json::from_slice::<Vec<Wire<'_>>>(json) {
        return Ok(wires.into_iter().map(|wire| open(wire, Timestamp::EPOCH)).collect());
    }
    Ok(split_batch(json)?.into_iter().map(|event| open(parse("", event)?, Timestamp::EPOCH)).collect())
}

/// Parses quickly; where that fails, once more and slowly to learn where.
///
/// # Errors
/// The field at fault, as a path from `prefix`, and why; no value is repeated.
pub fn parse<'a, T: Deserialize<'a>>(prefix: &str, json: &'a [u8]) -> Result<T, Reject> {
    let first = match serde_json::from_slice::<T>(json) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) => Err(Reject::from_json(prefix, &error)),
        Ok(_) => Err(Reject::new(if prefix.is_empty() { "." } else { prefix }, first.to_string())),
    }
}
