//! Folders and buckets: CSV, JSONL and Parquet files that are put there become events, row by row.

mod batch;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod place;
mod take;
mod watch;

use self::place::Place;
use super::rows::Rows;
use crate::files::Format;
use crate::source::{Connector, Named, Opened, Sample, Way};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use watch::Watch;

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "folder",
    about: "CSV, JSONL and Parquet files in a folder or a bucket, by a mapping",
    open,
    page: include_str!("../../../../docs/connect/folder.md"),
    example: "path = \"exports\"\nmapping = \"example_folder\"",
    samples: &[
        Sample {
            what: "a row of orders.csv, as it is decoded and kept among the dead letters",
            headers: &[],
            body: r#"{"$file":"orders-2026-01.csv","$line":2,"id":"1001","customer":"customer-1","placed_at":"2026-01-05T10:00:00Z","total":"12.50"}"#,
            becomes: &["order.placed"],
        },
        Sample {
            what: "two rows",
            headers: &[],
            body: r#"[{"$file":"orders-1.csv","$line":2,"id":"1002","customer":"customer-1","placed_at":"2026-01-05T10:00:00Z","total":"1"},{"$file":"orders-1.csv","$line":3,"id":"1003","customer":"customer-2","placed_at":"2026-01-05T10:00:01Z","total":"2","paid_at":"2026-01-05T10:05:00Z"}]"#,
            becomes: &["order.placed", "order.placed", "payment.received"],
        },
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    path: String,
    mapping: String,
    #[serde(default)]
    after: After,
    #[serde(default = "five")]
    poll_s: u32,
    #[serde(default = "five")]
    settle_s: u32,
}

fn five() -> u32 {
    5
}

/// What becomes of a file that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum After {
    /// It stays, and it is remembered that it was read.
    #[default]
    Keep,
    /// It is moved to `done/`.
    Move,
}

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let Settings { path, mapping, after, poll_s, settle_s } = table.try_into().map_err(|e| e.to_string())?;
    if poll_s == 0 {
        return Err("poll_s must be 1 at least".into());
    }
    let place = Place::new(&path, &named.folder).map_err(|reason| format!("path: {reason}"))?;
    let rows = Rows::new(&mapping, &named.folder, &named.uri)?;
    if cfg!(not(feature = "parquet")) && rows.mapping.formats().any(|format| format == Format::Parquet) {
        return Err(
            "mapping: it reads Parquet, and this program was built without: build it with `--features parquet`".into(),
        );
    }
    let mapping = rows.mapping.clone();
    let seconds = |s: u32| Duration::from_secs(s.into());
    let watch = Watch { place, mapping, after, poll: seconds(poll_s), settle: seconds(settle_s) };
    Ok(Opened { decoder: Arc::new(rows), way: Way::Read(Box::new(watch)) })
}
