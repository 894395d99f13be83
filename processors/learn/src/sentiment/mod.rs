//! How a text is meant.

pub mod lexicon;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How a text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the word for it")]
pub enum Class {
    Negative,
    Neutral,
    Positive,
}

/// How a text was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// -1,000 to 1,000.
    pub score_milli: i16,
    /// The class.
    pub class: Class,
    /// How sure of the class, 0 to 1,000.
    pub sure_milli: u16,
}

/// A piece of a text that carried the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Where it begins, in bytes.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it carried.
    pub milli: i16,
}

/// A model of sentiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    name: String,
    learned: BTreeMap<u32, i32>,
}

fn hash(word: &str) -> u32 {
    xxhash_rust::xxh3::xxh3_64(word.to_lowercase().as_bytes()) as u32
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

impl Model {
    /// What ships.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Model> = OnceLock::new();
        SHIPPED.get_or_init(|| Self { name: "shipped-1".into(), learned: BTreeMap::new() })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How a text is meant.
    pub fn judge(&self, text: &str) -> Option<Judgement> {
        let learned: i32 = words(text).filter_map(|word| self.learned.get(&hash(word))).sum();
        let score = lexicon::score(text).or((learned != 0).then_some(0))?;
        let score_milli = (i32::from(score) + learned).clamp(-1_000, 1_000) as i16;
        let class = match score_milli {
            ..=-100 => Class::Negative,
            100.. => Class::Positive,
            _ => Class::Neutral,
        };
        Some(Judgement { score_milli, class, sure_milli: score_milli.unsigned_abs() })
    }

    /// What carried the score.
    pub fn explain(&self, text: &str) -> Vec<Word> {
        let mut at = 0;
        let mut found = Vec::new();
        for word in words(text) {
            let from = at + text[at..].find(word).unwrap_or(0);
            at = from + word.len();
            if let Some(judged) = self.judge(word).filter(|judged| judged.score_milli != 0) {
                found.push(Word { from, to: at, milli: judged.score_milli });
            }
        }
        found.sort_by_key(|word| std::cmp::Reverse(word.milli.unsigned_abs()));
        found
    }

    /// What would be learned from a correction.
    pub fn lesson(&self, text: &str, class: Class) -> Vec<(u32, i32)> {
        let by = match class {
            Class::Negative => -200,
            Class::Neutral => 0,
            Class::Positive => 200,
        };
        words(text).map(|word| (hash(word), by)).collect()
    }

    /// Learns what a lesson says.
    pub fn take(&mut self, lesson: impl IntoIterator<Item = (u32, i32)>) {
        for (at, by) in lesson {
            *self.learned.entry(at).or_default() += by;
        }
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.name.clone().into_bytes()
    }

    /// From its bytes.
    ///
    /// # Errors
    /// Where they are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let name = String::from_utf8(bytes.to_vec()).map_err(|error| error.to_string())?;
        Ok(Self { name, learned: BTreeMap::new() })
    }
}
