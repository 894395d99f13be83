//! One JSON Schema a type, generated from the Rust types.

use crate::{Event, Kind};
use schemars::generate::SchemaSettings;

/// The JSON Schema (draft 2020-12) of the `data` of events of `kind`.
pub fn of(kind: Kind) -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = Event::schema(kind, generator);
    schema.insert("$id".into(), format!("https://nexusflow.dev/schemas/{}.json", kind.as_str()).into());
    schema.insert("title".into(), kind.as_str().into());
    schema.to_value()
}
