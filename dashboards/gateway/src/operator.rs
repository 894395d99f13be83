//! What the operator sees.

use crate::hub::Hub;
use nexusflow_domain::views::table::Row;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Asks what the connectors in this process took in: (accepted, refused, turned away).
pub type Intake = Arc<dyn Fn() -> (u64, u64, u64) + Send + Sync>;

/// The columns of `partitions`.
pub(crate) const PARTITION_COLS: &[&str] = &[
    "partition",
    "owner",
    "state",
    "applied_seq",
    "head_seq",
    "lag_records",
    "lag_ms",
    "clock",
    "customers",
    "events",
    "duplicates",
    "unreadable",
    "events_per_s",
    "checkpoint_seq",
    "checkpoint_age_ms",
];

/// The columns of `operator`.
pub(crate) const OPERATOR_COLS: &[&str] = &["key", "value", "unit"];

/// A partition that was not heard of for so long has no live owner.
const MISSING_AFTER: Duration = Duration::from_millis(3_500);

/// Whether a topic is the operator's.
pub(crate) fn is_topic(topic: &str) -> bool {
    matches!(topic, "partitions" | "operator")
}

/// How each partition stands.
pub(crate) fn partitions(hub: &Hub) -> Vec<Row> {
    hub.with(|state| {
        let standings: std::collections::BTreeMap<_, _> = state.merged.standings().collect();
        let row = |partition: u32| -> Row {
            let heard = state.heard.get(&partition).filter(|heard| heard.at.elapsed() < MISSING_AFTER);
            let Some(standing) = standings.get(&partition) else {
                let mut row: Row = vec![partition.into(), Value::Null, "missing".into()];
                row.resize(PARTITION_COLS.len(), Value::Null);
                return row;
            };
            let behind = standing.head.saturating_sub(standing.sequence);
            let name = match heard {
                None => "missing",
                Some(_) if behind > 100 => "catching_up",
                Some(_) => "live",
            };
            let clock = nexusflow_model::Timestamp::from_ms(standing.clock_ms).ok();
            vec![
                partition.into(),
                standing.owner.as_str().into(),
                name.into(),
                standing.sequence.into(),
                standing.head.into(),
                behind.into(),
                standing.lag_ms.into(),
                nexusflow_domain::views::table::time(clock.filter(|at| *at > nexusflow_model::Timestamp::MIN)),
                standing.customers.into(),
                standing.counters.events.into(),
                standing.counters.duplicates.into(),
                standing.counters.unreadable.into(),
                json!(heard.map(|heard| heard.events_per_s.round() as i64)),
                standing.checkpoint.into(),
                json!(Some(standing.checkpoint_age_ms).filter(|age| *age >= 0)),
            ]
        };
        (0..hub.log.partitions()).map(row).collect()
    })
}

/// How the whole stands.
pub(crate) fn figures(hub: &Hub) -> Vec<Row> {
    let (accepted, refused, turned_away) = (hub.intake)();
    let freshness = hub.freshness();
    let (mut events, mut duplicates, mut unreadable, mut per_s, mut live) = (0, 0, 0, 0.0, 0);
    hub.with(|state| {
        for (_, standing) in state.merged.standings() {
            events += standing.counters.events;
            duplicates += standing.counters.duplicates;
            unreadable += standing.counters.unreadable;
        }
        for heard in state.heard.values().filter(|heard| heard.at.elapsed() < MISSING_AFTER) {
            live += 1;
            per_s += heard.events_per_s;
        }
    });
    let row = |key: &str, value: i64, unit: &str| -> Row { vec![key.into(), value.into(), unit.into()] };
    vec![
        row("events", events as i64, "count"),
        row("events_per_s", per_s.round() as i64, "count"),
        row("duplicates", duplicates as i64, "count"),
        row("unreadable", unreadable as i64, "count"),
        row("dead_letters", hub.dead_letters.load(Ordering::Relaxed) as i64, "count"),
        row("lag_ms", freshness.lag_ms, "ms"),
        row("partitions_live", live, "count"),
        row("partitions", i64::from(hub.log.partitions()), "count"),
        row("viewers", hub.viewers.load(Ordering::Relaxed) as i64, "count"),
        row("subscriptions", hub.subscriptions.load(Ordering::Relaxed) as i64, "count"),
        row("accepted", accepted as i64, "count"),
        row("refused", refused as i64, "count"),
        row("turned_away", turned_away as i64, "count"),
        row("uptime_ms", hub.started_at.elapsed().as_millis() as i64, "ms"),
    ]
}

/// The same for Prometheus, in its text format.
pub(crate) fn prometheus(hub: &Hub) -> String {
    let mut text = String::new();
    let mut line = |name: &str, labels: &str, value: &Value| {
        if !value.is_null() {
            let metric = format!("nexusflow_{name}");
            if !text.contains(&format!("# TYPE {metric} ")) {
                text.push_str(&format!("# TYPE {metric} gauge\n"));
            }
            text.push_str(&format!("{metric}{labels} {value}\n"));
        }
    };
    for row in figures(hub) {
        line(row[0].as_str().unwrap_or_default(), "", &row[1]);
    }
    for row in partitions(hub) {
        let labels = format!("{{partition=\"{}\"}}", row[0]);
        for name in ["applied_seq", "head_seq", "lag_records", "lag_ms", "customers", "events", "checkpoint_age_ms"] {
            if let Some(at) = PARTITION_COLS.iter().position(|col| *col == name) {
                line(&format!("partition_{name}"), &labels, &row[at]);
            }
        }
    }
    text
}
