//! Events as they are mostly written, by us into the log and by publishers: the type stands before the data, so that the data is
//! read in the same pass.
//!
//! Whatever is wrong or unusual is no concern of this file: it gives up, and the event is read again where mistakes are named.

use crate::limits::RECORD_EVENTS_MAX;
use crate::{Envelope, Event, Id, Kind, Reject, Source, Timestamp};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The events of a record of which none holds a surprise.
pub(crate) fn record(json: &[u8]) -> Option<Vec<Result<Envelope, Reject>>> {
    // An envelope is large: to move those of a record again and again as they become more takes as long as to read some of them.
    let room = (json.len() / SHORT_EVENT_BYTES + 1).min(RECORD_EVENTS_MAX);
    let mut deserializer = text(json)?;
    let events = Room(room).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(events)
}

/// An event of a publisher that holds no surprise. `now` is its `recorded_at`, and its `occurred_at` where it has no time.
pub(crate) fn published(json: &[u8], now: Timestamp) -> Option<Envelope> {
    let mut deserializer = text(json)?;
    let event = Writer::Publisher(now).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(event)
}

/// What is known to be text as a whole is not looked at again string by string.
fn text(json: &[u8]) -> Option<serde_json::Deserializer<serde_json::de::StrRead<'_>>> {
    std::str::from_utf8(json).ok().map(serde_json::Deserializer::from_str)
}

/// About as many bytes as a short event has in a record.
const SHORT_EVENT_BYTES: usize = 256;

/// A list of events, with room for so many.
struct Room(usize);

impl<'de> DeserializeSeed<'de> for Room {
    type Value = Vec<Result<Envelope, Reject>>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Room {
    type Value = Vec<Result<Envelope, Reject>>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a batch of CloudEvents")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut events = Vec::with_capacity(self.0);
        while let Some(envelope) = seq.next_element_seed(Writer::Log)? {
            events.push(Ok(envelope));
        }
        Ok(events)
    }
}

/// Who wrote an event: a publisher can't say when it was recorded, nor that somebody passed it on.
#[derive(Clone, Copy)]
enum Writer {
    Log,
    Publisher(Timestamp),
}

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Field {
    Specversion,
    Id,
    Source,
    Type,
    Subject,
    Time,
    Recordedtime,
    Forwarded,
    Datacontenttype,
    Data,
    #[serde(other)]
    Other,
}

/// A text that a value is made of, where it is one of those that are expected.
struct Word<F>(F);

impl<T, F: FnOnce(&str) -> Option<T>> Visitor<'_> for Word<F> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text that is expected there")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).ok_or_else(unusual)
    }
}

/// A type of the vocabulary, by its name.
struct Named(Kind);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word(|name: &str| Kind::from_name(name).map(Self)))
    }
}

/// Exactly `1.0`.
struct Version;

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word(|text: &str| (text == "1.0").then_some(Self)))
    }
}

/// A content type that is JSON.
struct Json;

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word(|text: &str| text.starts_with("application/json").then_some(Self)))
    }
}

/// The data of an event of that type.
struct DataOf(Kind);

impl<'de> DeserializeSeed<'de> for DataOf {
    type Value = Event;
    fn deserialize<D: Deserializer<'de>>(self, data: D) -> Result<Event, D::Error> {
        Event::deserialize_as(self.0, data)
    }
}

impl<'de> DeserializeSeed<'de> for Writer {
    type Value = Envelope;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Envelope, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Writer {
    type Value = Envelope;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CloudEvent")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Envelope, A::Error> {
        attributes(map, self)
    }
}

fn attributes<'de, A: MapAccess<'de>>(mut map: A, writer: Writer) -> Result<Envelope, A::Error> {
    let (mut version, mut id, mut source, mut kind, mut subject) = (None, None, None, None, None);
    let (mut time, mut recorded, mut forwarded, mut content, mut event) = (None, None, None, None, None);
    while let Some(field) = map.next_key::<Field>()? {
        match field {
            Field::Specversion => once::<_, Version>(&mut version, &mut map)?,
            Field::Id => once::<_, Id>(&mut id, &mut map)?,
            Field::Source => once::<_, Source>(&mut source, &mut map)?,
            Field::Type => once::<_, Named>(&mut kind, &mut map)?,
            Field::Subject => once::<_, Id>(&mut subject, &mut map)?,
            Field::Time => once::<_, Timestamp>(&mut time, &mut map)?,
            Field::Recordedtime => once::<_, Timestamp>(&mut recorded, &mut map)?,
            Field::Forwarded => once::<_, u8>(&mut forwarded, &mut map)?,
            Field::Data => match (&kind, &event) {
                (Some(Named(kind)), None) => event = Some(map.next_value_seed(DataOf(*kind))?),
                _ => return Err(unusual()),
            },
            Field::Datacontenttype => once::<_, Json>(&mut content, &mut map)?,
            Field::Other => drop(map.next_value::<serde::de::IgnoredAny>()?),
        }
    }
    let (Some(_), Some(id), Some(source), Some(subject)) = (version, id, source, subject) else {
        return Err(unusual());
    };
    let (recorded, forwarded) = match writer {
        Writer::Log => (recorded, forwarded.unwrap_or_default()),
        Writer::Publisher(now) => (Some(now), 0),
    };
    let (Some(event), Some(recorded_at)) = (event, recorded) else { return Err(unusual()) };
    event.check().map_err(|_| unusual())?;
    let occurred_at = time.unwrap_or(recorded_at);
    Ok(Envelope { id, source, subject, occurred_at, recorded_at, forwarded, event })
}

fn once<'de, A: MapAccess<'de>, T: Deserialize<'de>>(place: &mut Option<T>, map: &mut A) -> Result<(), A::Error> {
    match place.replace(map.next_value()?) {
        None => Ok(()),
        Some(_) => Err(unusual()),
    }
}

fn unusual<E: Error>() -> E {
    E::custom("to be read again")
}
