//! A view as a table.

use serde_json::Value;
use std::collections::BTreeMap;

/// The parameters of a subscription, by name.
pub type Params = BTreeMap<String, String>;

/// A row: a value a column.
pub type Row = Vec<Value>;

/// Columns and rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The columns that identify a row.
    pub key: &'static [&'static str],
    /// The columns.
    pub cols: &'static [&'static str],
    /// The rows.
    pub rows: Vec<Row>,
}

/// Refuses parameters that a topic doesn't have.
///
/// # Errors
/// A sentence that names the parameter and those there are.
pub fn only(params: &Params, known: &[&str]) -> Result<(), String> {
    match params.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) if known.is_empty() => Err(format!("there is no parameter {name:?}; this topic has none")),
        Some(name) => Err(format!("there is no parameter {name:?}; there is {}", known.join(", "))),
        None => Ok(()),
    }
}

/// An instant as the API writes it, or null.
pub fn time(at: Option<nexusflow_model::Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::String(at.to_string()))
}
