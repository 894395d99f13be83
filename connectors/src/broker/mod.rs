//! Brokers: what comes from NATS, MQTT and Fluvio. A message is CloudEvents, or JSON of any form by a mapping, which may also use what
//! the broker says about the message. It is acknowledged when its events are stored, and not before.

#[cfg(feature = "fluvio")]
pub mod fluvio;
pub mod mqtt;
pub mod nats;

use crate::arrival::{Arrival, Decoder, Incoming};
use crate::files::Mapping;
use crate::source::Body;
use nexusflow_model::cloudevents::{Attributes, decode_binary};
use nexusflow_model::limits::RECORD_BYTES_MAX;
use nexusflow_model::{Envelope, Reject, Source};
use serde_json::Value;
use std::path::Path;

/// What headers that are attributes of a CloudEvent begin with.
const ATTRIBUTE: &str = "ce-";

/// Something that a broker says about a message, beside its body: a column of mappings.
#[derive(Debug)]
struct Said {
    /// The column.
    column: &'static str,
    /// The header of the arrival in which it stands.
    header: &'static str,
    /// What parts it: then `COLUMN.0` is its first part, as in a list.
    parted_by: Option<char>,
}

impl Said {
    fn of(&self, arrival: &Arrival) -> Option<(String, Value)> {
        let text = arrival.header(self.header)?;
        let value = match self.parted_by {
            Some(mark) => text.split(mark).map(Value::from).collect(),
            None => Value::from(text),
        };
        Some((self.column.to_owned(), value))
    }
}

/// How the message of a broker becomes events.
#[derive(Debug)]
struct Message {
    body: Body,
    said: &'static [Said],
}

impl Decoder for Message {
    fn decode(&self, arrival: &Arrival) -> Vec<Incoming> {
        if arrival.body.len() > RECORD_BYTES_MAX {
            let reason = format!("a message may have {RECORD_BYTES_MAX} bytes, this one has {}", arrival.body.len());
            // As much of it is kept as can be.
            return vec![Incoming {
                original: arrival.body.slice(..RECORD_BYTES_MAX),
                event: Err(Reject::new(".", reason)),
            }];
        }
        match &self.body {
            Body::CloudEvents(source) if arrival.headers.keys().any(|name| name.starts_with(ATTRIBUTE)) => {
                vec![binary(arrival, source)]
            }
            Body::CloudEvents(_) => self.body.decode(arrival),
            Body::Mapped(mapping, source) => {
                self.mapped(arrival, mapping, source).unwrap_or_else(|| self.body.decode(arrival))
            }
        }
    }
}

impl Message {
    /// The rows of a message with what is said about it; none where it has no rows, which the mapping itself can say better.
    fn mapped(&self, arrival: &Arrival, mapping: &Mapping, source: &Source) -> Option<Vec<Incoming>> {
        let said: Vec<(String, Value)> = self.said.iter().filter_map(|said| said.of(arrival)).collect();
        let add = |mut row: Value| {
            if let Value::Object(fields) = &mut row {
                fields.extend(said.iter().cloned());
            }
            row
        };
        match serde_json::from_slice(&arrival.body).ok()? {
            Value::Array(rows) => Some(mapping.read_rows(rows.into_iter().map(add).collect(), source, arrival.at)),
            row @ Value::Object(_) => {
                let events = mapping.read_rows(vec![add(row)], source, arrival.at).into_iter();
                Some(events.map(|event| Incoming { original: arrival.body.clone(), ..event }).collect())
            }
            _ => None,
        }
    }
}

/// A CloudEvent whose attributes are headers. Whatever it says of its source, it comes from this one.
fn binary(arrival: &Arrival, source: &Source) -> Incoming {
    let attributes = Attributes {
        specversion: arrival.header("ce-specversion"),
        id: arrival.header("ce-id"),
        source: arrival.header("ce-source"),
        kind: arrival.header("ce-type"),
        subject: arrival.header("ce-subject"),
        time: arrival.header("ce-time"),
    };
    let event = decode_binary(attributes, &arrival.body, arrival.at);
    Incoming { original: arrival.body.clone(), event: event.map(|event| Envelope { source: source.clone(), ..event }) }
}

/// A password: in a file, or in a variable of the environment; none where neither is named.
fn password(folder: &Path, file: Option<&Path>, variable: Option<&str>) -> Result<Option<String>, String> {
    let text = match (file, variable) {
        (Some(_), Some(_)) => return Err("password_file and password_env say the same: set one".into()),
        (None, None) => return Ok(None),
        (Some(path), None) => read(folder, "password_file", path)?,
        (None, Some(name)) => {
            std::env::var(name).map_err(|_| format!("password_env: the environment has no {name}"))?
        }
    };
    let text = text.trim();
    if text.is_empty() { Err("the password is empty".into()) } else { Ok(Some(text.to_owned())) }
}

/// A file of the settings.
fn read(folder: &Path, key: &str, path: &Path) -> Result<String, String> {
    let path = folder.join(path);
    std::fs::read_to_string(&path).map_err(|error| format!("{key}: can't read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
