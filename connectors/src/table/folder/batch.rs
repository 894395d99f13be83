//! Rows on their way from a thread that reads a file to the task that stores them: some at a time, so that a file of any size
//! needs little memory, and the reading stops while the log takes nothing.

use super::super::rows::{FILE, LINE};
use bytes::Bytes;
use nexusflow_model::Reject;
use serde_json::{Map, Value};
use tokio::sync::mpsc::Sender;

/// The longest row.
pub(super) const ROW_BYTES_MAX: usize = 1 << 20;
/// What of a row that can't be read is kept.
const KEPT_BYTES_MAX: usize = 64 << 10;
/// A batch is full with so many rows, or so many bytes.
const ROWS: usize = 500;
const BYTES: usize = 256 << 10;
/// The most that rows which depend on one another may be.
const GROUPED_BYTES_MAX: usize = 64 << 20;

/// Some rows of a file.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Those that could be read.
    pub(super) rows: Vec<Value>,
    /// Those that could not.
    pub(super) bad: Vec<(Bytes, Reject)>,
    /// How many rows of the file were read with these.
    pub(super) upto: u64,
}

/// Why a file was not read to its end.
#[derive(Debug)]
pub(super) enum Ended {
    /// It is not what the mapping says: why, and what it begins with.
    Refused(String, Bytes),
    /// The system does not give it.
    Unreadable(String),
    /// Nobody takes the rows any longer.
    Gone,
}

impl From<std::io::Error> for Ended {
    fn from(error: std::io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// Takes the rows of a file from who reads it.
#[derive(Debug)]
pub(super) struct Batches {
    to: Sender<Batch>,
    file: String,
    /// So many rows are stored already.
    skip: u64,
    is_grouped: bool,
    batch: Batch,
    bytes: usize,
}

impl Batches {
    pub(super) fn new(to: Sender<Batch>, file: String, skip: u64, is_grouped: bool) -> Self {
        // Of rows that depend on one another none can be left out.
        let skip = if is_grouped { 0 } else { skip };
        Self { to, file, skip, is_grouped, batch: Batch::default(), bytes: 0 }
    }

    /// A row that could be read, of about `bytes`.
    pub(super) fn row(&mut self, line: u64, mut row: Map<String, Value>, bytes: usize) -> Result<(), Ended> {
        self.batch.upto += 1;
        if self.batch.upto <= self.skip {
            return Ok(());
        }
        row.insert(FILE.to_owned(), Value::from(self.file.as_str()));
        row.insert(LINE.to_owned(), Value::from(line));
        self.batch.rows.push(Value::Object(row));
        self.came(bytes)
    }

    /// A row that could not.
    pub(super) fn bad(&mut self, line: u64, original: &[u8], reason: &str) -> Result<(), Ended> {
        self.batch.upto += 1;
        if self.batch.upto <= self.skip {
            return Ok(());
        }
        let original = Bytes::copy_from_slice(&original[..original.len().min(KEPT_BYTES_MAX)]);
        let reject = Reject::new(".", format!("{reason} ({}, line {line})", self.file));
        let bytes = original.len();
        self.batch.bad.push((original, reject));
        self.came(bytes)
    }

    fn came(&mut self, bytes: usize) -> Result<(), Ended> {
        self.bytes += bytes;
        if self.is_grouped {
            if self.bytes > GROUPED_BYTES_MAX {
                let reason = "is larger than 64 MiB, and its rows are read together because the mapping has a group";
                return Err(Ended::Refused(reason.to_owned(), Bytes::new()));
            }
            return Ok(());
        }
        let rows = self.batch.rows.len() + self.batch.bad.len();
        if rows >= ROWS || self.bytes >= BYTES { self.send() } else { Ok(()) }
    }

    /// Sends what there is: at the end of the file too.
    pub(super) fn send(&mut self) -> Result<(), Ended> {
        let upto = self.batch.upto;
        let batch = std::mem::replace(&mut self.batch, Batch { upto, ..Batch::default() });
        self.bytes = 0;
        self.to.blocking_send(batch).map_err(|_| Ended::Gone)
    }
}
