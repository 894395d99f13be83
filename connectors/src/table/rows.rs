//! From rows to events.

use crate::arrival::{Arrival, Decoder, Incoming};
use crate::files::Mapping;
use bytes::Bytes;
use nexusflow_model::{Reject, Source};
use serde_json::Value;
use std::path::Path;

/// The column that says in which file a row stands.
pub(super) const FILE: &str = "$file";
/// The column that says at which line, or as which row, it stands there.
pub(super) const LINE: &str = "$line";
/// The column that says of which table of a database a row is.
pub(super) const TABLE: &str = "$table";

/// What of a row is kept among the dead letters.
const KEPT_BYTES_MAX: usize = 256 << 10;

/// Rows, by a mapping: those of a file or table by the `[[file]]` whose path means it.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) mapping: Mapping,
    source: Source,
}

impl Rows {
    /// By the mapping at `mapping` in `folder`, a TOML file, or by the one of that name that comes with NexusFlow.
    pub(super) fn new(mapping: &str, folder: &Path, source: &Source) -> Result<Self, String> {
        let is_file = Path::new(mapping).extension().is_some_and(|extension| extension == "toml");
        let read = if is_file { Mapping::load(&folder.join(mapping)) } else { Mapping::shipped(mapping) };
        let mapping = read.map_err(|error| format!("mapping: {error}"))?;
        mapping.needs_only_rows()?;
        Ok(Self { mapping, source: source.clone() })
    }

    /// The number of the mapping's file that a row is of: the first, where it does not say.
    fn file_of(&self, row: &Value) -> Result<usize, Reject> {
        let Some(name) = [FILE, TABLE].iter().find_map(|column| row[*column].as_str()) else { return Ok(0) };
        let shape = self.mapping.shape_of(name);
        shape.map(|shape| shape.number).ok_or_else(|| Reject::new(".", "is of no file or table of the mapping"))
    }

    fn read(&self, rows: Vec<Value>, arrival: &Arrival) -> Vec<Incoming> {
        let mut read = Vec::new();
        let mut rows = rows.into_iter().peekable();
        while let Some(row) = rows.next() {
            let file = match self.file_of(&row) {
                Ok(file) => file,
                Err(reject) => {
                    read.push(Incoming { original: Bytes::from(row.to_string()), event: Err(reject) });
                    continue;
                }
            };
            let mut same = vec![row];
            while let Some(row) = rows.next_if(|row| self.file_of(row).as_ref() == Ok(&file)) {
                same.push(row);
            }
            read.extend(self.mapping.read_rows_of(file, same, &self.source, arrival.at));
        }
        read.into_iter().map(|incoming| self.placed(incoming)).collect()
    }

    /// Where it stands is said with what is wrong with it; of a row that no message holds only the beginning is kept.
    fn placed(&self, incoming: Incoming) -> Incoming {
        let Incoming { original, event: Err(reject) } = incoming else { return incoming };
        let row: Value = serde_json::from_slice(&original).unwrap_or_default();
        // A name that the mapping does not know may be anything, and is not repeated.
        let known = |column: &str| row[column].as_str().filter(|name| self.mapping.shape_of(name).is_some());
        let at = match (known(FILE), row[LINE].as_u64(), known(TABLE)) {
            (Some(file), Some(line), _) => format!(" ({file}, line {line})"),
            (_, _, Some(table)) => format!(" ({table})"),
            _ => String::new(),
        };
        let kept = original.slice(..original.len().min(KEPT_BYTES_MAX));
        Incoming { original: kept, event: Err(Reject { reason: reject.reason + &at, ..reject }) }
    }
}

impl Decoder for Rows {
    fn decode(&self, arrival: &Arrival) -> Vec<Incoming> {
        match serde_json::from_slice::<Value>(&arrival.body) {
            Ok(Value::Array(rows)) => self.read(rows, arrival),
            Ok(row @ Value::Object(_)) => self.read(vec![row], arrival),
            Ok(_) => refused(arrival, "must be a JSON object, or an array of objects".into()),
            Err(error) => refused(arrival, format!("is no JSON, at line {} column {}", error.line(), error.column())),
        }
    }
}

fn refused(arrival: &Arrival, reason: String) -> Vec<Incoming> {
    vec![Incoming { original: arrival.body.clone(), event: Err(Reject::new(".", reason)) }]
}

#[cfg(test)]
mod tests {
    use super::super::{folder, postgresql};
    use super::*;
    use crate::arrival::Headers;
    use crate::source::Named;
    use nexusflow_model::Timestamp;
    use std::sync::Arc;

    fn arrival(body: &str) -> Arrival {
        Arrival { headers: Headers::new(), body: body.to_owned().into(), at: Timestamp::from_ms(1).unwrap() }
    }

    #[test]
    fn the_samples_become_what_they_say() {
        let named = Named { name: Arc::from("a"), uri: Source::new("/sources/a").unwrap(), folder: ".".into() };
        for connector in [folder::CONNECTOR, postgresql::CONNECTOR] {
            let opened = (connector.open)(&named, connector.example.parse().unwrap()).unwrap();
            for sample in connector.samples {
                let read = opened.decoder.decode(&arrival(sample.body));
                let kinds: Vec<&str> =
                    read.iter().map(|one| one.event.as_ref().unwrap().event.kind().as_str()).collect();
                assert_eq!(kinds, sample.becomes, "{}", sample.what);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_without_its_value() {
        let rows = Rows::new("example_folder", Path::new(""), &Source::new("/sources/a").unwrap()).unwrap();
        let row = r#"{"$file":"orders-1.csv","$line":7,"id":"1","customer":"c","placed_at":"2026-01-05T10:00:00Z","total":"a secret"}"#;
        let other = r#"{"$file":"others.csv","$line":1}"#;
        let read = rows.decode(&arrival(&format!("[{row},{other}]")));
        let said: Vec<String> = read.iter().map(|one| one.event.clone().unwrap_err().to_string()).collect();
        assert!(said[0].ends_with("(orders-1.csv, line 7)") && said[0].starts_with("data.total: "), "{said:?}");
        assert_eq!(said[1], ".: is of no file or table of the mapping");
        assert!(!said[0].contains("a secret"), "{said:?}");
        // What is kept can be decoded again, to the same.
        let again = rows.decode(&Arrival { body: read[0].original.clone(), ..arrival("") });
        assert_eq!(again[0].event, read[0].event);
    }

    #[test]
    fn joins_are_refused_with_what_reads_them() {
        let said = Rows::new("olist", Path::new(""), &Source::new("/sources/a").unwrap()).unwrap_err();
        assert!(said.contains("has joins") && said.contains("nexusflow replay"), "{said}");
    }
}
