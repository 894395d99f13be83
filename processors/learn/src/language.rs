//! The language of a text.

use serde::{Deserialize, Serialize};

/// The language of a text, as far as it is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the word for it")]
pub enum Language {
    English,
    Spanish,
    Portuguese,
    German,
    French,
    Italian,
    Dutch,
    Other,
}

/// The language of a text.
pub fn of(text: &str) -> Language {
    if text.is_ascii() { Language::English } else { Language::Other }
}
