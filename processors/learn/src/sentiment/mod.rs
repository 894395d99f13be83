//! Sentiment: what a text sounds like, -1,000 to 1,000, in whole numbers.
//!
//! A linear model over hashed words, pairs and runs of letters, with what a lexicon says as its prior. What ships is the lexicon alone;
//! `nexusflow train` makes a model of labelled texts. Corrections of people move it, one by one.

mod bytes;
mod lesson;
pub mod lexicon;
mod reading;
mod signs;
mod train;
mod words;

pub use lexicon::Lexicon;
pub use train::{Example, Settings, train};

use crate::features::{Group, Shape};
use crate::language::{self, Language};
use crate::softmax;
use crate::text::{Kind, Token};
use reading::{Sink, Tone, read};
use serde::{Deserialize, Serialize};
use signs::SIGNS;
use std::sync::{Arc, OnceLock};

/// What a text sounds like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Somebody complains.
    Negative,
    /// Neither.
    Neutral,
    /// Somebody praises.
    Positive,
}

impl Class {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Negative, Self::Neutral, Self::Positive];
}

/// A text, judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// The chance of praise less that of complaint: -1,000 to 1,000.
    pub score_milli: i16,
    /// The class that is most likely.
    pub class: Class,
    /// How likely, 0 to 1,000.
    pub sure_milli: u16,
}

/// A word that carried a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Where it begins in the text, in bytes.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it moved the balance of praise and complaint by: thousandths of a logit, at most +-1,000.
    pub milli: i16,
}

/// The weights of complaint and of praise against neither, in [`UNIT`]-ths of a logit.
type Pair = [i16; 2];
const UNIT: i64 = 64;

/// A model of sentiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    name: String,
    lexicon: Arc<Lexicon>,
    shape: Shape,
    /// The languages of the texts it was trained on, a bit each.
    languages: u8,
    /// What each sign weighs.
    signs: [Pair; SIGNS],
    /// What each bucket weighs; empty where nothing was learned yet.
    weights: Arc<Vec<Pair>>,
}

impl Model {
    /// The one that ships: NexusFlow's own lexicon, nothing learned.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Model> = OnceLock::new();
        SHIPPED.get_or_init(|| Self::of_lexicon("shipped-1", Lexicon::own().clone()))
    }

    /// A model that knows a lexicon and nothing else: both logits are straight lines of the compound score.
    pub fn of_lexicon(name: &str, lexicon: Lexicon) -> Self {
        let mut signs = [[0; 2]; SIGNS];
        for (sign, compound) in signs::knots() {
            signs[sign] = [-compound, compound].map(|to| ((3 * to - 400) * UNIT as i32 / 1_000) as i16);
        }
        let weights = Arc::default();
        Self { name: name.into(), lexicon: Arc::new(lexicon), shape: Shape::WORDS, languages: 0, signs, weights }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Judges a text. None where its language is unknown to the model, or no word of it is.
    pub fn judge(&self, text: &str) -> Option<Judgement> {
        let language = self.language(text)?;
        let mut sums = Sums { weights: &self.weights, of: [[0; 2]; 2], counts: [0; 2], known: 0 };
        let shape = (!self.weights.is_empty()).then_some(self.shape);
        let tone = read(text, &self.lexicon, language, shape, &mut sums);
        (tone.known() + sums.known > 0).then(|| judgement(&self.logits(&tone, &sums)))
    }

    /// The logits of the three classes in 1024ths.
    fn logits(&self, tone: &Tone, sums: &Sums<'_>) -> [i32; 3] {
        let mut by_signs = [0_i64; 2];
        signs::of(tone, |sign, value| {
            for (sum, weight) in by_signs.iter_mut().zip(self.signs[sign]) {
                *sum += i64::from(weight) * i64::from(value);
            }
        });
        let of = |side: usize| {
            let words = softmax::scaled(i64::from(sums.of[0][side]), sums.counts[0], UNIT);
            let letters = softmax::scaled(i64::from(sums.of[1][side]), sums.counts[1], UNIT);
            words + letters + (by_signs[side] * i64::from(softmax::LOGIT) / (UNIT * i64::from(signs::ONE))) as i32
        };
        [of(0), 0, of(1)]
    }

    /// The language to read a text in. A text that is too short to tell is read in the language whose lexicon knows most of its words, if
    /// that is a third of them.
    fn language(&self, text: &str) -> Option<Language> {
        let language = language::of(text);
        if self.knows(language) {
            return Some(language);
        }
        if language != Language::Other || !language::is_latin(text) {
            return None;
        }
        let all = Language::ALL.into_iter().filter(|own| self.knows(*own));
        let known = all.map(|own| (self.known_of(text, own), own));
        // The first of equals: English before the others.
        let ((known, words), best) = known.reduce(|best, own| if own.0.0 > best.0.0 { own } else { best })?;
        (known > 0 && known * 3 >= words).then_some(best)
    }

    /// How many words of a text are known in that language, and how many it has.
    fn known_of(&self, text: &str, language: Language) -> (u32, u32) {
        let mut sums = Sums { weights: &self.weights, of: [[0; 2]; 2], counts: [0; 2], known: 0 };
        let is_trained_in = self.languages & (1 << language as u8) != 0;
        let shape = (is_trained_in && !self.weights.is_empty()).then_some(Shape {
            pairs: false,
            letters: (0, 0),
            ..self.shape
        });
        let tone = read(text, &self.lexicon, language, shape, &mut sums);
        (tone.known().max(sums.known), tone.words)
    }

    fn knows(&self, language: Language) -> bool {
        self.lexicon.knows(language) || self.languages & (1 << language as u8) != 0
    }

    /// What carried the score of a text, strongest first.
    pub fn explain(&self, text: &str) -> Vec<Word> {
        let Some(language) = self.language(text) else { return Vec::new() };
        let mut parts = Parts { weights: &self.weights, words: Vec::new(), counts: [0; 2] };
        let shape = (!self.weights.is_empty()).then_some(self.shape);
        let tone = read(text, &self.lexicon, language, shape, &mut parts);
        parts.words(self, &tone)
    }

    /// Takes a person's word that a text is of that class, in one step of gradient descent on its words and pairs. Does nothing with a
    /// text whose language the model can't judge.
    pub fn learn(&mut self, text: &str, class: Class) {
        self.take(self.lesson(text, class));
    }

    /// A text in a language that is known, of words that are not: a correction makes them so.
    fn language_to_learn(&self, text: &str) -> Option<Language> {
        let is_open = language::of(text) == Language::Other && language::is_latin(text);
        (is_open && text.bytes().any(|byte| byte.is_ascii_alphabetic())).then_some(Language::English)
    }
}

fn judgement(logits: &[i32; 3]) -> Judgement {
    let mut chances = [0; 3];
    softmax::chances(logits, &mut chances);
    let [negative, neutral, positive] = chances;
    // Of equals the quieter: nobody is alarmed by a coin.
    let (class, sure) = if neutral >= negative && neutral >= positive {
        (Class::Neutral, neutral)
    } else if negative > positive {
        (Class::Negative, negative)
    } else {
        (Class::Positive, positive)
    };
    Judgement { score_milli: positive as i16 - negative as i16, class, sure_milli: sure.min(1_000) }
}

/// The sums of the weights of what a text has, words and pairs apart from runs of letters.
struct Sums<'a> {
    weights: &'a [Pair],
    of: [[i32; 2]; 2],
    counts: [u32; 2],
    known: u32,
}

impl Sink for Sums<'_> {
    #[inline]
    fn feature(&mut self, group: Group, bucket: u32, token: &Token) {
        let side = usize::from(group == Group::Letters);
        self.counts[side] += 1;
        let Some(weight) = self.weights.get(bucket as usize) else { return };
        let is_word = group == Group::Word && matches!(token.kind, Kind::Word | Kind::Emoji);
        self.known += u32::from(is_word && *weight != [0; 2]);
        for (sum, weight) in self.of[side].iter_mut().zip(weight) {
            *sum = sum.saturating_add(i32::from(*weight));
        }
    }

    fn value(&mut self, _: i64, _: &Token) {}
}

/// What each word of a text adds.
struct Parts<'a> {
    weights: &'a [Pair],
    /// A word, the difference of its weights in both groups, and what the lexicon says of it.
    words: Vec<(Token, [i64; 2], i64)>,
    counts: [u32; 2],
}

impl Parts<'_> {
    fn at(&mut self, token: &Token) -> Option<&mut (Token, [i64; 2], i64)> {
        if self.words.last().is_none_or(|last| last.0.from != token.from) {
            self.words.push((*token, [0; 2], 0));
        }
        self.words.last_mut()
    }

    /// The words with what they moved. What the signs say together is shared out by what the lexicon says of each word.
    fn words(self, model: &Model, tone: &Tone) -> Vec<Word> {
        let none = Sums { weights: &[], of: [[0; 2]; 2], counts: [0; 2], known: 0 };
        let [negative, _, positive] = model.logits(tone, &none);
        let by_lexicon = i64::from(positive - negative) * 1_000 / i64::from(softmax::LOGIT);
        let said: i64 = self.words.iter().map(|(.., value)| value.abs()).sum();
        let mut words: Vec<Word> = Vec::with_capacity(self.words.len());
        for (token, weights, value) in &self.words {
            let learned: i64 = (0..2)
                .map(|side| {
                    i64::from(softmax::scaled(weights[side], self.counts[side], UNIT)) * 1_000
                        / i64::from(softmax::LOGIT)
                })
                .sum();
            let milli = learned + by_lexicon.abs() * value / said.max(1);
            let milli = milli.clamp(-1_000, 1_000) as i16;
            if milli != 0 {
                words.push(Word { from: token.from, to: token.to, milli });
            }
        }
        words.sort_by_key(|word| (std::cmp::Reverse(word.milli.unsigned_abs()), word.from));
        words
    }
}

impl Sink for Parts<'_> {
    fn feature(&mut self, group: Group, bucket: u32, token: &Token) {
        let side = usize::from(group == Group::Letters);
        self.counts[side] += 1;
        let weight = self.weights.get(bucket as usize).copied().unwrap_or_default();
        if let Some(part) = self.at(token) {
            part.1[side] += i64::from(weight[1]) - i64::from(weight[0]);
        }
    }

    fn value(&mut self, milli: i64, token: &Token) {
        if let Some(part) = self.at(token) {
            part.2 += milli;
        }
    }
}

#[cfg(test)]
mod tests;
