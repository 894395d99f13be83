//! How quick judging is. A timing, in processor time: what else the machine does meanwhile takes caches, not turns.

use crate::figure::{Better, Figure};
use crate::files::EvaluateError;
use crate::texts;
use nexusflow_learn::sentiment::{Example, Model, Settings, train};
use rustix::time::{ClockId, clock_gettime};
use std::path::Path;

/// Texts are put together or cut to about so many bytes.
const BYTES: usize = 130;

/// Texts a second on one core, with the model of the other evaluations and with the shipped one.
pub(crate) fn sentiment(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let tweets = texts::tweets(data)?;
    let examples: Vec<Example<'_>> =
        tweets.iter().map(|tweet| Example { text: &tweet.text, class: tweet.class, weight: 1.0 }).collect();
    let model = train(&examples, &texts::lexicon(data)?, &Settings::default(), |_, _| {});
    let texts = of_length(tweets.iter().map(|tweet| tweet.text.as_str()));
    let figure = |what: &str, model: &Model, floor| Figure {
        what: what.into(),
        unit: "/s",
        value: per_second(model, &texts),
        interval: None,
        cases: texts.len(),
        base: format!("the best of five rounds on one core; texts of {BYTES} bytes on average"),
        split: "a timing, not a judgement".into(),
        better: Better::Higher,
        floor,
        aim: Some(500_000.0),
    };
    Ok(vec![
        figure("texts judged with a trained model", &model, Some(100_000.0)),
        figure("texts judged as shipped", Model::shipped(), Some(100_000.0)),
    ])
}

fn of_length<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let (mut all, mut open) = (Vec::new(), String::new());
    for text in texts {
        open.push_str(text);
        open.push(' ');
        while open.len() >= BYTES {
            let cut = (1..=BYTES).rev().find(|at| open.is_char_boundary(*at)).unwrap_or(open.len());
            let rest = open.split_off(cut);
            all.push(std::mem::replace(&mut open, rest));
        }
    }
    all
}

fn per_second(model: &Model, texts: &[String]) -> f64 {
    let round = || {
        let begun = used_s();
        let judged = texts.iter().filter(|text| model.judge(text).is_some()).count();
        std::hint::black_box(judged);
        used_s() - begun
    };
    let best = (0..5).map(|_| round()).fold(f64::INFINITY, f64::min);
    texts.len() as f64 / best.max(1e-9)
}

/// The processor time that this thread has used, in seconds.
fn used_s() -> f64 {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}
