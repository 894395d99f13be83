//! The figures of the wall.

use crate::Rollup;
use crate::views::Topic;
use crate::views::readings::{self, FIGURES, Figure, Read, Reading};
use crate::views::scene::{Scene, month};
use crate::views::table::{self, Params, Row};
use nexusflow_engine::Merge;
use serde_json::{Value, json};

/// The topic `figures`.
pub const TOPIC: Topic = Topic {
    name: "figures",
    about: "The figures of the executive wall over a period, with the period before and a trend.",
    params: &[("period", "today (default), 7d, 30d, 365d or all")],
    key: &["key"],
    cols: &["key", "value", "unit", "currency", "n", "prior", "trend", "parts"],
    render,
};

/// The rollups a figure is read from: the period's, the period's before, and those of the trend's buckets.
struct Period {
    current: Rollup,
    prior: Prior,
    trend: Vec<Option<Rollup>>,
}

enum Prior {
    None,
    /// A whole period.
    Whole(Box<Rollup>),
    /// Yesterday before this hour, and with this hour: the day so far lies between, as far as the hour has gone.
    Between(Box<(Rollup, Rollup)>, i64),
}

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["period"])?;
    let period = match params.get("period").map_or("today", String::as_str) {
        "today" => today(scene),
        "7d" => last_days(scene, 7, 1),
        "30d" => last_days(scene, 30, 1),
        "365d" => last_days(scene, 365, 7),
        "all" => all(scene),
        other => return Err(format!("period is today, 7d, 30d, 365d or all, not {other:?}")),
    };
    let everything = scene.all();
    Ok(FIGURES.iter().flat_map(|figure| rows(scene, figure, &period, &everything)).collect())
}

fn today(scene: &Scene<'_>) -> Period {
    let (day, hour) = scene.today();
    let midnight = day * 24;
    let trend = (0..24).map(|at| (at <= hour).then(|| scene.hours(midnight + at, midnight + at))).collect();
    let before = scene.hours(midnight - 24, midnight - 24 + hour - 1);
    let through = scene.hours(midnight - 24, midnight - 24 + hour);
    let prior = Prior::Between(Box::new((before, through)), scene.minute());
    Period { current: scene.days(day, day), prior: known(scene, day - 1, prior), trend }
}

fn last_days(scene: &Scene<'_>, days: i32, bucket: i32) -> Period {
    let (today, _) = scene.today();
    let buckets = days / bucket;
    let end = |at: i32| today - (buckets - 1 - at) * bucket;
    let trend = (0..buckets).map(|at| Some(scene.days(end(at) - bucket + 1, end(at)))).collect();
    let first = today - days + 1;
    let prior = Prior::Whole(Box::new(scene.days(first - days, first - 1)));
    Period { current: scene.days(first, today), prior: known(scene, first - days, prior), trend }
}

/// A period before that begins on `first`, if all of it is known: half of one would make everything seem to have grown.
fn known(scene: &Scene<'_>, first: i32, prior: Prior) -> Prior {
    // The first day there is may have begun before anything was recorded.
    if scene.first_day().is_some_and(|day| day < first) { prior } else { Prior::None }
}

fn all(scene: &Scene<'_>) -> Period {
    let (today, _) = scene.today();
    let mut trend: Vec<Option<Rollup>> = Vec::new();
    let first = scene.first_day().unwrap_or(today);
    let mut current = month(first);
    for (pane, rollup) in scene.merged.range(nexusflow_engine::Pane::Day(first), nexusflow_engine::Pane::Day(today)) {
        let nexusflow_engine::Pane::Day(day) = pane else { continue };
        while trend.is_empty() || current < month(day) {
            current += i32::from(!trend.is_empty());
            trend.push(Some(Rollup::default()));
        }
        if let Some(Some(last)) = trend.last_mut() {
            last.merge(rollup);
        }
    }
    let mut everything = scene.all();
    // Everybody was heard of at some time: the pane of all time does not count that by day.
    everything.customers.last_heard = everything.customers.known;
    Period { current: everything, prior: Prior::None, trend }
}

fn rows(scene: &Scene<'_>, figure: &Figure, period: &Period, everything: &Rollup) -> Vec<Row> {
    let current = if figure.is_now { everything } else { &period.current };
    match figure.read {
        Read::Number(read) => {
            let Reading { value, n, parts } = read(current);
            let prior =
                if !figure.has_past { None } else { prior(figure.unit, &period.prior, |rollup| read(rollup).value) };
            let trend = trend(figure, period, |rollup| read(rollup).value);
            let parts: serde_json::Map<String, Value> = parts.into_iter().map(|(name, n)| (name, n.into())).collect();
            vec![vec![
                figure.key.into(),
                json!(value),
                figure.unit.into(),
                Value::Null,
                n.into(),
                json!(prior),
                trend,
                parts.into(),
            ]]
        }
        Read::Money(read) => {
            let (today, _) = scene.today();
            let (sums, n) = read(current, scene.business, today);
            let own = scene.business.business.currency;
            let row = |currency| {
                let key = if currency == own { figure.key.to_owned() } else { format!("{}:{currency}", figure.key) };
                let of = |rollup: &Rollup| Some(read(rollup, scene.business, today).0.get(currency));
                let value = (n > 0 || currency != own).then(|| sums.get(currency));
                let prior = if !figure.has_past { None } else { prior(figure.unit, &period.prior, of) };
                let trend = trend(figure, period, of);
                vec![
                    key.into(),
                    json!(value),
                    "money".into(),
                    currency.as_str().into(),
                    n.into(),
                    json!(prior),
                    trend,
                    json!({}),
                ]
            };
            readings::currencies(own, std::iter::once(&sums)).into_iter().map(row).collect()
        }
    }
}

fn prior(unit: &str, prior: &Prior, read: impl Fn(&Rollup) -> Option<i64>) -> Option<i64> {
    match prior {
        Prior::None => None,
        Prior::Whole(rollup) => read(rollup),
        Prior::Between(hours, minute) => {
            let (before, through) = (read(&hours.0), read(&hours.1));
            // A sum grows through the hour; a share or mean doesn't.
            match (unit, before, through) {
                ("count" | "money", Some(before), Some(through)) => Some(before + (through - before) * minute / 60),
                _ => through,
            }
        }
    }
}

fn trend(figure: &Figure, period: &Period, read: impl Fn(&Rollup) -> Option<i64>) -> Value {
    if !figure.has_past {
        return json!([]);
    }
    period.trend.iter().map(|bucket| bucket.as_ref().and_then(&read)).collect()
}
