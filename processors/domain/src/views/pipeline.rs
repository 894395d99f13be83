//! The pipeline by stage.

use crate::money_by_currency::MoneyByCurrency;
use crate::revenue::opportunities::Status;
use crate::views::readings::{currencies, weighted};
use crate::views::span::{self, Span};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use serde_json::json;
use std::collections::BTreeMap;

/// The topic `pipeline`.
pub const TOPIC: Topic = Topic {
    name: "pipeline",
    about: "Deals by pipeline and stage as they stand now: how many, what they are worth, and that weighted. As they stood on a day, \
            only what was open, weighted as it was then.",
    params: &[("on", "a day such as 2026-01-31: as it stood when that day ended; now unless said otherwise")],
    key: &["pipeline", "stage", "currency"],
    cols: &["pipeline", "stage", "order", "probability_bp", "count", "amount", "weighted", "currency", "status"],
    render,
};

/// Where a row stands: pipeline, place of the stage, its name and status.
type Place = (String, usize, String, Status);

/// What stands in a stage.
#[derive(Default)]
struct Standing {
    count: i64,
    amount: MoneyByCurrency,
    weighted: MoneyByCurrency,
    probability_bp: Option<u16>,
}

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["on"])?;
    let (today, _) = scene.today();
    let day = span::day(params, "on")?;
    let mut rows: BTreeMap<Place, Standing> = BTreeMap::new();
    let mut add =
        |pipeline: &str, stage: &str, status: Status, said_bp: Option<u16>, count: i64, amount: &MoneyByCurrency| {
            let configured = scene.business.stage(pipeline, stage, day.unwrap_or(today));
            let (name, order, probability_bp) = match status {
                Status::Won => ("won", 1_000, Some(10_000)),
                Status::Lost => ("lost", 1_001, Some(0)),
                // A stage that isn't configured stands last and has no probability: it weighs nothing until it has one.
                Status::Open => (stage, configured.map_or(999, |(_, at)| at), configured.map(|(bp, _)| bp)),
            };
            let row = rows.entry((pipeline.to_owned(), order, name.to_owned(), status)).or_default();
            row.count += count;
            row.probability_bp = probability_bp;
            for (currency, minor) in amount.iter() {
                row.amount.add_minor(currency, minor);
                let bp = said_bp.or(probability_bp).unwrap_or(0);
                row.weighted.add_minor(currency, weighted(minor, i64::from(bp)));
            }
        };
    match day {
        None => {
            for ((pipeline, status, stage, said_bp), counts) in &scene.all().deals.by_stage {
                add(pipeline, stage, *status, *said_bp, counts.count, &counts.amount);
            }
        }
        Some(day) => {
            for (stage, sum) in span::standing(scene, Span::until(day)) {
                add(stage.pipeline.as_str(), stage.stage.as_str(), Status::Open, stage.said_bp, sum.count, &sum.amount);
            }
        }
    }
    Ok(rows.into_iter().flat_map(|(place, standing)| lines(scene, &place, &standing)).collect())
}

/// A row for each currency that is met.
fn lines(scene: &Scene<'_>, (pipeline, order, stage, status): &Place, standing: &Standing) -> Vec<Row> {
    let is_worth = standing.amount.iter().next().is_some();
    let met = currencies(scene.business.business.currency, std::iter::once(&standing.amount));
    let met = met.into_iter().filter(|currency| !is_worth || standing.amount.get(*currency) != 0);
    let line = |currency: nexusflow_model::Currency| {
        vec![
            pipeline.as_str().into(),
            stage.as_str().into(),
            (*order).into(),
            json!(standing.probability_bp),
            standing.count.into(),
            standing.amount.get(currency).into(),
            standing.weighted.get(currency).into(),
            currency.as_str().into(),
            json!(status),
        ]
    };
    if standing.count == 0 && !is_worth { Vec::new() } else { met.map(line).collect() }
}
