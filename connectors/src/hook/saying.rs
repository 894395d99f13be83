//! From a message of one system to events: what the decoders of all systems have in common.

use super::message::Node;
use crate::arrival::{Arrival, Decoder, Incoming};
use crate::source::{Customers, Known, Named};
use bytes::Bytes;
use nexusflow_model::cloudevents::split_batch;
use nexusflow_model::{Envelope, Event, Id, Kind, Reject, Timestamp};
use serde_json::Value;
use std::fmt::Debug;

/// What one system says, and what that is in our words.
pub(super) trait Dialect: Send + Sync + Debug {
    /// Says what a message means. Nothing where we have no word for it.
    ///
    /// # Errors
    /// What of the message can't be read; what was said before is kept.
    fn read(&self, message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject>;
}

/// The decoder of a system that speaks JSON: a message, or a list of them.
#[derive(Debug)]
pub(super) struct Json<D> {
    named: Named,
    customers: Customers,
    dialect: D,
}

impl<D> Json<D> {
    pub(super) fn new(named: &Named, customers: Customers, dialect: D) -> Self {
        Self { named: named.clone(), customers, dialect }
    }
}

impl<D: Dialect> Decoder for Json<D> {
    fn decode(&self, arrival: &Arrival) -> Vec<Incoming> {
        let body = &arrival.body;
        if !body.trim_ascii_start().starts_with(b"[") {
            return self.one(arrival, body.clone());
        }
        match split_batch(body) {
            Ok(messages) => messages.into_iter().flat_map(|one| self.one(arrival, body.slice_ref(one))).collect(),
            Err(reject) => vec![Incoming { original: body.clone(), event: Err(reject) }],
        }
    }
}

impl<D: Dialect> Json<D> {
    fn one(&self, arrival: &Arrival, original: Bytes) -> Vec<Incoming> {
        let message: Value = match serde_json::from_slice(&original) {
            Ok(message @ Value::Object(_)) => message,
            Ok(_) => {
                let event = Err(Reject::new(".", "must be a JSON object"));
                return vec![Incoming { original, event }];
            }
            Err(error) => {
                let reason = format!("is no JSON, at line {} column {}", error.line(), error.column());
                return vec![Incoming { original, event: Err(Reject::new(".", reason)) }];
            }
        };
        let mut say = Saying::new(&self.named, self.customers, arrival, original);
        let read = self.dialect.read(&Node::whole(&message), &mut say);
        say.end(read)
    }
}

/// Events as they are being said.
#[derive(Debug)]
pub(super) struct Saying<'a> {
    named: &'a Named,
    customers: Customers,
    arrival: &'a Arrival,
    original: Bytes,
    said: Vec<Incoming>,
}

impl<'a> Saying<'a> {
    pub(super) fn new(named: &'a Named, customers: Customers, arrival: &'a Arrival, original: Bytes) -> Self {
        Self { named, customers, arrival, original, said: Vec::new() }
    }

    /// A header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.arrival.header(name)
    }

    /// When the message came, for one that says no time of its own.
    pub(super) fn came_at(&self) -> Timestamp {
        self.arrival.at
    }

    /// Whom a message is about.
    ///
    /// # Errors
    /// Where it knows nothing that is of use.
    pub(super) fn subject(&self, known: &Known<'_>) -> Result<Id, Reject> {
        let nobody = "says nothing that tells whom it is about: neither a customer nor an e-mail address nor a telephone number with its country";
        self.customers.subject(&self.named.name, known).ok_or_else(|| Reject::new("customer", nobody))
    }

    /// Says an event. `id` must be the same however often the message comes.
    pub(super) fn event(&mut self, kind: Kind, id: &str, subject: &Id, at: Timestamp, data: &Value) {
        let event = Id::new(id).map_err(|error| Reject::new("id", error.to_string())).and_then(|id| {
            Ok(Envelope {
                id,
                source: self.named.uri.clone(),
                subject: subject.clone(),
                occurred_at: at,
                recorded_at: self.arrival.at,
                forwarded: 0,
                event: Event::from_json(kind, &data.to_string())?,
            })
        });
        self.said.push(Incoming { original: self.original.clone(), event });
    }

    /// Says who the customer is, with everything in `traits`, so that what others know of the same person finds them. Nothing where
    /// the message knows no id, or where ids mean nothing: then there is nobody to say it of.
    pub(super) fn identify(&mut self, id: &str, known: &Known<'_>, at: Timestamp, traits: &Value) {
        if self.customers == Customers::Found || (known.email.is_none() && known.phone.is_none()) {
            return;
        }
        let only_id = Known { id: known.id, ..Known::default() };
        if let Some(subject) = self.customers.subject(&self.named.name, &only_id) {
            self.event(Kind::CustomerIdentified, id, &subject, at, traits);
        }
    }

    /// Everything that was said, and what could not be read.
    pub(super) fn end(mut self, read: Result<(), Reject>) -> Vec<Incoming> {
        if let Err(reject) = read {
            self.said.push(Incoming { original: self.original, event: Err(reject) });
        }
        self.said
    }
}
