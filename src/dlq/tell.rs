//! Dead letters in words.

use nexusflow_connectors::dead_letters::Outcome;
use nexusflow_log::{Fate, KeptLetter, Mark};
use serde_json::{Value, json};
use std::fmt;

/// One in a list.
pub(crate) fn line(kept: &KeptLetter) -> String {
    let letter = &kept.letter;
    let decided = kept.mark.as_ref().map(|mark| format!("  ({})", marked(mark))).unwrap_or_default();
    format!(
        "{:>8}  {}  {:<20} {}: {}{decided}",
        kept.sequence, letter.received_at, letter.source, letter.reject.field, letter.reject.reason
    )
}

/// One, whole.
pub(crate) fn whole(kept: &KeptLetter) -> Vec<String> {
    let letter = &kept.letter;
    let mut lines = vec![
        format!("number    {}", kept.sequence),
        format!("source    {} ({})", letter.source, letter.kind),
        format!("received  {}", letter.received_at),
        format!("wrong     {}: {}", letter.reject.field, letter.reject.reason),
        format!("state     {}", kept.mark.as_ref().map_or_else(|| "waiting".into(), marked)),
    ];
    lines.extend(letter.headers.iter().map(|(name, value)| format!("header    {name}: {value}")));
    lines.push(format!("\n{}", shown(&letter.payload)));
    lines
}

/// JSON indented, other text as it is but for what would move the cursor, and of bytes how many there are.
fn shown(payload: &[u8]) -> String {
    if let Ok(json) = serde_json::from_slice::<Value>(payload) {
        return format!("{json:#}");
    }
    match std::str::from_utf8(payload) {
        Ok(text) => {
            text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
        }
        Err(_) => format!("({} bytes that are no text: --raw prints them)", payload.len()),
    }
}

fn marked(Mark { fate, by, at, places }: &Mark) -> String {
    let place = places.first().map(|place| format!(", at {place}")).unwrap_or_default();
    match fate {
        Fate::Retried => format!("retried by {by} at {at}{place}"),
        Fate::Dropped => format!("dropped by {by} at {at}"),
    }
}

/// What went wrong; none where nothing did.
pub(crate) fn failure(sequence: u64, outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Decided { mark, before: true } => Some(format!("{sequence:>8}  was {} before", marked(mark))),
        Outcome::Decided { .. } => None,
        Outcome::StillBad(reject) => {
            Some(format!("{sequence:>8}  still not understood: {}: {}", reject.field, reject.reason))
        }
        Outcome::Unstored(why) => Some(format!("{sequence:>8}  not stored, try again: {why}")),
        Outcome::Unknown => Some(format!("{sequence:>8}  there is none of this number")),
    }
}

/// The same for programs.
pub(crate) fn outcome_json(sequence: u64, outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Decided { mark, before } => {
            json!({"sequence": sequence, "outcome": mark.fate, "before": before, "by": mark.by, "at": mark.at, "places": mark.places})
        }
        Outcome::StillBad(reject) => {
            json!({"sequence": sequence, "outcome": "not_understood", "field": reject.field, "reason": reject.reason})
        }
        Outcome::Unstored(why) => json!({"sequence": sequence, "outcome": "not_stored", "reason": why}),
        Outcome::Unknown => json!({"sequence": sequence, "outcome": "unknown"}),
    }
}

/// What came of many.
#[derive(Default)]
pub(crate) struct Tally {
    retried: u64,
    dropped: u64,
    before: u64,
    not_understood: u64,
    not_stored: u64,
    unknown: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Decided { before: true, .. } => self.before += 1,
            Outcome::Decided { mark, .. } if mark.fate == Fate::Retried => self.retried += 1,
            Outcome::Decided { .. } => self.dropped += 1,
            Outcome::StillBad(_) => self.not_understood += 1,
            Outcome::Unstored(_) => self.not_stored += 1,
            Outcome::Unknown => self.unknown += 1,
        }
    }

    /// Whether none is left waiting.
    pub(crate) fn is_whole(&self) -> bool {
        self.not_understood + self.not_stored + self.unknown == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.retried, "understood and stored"),
            (self.dropped, "dropped"),
            (self.before, "decided before"),
            (self.not_understood, "still not understood"),
            (self.not_stored, "not stored, try again"),
            (self.unknown, "unknown"),
        ];
        let said: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        if said.is_empty() { f.write_str("None is meant.") } else { write!(f, "{}.", said.join(", ")) }
    }
}
