//! What became of dead letters. The stream keeps them for ever; that one need not be looked at any more is a mark beside it.

use crate::bucket::{Bucket, BucketError};
use nexusflow_model::Timestamp;
use serde::{Deserialize, Serialize};

/// What became of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It was understood at last: the log has its events.
    Retried,
    /// Somebody decided that it is not needed.
    Dropped,
}

/// A mark: who decided what became of a dead letter, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What became of it.
    pub fate: Fate,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Where in the log its events stand, as `partition:sequence:index`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
}

/// The marks of all dead letters.
#[derive(Debug, Clone)]
pub(crate) struct Marks(pub(crate) Bucket);

/// A mark, and the revision it is at.
pub(crate) type Marked = Option<(Mark, u64)>;

impl Marks {
    pub(crate) async fn get(&self, sequence: u64) -> Result<Marked, BucketError> {
        let entry = self.0.get(&sequence.to_string()).await?;
        entry
            .map(|entry| {
                let mark = serde_json::from_slice(&entry.value);
                let mark = mark.map_err(|_| BucketError::Unavailable(format!("the mark of {sequence} is none")))?;
                Ok((mark, entry.revision))
            })
            .transpose()
    }

    /// Marks a dead letter. That it was retried is a fact, and holds over that it was dropped; otherwise the first mark stays.
    /// Gives the mark that stands.
    pub(crate) async fn put(&self, sequence: u64, mark: Mark) -> Result<Mark, BucketError> {
        let key = sequence.to_string();
        loop {
            let value = serde_json::to_vec(&mark).unwrap_or_default();
            let written = match self.get(sequence).await? {
                None => self.0.create(&key, value).await,
                Some((there, revision)) if there.fate == Fate::Dropped && mark.fate == Fate::Retried => {
                    self.0.update(&key, value, revision).await
                }
                Some((there, _)) => return Ok(there),
            };
            match written {
                Ok(()) => return Ok(mark),
                Err(BucketError::Changed) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
