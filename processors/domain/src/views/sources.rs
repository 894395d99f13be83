//! Sources as rows.

use crate::sources::SourceCard;
use crate::views::table::{Row, time};
use nexusflow_model::{Id, Timestamp};
use serde_json::{Value, json};

/// The column that identifies a source.
pub const KEY: &[&str] = &["source"];

/// The columns of sources.
pub const COLS: &[&str] = &[
    "source",
    "kind",
    "state",
    "heard_at",
    "missed_at",
    "per_min_milli",
    "usual_per_min_milli",
    "stored",
    "rejected",
    "turned_away",
    "error_bp",
    "lag_ms",
    "by_hour",
];

/// One source, in the order of [`COLS`]; counts are those of the last hour.
pub fn row(source: &Id, card: &SourceCard, now: Timestamp) -> Row {
    let hour = card.last_hour(now);
    vec![
        json!(source),
        json!(card.kind),
        card.standing(now).as_str().into(),
        time(card.heard_at),
        json!(card.missed_at),
        card.per_min_milli(now).into(),
        json!(card.usual_per_min_milli(now)),
        hour.stored.into(),
        hour.rejected.into(),
        hour.turned_away.into(),
        json!(card.error_bp(now)),
        json!(card.lag_ms),
        json!(card.by_hour(now)),
    ]
}

/// A source that is configured and was never heard of.
pub fn never(source: &str, kind: &str) -> Row {
    let mut row: Row = vec![source.into(), kind.into(), "never".into()];
    row.resize(COLS.len(), Value::Null);
    row
}
