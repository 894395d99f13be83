//! How healthy the customers are, as a whole.

use super::days::asked_days;
use crate::retention::health::counts::KindCounts;
use crate::retention::health::{Band, HealthCounts};
use crate::views::scene::date;
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use crate::voice::satisfaction::rounded_ratio;
use nexusflow_engine::{Merge, Pane};

/// The topic `health`.
pub const TOPIC: Topic = Topic {
    name: "health",
    about: "Customers by health score, in bands of ten points.",
    params: &[],
    key: &["from"],
    cols: &["from", "to", "band", "customers"],
    render,
};

/// The topic `health.kinds`.
pub const BY_KIND: Topic = Topic {
    name: "health.kinds",
    about: "Customers by kind and by what their health is called.",
    params: &[],
    key: &["kind"],
    cols: &["kind", "poor", "watch", "good", "great", "unknown", "mean_milli"],
    render: by_kind,
};

/// The topic `health.days`.
pub const DAYS: Topic = Topic {
    name: "health.days",
    about: "The mean health score at the end of each of the last business days, as it was known then.",
    params: &[("days", "how many, 1 to 366; 30 unless said otherwise")],
    key: &["day"],
    cols: &["day", "mean_milli", "scored", "unknown"],
    render: by_day,
};

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &[])?;
    let counts = scene.all().health;
    let config = &scene.business.health;
    let band = |(at, customers): (usize, &i64)| -> Row {
        let from = at as i64 * 10;
        let name = Band::plain(config, from * 1_000).as_str();
        vec![from.into(), (from + 10).into(), name.into(), (*customers).into()]
    };
    let mut rows: Vec<Row> = counts.tens.iter().enumerate().map(band).collect();
    rows.push(vec![(-1).into(), 0.into(), "unknown".into(), counts.unknown.into()]);
    Ok(rows)
}

fn by_kind(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &[])?;
    let row = |(kind, counts): (&String, &KindCounts)| -> Row {
        let mean = rounded_ratio(counts.sum_milli, counts.scored());
        let numbers = counts.bands.into_iter().chain([counts.unknown]).map(Into::into);
        std::iter::once(kind.as_str().into()).chain(numbers).chain([mean.into()]).collect()
    };
    Ok(scene.all().health.by_kind.iter().map(row).collect())
}

fn by_day(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    let days = asked_days(params)?;
    let (today, _) = scene.today();
    let first = today - days + 1;
    // What changed in each day, added up, is how it stood at the end of it.
    let mut standing = HealthCounts::default();
    for (_, rollup) in scene.merged.range(Pane::Day(i32::MIN), Pane::Day(first - 1)) {
        standing.merge(&rollup.health);
    }
    let row = |day: i32| -> Row {
        if let Some(rollup) = scene.merged.pane(Pane::Day(day)) {
            standing.merge(&rollup.health);
        }
        let mean = rounded_ratio(standing.sum_milli, standing.scored());
        vec![date(day).into(), mean.into(), standing.scored().into(), standing.unknown.into()]
    };
    Ok((first..=today).map(row).collect())
}
