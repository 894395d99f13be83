//! The distribution of health scores.

use crate::retention::health;
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};

/// The topic `health`.
pub const TOPIC: Topic = Topic {
    name: "health",
    about: "Customers by health score, in bands of ten points.",
    params: &[],
    key: &["from"],
    cols: &["from", "to", "band", "customers"],
    render,
};

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &[])?;
    let counts = scene.all().health;
    let band = |(at, customers): (usize, &i64)| -> Row {
        let from = at as i64 * 10;
        vec![from.into(), (from + 10).into(), health::band(from * 1_000).into(), (*customers).into()]
    };
    let mut rows: Vec<Row> = counts.tens.iter().enumerate().map(band).collect();
    rows.push(vec![(-1).into(), 0.into(), "unknown".into(), counts.unknown.into()]);
    Ok(rows)
}
