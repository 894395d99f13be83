//! From the messages of a stream to rows, with what is known of their change.

use super::pgoutput::{Cell, Message, Old, Relation, Unreadable};
use super::stream::size;
use super::value;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Microseconds from 1970 to 2000, where PostgreSQL's clock begins.
const EPOCH_US: i64 = 946_684_800_000_000;

/// A row that was changed, and about how many bytes it has.
type Changed = (Map<String, Value>, usize);

/// What a stream has told so far.
#[derive(Debug)]
pub(super) struct Changes<'a> {
    /// The tables that matter.
    tables: &'a BTreeSet<(String, String)>,
    relations: BTreeMap<u32, Relation>,
    transaction: Option<Transaction>,
    /// Where the last transaction that is here as a whole ends.
    pub(super) committed: u64,
}

#[derive(Debug)]
struct Transaction {
    lsn: String,
    at: String,
    /// Rows that it has changed so far, in whatever table.
    rows: u64,
}

impl<'a> Changes<'a> {
    pub(super) fn new(tables: &'a BTreeSet<(String, String)>) -> Self {
        Self { tables, relations: BTreeMap::new(), transaction: None, committed: 0 }
    }

    /// Whether a transaction is here in part.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// Takes in a message; the row that it changes, with about how many bytes it has.
    pub(super) fn take(&mut self, message: Message) -> Result<Option<Changed>, Unreadable> {
        match message {
            Message::Begin { lsn, at_us } => {
                let at = jiff::Timestamp::from_microsecond(at_us.saturating_add(EPOCH_US)).map_err(|_| Unreadable)?;
                self.transaction = Some(Transaction { lsn: value::lsn(lsn), at: at.to_string(), rows: 0 });
                Ok(None)
            }
            Message::Commit { end } => {
                self.transaction = None;
                self.committed = end;
                Ok(None)
            }
            Message::Relation(number, relation) => {
                self.relations.insert(number, relation);
                Ok(None)
            }
            Message::Insert { table, new } => self.changed(table, "insert", None, Some(&new)),
            Message::Update { table, old, new } => self.changed(table, "update", old.as_ref(), Some(&new)),
            Message::Delete { table, old } => self.changed(table, "delete", Some(&old), None),
            Message::Other => Ok(None),
        }
    }

    fn changed(
        &mut self,
        table: u32,
        op: &str,
        old: Option<&Old>,
        new: Option<&[Cell]>,
    ) -> Result<Option<Changed>, Unreadable> {
        let transaction = self.transaction.as_mut().ok_or(Unreadable)?;
        transaction.rows += 1;
        let relation = self.relations.get(&table).ok_or(Unreadable)?;
        let is_ours = relation
            .name
            .split_once('.')
            .is_some_and(|(schema, table)| self.tables.iter().any(|(ours, name)| ours == schema && name == table));
        if !is_ours {
            return Ok(None);
        }
        let cells = |cells: &[Cell]| cells.iter().map(size).sum::<usize>();
        let bytes = new.map_or(0, cells) + old.map_or(0, |old| cells(&old.cells));
        let was = old.map(|old| what_was(relation, old));
        let mut row = match (new, &was) {
            (Some(new), _) => value::row(relation, new),
            (None, Some(was)) => was.clone(),
            (None, None) => return Err(Unreadable),
        };
        if let (Some(new), Some(was), Some(Old { is_whole: true, .. })) = (new, &was, old) {
            // What did not change and is too large to be told twice is what it was.
            for (column, _) in relation.columns.iter().zip(new).filter(|(_, cell)| **cell == Cell::Unchanged) {
                let value = was.get(&column.name).cloned();
                row.extend(value.map(|value| (column.name.clone(), value)));
            }
            let changed = row.iter().map(|(name, value)| (name.clone(), json!(was.get(name) != Some(value))));
            let changed: Map<String, Value> = changed.collect();
            row.insert("$changed".to_owned(), changed.into());
        }
        row.extend(was.map(|was| ("$old".to_owned(), Value::from(was))));
        let known = [
            ("$table", Value::from(relation.name.as_str())),
            ("$op", Value::from(op)),
            ("$lsn", Value::from(transaction.lsn.as_str())),
            ("$row", Value::from(transaction.rows)),
            ("$at", Value::from(transaction.at.as_str())),
        ];
        row.extend(known.map(|(name, value)| (name.to_owned(), value)));
        Ok(Some((row, bytes)))
    }
}

/// What is told of what a row was.
fn what_was(relation: &Relation, old: &Old) -> Map<String, Value> {
    let mut was = value::row(relation, &old.cells);
    if !old.is_whole {
        // Beside the key there are only places without a value.
        was.retain(|name, _| relation.columns.iter().any(|column| column.is_key && column.name == *name));
    }
    was
}

#[cfg(test)]
mod tests {
    use super::super::pgoutput::Column;
    use super::*;
    use bytes::Bytes;

    fn cell(text: &'static str) -> Cell {
        Cell::Text(Bytes::from_static(text.as_bytes()))
    }

    fn rows(messages: Vec<Message>) -> Vec<Value> {
        let tables = BTreeSet::from([("public".to_owned(), "orders".to_owned())]);
        let mut changes = Changes::new(&tables);
        let column = |name: &str, kind, is_key| Column { name: name.to_owned(), kind, is_key };
        let relation = |name: &str| Relation {
            name: format!("public.{name}"),
            columns: vec![column("id", 23, true), column("status", 25, false), column("note", 25, false)],
        };
        let begin = [
            Message::Relation(1, relation("orders")),
            Message::Relation(2, relation("others")),
            Message::Begin { lsn: 0x1_0000_0010, at_us: 0 },
        ];
        let mut rows = Vec::new();
        for message in begin.into_iter().chain(messages) {
            rows.extend(changes.take(message).unwrap().map(|(row, _)| Value::from(row)));
        }
        rows
    }

    #[test]
    fn an_update_knows_what_changed_where_all_is_told() {
        let old = Some(Old { is_whole: true, cells: vec![cell("7"), cell("new"), cell("long")] });
        let new = vec![cell("7"), cell("paid"), Cell::Unchanged];
        let other = Message::Insert { table: 2, new: new.clone() };
        let told = rows(vec![other, Message::Update { table: 1, old, new }]);
        let expected = json!([{
            "id": 7, "status": "paid", "note": "long",
            "$old": {"id": 7, "status": "new", "note": "long"},
            "$changed": {"id": false, "status": true, "note": false},
            "$table": "public.orders", "$op": "update", "$lsn": "1/10", "$row": 2, "$at": "2000-01-01T00:00:00Z",
        }]);
        assert_eq!(Value::from(told), expected);
    }

    #[test]
    fn a_key_alone_is_no_other_value_and_what_is_not_told_is_left_out() {
        let key = || Old { is_whole: false, cells: vec![cell("7"), Cell::Null, Cell::Null] };
        let new = vec![cell("8"), Cell::Null, Cell::Unchanged];
        let told =
            rows(vec![Message::Update { table: 1, old: Some(key()), new }, Message::Delete { table: 1, old: key() }]);
        assert_eq!(told[0]["$old"], json!({"id": 7}));
        assert_eq!((&told[0]["id"], &told[0]["status"], told[0].get("note")), (&json!(8), &Value::Null, None));
        assert_eq!((told[0].get("$changed"), &told[1]["id"], &told[1]["$op"]), (None, &json!(7), &json!("delete")));
    }
}
