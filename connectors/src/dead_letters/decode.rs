//! Reading the bytes of a dead letter again.

use crate::arrival::{Arrival, Incoming};
use crate::http;
use crate::intake::CONSOLE;
use crate::keys;
use crate::source::Sources;
use nexusflow_log::DeadLetter;
use nexusflow_model::{Envelope, Reject, Timestamp};

/// What a dead letter says now.
#[derive(Debug, Default, PartialEq)]
pub struct Reading {
    /// The events that were understood. None, and no rejects either, where it says nothing that NexusFlow has a word for.
    pub events: Vec<Envelope>,
    /// What is wrong with the rest.
    pub rejects: Vec<Reject>,
}

/// Reads a dead letter by the present settings of its source: the same ids and times as if it had been understood when it came, but
/// recorded `now`.
pub fn read_again(sources: &Sources, letter: &DeadLetter, now: Timestamp) -> Reading {
    let arrival = Arrival { headers: letter.headers.clone(), body: letter.payload.clone(), at: letter.received_at };
    let incoming = match letter.kind.as_str() {
        http::KIND => by_http(letter, &arrival),
        CONSOLE => refused("kind", "was said in front of a console, to somebody who was told"),
        _ => match sources.get(&letter.source) {
            Some(source) => source.decoder.decode(&arrival),
            None => {
                refused("source", "is not among the sources of nexusflow.toml: name it as it was, or try a mapping")
            }
        },
    };
    let mut reading = Reading::default();
    for Incoming { event, .. } in incoming {
        match event {
            Ok(event) => reading.events.push(Envelope { recorded_at: now, ..event }),
            Err(reject) => reading.rejects.push(reject),
        }
    }
    reading
}

/// What came to `/api/v1/events`. What came with a key may only say what that key may.
fn by_http(letter: &DeadLetter, arrival: &Arrival) -> Vec<Incoming> {
    let mut incoming = http::read_again(arrival);
    for one in &mut incoming {
        let is_foreign =
            |event: &Envelope| letter.source != http::KIND && !keys::may_say(&letter.source, event.source.as_str());
        if one.event.as_ref().is_ok_and(is_foreign) {
            one.event = Err(Reject::new("source", keys::what_it_may_say(&letter.source)));
        }
    }
    incoming
}

fn refused(field: &str, reason: &str) -> Vec<Incoming> {
    vec![Incoming { original: bytes::Bytes::new(), event: Err(Reject::new(field, reason)) }]
}
