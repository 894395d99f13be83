//! From what a server writes to JSON, exactly: what JSON has no word for stays the text that the server writes.

use super::pgoutput::{Cell, Relation};
use serde_json::{Map, Value};

/// Numbers of types, from `pg_type.dat`.
const BOOL: u32 = 16;
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;
const OID: u32 = 26;
const JSON: u32 = 114;
const TIMESTAMP: u32 = 1114;
const TIMESTAMPTZ: u32 = 1184;
const JSONB: u32 = 3802;

/// A value of the type of that number. Numerics stay text, so that no digit is lost.
pub(super) fn json(kind: u32, text: &str) -> Value {
    match kind {
        BOOL => Value::Bool(text == "t"),
        INT2 | INT4 | INT8 | OID => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        JSON | JSONB => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)),
        TIMESTAMP => Value::from(text.replacen(' ', "T", 1)),
        // The session's zone is UTC.
        TIMESTAMPTZ => match text.strip_suffix("+00") {
            Some(time) => Value::from(time.replacen(' ', "T", 1) + "Z"),
            None => Value::from(text),
        },
        _ => Value::from(text),
    }
}

/// A row as an object. What is not told is left out.
pub(super) fn row(table: &Relation, cells: &[Cell]) -> Map<String, Value> {
    let columns = table.columns.iter().zip(cells);
    let told = columns.filter_map(|(column, cell)| match cell {
        Cell::Null => Some((column.name.clone(), Value::Null)),
        Cell::Unchanged => None,
        Cell::Text(text) => Some((column.name.clone(), json(column.kind, &String::from_utf8_lossy(text)))),
    });
    told.collect()
}

/// A place in the server's log, as the server writes it.
pub(super) fn lsn(lsn: u64) -> String {
    format!("{:X}/{:X}", lsn >> 32, lsn & 0xFFFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as of;

    #[test]
    fn values_are_exact() {
        assert_eq!(json(1700, "12345678901234567890.120"), of!("12345678901234567890.120"));
        assert_eq!(json(INT8, "9007199254740993"), of!(9_007_199_254_740_993_i64));
        assert_eq!(json(BOOL, "f"), of!(false));
        assert_eq!(json(TIMESTAMPTZ, "2026-01-05 10:00:00.25+00"), of!("2026-01-05T10:00:00.25Z"));
        assert_eq!(json(TIMESTAMP, "2026-01-05 10:00:00"), of!("2026-01-05T10:00:00"));
        assert_eq!(json(TIMESTAMPTZ, "infinity"), of!("infinity"));
        assert_eq!(json(JSONB, r#"{"a": [1, null]}"#), of!({"a": [1, null]}));
        assert_eq!(lsn(0x1_016B_3748), "1/16B3748");
    }
}
