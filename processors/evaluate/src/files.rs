//! The files that evaluations read.

use std::path::{Path, PathBuf};

/// Why an evaluation could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A file is not there, or can't be read.
    #[error("{}: {reason}. --data names the folder with the public data sets, a folder each", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// A line is not as the file's format says.
    #[error("{}, line {line}: {reason}", file.display())]
    Line {
        /// Which file.
        file: PathBuf,
        /// Which line, counted from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
}

/// The bytes of a file below the folder of the data.
///
/// # Errors
/// Where it can't be read.
pub(crate) fn bytes(data: &Path, file: &str) -> Result<Vec<u8>, EvaluateError> {
    let file = data.join(file);
    std::fs::read(&file).map_err(|error| EvaluateError::File { reason: error.to_string(), file })
}
