//! Bad messages: cut off, of random bytes, with the wrong thing in any place, too large. Nothing panics, and no rejection repeats
//! what stood in the message.

use crate::fixture::{arrival, now, open, said, samples};
use crate::mutation::{MARK, places, strangers, with};
use bytes::Bytes;
use nexusflow_connectors::arrival::{Arrival, Headers};
use nexusflow_connectors::source::CONNECTORS;
use nexusflow_model::limits::BODY_BYTES_MAX;
use proptest::prelude::*;
use serde_json::Value;

#[test]
fn what_is_cut_off_is_rejected_and_nothing_else_happens() {
    for (connector, sample) in samples() {
        let opened = open(connector);
        let whole = arrival(sample, now());
        let is_json = serde_json::from_slice::<Value>(&whole.body).is_ok();
        for end in 0..whole.body.trim_ascii_end().len() {
            let cut = Arrival { body: whole.body.slice(..end), ..whole.clone() };
            let events = opened.decoder.decode(&cut);
            let is_refused = events.iter().any(|incoming| incoming.event.is_err());
            // A message of which the header says that it means nothing is not read at all.
            let is_read = !sample.becomes.is_empty();
            assert!(!is_json || !is_read || is_refused, "{}: {}: cut at {end}", connector.kind, sample.what);
        }
    }
}

#[test]
fn the_wrong_thing_in_any_place_is_no_panic_and_is_not_repeated() {
    for (connector, sample) in samples() {
        let opened = open(connector);
        let Ok(message) = serde_json::from_str::<Value>(sample.body) else { continue };
        for place in 0..places(&message) {
            for stranger in strangers() {
                let body = Bytes::from(with(&message, place, &stranger).to_string());
                let events = opened.decoder.decode(&Arrival { body, ..arrival(sample, now()) });
                let said = said(&events);
                assert!(!said.contains(MARK), "{}: {}: place {place}: {said}", connector.kind, sample.what);
            }
        }
    }
}

/// Forms have values as well, and a header may say anything.
#[test]
fn the_wrong_value_in_a_form_or_header_is_not_repeated() {
    for (connector, sample) in samples() {
        let opened = open(connector);
        let whole = arrival(sample, now());
        for name in whole.headers.keys() {
            let mut changed = whole.clone();
            changed.headers.insert(name.clone(), MARK.into());
            let said = said(&opened.decoder.decode(&changed));
            assert!(!said.contains(MARK), "{}: {}: {name}: {said}", connector.kind, sample.what);
        }
        let fields: Vec<&str> = sample.body.split('&').collect();
        for at in (0..fields.len()).filter(|_| fields.len() > 1) {
            let name = fields[at].split('=').next().unwrap_or_default();
            let changed = format!("{name}={MARK}");
            let body: Vec<&str> =
                fields.iter().enumerate().map(|(n, field)| if n == at { &changed } else { *field }).collect();
            let body = Bytes::from(body.join("&"));
            let said = said(&opened.decoder.decode(&Arrival { body, ..whole.clone() }));
            assert!(!said.contains(MARK), "{}: {}: {name}: {said}", connector.kind, sample.what);
        }
    }
}

#[test]
fn the_largest_message_is_read_or_rejected() {
    let long = "x".repeat(BODY_BYTES_MAX - 20);
    let bodies = [
        format!("{{\"a\":\"{long}\"}}"),
        format!("\"{long}\""),
        "[".repeat(BODY_BYTES_MAX),
        "{\"a\":".repeat(BODY_BYTES_MAX / 5),
        format!("[{}{{}}]", "{},".repeat(100_000)),
        format!("Body={long}"),
    ];
    for connector in CONNECTORS {
        let opened = open(connector);
        let headers = connector.samples.first().map_or_else(Headers::new, |sample| arrival(sample, now()).headers);
        for body in &bodies {
            opened.decoder.decode(&Arrival { headers: headers.clone(), body: Bytes::from(body.clone()), at: now() });
        }
    }
}

/// A text in a sample that is far too long is cut or rejected, and never larger in an event than an event may be.
#[test]
fn a_text_that_is_too_long_is_cut_or_rejected() {
    let long = Value::String("word ".repeat(8_000));
    for (connector, sample) in samples() {
        let opened = open(connector);
        let Ok(message) = serde_json::from_str::<Value>(sample.body) else { continue };
        for place in 0..places(&message) {
            let body = Bytes::from(with(&message, place, &long).to_string());
            for incoming in opened.decoder.decode(&Arrival { body, ..arrival(sample, now()) }) {
                let bytes = incoming.event.map_or(0, |envelope| nexusflow_model::cloudevents::encode(&envelope).len());
                assert!(bytes < 64 * 1024, "{}: {}: place {place}: {bytes}", connector.kind, sample.what);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_are_no_panic(
        body in proptest::collection::vec(any::<u8>(), 0..400),
        headers in proptest::collection::btree_map("[a-z-]{1,20}", "\\PC{0,30}", 0..4),
    ) {
        for connector in CONNECTORS {
            let arrival = Arrival { headers: headers.clone(), body: body.clone().into(), at: now() };
            open(connector).decoder.decode(&arrival);
        }
    }

    #[test]
    fn random_bytes_in_a_message_are_no_panic(at in any::<prop::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 1..8)) {
        for (connector, sample) in samples() {
            let whole = arrival(sample, now());
            let mut body = whole.body.to_vec();
            let at = at.index(body.len());
            for (byte, new) in body[at..].iter_mut().zip(&bytes) {
                *byte = *new;
            }
            open(connector).decoder.decode(&Arrival { body: body.into(), ..whole });
        }
    }
}
