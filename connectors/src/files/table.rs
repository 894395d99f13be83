//! A file in memory: the columns that the mapping uses, as one text with the ends of its cells.

use super::error::{ReadError, Rejection};
use super::mapping::{Column, FileMap, ROW};
use super::spec::{Encoding, Format};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::Xxh3Default;

/// Rows between two reports of progress.
const REPORT_ROWS: usize = 16_384;

/// The rows of one file of a mapping, which may stand in several files of the data folder.
#[derive(Debug)]
pub(super) struct Table {
    width: usize,
    text: String,
    /// Where each cell of the row-wise sequence of cells ends in `text`. An empty cell is one without a value.
    ends: Vec<u32>,
    /// Of each row, the index of its file and its line there.
    lines: Vec<(u16, u64)>,
    names: Vec<String>,
}

/// What reading collects besides the rows.
pub(super) struct Reading<'a> {
    pub rejections: &'a mut Vec<Rejection>,
    pub hash: &'a mut Xxh3Default,
    /// Told the mapping's name of the file and how many rows of it were read.
    pub progress: &'a mut dyn FnMut(&str, u64),
}

impl Table {
    /// Reads the file that `map` describes from the folder `data`.
    pub(super) fn read(map: &FileMap, data: &Path, reading: &mut Reading<'_>) -> Result<Self, ReadError> {
        let mut table = Self {
            width: map.columns.len(),
            text: String::new(),
            ends: Vec::new(),
            lines: Vec::new(),
            names: Vec::new(),
        };
        for path in find(map, data)? {
            let bytes = std::fs::read(&path).map_err(|cause| ReadError::Io { path: path.clone(), cause })?;
            reading.hash.update(&bytes);
            table.names.push(path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()));
            match map.format {
                Format::Csv => table.read_csv(map, &path, &bytes, reading)?,
                Format::Jsonl => table.read_jsonl(map, &path, &bytes, reading)?,
                Format::Parquet => {
                    let cause = std::io::Error::other("a source of kind folder reads Parquet, a replay does not");
                    return Err(ReadError::Io { path, cause });
                }
            }
        }
        (reading.progress)(&map.name, table.len() as u64);
        Ok(table)
    }

    /// The rows that are given, of what has no file.
    pub(super) fn of_rows(map: &FileMap, rows: &[serde_json::Value]) -> Result<Self, ReadError> {
        let names = vec![map.name.clone()];
        let mut table =
            Self { width: map.columns.len(), text: String::new(), ends: Vec::new(), lines: Vec::new(), names };
        let (mut rejections, mut hash) = (Vec::new(), Xxh3Default::new());
        let mut reading = Reading { rejections: &mut rejections, hash: &mut hash, progress: &mut |_, _| {} };
        for (index, row) in rows.iter().enumerate() {
            table.push_json(map, Path::new(&map.name), index as u64 + 1, row, &mut reading)?;
        }
        Ok(table)
    }

    /// How many rows.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// A cell; none where it is empty.
    pub(super) fn cell(&self, row: u32, column: usize) -> Option<&str> {
        let at = row as usize * self.width + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        let cell = &self.text[start..self.ends[at] as usize];
        (!cell.is_empty()).then_some(cell)
    }

    /// The file and line that a row stands at.
    pub(super) fn place(&self, row: u32) -> (&str, u64) {
        let (file, line) = self.lines[row as usize];
        (&self.names[usize::from(file)], line)
    }

    fn read_csv(
        &mut self,
        map: &FileMap,
        path: &Path,
        bytes: &[u8],
        reading: &mut Reading<'_>,
    ) -> Result<(), ReadError> {
        let mut reader = csv::ReaderBuilder::new().delimiter(map.delimiter).flexible(true).from_reader(bytes);
        let io = |error: csv::Error| ReadError::Io { path: path.to_owned(), cause: std::io::Error::other(error) };
        let header = reader.byte_headers().map_err(io)?.clone();
        let places = columns(map, path, &header)?;
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(io)? {
            let line = record.position().map_or(0, csv::Position::line);
            let cells = if record.len() == header.len() {
                let decode = |at: &usize| map.encoding.decode(&record[*at]);
                places.iter().map(decode).collect::<Option<Vec<_>>>().ok_or_else(|| "is not UTF-8".to_owned())
            } else {
                Err(format!("has {} cells, the header has {}", record.len(), header.len()))
            };
            match cells {
                Ok(cells) => self.push(map, path, line, &cells, reading)?,
                Err(reason) => reading.rejections.push(Rejection::of_row(self.name(), line, reason)),
            }
        }
        Ok(())
    }

    fn read_jsonl(
        &mut self,
        map: &FileMap,
        path: &Path,
        bytes: &[u8],
        reading: &mut Reading<'_>,
    ) -> Result<(), ReadError> {
        for (index, json) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = index as u64 + 1;
            if json.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice::<serde_json::Value>(json) {
                Ok(row) if row.is_object() => self.push_json(map, path, line, &row, reading)?,
                // It is rejected where the file itself is read.
                _ if map.list.is_some() => {}
                _ => reading.rejections.push(Rejection::of_row(self.name(), line, "is no JSON object")),
            }
        }
        Ok(())
    }

    /// A row of JSON, or the rows of the list in it that the file is.
    fn push_json(
        &mut self,
        map: &FileMap,
        path: &Path,
        line: u64,
        row: &serde_json::Value,
        reading: &mut Reading<'_>,
    ) -> Result<(), ReadError> {
        let rows = match &map.list {
            None => std::slice::from_ref(row),
            Some((_, list)) => json_at(row, list).and_then(serde_json::Value::as_array).map_or(&[][..], Vec::as_slice),
        };
        let number = format!("{}:{line}", self.names.len());
        for row in rows.iter().filter(|row| row.is_object()) {
            let cell = |column: &Column| if column.name == ROW { (&*number).into() } else { json_cell(row, column) };
            let cells: Vec<Cow<'_, str>> = map.columns.iter().map(cell).collect();
            self.push(map, path, line, &cells, reading)?;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    fn push(
        &mut self,
        map: &FileMap,
        path: &Path,
        line: u64,
        cells: &[Cow<'_, str>],
        reading: &mut Reading<'_>,
    ) -> Result<(), ReadError> {
        for (cell, column) in cells.iter().zip(&map.columns) {
            if !map.nulls.iter().any(|null| null == cell) {
                self.text.push_str(column.cleaned(cell));
            }
            let end = u32::try_from(self.text.len());
            self.ends.push(end.map_err(|_| ReadError::TooLarge { path: path.to_owned() })?);
        }
        let file = u16::try_from(self.names.len() - 1);
        self.lines.push((file.map_err(|_| ReadError::TooLarge { path: path.to_owned() })?, line));
        if self.len().is_multiple_of(REPORT_ROWS) {
            (reading.progress)(&map.name, self.len() as u64);
        }
        Ok(())
    }
}

impl Encoding {
    /// None where the bytes are not what they are said to be.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Latin1 if bytes.is_ascii() => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into()),
        }
    }
}

impl Column {
    fn cleaned<'a>(&'a self, cell: &'a str) -> &'a str {
        let cell = cell.strip_prefix(self.strip_prefix.as_str()).unwrap_or(cell);
        let cell = cell.strip_suffix(self.strip_suffix.as_str()).unwrap_or(cell);
        if self.map.is_empty() { cell } else { self.map.get(cell).map_or(cell, String::as_str) }
    }
}

/// Where the columns of a mapping stand in the header of a file.
fn columns(map: &FileMap, path: &Path, header: &csv::ByteRecord) -> Result<Vec<usize>, ReadError> {
    let names: Vec<Cow<'_, str>> = header.iter().map(|name| map.encoding.decode(name).unwrap_or_default()).collect();
    let place = |column: &Column| {
        let mut same = names.iter().enumerate().filter(|(_, name)| name.trim() == column.name);
        same.nth(column.nth).map(|(at, _)| at).ok_or_else(|| ReadError::Column {
            path: path.to_owned(),
            column: column.name.clone(),
            has: names.join(", "),
        })
    };
    map.columns.iter().map(place).collect()
}

/// A value of a JSON object by its path, `order.lines.0.sku`, as a cell.
fn json_cell<'a>(row: &'a serde_json::Value, column: &Column) -> Cow<'a, str> {
    use serde_json::Value;
    // A key that has a point in it comes before a path.
    let whole = if column.nth == 0 { row.get(&column.name) } else { row.get(numbered(&column.name, column.nth)) };
    match whole.or_else(|| json_at(row, &column.name)) {
        None | Some(Value::Null) => "".into(),
        Some(Value::String(text)) => text.into(),
        Some(other) => other.to_string().into(),
    }
}

/// What a column of a JSON object is called that is one of several of its name: `category#2` is the second.
pub(crate) fn numbered(name: &str, nth: usize) -> String {
    if nth == 0 { name.to_owned() } else { format!("{name}#{}", nth + 1) }
}

/// What stands at a path. A key that has a point in it comes before a path.
fn json_at<'a>(row: &'a serde_json::Value, path: &str) -> Option<&'a serde_json::Value> {
    use serde_json::Value;
    let below = |value: &'a Value, word: &str| match value {
        Value::Array(items) => items.get(word.parse::<usize>().ok()?),
        value => value.get(word),
    };
    row.get(path).or_else(|| path.split('.').try_fold(row, below))
}

/// The files of the data folder that `map` means.
fn find(map: &FileMap, data: &Path) -> Result<Vec<PathBuf>, ReadError> {
    for candidate in &map.paths {
        let path = data.join(candidate);
        if !candidate.contains('*') {
            if path.is_file() {
                return Ok(vec![path]);
            }
            continue;
        }
        let found = matching(&path);
        if !found.is_empty() {
            return Ok(found);
        }
    }
    if map.optional {
        return Ok(Vec::new());
    }
    let looked = map.paths.iter().map(|path| data.join(path)).collect();
    Err(ReadError::Missing { file: map.name.clone(), looked })
}

/// The files whose names match the last part of `pattern`, by name.
fn matching(pattern: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (pattern.parent(), pattern.file_name()) else { return Vec::new() };
    let name = name.to_string_lossy();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| wildcard(&name, &entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
}

/// Whether `name` is `pattern` with something, or nothing, for each `*`.
pub(super) fn wildcard(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name
            .strip_prefix(start)
            .is_some_and(|name| (0..=name.len()).any(|at| name.is_char_boundary(at) && wildcard(rest, &name[at..]))),
    }
}

#[cfg(test)]
mod tests {
    use super::wildcard;

    #[test]
    fn a_star_stands_for_any_characters() {
        assert!(wildcard("events-*.csv", "events-2026-01.csv") && wildcard("*", "x") && wildcard("a*b*c", "a-b-b-c"));
        assert!(!wildcard("events-*.csv", "events-1.jsonl") && !wildcard("a*b", "a"));
    }
}
