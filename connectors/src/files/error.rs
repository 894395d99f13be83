//! What can go wrong between a mapping, its files and an event.

use nexusflow_model::Reject;
use std::fmt;
use std::path::PathBuf;

/// A mapping that can't be used: where in it, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{mapping}{}: {reason}", place(*line, key))]
pub struct MappingError {
    /// The mapping's file, or its name where it is a shipped one.
    pub mapping: String,
    /// The line at fault, from 1; 0 where the mapping as a whole is.
    pub line: usize,
    /// The key at fault, such as `event[2].data.total`; empty where the mapping as a whole is.
    pub key: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// Data that can't be read with a mapping.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// None of the places a file may stand at holds one.
    #[error("no file \"{file}\": looked for {}", places(looked))]
    Missing {
        /// The file, as the mapping calls it.
        file: String,
        /// Where it was looked for.
        looked: Vec<PathBuf>,
    },
    /// A file is there and can't be read.
    #[error("can't read {}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A column that the mapping uses isn't there.
    #[error("{} has no column \"{column}\"; it has: {has}", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column that is missing.
        column: String,
        /// The columns that are there.
        has: String,
    },
    /// More than an index can address.
    #[error("{} is too large: split it, at most 4 GiB of the columns used can be held", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

fn place(line: usize, key: &str) -> String {
    if line == 0 { String::new() } else { format!(":{line}: {key}") }
}

fn places(looked: &[PathBuf]) -> String {
    looked.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// A row that did not become an event: where it stands and why. Never holds a value, which may be personal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Rejection {
    /// The file's name.
    pub file: String,
    /// The line the row begins at, from 1.
    pub line: u64,
    /// The type of the event it was to become; none where the row as a whole can't be read.
    pub kind: Option<&'static str>,
    /// The field at fault.
    pub field: String,
    /// What is wrong.
    pub reason: String,
}

impl Rejection {
    pub(super) fn of_row(file: &str, line: u64, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, kind: None, field: ".".to_owned(), reason: reason.into() }
    }

    pub(super) fn of_event(file: &str, line: u64, kind: &'static str, reject: Reject) -> Self {
        Self { file: file.to_owned(), line, kind: Some(kind), field: reject.field, reason: reject.reason }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(kind) = self.kind {
            write!(f, "{kind}: ")?;
        }
        write!(f, "{}: {}", self.field, self.reason)
    }
}
