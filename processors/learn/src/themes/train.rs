//! A model of themes from labelled texts.

use super::{Model, UNIT};
use crate::features::{self, Group, Shape, Window};
use crate::linear::{Descent, Rows, train as descend};
use crate::text::tokens;
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
    /// In how many examples a feature has to be.
    pub least: u32,
}

impl Default for Settings {
    fn default() -> Self {
        let shape = Shape::LETTERS;
        Self { name: "trained".into(), shape, cost: 2.0, steps: 50, least: 2 }
    }
}

/// A text, the number of its theme, and how much it counts: 1 but where some should count more than others.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// What somebody wrote.
    pub text: &'a str,
    /// The place of its theme in the list.
    pub theme: u16,
    /// How much it counts.
    pub weight: f32,
}

impl Settings {
    /// These settings with the cost that judges best what it did not learn from: every fifth example. Many themes with few examples each
    /// want less of a penalty than few that people do not agree on.
    #[must_use]
    pub fn tuned(self, examples: &[Example<'_>], themes: &[String]) -> Self {
        let held_out = |keep: bool| examples.iter().enumerate().filter(move |(at, _)| (at % 5 == 4) == keep);
        let learned: Vec<Example<'_>> = held_out(false).map(|(_, example)| *example).collect();
        let right = |settings: &Self| {
            let model = train(&learned, themes, settings, |_, _| {});
            let is_right =
                |example: &Example<'_>| model.guess(example.text).first().is_some_and(|own| own.theme == example.theme);
            held_out(true)
                .filter(|(_, example)| is_right(example))
                .map(|(_, example)| f64::from(example.weight))
                .sum::<f64>()
        };
        let tried = COSTS.map(|cost| Self { cost, ..self.clone() });
        let best =
            tried.into_iter().map(|own| (right(&own), own)).reduce(|best, own| if own.0 > best.0 { own } else { best });
        best.map_or(self, |(_, own)| own)
    }
}

/// The costs that are tried.
const COSTS: [f32; 2] = [6.0, 18.0];

/// Trains a model of these themes; an example of a theme that is not among them is left out. `told` hears of each step: its number
/// and the mean loss.
pub fn train(examples: &[Example<'_>], themes: &[String], settings: &Settings, told: impl FnMut(u32, f32)) -> Model {
    let classes = themes.len();
    let mut rows = Rows::default();
    let mut buckets = Vec::new();
    for example in examples.iter().filter(|example| usize::from(example.theme) < classes) {
        buckets.clear();
        let mut window = Window::default();
        for token in tokens(example.text) {
            features::of_token(settings.shape, example.text, &token, false, &mut window, |group, bucket| {
                buckets.push((group, bucket));
            });
        }
        let letters = buckets.iter().filter(|(group, _)| *group == Group::Letters).count();
        let size = |n: usize| 1.0 / (n.max(1) as f32).sqrt();
        let (of_words, of_letters) = (size(buckets.len() - letters), size(letters));
        rows.add(0, 1.0);
        for (group, bucket) in &buckets {
            rows.add(1 + bucket, if *group == Group::Letters { of_letters } else { of_words });
        }
        rows.end(example.theme, example.weight);
    }
    let features = 1 + settings.shape.buckets();
    rows.prune(settings.least, 1, features);
    let descent = Descent { cost: settings.cost, steps: settings.steps, telling: Some(1) };
    let weights = descend(&rows, features, classes, descent, told);
    let whole = |at: usize| {
        // What is the same for all themes says nothing.
        let own = &weights[at * classes..(at + 1) * classes];
        let mean = own.iter().sum::<f32>() / classes.max(1) as f32;
        own.iter().map(move |weight| ((weight - mean) * UNIT as f32).round() as i16)
    };
    let bias = whole(0).collect();
    let (mut row_of, mut kept) = (vec![0_u32; settings.shape.buckets()], Vec::new());
    for (bucket, row) in row_of.iter_mut().enumerate() {
        let own: Vec<i16> = whole(1 + bucket).collect();
        if own.iter().any(|weight| *weight != 0) {
            kept.extend(own);
            *row = (kept.len() / classes) as u32;
        }
    }
    let (name, shape) = (settings.name.clone(), settings.shape);
    Model { name, themes: themes.to_vec(), shape, bias, rows: Arc::new(row_of), weights: Arc::new(kept) }
}
