//! Files of lines: CSV and JSONL.

use super::batch::{Batches, Ended, ROW_BYTES_MAX};
use crate::files::{Shape, numbered};
use bytes::Bytes;
use serde_json::{Map, Value};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;

const TOO_LONG: &str = "is longer than 1 MiB";
/// What is read ahead, by us and by the CSV reader.
const AHEAD: usize = 64 << 10;

/// The rows of a CSV file, whose first line names its columns.
pub(super) fn csv(file: impl Read, shape: &Shape, to: &mut Batches) -> Result<(), Ended> {
    let left = Rc::new(Cell::new(ROW_BYTES_MAX));
    let limited = Limited { from: file, left: Rc::clone(&left) };
    let builder = || {
        let mut builder = csv::ReaderBuilder::new();
        builder.delimiter(shape.delimiter).flexible(true).buffer_capacity(AHEAD);
        builder
    };
    let mut reader = builder().from_reader(limited);
    let header = reader.byte_headers().map_err(|error| of_csv(error, 1))?.clone();
    let names = names(&header, shape)?;
    let mut record = csv::ByteRecord::new();
    let mut line = 1;
    loop {
        left.set(ROW_BYTES_MAX);
        if !reader.read_byte_record(&mut record).map_err(|error| of_csv(error, line + 1))? {
            return Ok(());
        }
        line = record.position().map_or(0, csv::Position::line);
        let bytes = record.as_slice().len();
        if record.len() != names.len() {
            let reason = format!("has {} cells, the header has {}", record.len(), names.len());
            to.bad(line, &joined(&record, shape.delimiter), &reason)?;
            continue;
        }
        let cells = record.iter().zip(&names);
        let cell = |(cell, name): (&[u8], &String)| {
            let text = shape.encoding.decode(cell)?;
            Some((name.clone(), Value::from(text)))
        };
        match cells.map(cell).collect::<Option<Map<_, _>>>() {
            Some(row) => to.row(line, row, bytes)?,
            None => to.bad(line, &joined(&record, shape.delimiter), "is not UTF-8")?,
        }
    }
}

/// The names of the columns, those that come again numbered.
fn names(header: &csv::ByteRecord, shape: &Shape) -> Result<Vec<String>, Ended> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::with_capacity(header.len());
    for name in header {
        let name = shape.encoding.decode(name).unwrap_or_default().trim().to_owned();
        let nth = seen.entry(name.clone()).and_modify(|nth| *nth += 1).or_insert(0);
        names.push(numbered(&name, *nth));
    }
    for (column, nth) in shape.columns.iter().filter(|(column, _)| !column.starts_with('$')) {
        let name = numbered(column, *nth);
        if !names.contains(&name) {
            // What is there is not repeated: a file without a header has values there.
            let reason = format!("has no column \"{name}\" in its first line, which the mapping uses");
            return Err(Ended::Refused(reason, joined(header, shape.delimiter)));
        }
    }
    Ok(names)
}

fn of_csv(error: csv::Error, line: u64) -> Ended {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
            let reason = format!("the row that begins at line {line} {TOO_LONG}: is a quote left open?");
            Ended::Refused(reason, Bytes::new())
        }
        csv::ErrorKind::Io(error) => error.into(),
        _ => Ended::Refused(format!("can't be read as CSV at line {line}"), Bytes::new()),
    }
}

/// A record as it may have stood in the file.
fn joined(record: &csv::ByteRecord, delimiter: u8) -> Bytes {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
    // Writing to memory does not fail.
    drop(writer.write_byte_record(record));
    writer.into_inner().unwrap_or_default().into()
}

/// Gives no more than a row's worth of bytes until it is told that a row was read: a quote that is never closed is a row without an
/// end.
struct Limited<R> {
    from: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        if self.left.get() == 0 {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        let read = self.from.read(to)?;
        self.left.set(self.left.get().saturating_sub(read));
        Ok(read)
    }
}

/// The rows of a file with a JSON object a line.
pub(super) fn jsonl(file: impl Read, to: &mut Batches) -> Result<(), Ended> {
    let mut reader = BufReader::with_capacity(AHEAD, file);
    let (mut text, mut line) = (Vec::new(), 0);
    loop {
        text.clear();
        line += 1;
        let read = reader.by_ref().take(ROW_BYTES_MAX as u64 + 1).read_until(b'\n', &mut text)?;
        if read == 0 {
            return Ok(());
        }
        if read > ROW_BYTES_MAX {
            if text.last() != Some(&b'\n') {
                reader.skip_until(b'\n')?;
            }
            to.bad(line, &text, TOO_LONG)?;
            continue;
        }
        let json = text.trim_ascii();
        if json.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Value>(json) {
            Ok(Value::Object(row)) => to.row(line, row, json.len())?,
            _ => to.bad(line, json, "is no JSON object")?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Mapping;
    use proptest::prelude::*;
    use serde_json::json;
    use tokio::sync::mpsc;

    const MAPPING: &str = r#"
        [source]
        uri = "/a"
        currency = "EUR"
        [[file]]
        name = "orders"
        path = "*.csv"
        delimiter = ";"
        encoding = "latin-1"
        [[event]]
        type = "order.cancelled"
        from = "orders"
        id = "{id#2}"
        subject = "id"
        time = "$at"
        data.order = "id"
    "#;

    /// The rows of a file, what could not be read and at which row it ended, after `skip` rows.
    fn read(bytes: &[u8], is_csv: bool, skip: u64) -> (Vec<Value>, Vec<String>, Result<(), Ended>) {
        let shape = Mapping::parse("a", MAPPING).unwrap().shape_of("a.csv").unwrap();
        let (to, mut from) = mpsc::channel(1_000);
        let mut to = Batches::new(to, "a.csv".into(), skip, false);
        let ended = if is_csv { csv(bytes, &shape, &mut to) } else { jsonl(bytes, &mut to) };
        to.send().unwrap();
        let (mut rows, mut bad) = (Vec::new(), Vec::new());
        while let Ok(batch) = from.try_recv() {
            rows.extend(batch.rows);
            bad.extend(batch.bad.into_iter().map(|(_, reject)| reject.reason));
        }
        (rows, bad, ended)
    }

    #[test]
    fn columns_of_one_name_are_numbered_and_letters_are_those_of_the_encoding() {
        let (rows, bad, ended) = read(b"id;id;city\n1;2;M\xe1laga\n3\n", true, 0);
        assert_eq!(rows, [json!({"id": "1", "id#2": "2", "city": "Málaga", "$file": "a.csv", "$line": 2})]);
        assert_eq!(
            (bad.as_slice(), ended.is_ok()),
            (&["has 1 cells, the header has 3 (a.csv, line 3)".to_owned()][..], true)
        );
    }

    #[test]
    fn what_is_stored_already_is_left_out_whether_it_could_be_read_or_not() {
        let (rows, bad, _) = read(b"id;id\n1;1\n2\n3;3\n4\n", true, 2);
        assert_eq!((rows.len(), bad.len(), &rows[0]["id"], &rows[0]["$line"]), (1, 1, &json!("3"), &json!(4)));
    }

    #[test]
    fn a_file_without_its_columns_is_refused_and_does_not_repeat_what_it_has() {
        let (_, _, ended) = read(b"id;secret\n", true, 0);
        let Err(Ended::Refused(reason, begins)) = ended else { panic!("{ended:?}") };
        assert_eq!(reason, "has no column \"id#2\" in its first line, which the mapping uses");
        assert_eq!(begins, "id;secret\n");
    }

    #[test]
    fn a_line_without_an_end_is_left_out_and_the_next_is_read() {
        let mut text = b"{\"a\":1}\n{\"b\":\"".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3 * ROW_BYTES_MAX));
        text.extend(b"\n{\"c\":1}");
        let (rows, bad, _) = read(&text, false, 0);
        assert_eq!((rows.len(), &rows[1]["$line"]), (2, &json!(3)));
        assert_eq!(bad, ["is longer than 1 MiB (a.csv, line 2)"]);
    }

    #[test]
    fn an_open_quote_ends_the_file_and_not_the_memory() {
        let mut text = b"id;id\n1;1\n2;\"2\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 4 * ROW_BYTES_MAX));
        let (rows, _, ended) = read(&text, true, 0);
        let Err(Ended::Refused(reason, _)) = ended else { panic!("{ended:?}") };
        assert_eq!((rows.len(), reason.contains("line 3 is longer than 1 MiB")), (1, true), "{reason}");
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..400), is_csv: bool) {
            let named = [b"id;id\n", bytes.as_slice()].concat();
            for bytes in [&bytes, &named] {
                let (rows, bad, ended) = read(bytes, is_csv, 0);
                // Whatever is not a row is a row that can't be read, or ends the file.
                let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
                prop_assert!(is_csv || ended.is_ok() && rows.len() + bad.len() == lines);
            }
        }
    }
}
