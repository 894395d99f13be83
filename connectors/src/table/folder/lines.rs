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
