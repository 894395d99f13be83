//! How far the deals of a cohort came.

use super::share_bp;
use crate::revenue::counts::Path;
use crate::revenue::deal::Status;
use crate::views::span::{self, FROM, PIPELINE, Span, TO};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use nexusflow_engine::Merge;
use nexusflow_model::Label;
use serde_json::json;
use std::collections::BTreeMap;

/// The topic `funnel`.
pub const TOPIC: Topic = Topic {
    name: "funnel",
    about: "Of the deals created between two days: how many came into each stage, went further, skipped it or came back to it, and \
            what share went further.",
    params: &[FROM, TO, PIPELINE],
    key: &["pipeline", "stage"],
    cols: &[
        "pipeline",
        "stage",
        "order",
        "entered",
        "advanced",
        "advanced_bp",
        "skipped",
        "reentered",
        "won",
        "lost",
        "open",
    ],
    render,
};

/// Deals of a cohort and a stage.
#[derive(Default)]
struct Stage {
    entered: i64,
    advanced: i64,
    skipped: i64,
    reentered: i64,
    won: i64,
    lost: i64,
    open: i64,
}

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["from", "to", "pipeline"])?;
    let span = Span::of(scene, params, 365)?;
    let mut paths: BTreeMap<Path, i64> = BTreeMap::new();
    for (_, rollup) in span.rollups(scene) {
        Merge::merge(&mut paths, &rollup.pipeline.paths);
    }
    paths.retain(|path, count| *count != 0 && span::is_asked(params, path.pipeline.as_str()));
    let mut pipelines: BTreeMap<&Label, Vec<(&Path, i64)>> = BTreeMap::new();
    for (path, count) in &paths {
        pipelines.entry(&path.pipeline).or_default().push((path, *count));
    }
    Ok(pipelines.into_iter().flat_map(|(pipeline, paths)| rows(scene, pipeline, &paths)).collect())
}

fn rows(scene: &Scene<'_>, pipeline: &Label, paths: &[(&Path, i64)]) -> Vec<Row> {
    let order = order(scene, pipeline, paths);
    let place = |stage: &Label| order.iter().position(|own| own == stage).unwrap_or(usize::MAX);
    let mut stages: Vec<Stage> = order.iter().map(|_| Stage::default()).collect();
    for (path, count) in paths {
        let furthest = path.stages.iter().map(place).max();
        for (at, (stage, own)) in order.iter().zip(&mut stages).enumerate() {
            let visits = path.stages.iter().filter(|visited| *visited == stage).count() as i64;
            let is_beyond = path.status == Status::Won || furthest.is_some_and(|furthest| furthest > at);
            if visits == 0 {
                own.skipped += if is_beyond { *count } else { 0 };
                continue;
            }
            own.entered += count;
            own.reentered += (visits - 1) * count;
            own.advanced += if is_beyond { *count } else { 0 };
            match path.status {
                Status::Won => own.won += count,
                Status::Lost => own.lost += count,
                Status::Open => own.open += count,
            }
        }
    }
    let row = |(at, (stage, own)): (usize, (&Label, &Stage))| {
        vec![
            pipeline.as_str().into(),
            stage.as_str().into(),
            at.into(),
            own.entered.into(),
            own.advanced.into(),
            json!(share_bp(own.advanced, own.entered)),
            own.skipped.into(),
            own.reentered.into(),
            own.won.into(),
            own.lost.into(),
            own.open.into(),
        ]
    };
    order.iter().zip(&stages).enumerate().map(row).collect()
}

/// The stages of a pipeline, in order: as they are configured; those that aren't come behind, in the order in which deals usually come
/// into them (by the mean place of the first visit, and by name where it is the same).
fn order(scene: &Scene<'_>, pipeline: &Label, paths: &[(&Path, i64)]) -> Vec<Label> {
    let configured = scene.business.pipelines.iter().find(|own| &own.name == pipeline);
    let mut order: Vec<Label> =
        configured.into_iter().flat_map(|own| &own.stages).map(|stage| stage.name.clone()).collect();
    let mut places: BTreeMap<&Label, (i64, i64)> = BTreeMap::new();
    for (path, count) in paths {
        for (at, stage) in path.stages.iter().enumerate() {
            if !order.contains(stage) && !path.stages.iter().take(at).any(|own| own == stage) {
                let (sum, n) = places.entry(stage).or_default();
                *sum += at as i64 * count;
                *n += count;
            }
        }
    }
    let mut others: Vec<(&Label, (i64, i64))> = places.into_iter().collect();
    // a / b against c / d, in whole numbers.
    others.sort_by(|(a, (sum, n)), (b, (other, m))| (sum * m).cmp(&(other * n)).then(a.cmp(b)));
    order.extend(others.into_iter().map(|(stage, _)| stage.clone()));
    order
}
