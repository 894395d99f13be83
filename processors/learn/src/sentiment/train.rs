//! A model of sentiment from labelled texts.

use super::signs::{self, SIGNS};
use super::{Class, Lexicon, Model, Pair, UNIT, reading};
use crate::features::{Group, Shape};
use crate::language::{self, Language};
use crate::linear::{Descent, Rows, train as descend};
use crate::text::Token;
use std::sync::Arc;

/// How a model is trained.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the model will be called.
    pub name: String,
    /// Which features it has.
    pub shape: Shape,
    /// How much the examples count beside the penalty on large weights.
    pub cost: f32,
    /// At most so many steps to the best weights.
    pub steps: u32,
    /// How much what the lexicon says counts beside words: a factor on its signs.
    pub prior: f32,
    /// How far classes that few texts are of are made up for: 0 not at all, 1 until all classes weigh the same.
    pub balance: f32,
    /// In how many examples a feature has to be.
    pub least: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { name: "trained".into(), shape: Shape::LETTERS, cost: 2.0, steps: 60, prior: 1.0, balance: 0.5, least: 2 }
    }
}

/// A labelled text, and how much it counts: 1 but where some should count more than others.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// What somebody wrote.
    pub text: &'a str,
    /// How it sounds.
    pub class: Class,
    /// How much it counts.
    pub weight: f32,
}

/// Gathers the features of one text.
#[derive(Default)]
struct Gathered {
    buckets: Vec<(Group, u32)>,
}

impl reading::Sink for Gathered {
    fn feature(&mut self, group: Group, bucket: u32, _: &Token) {
        self.buckets.push((group, bucket));
    }

    fn value(&mut self, _: i64, _: &Token) {}
}

/// Trains a model. `told` hears of each step: its number and the mean loss.
pub fn train(examples: &[Example<'_>], lexicon: &Lexicon, settings: &Settings, told: impl FnMut(u32, f32)) -> Model {
    let (languages, main) = languages(examples);
    let made_up = made_up(examples, settings.balance);
    let mut rows = Rows::default();
    let mut gathered = Gathered::default();
    for example in examples {
        let own = language::of(example.text);
        let own = if own == Language::Other { main } else { own };
        gathered.buckets.clear();
        let tone = reading::read(example.text, lexicon, own, Some(settings.shape), &mut gathered);
        signs::of(&tone, |sign, value| {
            rows.add(sign as u32, value as f32 / signs::ONE as f32 * settings.prior);
        });
        let letters = gathered.buckets.iter().filter(|(group, _)| *group == Group::Letters).count();
        let size = |n: usize| 1.0 / (n.max(1) as f32).sqrt();
        let (of_words, of_letters) = (size(gathered.buckets.len() - letters), size(letters));
        for (group, bucket) in &gathered.buckets {
            rows.add(SIGNS as u32 + bucket, if *group == Group::Letters { of_letters } else { of_words });
        }
        rows.end(example.class as u16, example.weight * made_up[example.class as usize]);
    }
    let features = SIGNS + settings.shape.buckets();
    rows.prune(settings.least, SIGNS as u32, features);
    let descent = Descent { cost: settings.cost, steps: settings.steps, telling: None };
    let weights = descend(&rows, features, Class::ALL.len(), descent, told);
    // Against neither: what is the same for all three classes says nothing.
    let pair = |at: usize, factor: f32| -> Pair {
        let own = &weights[at * 3..at * 3 + 3];
        [own[0], own[2]].map(|side| ((side - own[1]) * factor * UNIT as f32).round() as i16)
    };
    let mut by_signs = [[0; 2]; SIGNS];
    for (at, own) in by_signs.iter_mut().enumerate() {
        *own = pair(at, settings.prior);
    }
    let by_buckets = (0..settings.shape.buckets()).map(|at| pair(SIGNS + at, 1.0)).collect();
    Model {
        name: settings.name.clone(),
        lexicon: Arc::new(lexicon.clone()),
        shape: settings.shape,
        languages,
        signs: by_signs,
        weights: Arc::new(by_buckets),
    }
}

/// What an example of each class counts, so that rare classes are not drowned.
fn made_up(examples: &[Example<'_>], balance: f32) -> [f32; 3] {
    let mut sums = [0.0_f32; 3];
    examples.iter().for_each(|example| sums[example.class as usize] += example.weight);
    let present = sums.iter().filter(|sum| **sum > 0.0).count();
    let mean = sums.iter().sum::<f32>() / present.max(1) as f32;
    sums.map(|sum| if sum > 0.0 { (mean / sum).powf(balance) } else { 0.0 })
}

/// The languages that a fiftieth of the texts is in at least, and the one that most are in.
fn languages(examples: &[Example<'_>]) -> (u8, Language) {
    let mut counts = [0_usize; Language::ALL.len()];
    for example in examples {
        counts[language::of(example.text) as usize] += 1;
    }
    let named = || Language::ALL.into_iter().filter(|own| *own != Language::Other);
    let bits =
        named().filter(|own| counts[*own as usize] * 50 >= examples.len().max(1)).map(|own| 1 << own as u8).sum();
    let main = named().reduce(|best, own| if counts[own as usize] > counts[best as usize] { own } else { best });
    (bits, main.unwrap_or(Language::English))
}
