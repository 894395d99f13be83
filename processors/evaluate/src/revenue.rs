//! The forecast of what will be won, on the pipeline of a fictional vendor (crm_sales): its events go through the fold in the order of
//! their time, and each origin sees what was folded by its evening and nothing else.

use crate::files::bytes;
use crate::{Better, EvaluateError, Figure};
use jiff::civil::{Date, date};
use nexusflow_domain::revenue::forecast::{Forecast, Forecaster, Sales};
use nexusflow_domain::revenue::stages::{date_of, day_of};
use nexusflow_domain::{Commerce, Rollup};
use nexusflow_engine::{Pane, Partition};
use nexusflow_learn::figures::interval;
use nexusflow_model::event::sales::{OpportunityCreated, OpportunityLost, OpportunityWon};
use nexusflow_model::{Currency, Envelope, Event, Id, Label, Money, Source, Timestamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const FILE: &str = "crm_sales/sales_pipeline.csv";
const PRICES: &str = "crm_sales/products.csv";
const SPLIT: &str = "origins in the second half of 2017, each with what was folded by then";

/// The first and the last day of a month, counted on from January 2017.
fn month(number: i16) -> (i32, i32) {
    let first = |number: i16| date(2017 + number.div_euclid(12), number.rem_euclid(12) as i8 + 1, 1);
    (day_of(first(number)), day_of(first(number + 1)) - 1)
}

/// A period that is forecast: on the evening of which day, from which day to which.
type Task = (i32, i32, i32);

/// A task, what was forecast, and what was won in the end.
struct Case {
    forecast: Forecast,
    actual: f64,
    /// What the mean of the last 91 days gives.
    naive: f64,
}

/// Next month, at the start of each month.
pub(crate) fn next_month(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let tasks: Vec<Task> = (6..12).map(month).map(|(first, last)| (first - 1, first, last)).collect();
    let cases = run(data, &tasks)?;
    let worst = cases.iter().map(off).fold(0.0, f64::max);
    let mut figures = figures("next month", &cases, (8.0, 5.0));
    let what = "worst month".to_owned();
    figures.push(Figure {
        what,
        value: worst * 100.0,
        interval: None,
        floor: Some(15.0),
        aim: Some(10.0),
        ..figures[0].clone()
    });
    Ok(figures)
}

/// Next quarter, at the start of each quarter.
pub(crate) fn next_quarter(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let tasks: Vec<Task> = [6, 9].map(|at| (month(at).0 - 1, month(at).0, month(at + 2).1)).to_vec();
    Ok(figures("next quarter", &run(data, &tasks)?, (5.0, 3.0)))
}

/// This month, on the evening of the 15th.
pub(crate) fn mid_month(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let tasks: Vec<Task> = (6..12).map(month).map(|(first, last)| (first + 14, first, last)).collect();
    Ok(figures("this month on the 15th", &run(data, &tasks)?, (5.0, 3.0)))
}

/// The 80 % interval, of the rest of this month, next month, and the rest of the quarter, every third day.
pub(crate) fn intervals(data: &Path) -> Result<Vec<Figure>, EvaluateError> {
    let end = month(11).1;
    let tasks: Vec<Task> = (month(5).1..end)
        .step_by(3)
        .flat_map(|origin| {
            let tomorrow = date_of(origin + 1);
            let number = i16::from(tomorrow.month()) - 1;
            let quarter_ends = month(number - number % 3 + 2).1;
            [
                (origin, origin + 1, month(number).1),
                (origin, month(number + 1).0, month(number + 1).1),
                (origin, origin + 1, quarter_ends),
            ]
        })
        .filter(|(_, _, last)| *last <= end)
        .collect();
    let cases = run(data, &tasks)?;
    let is_within = |case: &Case| case.forecast.interval.is_some_and(|(low, high)| (low..=high).contains(&case.actual));
    let share = |drawn: &mut dyn Iterator<Item = &Case>| {
        let (mut within, mut all) = (0.0, 0.0);
        drawn.for_each(|case| (within, all) = (within + f64::from(u8::from(is_within(case))), all + 1.0));
        within / all
    };
    Ok(vec![Figure {
        what: "share of actual values within the 80 % interval".into(),
        unit: "",
        value: share(&mut cases.iter()),
        interval: interval(cases.len(), 7, |drawn| share(&mut drawn.iter().filter_map(|at| cases.get(*at)))),
        cases: cases.len(),
        base: "nominal .80; cases overlap".into(),
        split: format!("{SPLIT}: the rest of this month, next month, the rest of the quarter, every third day"),
        better: Better::Within,
        floor: Some(0.7),
        aim: Some(0.9),
    }])
}

/// How far a forecast was off, as a share of what was won.
fn off(case: &Case) -> f64 {
    (case.forecast.value / case.actual - 1.0).abs()
}

fn figures(what: &str, cases: &[Case], (floor, aim): (f64, f64)) -> Vec<Figure> {
    let percent = |of: fn(&Case) -> f64, drawn: &mut dyn Iterator<Item = &Case>| {
        let (mut error, mut actual) = (0.0, 0.0);
        drawn.for_each(|case| (error, actual) = (error + of(case), actual + case.actual));
        error / actual * 100.0
    };
    let error = |case: &Case| (case.forecast.value - case.actual).abs();
    let of = |drawn: &[usize]| percent(error, &mut drawn.iter().filter_map(|at| cases.get(*at)));
    let naive = percent(|case| (case.naive - case.actual).abs(), &mut cases.iter());
    let within = cases
        .iter()
        .filter(|case| case.forecast.interval.is_some_and(|(low, high)| (low..=high).contains(&case.actual)));
    let error = Figure {
        what: format!("error of {what}, weighted"),
        unit: "%",
        value: percent(error, &mut cases.iter()),
        interval: interval(cases.len(), 7, of),
        cases: cases.len(),
        base: format!("mean of 91 days {naive:.1} %; within the 80 % interval {} of {}", within.count(), cases.len()),
        split: SPLIT.into(),
        better: Better::Lower,
        floor: Some(floor),
        aim: Some(aim),
    };
    let bias = percent(|case| case.forecast.value - case.actual, &mut cases.iter());
    let signed = Figure {
        what: format!("bias of {what}"),
        value: bias,
        interval: None,
        floor: None,
        aim: None,
        ..error.clone()
    };
    vec![error, signed]
}

/// Folds the events up to each origin and forecasts.
fn run(data: &Path, tasks: &[Task]) -> Result<Vec<Case>, EvaluateError> {
    let events = events(data)?;
    let mut tasks = tasks.to_vec();
    tasks.sort_unstable();
    let mut partition: Partition<Commerce> = Partition::new(0);
    let mut told = events.into_iter().peekable();
    let mut sequence = 0;
    let mut tell = |partition: &mut Partition<Commerce>, until: i32| {
        while let Some(event) =
            told.next_if(|event| event.occurred_at.as_ms().div_euclid(86_400_000) <= i64::from(until))
        {
            sequence += 1;
            partition.fold(sequence, vec![Ok(event)]);
        }
    };
    let mut forecasts: Vec<Forecast> = Vec::new();
    let mut sales: BTreeMap<i32, Sales> = BTreeMap::new();
    for (origin, first, last) in &tasks {
        tell(&mut partition, *origin);
        let known = sales.entry(*origin).or_insert_with(|| sales_of(&partition));
        forecasts.push(Forecaster::new(known).forecast(*origin, *first, *last));
    }
    tell(&mut partition, i32::MAX);
    let all = sales_of(&partition);
    let case = |(forecast, (origin, first, last)): (Forecast, &Task)| Case {
        actual: all.won(*first, *last),
        naive: forecast.so_far + all.won(origin - 90, *origin) / 91.0 * f64::from(last - first.max(&(origin + 1)) + 1),
        forecast,
    };
    Ok(forecasts.into_iter().zip(&tasks).map(case).collect())
}

fn sales_of(partition: &Partition<Commerce>) -> Sales {
    let day = |(pane, rollup): (&Pane, &'_ Rollup)| match pane {
        Pane::Day(day) => Some((*day, rollup.clone())),
        _ => None,
    };
    let days: Vec<(i32, Rollup)> = partition.rollups().panes().iter().filter_map(day).collect();
    Sales::of(days.iter().map(|(day, rollup)| (*day, rollup)), dollars())
}

fn dollars() -> Currency {
    #[expect(clippy::expect_used, reason = "a constant of this file")]
    Currency::new("USD").expect("USD is a currency")
}

/// A row of the file of deals.
#[derive(serde::Deserialize)]
struct Row {
    opportunity_id: String,
    product: String,
    deal_stage: String,
    engage_date: String,
    close_date: String,
    close_value: String,
}

/// The events of all deals that were engaged, in the order of their time: created worth the list price, won or lost. The file has
/// dates without a time of day.
fn events(data: &Path) -> Result<Vec<Envelope>, EvaluateError> {
    #[derive(serde::Deserialize)]
    struct Price {
        product: String,
        sales_price: String,
    }
    let prices: BTreeMap<String, String> =
        rows::<Price>(data, PRICES)?.into_iter().map(|row| (row.product, row.sales_price)).collect();
    let mut events = Vec::new();
    for (at, row) in rows::<Row>(data, FILE)?.into_iter().enumerate() {
        // One product is spelt in two ways.
        let price = prices.get(&row.product.replace("GTXPro", "GTX Pro"));
        let of_row = of_row(&row, price).map_err(|reason| wrong(data, FILE, at as u64 + 2, reason))?;
        events.extend(of_row);
    }
    events.sort_by(|a, b| (a.occurred_at, &a.id).cmp(&(b.occurred_at, &b.id)));
    Ok(events)
}

fn of_row(row: &Row, price: Option<&String>) -> Result<Vec<Envelope>, String> {
    if row.engage_date.is_empty() {
        return Ok(Vec::new());
    }
    let money = |text: &str| Money::from_decimal(text, dollars()).map_err(|error| error.to_string());
    let id = |text: &str| Id::new(text).map_err(|error| error.to_string());
    let opportunity = id(&row.opportunity_id)?;
    let envelope = |what: &str, day: &str, event: Event| {
        let day: Date = day.parse().map_err(|_| format!("{day:?} is no date"))?;
        let at = Timestamp::EPOCH.plus_ms(i64::from(day_of(day)) * 86_400_000);
        let source = Source::new("/files/crm_sales").map_err(|error| error.to_string())?;
        let (id, subject) = (id(&format!("{}:{what}", row.opportunity_id))?, opportunity.clone());
        Ok::<_, String>(Envelope { id, source, subject, occurred_at: at, recorded_at: at, forwarded: 0, event })
    };
    let created = OpportunityCreated {
        opportunity: opportunity.clone(),
        pipeline: None,
        stage: Label::new("Engaging").map_err(|error| error.to_string())?,
        amount: price.map(|price| money(price)).transpose()?,
        expected_close_at: None,
        owner: None,
        team: None,
        product: None,
        segment: None,
        name: None,
        lead: None,
    };
    let mut events = vec![envelope("created", &row.engage_date, Event::OpportunityCreated(created))?];
    let opportunity = opportunity.clone();
    match row.deal_stage.as_str() {
        "Won" => {
            let won = OpportunityWon { opportunity, amount: Some(money(&row.close_value)?), splits: Vec::new() };
            events.push(envelope("won", &row.close_date, Event::OpportunityWon(won))?);
        }
        "Lost" => {
            let lost = OpportunityLost { opportunity, reason: None, competitor: None };
            events.push(envelope("lost", &row.close_date, Event::OpportunityLost(lost))?);
        }
        _ => {}
    }
    Ok(events)
}

fn rows<T: serde::de::DeserializeOwned>(data: &Path, file: &str) -> Result<Vec<T>, EvaluateError> {
    let bytes = bytes(data, file)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let row = |(at, row): (usize, Result<T, csv::Error>)| {
        row.map_err(|error| wrong(data, file, at as u64 + 2, error.to_string()))
    };
    reader.deserialize().enumerate().map(row).collect()
}

fn wrong(data: &Path, file: &str, line: u64, reason: String) -> EvaluateError {
    let file: PathBuf = data.join(file);
    EvaluateError::Line { file, line, reason }
}
