//! How a mistake is mended.

use nexusflow_model::{Kind, Reject};

/// What whoever made the file can do about it.
pub(super) fn how(reject: &Reject, kind: Option<Kind>) -> String {
    let (field, reason) = (reject.field.as_str(), reject.reason.as_str());
    let example = kind.map_or_else(
        || "`nexusflow send TYPE --print` shows a whole event".to_owned(),
        |kind| format!("`nexusflow send {} --print` shows a whole one", kind.as_str()),
    );
    let name = field.rsplit('.').next().unwrap_or(field);
    if reason.starts_with("missing field") || reason.starts_with("is missing") {
        return format!("add {name:?}; {example}");
    }
    if reason.starts_with("unknown field") {
        return format!("take {name:?} out, or write it as it is called; {example}");
    }
    if reason.starts_with("invalid type") {
        return format!("give {name:?} a value of that kind: numbers have no quotes, texts do; {example}");
    }
    if reason.starts_with("is that of the event") {
        return "(source, id) names an event for ever: give this one an id of its own, or repeat the other one word for word".into();
    }
    match field {
        "." if kind.is_none() => "write each event as one JSON object: mind quotes, commas and brackets".into(),
        "type" => "`nexusflow send --list` tells all types".into(),
        "time" => "write it as 2026-01-31T09:30:00Z, with its zone".into(),
        _ => example,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_fits_the_mistake() {
        let how = |field: &str, reason: &str| how(&Reject::new(field, reason), Some(Kind::OrderPlaced));
        assert!(
            how("data.total", "missing field `total`")
                .starts_with("add \"total\"; `nexusflow send order.placed --print`")
        );
        assert!(how("data.totl", "unknown field `totl`, expected one of `total`").contains("take \"totl\" out"));
        assert!(how("time", "a time must be RFC 3339").contains("2026-01-31T09:30:00Z"));
        assert!(super::how(&Reject::new(".", "expected value"), None).contains("quotes, commas"));
    }
}
