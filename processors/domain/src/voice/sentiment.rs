//! What the customer's words sound like, in sum.

use crate::voice::satisfaction::Mean;
use crate::voice::texts::Text;
use crate::voice::tone::Sign;
use nexusflow_engine::{Latest, merge_fields};
use serde::{Deserialize, Serialize};

/// What a customer's words sounded like.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sentiment {
    /// Of the texts that could be judged: -1,000 to 1,000.
    pub mean: Mean,
    /// Texts in a language that nobody here knows, or with nothing in them to judge by.
    pub unknown: i64,
    /// The last that could be judged.
    pub last: Latest<i16>,
}

/// Texts by the day they were written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SentimentCounts {
    /// Of the texts that could be judged: -1,000 to 1,000.
    pub mean: Mean,
    /// Meant badly.
    pub negative: i64,
    /// Neither.
    pub neutral: i64,
    /// Meant well.
    pub positive: i64,
    /// Not judged.
    pub unknown: i64,
}

merge_fields!(SentimentCounts { mean, negative, neutral, positive, unknown });

impl Sentiment {
    /// A text counts, or what it counted for is taken back.
    pub(crate) fn count(&mut self, text: &Text, sign: Sign) {
        match text.meant() {
            Some((score, _)) => {
                self.mean.sum_milli += sign.of(i64::from(score));
                self.mean.n += sign.of(1);
            }
            None => self.unknown += sign.of(1),
        }
    }
}
