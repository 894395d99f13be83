//! The rows that are there already, as of the instant at which the slot begins: what changes later comes from the slot, so that
//! nothing falls between.

use super::client::{Client, Fault, Said};
use super::pgoutput::Relation;
use super::settings::Database;
use super::setup::{NOT_ALLOWED, Published, quoted};
use super::stream::{Failure, Reading};
use super::value;
use serde_json::{Value, json};

impl Database {
    /// Makes the slot and stores all rows of the tables.
    pub(super) async fn read_snapshot(
        &self,
        client: &mut Client,
        tables: &[Published],
        reading: &mut Reading<'_>,
    ) -> Result<(), Failure> {
        client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let lsn = self.make_slot(client, "USE_SNAPSHOT").await?;
        let at = client.query("SELECT to_char(now(), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')").await?;
        let at = at.into_iter().flatten().flatten().next().unwrap_or_default();
        let mut number = 0_u64;
        for table in tables {
            client.ask(&table.select).await?;
            let mut relation = Relation { name: table.name.clone(), columns: Vec::new() };
            loop {
                match client.said().await.map_err(|fault| may_not_read(fault, &self.user, &table.name))? {
                    Said::Columns(columns) => relation.columns = columns,
                    Said::Row(cells) => {
                        number += 1;
                        let mut row = value::row(&relation, &cells);
                        let known = [
                            ("$table", Value::from(relation.name.as_str())),
                            ("$op", json!("snapshot")),
                            ("$lsn", Value::from(lsn.as_str())),
                            ("$row", Value::from(number)),
                            ("$at", Value::from(at.as_str())),
                        ];
                        row.extend(known.map(|(name, value)| (name.to_owned(), value)));
                        let bytes = cells.iter().map(super::stream::size).sum();
                        reading.push(row, bytes);
                        if reading.is_full() {
                            reading.store().await?;
                        }
                    }
                    Said::Ready => break,
                    Said::Streaming | Said::Change(_) => {}
                }
            }
        }
        reading.store().await?;
        client.query("COMMIT").await?;
        tracing::info!(slot = %self.slot, rows = number, "the rows that were there are read");
        Ok(())
    }
}

/// Says how a table is made readable.
fn may_not_read(fault: Fault, user: &str, table: &str) -> Fault {
    if !fault.is(NOT_ALLOWED) {
        return fault;
    }
    let help = format!(" - as the owner of the table: GRANT SELECT ON {table} TO {};", quoted(user));
    Fault { text: fault.text + &help, ..fault }
}
