//! Events as the log is written: the type stands before the data, so that the data is read in the same pass.
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
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let events = Room(room).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(events)
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
        while let Some(Quick(envelope)) = seq.next_element()? {
            events.push(Ok(envelope));
        }
        Ok(events)
    }
}

/// An event that holds no surprise.
struct Quick(Envelope);

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

/// A type of the vocabulary, by its name.
struct Named(Kind);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Named;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a type of the vocabulary")
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Named, E> {
                Kind::from_name(name).map(Named).ok_or_else(|| E::custom("no such type"))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// Exactly `1.0`.
struct Version;

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Version;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("1.0")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Version, E> {
                if text == "1.0" { Ok(Version) } else { Err(E::custom("another version")) }
            }
        }
        deserializer.deserialize_str(Text)
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

impl<'de> Deserialize<'de> for Quick {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Attributes;
        impl<'de> Visitor<'de> for Attributes {
            type Value = Quick;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a CloudEvent")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Quick, A::Error> {
                attributes(map)
            }
        }
        deserializer.deserialize_map(Attributes)
    }
}

fn attributes<'de, A: MapAccess<'de>>(mut map: A) -> Result<Quick, A::Error> {
    let (mut version, mut id, mut source, mut kind, mut subject) = (None, None, None, None, None);
    let (mut time, mut recorded, mut forwarded, mut event) = (None, None, None, None);
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
            Field::Datacontenttype => return Err(unusual()),
            Field::Other => drop(map.next_value::<serde::de::IgnoredAny>()?),
        }
    }
    let (Some(_), Some(id), Some(source), Some(subject)) = (version, id, source, subject) else {
        return Err(unusual());
    };
    let (Some(event), Some(recorded_at)) = (event, recorded) else { return Err(unusual()) };
    event.check().map_err(|_| unusual())?;
    let (occurred_at, forwarded) = (time.unwrap_or(recorded_at), forwarded.unwrap_or_default());
    Ok(Quick(Envelope { id, source, subject, occurred_at, recorded_at, forwarded, event }))
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
