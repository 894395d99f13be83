//! Themes: what complaints to airlines are about, and questions to a bank.

use crate::figure::{Better, Figure};
use crate::files::EvaluateError;
use crate::texts::{self, Tweet};
use nexusflow_learn::figures::interval;
use nexusflow_learn::themes::{Example, Guess, Model, Settings, train};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const SPLIT: &str =
    "complaints: first 80 % of messages by time to learn from, the rest to judge, without texts seen in training";
/// How sure annotators have to be of a reason to be called sure.
const SURE: f64 = 0.66;
/// How many complaints an airline has of a day, to be looked at.
const GROUP_MIN: usize = 30;
/// What they say who could not say why.
const NO_REASON: &str = "Can't Tell";

/// A complaint, what it is about, and the guesses, best first, with how sure the model is of the first.
#[derive(Clone)]
struct Judged<'a> {
    tweet: Option<&'a Tweet>,
    theme: u16,
    guesses: Vec<Guess>,
    chances: Vec<u16>,
}

impl Judged<'_> {
    fn is_among(&self, first: usize) -> bool {
        self.guesses.iter().take(first).any(|guess| guess.theme == self.theme)
    }

    fn sure(&self) -> u16 {
        self.guesses.first().map_or(0, |first| first.sure_milli)
    }
}

fn judged<'a>(model: &Model, text: &str, theme: u16, tweet: Option<&'a Tweet>) -> Judged<'a> {
    Judged { tweet, theme, guesses: model.guess(text), chances: model.chances(text) }
}

fn share(cases: &[Judged<'_>], places: &[usize], right: impl Fn(&Judged<'_>) -> bool) -> f64 {
    places.iter().filter(|at| right(&cases[**at])).count() as f64 / places.len().max(1) as f64
}

struct Asked {
    what: &'static str,
    first: usize,
    floor: Option<f64>,
    aim: Option<f64>,
}

fn figure(asked: &Asked, cases: &[Judged<'_>], split: &str) -> Figure {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    cases.iter().for_each(|case| *counts.entry(case.theme).or_default() += 1);
    let most = counts.values().max().copied().unwrap_or(0) as f64 / cases.len().max(1) as f64;
    let all: Vec<usize> = (0..cases.len()).collect();
    let of = |places: &[usize]| share(cases, places, |case| case.is_among(asked.first));
    Figure {
        what: asked.what.into(),
        unit: "",
        value: of(&all),
        interval: interval(cases.len(), 1, of),
        cases: cases.len(),
        base: format!("majority {most:.3}"),
        split: split.into(),
        better: Better::Higher,
        floor: asked.floor,
        aim: asked.aim,
    }
}

/// The surest 60 % of the cases.
fn surest<'a>(cases: &[Judged<'a>]) -> Vec<Judged<'a>> {
    let mut sorted = cases.to_vec();
    sorted.sort_by_key(|case| std::cmp::Reverse(case.sure()));
    sorted.truncate(cases.len() * 3 / 5);
    sorted
}

/// Why people complain to airlines: ten reasons.
pub(crate) fn airlines(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let tweets = texts::tweets(data)?;
    let reasons: BTreeSet<&str> =
        tweets.iter().map(|tweet| tweet.reason.as_str()).filter(|own| !own.is_empty()).collect();
    let themes: Vec<String> = reasons.iter().map(|reason| (*reason).to_owned()).collect();
    let theme = |tweet: &Tweet| themes.iter().position(|own| *own == tweet.reason).map(|at| at as u16);
    let (before, after) = texts::by_time(&tweets);
    let examples = before.iter().filter_map(|tweet| {
        // What two of three annotators said counts a third of what all of them did.
        Some(Example { text: &tweet.text, theme: theme(tweet)?, weight: tweet.reason_sure.powi(3) as f32 })
    });
    let examples: Vec<Example<'_>> = examples.collect();
    let model = train(&examples, &themes, &Settings::default().tuned(&examples, &themes), |_, _| {});
    let cases: Vec<Judged<'_>> =
        after.iter().filter_map(|tweet| Some(judged(&model, &tweet.text, theme(tweet)?, Some(tweet)))).collect();
    let is_sure = |case: &&Judged<'_>| case.tweet.is_some_and(|own| own.reason_sure >= SURE && own.reason != NO_REASON);
    let mut sure: Vec<Judged<'_>> = cases.iter().filter(is_sure).cloned().collect();
    // To say that nobody can tell is no answer where a reason is asked for.
    let no_reason = themes.iter().position(|own| own == NO_REASON).map(|at| at as u16);
    sure.iter_mut().for_each(|case| case.guesses.retain(|guess| Some(guess.theme) != no_reason));
    let asked = |what, first, floor, aim| Asked { what, first, floor, aim };
    let mut figures = vec![
        figure(&asked("the reason is the first of ten guessed", 1, None, None), &cases, SPLIT),
        figure(&asked("the reason is among the first two", 2, Some(0.78), Some(0.85)), &cases, SPLIT),
        figure(&asked("first, where annotators are sure of a reason", 1, Some(0.76), Some(0.82)), &sure, SPLIT),
        figure(&asked("first, of the surest 60 %", 1, Some(0.75), Some(0.82)), &surest(&cases), SPLIT),
    ];
    figures.extend(as_shown(&cases, themes.len()));
    Ok(figures)
}

/// Of each theme, the share that is shown and the one that annotators say.
type Shares = (Vec<f64>, Vec<f64>);

/// The top five of each airline and day, and the shares of all themes, against what annotators say.
fn as_shown(cases: &[Judged<'_>], themes: usize) -> Vec<Figure> {
    let mut groups: BTreeMap<(&str, jiff::civil::Date), Vec<&Judged<'_>>> = BTreeMap::new();
    for case in cases {
        let Some(tweet) = case.tweet else { continue };
        let day = jiff::tz::Offset::constant(-8).to_datetime(tweet.at).date();
        groups.entry((tweet.airline.as_str(), day)).or_default().push(case);
    }
    // Of a handful the shares are chance.
    let groups = groups.values().filter(|group| group.len() >= GROUP_MIN);
    let groups: Vec<Shares> = groups.map(|group| shares(group, themes)).collect();
    let mean = |places: &[usize], of: &dyn Fn(&Shares) -> f64| {
        places.iter().map(|at| of(&groups[*at])).sum::<f64>() / places.len().max(1) as f64
    };
    let all: Vec<usize> = (0..groups.len()).collect();
    let shown = |what: &str, unit, better, floor, aim, of: &dyn Fn(&Shares) -> f64| Figure {
        what: what.into(),
        unit,
        value: mean(&all, of),
        interval: interval(groups.len(), 1, |places| mean(places, of)),
        cases: groups.len(),
        base: format!("cases are the complaints about an airline of a day, {GROUP_MIN} at least"),
        split: SPLIT.into(),
        better,
        floor: Some(floor),
        aim: Some(aim),
    };
    let recall = |(is, said): &(Vec<f64>, Vec<f64>)| {
        let (is, said) = (top_five(is), top_five(said));
        is.iter().filter(|theme| said.contains(theme)).count() as f64 / is.len().max(1) as f64
    };
    let error = |(is, said): &(Vec<f64>, Vec<f64>)| {
        100.0 * is.iter().zip(said).map(|(is, said)| (is - said).abs()).sum::<f64>() / themes.max(1) as f64
    };
    vec![
        shown("of the top five per airline and day, found", "", Better::Higher, 0.84, 0.92, &recall),
        shown("mean error of a theme's share", "points", Better::Lower, 2.0, 1.5, &error),
    ]
}

/// The shares of the themes in a group: as they are, and as guessed, each complaint counting for every theme as likely as it is.
fn shares(group: &[&Judged<'_>], themes: usize) -> Shares {
    let (mut is, mut said) = (vec![0.0; themes], vec![0.0; themes]);
    let part = 1.0 / group.len().max(1) as f64;
    for case in group {
        is[usize::from(case.theme)] += part;
        let sum: f64 = case.chances.iter().map(|chance| f64::from(*chance)).sum();
        for (said, chance) in said.iter_mut().zip(&case.chances) {
            *said += part * f64::from(*chance) / sum.max(1.0);
        }
    }
    (is, said)
}

fn top_five(shares: &[f64]) -> Vec<usize> {
    let mut themes: Vec<usize> = (0..shares.len()).filter(|at| shares[*at] > 0.0).collect();
    themes.sort_by(|one, other| shares[*other].total_cmp(&shares[*one]).then(one.cmp(other)));
    themes.truncate(5);
    themes
}

/// Questions to a bank: 77 intents, the parts as published.
pub(crate) fn many(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let (learned, asked) = (texts::questions(data, "train")?, texts::questions(data, "test")?);
    let keys: BTreeSet<&str> = learned.iter().map(|question| question.category.as_str()).collect();
    let themes: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let theme = |key: &str| themes.iter().position(|own| own == key).map(|at| at as u16);
    let examples = learned
        .iter()
        .filter_map(|question| Some(Example { text: &question.text, theme: theme(&question.category)?, weight: 1.0 }));
    let examples: Vec<Example<'_>> = examples.collect();
    let model = train(&examples, &themes, &Settings::default().tuned(&examples, &themes), |_, _| {});
    let cases: Vec<Judged<'_>> = asked
        .iter()
        .filter_map(|question| Some(judged(&model, &question.text, theme(&question.category)?, None)))
        .collect();
    let split = "the published training and test parts";
    let one = Asked { what: "the intent is the first of 77 guessed", first: 1, floor: Some(0.90), aim: Some(0.93) };
    let three = Asked { what: "the intent is among the first three", first: 3, floor: None, aim: None };
    Ok(vec![figure(&one, &cases, split), figure(&three, &cases, split)])
}
