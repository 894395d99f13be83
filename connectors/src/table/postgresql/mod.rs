//! PostgreSQL: the tables of another system become events as they change, by logical replication.
//!
//! The server decodes its own log of changes (`pgoutput`, since version 10) and sends each change when its transaction is committed.
//! A replication slot remembers there how far we are, and is moved on only when our log has the events.

mod client;
mod pgoutput;
mod row;
mod settings;
mod setup;
mod snapshot;
mod stream;
mod tls;
mod value;

use super::rows::Rows;
use crate::source::{Connector, Named, Opened, Sample, Way};
use settings::Settings;
use std::sync::Arc;

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "postgresql",
    about: "Tables of a PostgreSQL database as they change, by a mapping",
    open,
    page: include_str!("../../../../docs/connect/postgresql.md"),
    example: "host = \"127.0.0.1\"\ndatabase = \"shop\"\nuser = \"nexusflow\"\nmapping = \"example_postgresql\"",
    samples: &[
        Sample {
            what: "an order that was inserted, as it is decoded and kept among the dead letters",
            headers: &[],
            body: r#"{"$table":"public.orders","$op":"insert","$lsn":"0/16B3748","$row":1,"$at":"2026-01-05T10:00:00.25Z","id":1001,"customer":"customer-1","status":"new","total":"12.50","placed_at":"2026-01-05T10:00:00Z","updated_at":"2026-01-05T10:00:00Z"}"#,
            becomes: &["order.placed"],
        },
        Sample {
            what: "an order that was cancelled, and a delivery that arrived, in one transaction",
            headers: &[],
            body: r#"[{"$table":"public.orders","$op":"update","$lsn":"0/16B3900","$row":1,"$at":"2026-01-06T10:00:00Z","$old":{"status":"new"},"$changed":{"status":true},"id":1001,"customer":"customer-1","status":"cancelled","total":"12.50","placed_at":"2026-01-05T10:00:00Z","updated_at":"2026-01-06T10:00:00Z"},{"$table":"public.deliveries","$op":"insert","$lsn":"0/16B3900","$row":2,"$at":"2026-01-06T10:00:00Z","order_id":1000,"customer":"customer-2","delivered_at":"2026-01-06T09:00:00Z"}]"#,
            becomes: &["order.cancelled", "delivery.delivered"],
        },
        Sample {
            what: "a row that was deleted, of which the mapping says nothing",
            headers: &[],
            body: r#"{"$table":"public.orders","$op":"delete","$lsn":"0/16B3A00","$row":1,"$at":"2026-01-07T10:00:00Z","$old":{"id":1001},"id":1001}"#,
            becomes: &[],
        },
    ],
};

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let settings: Settings = table.try_into().map_err(|e| e.to_string())?;
    let rows = Rows::new(&settings.mapping, &named.folder, &named.uri)?;
    let database = settings.check(named, &rows.mapping)?;
    Ok(Opened { decoder: Arc::new(rows), way: Way::Read(Box::new(database)) })
}
