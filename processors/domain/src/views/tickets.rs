//! Tickets by priority.

use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use serde_json::json;

/// The topic `tickets`.
pub const TOPIC: Topic = Topic {
    name: "tickets",
    about: "Tickets by priority over all time: open, opened, resolved, service level, median times.",
    params: &[],
    key: &["priority"],
    cols: &[
        "priority",
        "open",
        "opened",
        "resolved",
        "closed",
        "sla_known",
        "sla_missed",
        "first_reply_median_ms",
        "resolution_median_ms",
    ],
    render,
};

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &[])?;
    let all = scene.all();
    let rows = all.tickets.by_priority.iter().map(|(priority, counts)| {
        let median_ms = |seconds: &nexusflow_engine::Histogram| seconds.quantile(5_000).map(|s| s * 1_000);
        vec![
            priority.as_str().into(),
            counts.open.into(),
            counts.opened.into(),
            counts.resolved.into(),
            counts.closed.into(),
            counts.sla_known.into(),
            counts.sla_missed.into(),
            json!(median_ms(&counts.first_reply_s)),
            json!(median_ms(&counts.resolution_s)),
        ]
    });
    Ok(rows.collect())
}
