//! What is said about files of events.

use crate::out;
use nexusflow_model::Kind;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Something that is wrong. Never says the value itself, which may be personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Mistake {
    pub(super) file: String,
    /// From 1.
    pub(super) line: u64,
    /// From 1, in bytes; none for a row of a table.
    pub(super) column: Option<u64>,
    #[serde(rename = "type")]
    pub(super) kind: Option<&'static str>,
    pub(super) field: String,
    pub(super) reason: String,
    pub(super) mend: String,
}

/// What was found so far. Mistakes are told at once, and only counted here.
pub(super) struct Report {
    is_json: bool,
    types: BTreeMap<&'static str, u64>,
    repeated: u64,
    mistakes: u64,
}

impl Report {
    pub(super) fn new(is_json: bool) -> Self {
        Self { is_json, types: BTreeMap::new(), repeated: 0, mistakes: 0 }
    }

    pub(super) fn good(&mut self, kind: Kind) {
        *self.types.entry(kind.as_str()).or_default() += 1;
    }

    pub(super) fn repeated(&mut self) {
        self.repeated += 1;
    }

    pub(super) fn mistake(&mut self, mistake: &Mistake) {
        self.mistakes += 1;
        if self.is_json {
            out::say(&json!({ "mistake": mistake }).to_string());
            return;
        }
        let Mistake { file, line, column, kind, field, reason, mend } = mistake;
        let column = column.map_or_else(String::new, |column| format!(":{column}"));
        let kind = kind.map_or_else(String::new, |kind| format!("{kind}: "));
        let field = if field == "." { String::new() } else { format!("{field}: ") };
        out::say(&format!("{file}:{line}{column}: {kind}{field}{reason}\n    {mend}"));
    }

    /// Says what it comes to; whether all is well.
    pub(super) fn finish(&self) -> bool {
        let Self { types, repeated, mistakes, .. } = self;
        let events: u64 = types.values().sum();
        if self.is_json {
            let summary = json!({"events": events, "repeated": repeated, "mistakes": mistakes, "types": types});
            out::say(&json!({ "summary": summary }).to_string());
            return *mistakes == 0;
        }
        let said = |count: u64, one: &str, several: &str| format!("{count} {}", if count == 1 { one } else { several });
        let again = if *repeated > 0 { format!(", {repeated} repeated (they count once)") } else { String::new() };
        out::say(&format!(
            "{}, {}{again}",
            said(events, "good event", "good events"),
            said(*mistakes, "mistake", "mistakes")
        ));
        for (kind, count) in types {
            out::say(&format!("  {count:>9}  {kind}"));
        }
        if events + mistakes == 0 {
            out::say("There is no event in it.");
        }
        *mistakes == 0
    }
}
