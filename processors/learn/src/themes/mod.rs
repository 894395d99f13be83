//! Themes: what a text is about, of a list that the business keeps.

mod bytes;
mod lesson;
mod train;

pub use train::{Example, Settings, train};

use crate::features::{self, Group, Shape, Window};
use crate::softmax;
use crate::text::{Kind, hash_of, tokens};
use std::sync::{Arc, OnceLock};

/// A theme that a text may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// Its place in [`Model::themes`].
    pub theme: u16,
    /// How likely, 0 to 1,000.
    pub sure_milli: u16,
}

/// At most so many themes are guessed.
const GUESSES: usize = 3;
/// The parts that a weight tells of a logit.
const UNIT: i64 = 64;
/// Of how many letters the beginning of a word is that a seed word matches: `delay` means `delayed` too.
const SEED: i16 = 5 * UNIT as i16;

/// A model of themes: a row of weights, one a theme, for each feature that it knows.
#[derive(Clone)]
pub struct Model {
    name: String,
    themes: Vec<String>,
    shape: Shape,
    bias: Vec<i16>,
    /// The row of each bucket, from 1; 0 where there is none. Empty where nothing is known.
    rows: Arc<Vec<u32>>,
    weights: Arc<Vec<i16>>,
}

// The same weights are the same model, in whatever order they were learned.
impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("name", &self.name).field("themes", &self.themes).finish_non_exhaustive()
    }
}

impl Model {
    /// One that knows its seed words only. A seed word of two words counts where both stand beside one another.
    pub fn empty(themes: &[(&str, &[&str])]) -> Self {
        let bias = vec![0; themes.len()];
        let names = themes.iter().map(|(key, _)| (*key).to_owned()).collect();
        let (rows, weights) = (Arc::default(), Arc::default());
        let mut model = Self { name: "seeds".into(), themes: names, shape: Shape::WORDS, bias, rows, weights };
        for (theme, (_, seeds)) in themes.iter().enumerate() {
            for seed in *seeds {
                if let Some(bucket) = model.bucket_of(seed) {
                    model.add(bucket, theme, SEED);
                }
            }
        }
        model
    }

    /// The one that ships: themes of commerce by seed words.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Model> = OnceLock::new();
        SHIPPED.get_or_init(|| Self { name: "shipped-1".into(), ..Self::empty(SHIPPED_THEMES) })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The keys of the themes, in the order of their numbers.
    pub fn themes(&self) -> &[String] {
        &self.themes
    }

    /// What a text is about, best first; nothing where the model knows none of its words.
    pub fn guess(&self, text: &str) -> Vec<Guess> {
        let mut logits = vec![0; self.themes.len()];
        if self.logits(text, &mut logits) == 0 {
            return Vec::new();
        }
        let mut chances = vec![0; logits.len()];
        softmax::chances(&logits, &mut chances);
        let guess = |(theme, sure): (usize, &u16)| Guess { theme: theme as u16, sure_milli: (*sure).min(1_000) };
        let mut guesses: Vec<Guess> = chances.iter().enumerate().map(guess).collect();
        // By logits, as equal thousandths hide which is more likely.
        guesses.sort_by_key(|own| (std::cmp::Reverse(logits[usize::from(own.theme)]), own.theme));
        guesses.truncate(GUESSES);
        guesses
    }

    /// How likely each theme is, in thousandths, in the order of [`Self::themes`]: for shares over many texts, which a count of best guesses
    /// gets wrong. Nothing where the model knows none of the text's words.
    pub fn chances(&self, text: &str) -> Vec<u16> {
        let mut logits = vec![0; self.themes.len()];
        if self.logits(text, &mut logits) == 0 {
            return Vec::new();
        }
        let mut chances = vec![0; logits.len()];
        softmax::chances(&logits, &mut chances);
        chances
    }

    /// The logits of all themes in 1024ths; gives how many features were known.
    fn logits(&self, text: &str, logits: &mut [i32]) -> u32 {
        let classes = self.themes.len();
        let mut sums = vec![0_i32; 2 * classes];
        let mut counts = [0_u32; 2];
        let mut known = 0;
        self.features(text, |group, bucket| {
            let side = usize::from(group == Group::Letters);
            counts[side] += 1;
            let Some(row) = self.row(bucket) else { return };
            known += u32::from(side == 0);
            for (sum, weight) in sums[side * classes..].iter_mut().zip(row) {
                *sum = sum.saturating_add(i32::from(*weight));
            }
        });
        for (at, logit) in logits.iter_mut().enumerate() {
            let words = softmax::scaled(i64::from(sums[at]), counts[0], UNIT);
            let letters = softmax::scaled(i64::from(sums[classes + at]), counts[1], UNIT);
            *logit = words + letters + (i64::from(self.bias[at]) * i64::from(softmax::LOGIT) / UNIT) as i32;
        }
        known
    }

    fn row(&self, bucket: u32) -> Option<&[i16]> {
        let row = *self.rows.get(bucket as usize)?;
        let from = (row as usize).checked_sub(1)? * self.themes.len();
        self.weights.get(from..from + self.themes.len())
    }

    fn features(&self, text: &str, mut feature: impl FnMut(Group, u32)) {
        let mut window = Window::default();
        for token in tokens(text) {
            features::of_token(self.shape, text, &token, false, &mut window, &mut feature);
        }
    }

    /// The bucket of a seed word, or of a pair of words.
    fn bucket_of(&self, seed: &str) -> Option<u32> {
        let words = tokens(seed).filter(|token| !matches!(token.kind, Kind::Stop(_))).count();
        let mut found = None;
        self.features(seed, |group, bucket| {
            if group == if words == 1 { Group::Word } else { Group::Pair } {
                found = Some(bucket);
            }
        });
        found.filter(|_| hash_of(seed) != 0)
    }

    fn add(&mut self, bucket: u32, theme: usize, by: i16) {
        let classes = self.themes.len();
        let rows = Arc::make_mut(&mut self.rows);
        rows.resize(self.shape.buckets(), 0);
        let weights = Arc::make_mut(&mut self.weights);
        let Some(row) = rows.get_mut(bucket as usize) else { return };
        if *row == 0 {
            weights.resize(weights.len() + classes, 0);
            *row = (weights.len() / classes) as u32;
        }
        if let Some(weight) = weights.get_mut((*row as usize - 1) * classes + theme) {
            *weight = weight.saturating_add(by);
        }
    }

    /// Takes a person's word that a text is about a theme, in one step of gradient descent on its words and pairs.
    pub fn learn(&mut self, text: &str, theme: u16) {
        self.take(self.lesson(text, theme));
    }
}

/// Themes of commerce and what they are recognised by.
const SHIPPED_THEMES: &[(&str, &[&str])] = &[
    (
        "delivery",
        &[
            "delivery",
            "delivered",
            "shipping",
            "shipped",
            "parcel",
            "package",
            "courier",
            "tracking",
            "arrived",
            "late",
            "delay",
            "delayed",
        ],
    ),
    (
        "quality",
        &["quality", "broken", "damaged", "defective", "faulty", "scratched", "cheaply", "flimsy", "stopped working"],
    ),
    ("price", &["price", "prices", "expensive", "overpriced", "cheap", "cost", "costs", "discount", "value"]),
    (
        "payment",
        &["payment", "charged", "charge", "invoice", "billing", "bill", "card", "refund", "refunded", "overcharged"],
    ),
    (
        "service",
        &["service", "support", "staff", "agent", "rude", "helpful", "answer", "phone", "hold", "customer service"],
    ),
    ("product", &["feature", "features", "missing", "design", "size", "colour", "color", "fits", "works"]),
    ("website", &["website", "site", "app", "login", "password", "page", "checkout", "crashes", "error"]),
    ("returns", &["return", "returned", "returns", "exchange", "replacement", "warranty"]),
];

#[cfg(test)]
mod tests;
