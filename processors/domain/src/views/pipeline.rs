//! The pipeline by stage.

use crate::revenue::opportunities::Status;
use crate::views::readings::{currencies, weighted};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use serde_json::json;

/// The topic `pipeline`.
pub const TOPIC: Topic = Topic {
    name: "pipeline",
    about: "Deals by pipeline and stage as they stand now: how many, what they are worth, and that weighted.",
    params: &[],
    key: &["pipeline", "stage", "currency"],
    cols: &["pipeline", "stage", "order", "probability_bp", "count", "amount", "weighted", "currency", "status"],
    render,
};

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &[])?;
    let mut rows: Vec<(String, usize, Row)> = Vec::new();
    let all = scene.all();
    for ((pipeline, status, stage), counts) in &all.deals.by_stage {
        let configured = scene.business.stage(pipeline, stage);
        let (name, order, probability_bp) = match status {
            Status::Won => ("won", 1_000, Some(10_000)),
            Status::Lost => ("lost", 1_001, Some(0)),
            // A stage that isn't configured stands last and has no probability: it weighs nothing until it has one.
            Status::Open => {
                (stage.as_str(), configured.map_or(999, |(_, at)| at), configured.map(|(bp, _)| i64::from(bp)))
            }
        };
        for currency in currencies(scene.business.business.currency, std::iter::once(&counts.amount)) {
            let amount = counts.amount.get(currency);
            if amount == 0 && counts.amount.iter().next().is_some() {
                continue;
            }
            let row = vec![
                pipeline.as_str().into(),
                name.into(),
                order.into(),
                json!(probability_bp),
                counts.count.into(),
                amount.into(),
                weighted(amount, probability_bp.unwrap_or(0)).into(),
                currency.as_str().into(),
                json!(status),
            ];
            rows.push((pipeline.clone(), order, row));
        }
    }
    rows.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    Ok(rows.into_iter().map(|(_, _, row)| row).collect())
}
