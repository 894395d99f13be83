//! Why an event was not accepted.

use serde::Serialize;

/// One event that can't be understood: which field, and what is wrong with it. Never holds the value itself, which may be
/// personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct Reject {
    /// Path of the field at fault, such as `data.lines[2].quantity`; `.` for the event as a whole.
    pub field: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl Reject {
    /// A rejection of `field` for `reason`.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }

    /// A rejection from a JSON error whose path is known, with `prefix` before the path.
    pub(crate) fn from_json(prefix: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = error.path().to_string();
        let mut field = match (prefix, path.as_str()) {
            ("", path) => path.to_owned(),
            (prefix, ".") => prefix.to_owned(),
            (prefix, path) => format!("{prefix}.{path}"),
        };
        let reason = strip_position(&error.inner().to_string());
        // serde reports a missing field at its parent: name the field itself.
        if let Some(name) =
            quoted_after(&reason, "missing field `").or_else(|| quoted_after(&reason, "unknown field `"))
            && !field.ends_with(&format!(".{name}"))
            && field != name
        {
            field = if field == "." { name.to_owned() } else { format!("{field}.{name}") };
        }
        Self { field, reason: without_values(&reason) }
    }
}

fn quoted_after<'a>(text: &'a str, lead: &str) -> Option<&'a str> {
    text.strip_prefix(lead)?.split('`').next()
}

/// serde quotes the value it met (`invalid type: string "Ann", expected ...`): it may be personal, so it is cut out.
fn without_values(reason: &str) -> String {
    let Some((lead, rest)) = reason.split_once(" string \"") else { return reason.to_owned() };
    match rest.rsplit_once("\", expected") {
        Some((_, expected)) => format!("{lead} string, expected{expected}"),
        None => format!("{lead} string"),
    }
}

fn strip_position(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(reason, _)| reason).to_owned()
}
