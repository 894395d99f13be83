//! Single documents instead of files: what a webhook, a broker or a table says, row by row, with the same mapping as files have.

use super::decode;
use super::error::Rejection;
use super::mapping::Mapping;
use super::table::Table;
use super::tables::Tables;
use crate::arrival::Incoming;
use bytes::Bytes;
use nexusflow_model::{Envelope, Reject, Source, Timestamp};
use serde_json::Value;

impl Mapping {
    /// The events of one JSON document: an object is a row of the mapping's first file, an array of objects several. They come
    /// from `source` and were recorded `at`.
    pub fn read_document(&self, document: &Bytes, source: &Source, at: Timestamp) -> Vec<Incoming> {
        let refused =
            |reason: String| vec![Incoming { original: document.clone(), event: Err(Reject::new(".", reason)) }];
        match serde_json::from_slice::<Value>(document) {
            Ok(Value::Array(rows)) => self.read_rows(rows, source, at),
            Ok(row @ Value::Object(_)) => {
                let events = self.read_rows(vec![row], source, at);
                events.into_iter().map(|event| Incoming { original: document.clone(), ..event }).collect()
            }
            Ok(_) => refused("must be a JSON object, or an array of objects".into()),
            Err(error) => refused(format!("is no JSON, at line {} column {}", error.line(), error.column())),
        }
    }

    /// The events of rows of the mapping's first file. What can't be understood comes back with the row it was made from.
    pub fn read_rows(&self, rows: Vec<Value>, source: &Source, at: Timestamp) -> Vec<Incoming> {
        self.read_rows_of(0, rows, source, at)
    }

    /// The events of rows of one of the mapping's files, by its number, in the order of the rows.
    pub(crate) fn read_rows_of(
        &self,
        number: usize,
        rows: Vec<Value>,
        source: &Source,
        at: Timestamp,
    ) -> Vec<Incoming> {
        let mapping = &self.inner;
        let (good, bad): (Vec<Value>, Vec<Value>) = rows.into_iter().partition(Value::is_object);
        let original = |row: &Value| Bytes::from(row.to_string());
        let mut read: Vec<Incoming> = bad
            .iter()
            .map(|row| Incoming { original: original(row), event: Err(Reject::new(".", "is no JSON object")) })
            .collect();
        let mut tables: Vec<Table> = Vec::with_capacity(mapping.files.len());
        for (file, map) in mapping.files.iter().enumerate() {
            match Table::of_rows(map, if file == number { &good } else { &[] }) {
                Ok(table) => tables.push(table),
                Err(error) => {
                    let refused =
                        |row| Incoming { original: original(row), event: Err(Reject::new(".", error.to_string())) };
                    return good.iter().map(refused).collect();
                }
            }
        }
        let tables = Tables::new(mapping, tables);
        let mut made: Vec<(u32, Incoming)> = Vec::with_capacity(good.len());
        for event in mapping.events.iter().filter(|event| event.file == number) {
            for rank in 0..tables.rows_of(number) {
                if !decode::applies(mapping, &tables, event, rank) {
                    continue;
                }
                let row = tables.at_rank(number, rank);
                let event = decode::envelope(mapping, &tables, event, row)
                    .map(|made| Envelope { source: source.clone(), recorded_at: at, ..made })
                    .map_err(|Rejection { field, reason, .. }| Reject { field, reason });
                made.push((row.row, Incoming { original: original(&good[row.row as usize]), event }));
            }
        }
        made.sort_by_key(|(row, _)| *row);
        read.extend(made.into_iter().map(|(_, incoming)| incoming));
        read
    }
}
