//! What a message of a system without a vocabulary of its own says: CloudEvents as they are, or anything by a mapping.

use crate::arrival::{Arrival, Decoder, Incoming};
use crate::files::Mapping;
use bytes::Bytes;
use nexusflow_model::cloudevents::{decode_structured, split_batch};
use nexusflow_model::{Envelope, Reject, Source};
use std::path::Path;

/// How the body of a message is read.
#[derive(Debug, Clone)]
pub enum Body {
    /// CloudEvents in structured mode, one or a batch. Whatever they say of their source, they come from this one.
    CloudEvents(Source),
    /// JSON of any form, by a mapping.
    Mapped(Mapping, Source),
}

impl Body {
    /// By the mapping at `mapping`, a TOML file or the name of one that is shipped; without it, CloudEvents.
    ///
    /// # Errors
    /// The line and key of what is wrong with the mapping.
    pub fn new(mapping: Option<&str>, folder: &Path, source: &Source) -> Result<Self, String> {
        let Some(name) = mapping else { return Ok(Self::CloudEvents(source.clone())) };
        let mapping = Mapping::load(&folder.join(name)).map_err(|error| format!("mapping: {error}"))?;
        Ok(Self::Mapped(mapping, source.clone()))
    }
}

impl Decoder for Body {
    fn decode(&self, arrival: &Arrival) -> Vec<Incoming> {
        match self {
            Self::CloudEvents(source) => cloud_events(arrival, source),
            Self::Mapped(mapping, source) => mapping.read_document(&arrival.body, source, arrival.at),
        }
    }
}

fn cloud_events(arrival: &Arrival, source: &Source) -> Vec<Incoming> {
    let body = &arrival.body;
    let one = |original: Bytes| {
        let event = decode_structured(&original, arrival.at);
        let event: Result<Envelope, Reject> = event.map(|event| Envelope { source: source.clone(), ..event });
        Incoming { original, event }
    };
    if !body.trim_ascii_start().starts_with(b"[") {
        return vec![one(body.clone())];
    }
    match split_batch(body) {
        Ok(events) => events.into_iter().map(|event| one(body.slice_ref(event))).collect(),
        Err(reject) => vec![Incoming { original: body.clone(), event: Err(reject) }],
    }
}
