//! The connector on small files written here, and on the public data sets where they are at hand.

mod errors;
mod features;
mod figures;
mod order;
mod replaying;

use super::{Mapping, Plan, ReadError};
use nexusflow_model::Envelope;

/// What stands before the files and events of most mappings here.
const SOURCE: &str = "[source]\nuri = \"/files/test\"\ncurrency = \"EUR\"\n";

/// Reads files of these names and contents with a mapping.
fn read(mapping: &str, files: &[(&str, &str)]) -> Result<Plan, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mapping = Mapping::parse("test", mapping).unwrap_or_else(|error| panic!("{error}"));
    Plan::read(&mapping, folder.path(), &mut |_, _| {})
}

fn plan(mapping: &str, files: &[(&str, &str)]) -> Plan {
    read(mapping, files).unwrap_or_else(|error| panic!("{error}"))
}

/// An event in a line: time, type, id, subject, data.
fn shown(event: &Envelope) -> String {
    let data = serde_json::to_string(&event.event).unwrap();
    let time = event.occurred_at.to_string().replace(":00.000Z", "").replace("T00:00", "");
    format!("{time} {} {} {} {data}", event.event.kind().as_str(), event.id, event.subject)
}

/// Every event, or what is wrong with it.
fn all(plan: &Plan) -> Vec<String> {
    plan.events().map(|event| event.map_or_else(|rejection| format!("! {rejection}"), |event| shown(&event))).collect()
}
