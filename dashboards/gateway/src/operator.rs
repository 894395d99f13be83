//! What the operator sees.

use crate::hub::{Hub, SILENT_AFTER, State};
use nexusflow_domain::alert::Card;
use nexusflow_domain::views::sources;
use nexusflow_domain::views::table::{Row, time};
use nexusflow_engine::Counters;
use nexusflow_engine::contribution::Standing;
use nexusflow_log::{Holder, Member};
use nexusflow_model::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Asks what the connectors in this process took in: (accepted, refused, turned away).
pub type Intake = Arc<dyn Fn() -> (u64, u64, u64) + Send + Sync>;

/// The columns of `partitions`.
pub(crate) const PARTITION_COLS: &[&str] = &[
    "partition",
    "owner",
    "term",
    "state",
    "applied_seq",
    "head_seq",
    "lag_records",
    "lag_ms",
    "clock",
    "customers",
    "events",
    "duplicates",
    "late",
    "unreadable",
    "events_per_s",
    "checkpoint_seq",
    "checkpoint_age_ms",
    "trouble",
];

/// The columns of `workers`.
pub(crate) const WORKER_COLS: &[&str] = &["id", "name", "state", "since", "partitions"];

/// The columns of `operator`.
pub(crate) const OPERATOR_COLS: &[&str] = &["key", "value", "unit"];

/// Whether a topic is the operator's.
pub(crate) fn is_topic(topic: &str) -> bool {
    matches!(topic, "partitions" | "workers" | "operator" | "sources")
}

/// How each partition stands.
pub(crate) fn partitions(hub: &Hub) -> Vec<Row> {
    hub.with(|state| {
        let standings: BTreeMap<_, _> = state.merged.standings().collect();
        (0..hub.log.partitions()).map(|partition| row(state, partition, standings.get(&partition).copied())).collect()
    })
}

fn row(state: &State, partition: u32, standing: Option<&Standing>) -> Row {
    let heard = state.heard.get(&partition);
    let lives = heard.filter(|heard| heard.at.elapsed() < SILENT_AFTER);
    let trouble = state.trouble(partition);
    let lease = state.roster.as_ref().and_then(|roster| match roster.holder(partition, Instant::now()) {
        Holder::Worker(_) => roster.holding(partition),
        Holder::Free(_) => None,
    });
    // Who has the lease, else who spoke last.
    let owner = lease.map(|holding| holding.name.as_str()).or(standing.map(|standing| standing.owner.as_str()));
    let term = lease.map(|holding| holding.term).or(state.merged.epoch(partition));
    let Some(standing) = standing else {
        let name = if trouble.is_some() { "failing" } else { "missing" };
        let mut row: Row = vec![partition.into(), json!(owner), json!(term), name.into()];
        row.resize(PARTITION_COLS.len() - 1, Value::Null);
        row.push(json!(trouble));
        return row;
    };
    let behind = standing.head.saturating_sub(standing.sequence);
    let name = match lives {
        None if trouble.is_some() => "failing",
        None => "missing",
        Some(_) if behind > 100 => "catching_up",
        Some(_) => "live",
    };
    // What nobody folds falls behind by the clock.
    let silence_ms = heard.filter(|_| lives.is_none()).map_or(0, |heard| heard.at.elapsed().as_millis() as i64);
    let clock = Timestamp::from_ms(standing.clock_ms).ok();
    vec![
        partition.into(),
        json!(owner),
        json!(term),
        name.into(),
        standing.sequence.into(),
        standing.head.into(),
        behind.into(),
        standing.lag_ms.max(silence_ms).into(),
        time(clock.filter(|at| *at > Timestamp::MIN)),
        standing.customers.into(),
        standing.counters.events.into(),
        standing.counters.duplicates.into(),
        standing.counters.late.into(),
        standing.counters.unreadable.into(),
        json!(lives.map(|heard| heard.events_per_s.round() as i64)),
        standing.checkpoint.into(),
        json!(Some(standing.checkpoint_age_ms).filter(|age| *age >= 0 && standing.checkpoint > 0)),
        json!(trouble.filter(|_| lives.is_none()).or(standing.trouble.as_deref())),
    ]
}

/// The workers that live.
pub(crate) fn workers(hub: &Hub) -> Vec<Row> {
    let now = Instant::now();
    let partitions = hub.log.partitions();
    hub.with(|state| {
        let Some(roster) = &state.roster else { return Vec::new() };
        let row = |member: &Member| -> Row {
            let owns = (0..partitions).filter(|partition| roster.holder(*partition, now) == Holder::Worker(&member.id));
            vec![
                member.id.as_str().into(),
                member.name.as_str().into(),
                if member.is_leaving { "leaving" } else { "live" }.into(),
                time(Timestamp::from_ms(member.since_ms).ok()),
                owns.count().into(),
            ]
        };
        roster.living(now).map(row).collect()
    })
}

/// How sources do, and which of those that are configured were never heard of.
pub(crate) fn sources(hub: &Hub) -> Vec<Row> {
    hub.with(|state| {
        let now = state.merged.clock().unwrap_or(Timestamp::EPOCH);
        let cards = state.merged.cards().filter_map(|((source, _), card)| match card {
            Card::Source(card) => Some((source.as_str().to_owned(), sources::row(source, card, now))),
            _ => None,
        });
        let mut rows: BTreeMap<String, Row> = cards.collect();
        for (source, kind) in &hub.sources {
            rows.entry(source.clone()).or_insert_with(|| sources::never(source, kind));
        }
        rows.into_values().collect()
    })
}

/// How the whole stands.
pub(crate) fn figures(hub: &Hub) -> Vec<Row> {
    let (accepted, refused, turned_away) = (hub.intake)();
    let freshness = hub.freshness();
    let workers = workers(hub).len();
    let (mut per_s, mut live) = (0.0, 0);
    let mut counters = Counters::default();
    hub.with(|state| {
        for (_, standing) in state.merged.standings() {
            counters.add(&standing.counters);
        }
        for heard in state.heard.values().filter(|heard| heard.at.elapsed() < SILENT_AFTER) {
            live += 1;
            per_s += heard.events_per_s;
        }
    });
    let row = |key: &str, value: i64, unit: &str| -> Row { vec![key.into(), value.into(), unit.into()] };
    vec![
        row("events", counters.events as i64, "count"),
        row("events_per_s", per_s.round() as i64, "count"),
        row("duplicates", counters.duplicates as i64, "count"),
        row("unreadable", counters.unreadable as i64, "count"),
        row("late", counters.late as i64, "count"),
        row("withheld", counters.withheld as i64, "count"),
        row("waiting", counters.waiting as i64, "count"),
        row("dead_letters", hub.dead_letters.load(Ordering::Relaxed) as i64, "count"),
        row("lag_ms", freshness.lag_ms, "ms"),
        row("partitions_live", live, "count"),
        row("partitions", i64::from(hub.log.partitions()), "count"),
        row("workers", workers as i64, "count"),
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
