//! Sentiment of messages to airlines, and of trades that the model has never seen.

use crate::figure::{Better, Figure};
use crate::files::EvaluateError;
use crate::texts::{self, Domain, Tweet};
use nexusflow_learn::figures::{interval, macro_f1};
use nexusflow_learn::sentiment::{Class, Example, Judgement, Lexicon, Model, Settings, train};
use std::path::Path;

const SPLIT: &str = "first 80 % by time to learn from, the rest to judge, without texts seen in training";

/// A text's class, and what the model says of it.
struct Judged {
    class: Class,
    said: Option<Judgement>,
}

impl Judged {
    /// What is not judged counts as neither.
    fn guess(&self) -> Class {
        self.said.map_or(Class::Neutral, |said| said.class)
    }

    fn sure(&self) -> u16 {
        self.said.map_or(0, |said| said.sure_milli)
    }

    fn is_right(&self) -> bool {
        self.guess() == self.class
    }
}

fn share(cases: &[&Judged], right: impl Fn(&Judged) -> bool) -> f64 {
    cases.iter().filter(|case| right(case)).count() as f64 / cases.len().max(1) as f64
}

fn judged<'a>(model: &Model, tweets: &[&'a Tweet]) -> Vec<(Judged, &'a Tweet)> {
    tweets.iter().map(|tweet| (Judged { class: tweet.class, said: model.judge(&tweet.text) }, *tweet)).collect()
}

/// Three classes, two, and the surest 80 %, on messages to airlines by time.
pub(crate) fn airlines(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let tweets = texts::tweets(data)?;
    let (before, after) = texts::by_time(&tweets);
    let examples: Vec<Example<'_>> =
        before.iter().map(|tweet| Example { text: &tweet.text, class: tweet.class, weight: 1.0 }).collect();
    let model = train(&examples, &texts::lexicon(data)?, &Settings::default(), |_, _| {});
    let mut figures = of_airlines(&model, &after, "", true);
    figures.extend(of_airlines(Model::shipped(), &after, " as shipped, nothing learned", false));
    Ok(figures)
}

fn of_airlines(model: &Model, tweets: &[&Tweet], whose: &str, is_bound: bool) -> Vec<Figure> {
    let all = judged(model, tweets);
    let cases: Vec<&Judged> = all.iter().map(|(judged, _)| judged).collect();
    let figure = |what: &str, cases: &[&Judged], of: &dyn Fn(&[&Judged]) -> f64, base: &str, floor: f64, aim: f64| {
        let drawn = |places: &[usize]| of(&places.iter().map(|at| cases[*at]).collect::<Vec<_>>());
        Figure {
            what: format!("{what}{whose}"),
            unit: "",
            value: of(cases),
            interval: interval(cases.len(), 1, drawn),
            cases: cases.len(),
            base: base.into(),
            split: SPLIT.into(),
            better: Better::Higher,
            floor: is_bound.then_some(floor),
            aim: is_bound.then_some(aim),
        }
    };
    let accuracy = |cases: &[&Judged]| share(cases, Judged::is_right);
    let f1 = |cases: &[&Judged]| {
        let pairs = cases.iter().map(|case| (case.class as usize, case.guess() as usize));
        macro_f1(pairs, Class::ALL.len())
    };
    let sides: Vec<&Judged> = cases.iter().copied().filter(|case| case.class != Class::Neutral).collect();
    let side = |cases: &[&Judged]| {
        share(cases, |case| case.said.is_some_and(|said| (said.score_milli > 0) == (case.class == Class::Positive)))
    };
    let mut surest = cases.clone();
    surest.sort_by_key(|case| std::cmp::Reverse(case.sure()));
    surest.truncate(cases.len() * 4 / 5);
    let base = |cases: &[&Judged]| {
        let most = Class::ALL.map(|class| share(cases, |case| case.class == class)).into_iter().fold(0.0, f64::max);
        format!("majority {most:.3}")
    };
    vec![
        figure("accuracy of three classes", &cases, &accuracy, &base(&cases), 0.785, 0.82),
        figure("macro-F1 of three classes", &cases, &f1, &format!("{}, whose F1 is .25", base(&cases)), 0.725, 0.77),
        figure("accuracy of praise or complaint", &sides, &side, &base(&sides), 0.91, 0.94),
        figure("accuracy of the surest 80 %", &surest, &accuracy, &base(&surest), 0.85, 0.89),
    ]
}

/// Each trade judged by a model of the others.
pub(crate) fn elsewhere(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let domains = texts::domains(data)?;
    let lexicon = texts::lexicon(data)?;
    let mut figures = Vec::new();
    let mut right = Vec::new();
    for left_out in 0..domains.len() {
        let model = model_of_others(&domains, left_out, &lexicon);
        let own = &domains[left_out];
        let hits: Vec<bool> = own.texts.iter().map(|(text, praise)| is_right(&model, text, *praise)).collect();
        figures.push(elsewhere_figure(&format!("never seen: {}", own.name), &[&hits], own, None));
        right.push(hits);
    }
    let all: Vec<&[bool]> = right.iter().map(Vec::as_slice).collect();
    figures.insert(0, elsewhere_figure("a trade never seen, mean of six", &all, &domains[0], Some((0.82, 0.87))));
    Ok(figures)
}

fn is_right(model: &Model, text: &str, praise: bool) -> bool {
    model.judge(text).is_some_and(|said| (said.score_milli > 0) == praise)
}

/// Trained on all trades but one; each counts the same in all, and praise as much as complaint.
fn model_of_others(domains: &[Domain], left_out: usize, lexicon: &Lexicon) -> Model {
    let mut examples = Vec::new();
    for (_, domain) in domains.iter().enumerate().filter(|(at, _)| *at != left_out) {
        let praise = domain.texts.iter().filter(|(_, praise)| *praise).count().max(1);
        let complaint = (domain.texts.len() - praise).max(1);
        for (text, is_praise) in &domain.texts {
            let class = if *is_praise { Class::Positive } else { Class::Negative };
            let weight = 1_500.0 / if *is_praise { praise } else { complaint } as f32;
            examples.push(Example { text, class, weight });
        }
    }
    let settings = Settings::default();
    train(&examples, lexicon, &settings, |_, _| {})
}

fn elsewhere_figure(what: &str, hits: &[&[bool]], own: &Domain, bounds: Option<(f64, f64)>) -> Figure {
    let cases: usize = hits.iter().map(|own| own.len()).sum();
    // Every trade counts the same; cases are drawn within their trade.
    let mean = |drawn: &dyn Fn(usize, usize) -> usize| {
        let of = |(at, own): (usize, &&[bool])| {
            (0..own.len()).filter(|case| own[drawn(at, *case)]).count() as f64 / own.len().max(1) as f64
        };
        hits.iter().enumerate().map(of).sum::<f64>() / hits.len().max(1) as f64
    };
    let starts: Vec<usize> = hits
        .iter()
        .scan(0, |sum, own| {
            let at = *sum;
            *sum += own.len();
            Some(at)
        })
        .collect();
    let interval = interval(cases, 1, |places| mean(&|at, case| places[starts[at] + case] % hits[at].len()));
    let praise = own.texts.iter().filter(|(_, praise)| *praise).count() as f64 / own.texts.len().max(1) as f64;
    let base = if bounds.is_some() {
        "a rule of words (VADER) .81".into()
    } else {
        format!("majority {:.3}", praise.max(1.0 - praise))
    };
    Figure {
        what: what.into(),
        unit: "",
        value: mean(&|_, case| case),
        interval,
        cases,
        base,
        split: "trained on the five others, each with the same weight".into(),
        better: Better::Higher,
        floor: bounds.map(|(floor, _)| floor),
        aim: bounds.map(|(_, aim)| aim),
    }
}
