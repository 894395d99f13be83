//! A message with one thing in it that is not as it must be.

use serde_json::{Value, json};

/// A text that stands in no message by itself: where it shows in a rejection, a value was repeated.
pub(crate) const MARK: &str = "Zq7-private-marker";

/// What is put in the place of something.
pub(crate) fn strangers() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1.0e300),
        json!(0.1),
        json!(""),
        json!(" "),
        json!(MARK),
        json!(format!("{MARK}\u{0}\n\u{202e}")),
        json!(MARK.repeat(400)),
        json!([]),
        json!([MARK]),
        json!({}),
        json!({ "stranger": MARK }),
        json!([[[[MARK]]]]),
    ]
}

/// How many places a message has, itself included.
pub(crate) fn places(message: &Value) -> usize {
    1 + match message {
        Value::Array(values) => values.iter().map(places).sum(),
        Value::Object(values) => values.values().map(places).sum(),
        _ => 0,
    }
}

/// The message with `stranger` at the place of that number.
pub(crate) fn with(message: &Value, place: usize, stranger: &Value) -> Value {
    let mut changed = message.clone();
    put(&mut changed, &mut { place }, stranger);
    changed
}

/// Whether it was put.
fn put(at: &mut Value, left: &mut usize, stranger: &Value) -> bool {
    if *left == 0 {
        *at = stranger.clone();
        return true;
    }
    *left -= 1;
    match at {
        Value::Array(values) => values.iter_mut().any(|value| put(value, left, stranger)),
        Value::Object(values) => values.values_mut().any(|value| put(value, left, stranger)),
        _ => false,
    }
}
