//! Where in a file a mistake stands.

use super::pieces::Piece;
use nexusflow_model::Kind;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The line and column of `field`, from 1; of what it is missing in, where it is not there; of the byte where it stops being
/// JSON, where it is none.
pub(super) fn of(piece: &Piece, field: &str) -> (u64, u64) {
    // What is cut off ends where its last word does, not in the line after it.
    let text = piece.text.trim_ascii_end();
    let offset = match serde_json::from_slice::<IgnoredAny>(text) {
        Ok(_) => std::str::from_utf8(text).map_or(0, |text| offset(text, field)),
        Err(error) => {
            let before: usize =
                text.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
            // A word that the end of its line cuts off is at fault there, not in the line after it.
            (before + error.column()).saturating_sub(1)
        }
    };
    let before = &text[..offset.min(text.len())];
    let lines = before.iter().filter(|byte| **byte == b'\n').count() as u64;
    match before.iter().rposition(|byte| *byte == b'\n') {
        Some(last) => (piece.line + lines, (before.len() - last) as u64),
        None => (piece.line, piece.column + before.len() as u64),
    }
}

/// How many bytes stand before the value of a field such as `data.lines[2].quantity`.
fn offset(text: &str, field: &str) -> usize {
    let mut at = text;
    for step in field.split(['.', '[']).filter(|step| !step.is_empty()) {
        let next = match step.strip_suffix(']').and_then(|index| index.parse::<usize>().ok()) {
            Some(index) => serde_json::from_str::<Vec<&RawValue>>(at).ok().and_then(|items| items.get(index).copied()),
            None => serde_json::from_str::<BTreeMap<String, &RawValue>>(at)
                .ok()
                .and_then(|fields| fields.get(step).copied()),
        };
        let Some(next) = next else { break };
        at = next.get();
    }
    // A part of the text, not a copy: the value borrows from it.
    at.as_ptr() as usize - text.as_ptr() as usize
}

/// The type that an event says it is, where there is one.
pub(super) fn kind(text: &[u8]) -> Option<Kind> {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        name: String,
    }
    Kind::from_name(&serde_json::from_slice::<Typed>(text).ok()?.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, field: &str) -> (u64, u64) {
        of(&Piece { text: text.into(), line: 7, column: 3, is_cut: false }, field)
    }

    #[test]
    fn a_field_is_found_in_one_line_and_in_many() {
        let line = r#"{"type": "x", "data": {"lines": [{"q": 1}, {"q": "two"}]}}"#;
        assert_eq!(place(line, "."), (7, 3));
        assert_eq!(place(line, "type"), (7, 3 + 9));
        assert_eq!(place(line, "data.lines[1].q"), (7, 3 + line.find("\"two\"").unwrap() as u64));
        assert_eq!(place(line, "data.lines[1].missing"), (7, 3 + line.find("{\"q\": \"two\"}").unwrap() as u64));
        assert_eq!(place("{\n  \"data\": {\n    \"n\": -1\n  }\n}", "data.n"), (9, 10));
        assert_eq!(place("{\n  \"data\": nul\n}", "data").0, 8);
        assert_eq!(place("{\"a\": [\n", "?"), (7, 3 + 6));
        assert_eq!(place("", "data"), (7, 3));
        assert_eq!(kind(b"{\"type\":\"order.placed\"}"), Some(Kind::OrderPlaced));
    }
}
