//! What a text is about.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a text may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// The place in [`Model::themes`].
    pub theme: u16,
    /// 0 to 1,000.
    pub sure_milli: u16,
}

/// A model of themes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    name: String,
    themes: Vec<String>,
    weights: BTreeMap<u32, Vec<i32>>,
}

fn hash(word: &str) -> u32 {
    xxhash_rust::xxh3::xxh3_64(word.to_lowercase().as_bytes()) as u32
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

impl Model {
    /// One that knows its seed words only.
    pub fn empty(themes: &[(&str, &[&str])]) -> Self {
        let mut own = Self {
            name: "seeds".into(),
            themes: themes.iter().map(|(key, _)| (*key).to_owned()).collect(),
            weights: BTreeMap::new(),
        };
        for (at, (_, seeds)) in themes.iter().enumerate() {
            for seed in seeds.iter().flat_map(|seed| words(seed)) {
                own.take([((hash(seed) & 0x00ff_ffff) | ((at as u32) << 24), 1_000)]);
            }
        }
        own
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its themes.
    pub fn themes(&self) -> &[String] {
        &self.themes
    }

    /// What a text is about, best first.
    pub fn guess(&self, text: &str) -> Vec<Guess> {
        let mut sums = vec![0; self.themes.len()];
        for word in words(text) {
            if let Some(weights) = self.weights.get(&(hash(word) & 0x00ff_ffff)) {
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
            }
        }
        let total: i32 = sums.iter().filter(|sum| **sum > 0).sum();
        let mut guesses: Vec<Guess> = sums
            .iter()
            .enumerate()
            .filter(|(_, sum)| **sum > 0)
            .map(|(at, sum)| Guess {
                theme: at as u16,
                sure_milli: (i64::from(*sum) * 1_000 / i64::from(total)) as u16,
            })
            .collect();
        guesses.sort_by_key(|guess| (std::cmp::Reverse(guess.sure_milli), guess.theme));
        guesses.truncate(3);
        guesses
    }

    /// What would be learned from a correction.
    pub fn lesson(&self, text: &str, theme: u16) -> Vec<(u32, i32)> {
        words(text).map(|word| ((hash(word) & 0x00ff_ffff) | (u32::from(theme) << 24), 300)).collect()
    }

    /// Learns what a lesson says.
    pub fn take(&mut self, lesson: impl IntoIterator<Item = (u32, i32)>) {
        for (at, by) in lesson {
            let weights = self.weights.entry(at & 0x00ff_ffff).or_default();
            weights.resize(self.themes.len(), 0);
            if let Some(weight) = weights.get_mut((at >> 24) as usize) {
                *weight += by;
            }
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
        Ok(Self { name, themes: Vec::new(), weights: BTreeMap::new() })
    }
}
