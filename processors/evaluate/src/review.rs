//! Whether people's time is well spent: correcting the texts that a model is least sure of, against as many at random.

use crate::figure::{Better, Figure};
use crate::files::EvaluateError;
use crate::texts::{self, Tweet};
use nexusflow_learn::features::Shape;
use nexusflow_learn::figures::{Chance, interval};
use nexusflow_learn::sentiment::{Class, Example, Lexicon, Model, Settings, train};
use std::path::Path;

/// How often it is tried, each time with other messages to begin with.
const TIMES: u64 = 8;
/// A model begins with one in so many messages; people correct one in so many of the others.
const BEGINS_WITH: usize = 5;
const CORRECTED: usize = 10;

/// The gain of correcting the least sure tenth, and of a tenth at random.
pub(crate) fn queue(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let tweets = texts::tweets(data)?;
    let (before, after) = texts::by_time(&tweets);
    let gains: Vec<(f64, f64)> = (0..TIMES).map(|seed| gains(&before, &after, seed)).collect();
    let mean = |places: &[usize], of: &dyn Fn(&(f64, f64)) -> f64| {
        100.0 * places.iter().map(|at| of(&gains[*at])).sum::<f64>() / places.len().max(1) as f64
    };
    let all: Vec<usize> = (0..gains.len()).collect();
    let figure = |what: &str, floor, aim, of: &dyn Fn(&(f64, f64)) -> f64| Figure {
        what: what.into(),
        unit: "points",
        value: mean(&all, of),
        interval: interval(gains.len(), 1, |places| mean(places, of)),
        cases: gains.len(),
        base: "cases are trials, each with other messages to begin with; accuracy of three classes".into(),
        split:
            "a fifth of the first 80 % to begin with, a tenth of the others corrected, the last 20 % by time to judge"
                .into(),
        better: Better::Higher,
        floor,
        aim,
    };
    let random = mean(&all, &|gain| gain.1);
    Ok(vec![
        figure("gain of the queue over a tenth at random", Some(0.0), Some(random.max(0.0)), &|gain| gain.0 - gain.1),
        figure("gain of correcting the least sure tenth", None, None, &|gain| gain.0),
        figure("gain of correcting a tenth at random", None, None, &|gain| gain.1),
    ])
}

/// What the queue gains in accuracy, and what chance does.
fn gains(before: &[&Tweet], after: &[&Tweet], seed: u64) -> (f64, f64) {
    let mut shuffled = before.to_vec();
    Chance::new(seed).shuffle(&mut shuffled);
    let (known, pool) = shuffled.split_at(shuffled.len() / BEGINS_WITH);
    let first = learned(known, &[]);
    let corrected = pool.len() / CORRECTED;
    // The pool is in an order of chance already.
    let at_random = &pool[..corrected];
    let mut queue = pool.to_vec();
    queue.sort_by_key(|tweet| first.judge(&tweet.text).map_or(0, |said| said.sure_milli));
    queue.truncate(corrected);
    let begun = accuracy(&first, after);
    (accuracy(&learned(known, &queue), after) - begun, accuracy(&learned(known, at_random), after) - begun)
}

fn learned(known: &[&Tweet], corrected: &[&Tweet]) -> Model {
    let examples: Vec<Example<'_>> = known
        .iter()
        .chain(corrected)
        .map(|tweet| Example { text: &tweet.text, class: tweet.class, weight: 1.0 })
        .collect();
    train(&examples, Lexicon::own(), &Settings { shape: Shape::WORDS, ..Settings::default() }, |_, _| {})
}

fn accuracy(model: &Model, tweets: &[&Tweet]) -> f64 {
    let guess = |tweet: &Tweet| model.judge(&tweet.text).map_or(Class::Neutral, |said| said.class);
    tweets.iter().filter(|tweet| guess(tweet) == tweet.class).count() as f64 / tweets.len().max(1) as f64
}
