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
    /// The events of one JSON document: an object is a row of the mapping's first file, an array of objects several; the files
    /// that are lists within it have their rows from there. They come from `source` and were recorded `at`.
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
        let is_of_document = |file: usize| {
            file == number || mapping.files[file].list.as_ref().is_some_and(|(outer, _)| *outer == number)
        };
        for (file, map) in mapping.files.iter().enumerate() {
            match Table::of_rows(map, if is_of_document(file) { &good } else { &[] }) {
                Ok(table) => tables.push(table),
                Err(error) => {
                    let refused =
                        |row| Incoming { original: original(row), event: Err(Reject::new(".", error.to_string())) };
                    return good.iter().map(refused).collect();
                }
            }
        }
        let tables = Tables::new(mapping, tables);
        let mut made: Vec<(usize, Incoming)> = Vec::with_capacity(good.len());
        for event in mapping.events.iter().filter(|event| is_of_document(event.file)) {
            for rank in 0..tables.rows_of(event.file) {
                if !decode::applies(mapping, &tables, event, rank) {
                    continue;
                }
                let at_row = tables.at_rank(event.file, rank);
                // The rows of a list stand at the line of the row that it is in.
                let row = tables.place(at_row).1 as usize - 1;
                let event = decode::envelope(mapping, &tables, event, at_row)
                    .map(|made| Envelope { source: source.clone(), recorded_at: at, ..made })
                    .map_err(|Rejection { field, reason, .. }| Reject { field, reason });
                made.push((row, Incoming { original: original(&good[row]), event }));
            }
        }
        made.sort_by_key(|(row, _)| *row);
        read.extend(made.into_iter().map(|(_, incoming)| incoming));
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nexusflow_model::{Event, Money};

    const MAPPING: &str = r#"
[source]
uri = "/files/shop"
currency = "EUR"

[[file]]
name = "orders"
path = "orders.jsonl"
format = "jsonl"

[[file]]
name = "lines"
within = "orders"
list = "order.lines"

[[event]]
type = "order.placed"
from = "orders"
id = "{order.id}"
subject = "customer"
time = "at"
[event.data]
order = "order.id"
total = { sum = "price * quantity", over = "lines", type = "money" }
[event.data.lines]
each = "lines"
[event.data.lines.fields]
sku = "sku"
quantity = { column = "quantity", type = "integer" }
amount = { sum = "price * quantity", type = "money" }

[[event]]
type = "product.used"
from = "lines"
when = [{ column = "used", is = "true" }]
id = "{orders.order.id}:{sku}"
subject = "orders.customer"
time = "orders.at"
data.feature = "sku"
"#;

    fn read(document: &'static str) -> Vec<Incoming> {
        let mapping = Mapping::parse("shop", MAPPING).unwrap();
        let at = Timestamp::from_ms(1_800_000_000_000).unwrap();
        mapping.read_document(&Bytes::from_static(document.as_bytes()), &Source::new("/sources/shop").unwrap(), at)
    }

    #[test]
    fn a_list_in_a_document_is_rows_of_its_own() {
        let events = read(
            r#"[{"customer":"c-1","at":"2026-01-05T10:00:00Z","order":{"id":"1","lines":[
                 {"sku":"A","price":"1.50","quantity":2},{"sku":"B","price":4,"quantity":1,"used":true}]}},
               {"customer":"c-2","at":"2026-01-05T11:00:00Z","order":{"id":"2","lines":[{"sku":"A","price":"1.50","quantity":1}]}}]"#,
        );
        let read: Vec<_> = events.iter().map(|incoming| incoming.event.as_ref().unwrap()).collect();
        let euro = |minor| Money { minor, currency: "EUR".parse().unwrap() };
        let [first, used, second] = read[..] else { panic!("{read:?}") };
        let Event::OrderPlaced(placed) = &first.event else { panic!("{first:?}") };
        assert_eq!((placed.total, placed.lines.len()), (euro(700), 2));
        assert_eq!((placed.lines[0].amount, placed.lines[1].amount), (euro(300), euro(400)));
        let Event::OrderPlaced(placed) = &second.event else { panic!("{second:?}") };
        assert_eq!((placed.total, placed.lines.len()), (euro(150), 1));
        assert_eq!((used.id.as_str(), used.subject.as_str()), ("1:B", "c-1"));
        assert!(events[1].original == events[0].original && events[2].original != events[1].original);
    }

    #[test]
    fn a_document_without_its_list_has_no_rows_of_it() {
        for order in [r#"{"id":"1"}"#, r#"{"id":"1","lines":null}"#, r#"{"id":"1","lines":"none"}"#] {
            let document = format!(r#"{{"customer":"c-1","at":"2026-01-05T10:00:00Z","order":{order}}}"#);
            let events = read(document.leak());
            let Ok(Event::OrderPlaced(placed)) = events[0].event.as_ref().map(|it| &it.event) else {
                panic!("{events:?}")
            };
            assert_eq!((events.len(), placed.total.minor, placed.lines.len()), (1, 0, 0));
        }
    }

    /// A line that can't be read is rejected once, although the file is read for the rows and for their lists.
    #[test]
    fn a_list_in_the_lines_of_a_file_is_rows_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let lines = [
            r#"{"customer":"c-1","at":"2026-01-05T10:00:00Z","order":{"id":"1","lines":[{"sku":"A","price":2,"quantity":2}]}}"#,
            "no json",
            r#"{"customer":"c-2","at":"2026-01-05T11:00:00Z","order":{"id":"2","lines":[{"sku":"B","price":3,"quantity":1,"used":true}]}}"#,
        ];
        std::fs::write(folder.path().join("orders.jsonl"), lines.join("\n")).unwrap();
        let mapping = Mapping::parse("shop", MAPPING).unwrap();
        let plan = crate::files::Plan::read(&mapping, folder.path(), &mut |_, _| {}).unwrap();
        let totals = plan.events().filter_map(|event| match event.unwrap().event {
            Event::OrderPlaced(placed) => Some((placed.total.minor, placed.lines.len())),
            _ => None,
        });
        assert_eq!(totals.collect::<Vec<_>>(), [(400, 1), (300, 1)]);
        assert_eq!((plan.len(), plan.rejections().len()), (3, 1));
    }

    #[test]
    fn a_list_that_is_nowhere_is_said_with_its_key() {
        let why =
            |from: &str, to: &str| Mapping::parse("shop", &MAPPING.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(why("within = \"orders\"", "within = \"order\"").contains("file[2].within"));
        assert!(why("list = \"order.lines\"", "").contains("file[2].list"));
        assert!(why("format = \"jsonl\"", "").contains("jsonl"));
        assert!(why("within = \"orders\"", "path = \"a\"\nwithin = \"orders\"").contains("file[2].path"));
    }
}
