//! Before anything is read: that the server is set up for it, and what may be made there is.

use super::client::{Client, Fault};
use super::settings::Database;
use std::fmt::Write as _;

/// Version 13, the first that says whether a slot has lost what it kept.
const VERSION_MIN: u32 = 130_000;
/// Where tables are published with the rows and columns that may be seen.
const VERSION_WITH_FILTERS: u32 = 150_000;
/// "insufficient_privilege".
pub(super) const NOT_ALLOWED: &str = "42501";

/// What a server keeps for us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Missing,
    Ready,
    /// It is there, and what it kept is not: the server was told to keep no more.
    Lost,
}

/// A table as it is published.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) name: String,
    /// A statement that gives its rows.
    pub(super) select: String,
}

/// A name as it stands in a statement.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Database {
    /// Connects; says what an administrator has to do where that is not allowed.
    pub(super) async fn connect(&self) -> Result<Client, Fault> {
        let connected = Client::connect(self).await;
        connected.map_err(|fault| {
            if !fault.is(NOT_ALLOWED) {
                return fault;
            }
            let help = format!(" - as an administrator: ALTER ROLE {} REPLICATION;", quoted(&self.user));
            Fault { text: fault.text + &help, ..fault }
        })
    }

    /// That the server writes down what we need; its version.
    pub(super) async fn check_server(&self, client: &mut Client) -> Result<u32, Fault> {
        let said = client.query("SELECT current_setting('server_version_num'), current_setting('wal_level')").await?;
        let mut said = said.into_iter().flatten().flatten();
        let version = said.next().and_then(|version| version.parse().ok()).unwrap_or(0);
        if version < VERSION_MIN {
            return Err(Fault::new("the server is older than PostgreSQL 13"));
        }
        let level = said.next().unwrap_or_default();
        if level != "logical" {
            return Err(Fault::new(format!(
                "the server's wal_level is {level}, which says too little of changes - as an administrator: \
                 ALTER SYSTEM SET wal_level = logical; and restart the server"
            )));
        }
        Ok(version)
    }

    /// That every table is published; a publication that is not there is made. The tables, in the order of their names.
    pub(super) async fn publish(&self, client: &mut Client, version: u32) -> Result<Vec<Published>, Fault> {
        let name = &self.publication;
        let there = client.query(&format!("SELECT 1 FROM pg_publication WHERE pubname = {}", literal(name))).await?;
        if there.is_empty() {
            self.make_publication(client).await?;
        }
        let filters = if version >= VERSION_WITH_FILTERS {
            "(SELECT string_agg(quote_ident(name), ', ' ORDER BY at) FROM unnest(attnames) WITH ORDINALITY AS a (name, at)), rowfilter"
        } else {
            "NULL, NULL"
        };
        let found = client
            .query(&format!(
                "SELECT schemaname, tablename, {filters} FROM pg_publication_tables WHERE pubname = {}",
                literal(name)
            ))
            .await?;
        let mut tables = Vec::new();
        let mut missing = Vec::new();
        for (schema, table) in &self.tables {
            let is_it = |row: &&Vec<Option<String>>| row[..2] == [Some(schema.clone()), Some(table.clone())];
            let Some(row) = found.iter().find(is_it) else {
                missing.push(format!("{}.{}", quoted(schema), quoted(table)));
                continue;
            };
            let columns = row[2].as_deref().unwrap_or("*");
            let mut select = format!("SELECT {columns} FROM {}.{}", quoted(schema), quoted(table));
            if let Some(filter) = &row[3] {
                // Writing to memory does not fail.
                let _written = write!(select, " WHERE {filter}");
            }
            tables.push(Published { name: format!("{schema}.{table}"), select });
        }
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(Fault::new(format!(
                "the publication {name} is without {missing} - as the owner of the tables: \
                 ALTER PUBLICATION {} ADD TABLE {missing};",
                quoted(name)
            )));
        }
        Ok(tables)
    }

    async fn make_publication(&self, client: &mut Client) -> Result<(), Fault> {
        let tables: Vec<String> =
            self.tables.iter().map(|(schema, table)| format!("{}.{}", quoted(schema), quoted(table))).collect();
        let statement = format!(
            "CREATE PUBLICATION {} FOR TABLE {} WITH (publish = 'insert, update, delete', publish_via_partition_root = true);",
            quoted(&self.publication),
            tables.join(", ")
        );
        let made = client.query(&statement).await;
        made.map_err(|fault| {
            let help = format!(" - there is no publication yet, as the owner of the tables: {statement}");
            Fault { text: fault.text + &help, ..fault }
        })?;
        tracing::info!(publication = %self.publication, "a publication was made");
        Ok(())
    }

    /// How our slot stands.
    pub(super) async fn slot(&self, client: &mut Client) -> Result<Slot, Fault> {
        let statement = format!(
            "SELECT plugin, database, wal_status FROM pg_replication_slots WHERE slot_name = {}",
            literal(&self.slot)
        );
        let Some(row) = client.query(&statement).await?.into_iter().next() else { return Ok(Slot::Missing) };
        let is = |at: usize, text: &str| row[at].as_deref() == Some(text);
        if !is(0, "pgoutput") || !is(1, &self.database) {
            return Err(Fault::new(format!(
                "the slot {} belongs to somebody else: it is of another plugin or database. Set slot to another name",
                self.slot
            )));
        }
        Ok(if is(2, "lost") { Slot::Lost } else { Slot::Ready })
    }

    /// Makes our slot; in a transaction with its snapshot where `and` says so.
    pub(super) async fn make_slot(&self, client: &mut Client, and: &str) -> Result<String, Fault> {
        let statement = format!("CREATE_REPLICATION_SLOT {} LOGICAL pgoutput {and}", quoted(&self.slot));
        let made = client.query(&statement).await?;
        tracing::info!(slot = %self.slot, "a replication slot was made");
        Ok(made.into_iter().flatten().nth(1).flatten().unwrap_or_default())
    }

    /// Drops our slot, as soon as nobody uses it.
    pub(super) async fn drop_slot(&self, client: &mut Client) -> Result<(), Fault> {
        client.query(&format!("DROP_REPLICATION_SLOT {} WAIT", quoted(&self.slot))).await.map(drop)
    }
}
