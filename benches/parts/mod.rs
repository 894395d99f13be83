//! What the benchmarks share: what they fold, where they run, how they say it.
#![allow(dead_code, reason = "each benchmark uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a benchmark that can't go on says so and ends")]

pub(crate) mod customers;
pub(crate) mod machine;
pub(crate) mod nats;
pub(crate) mod states;
pub(crate) mod steps;

use nexusflow_connectors::demo::{Company, Profile};
use nexusflow_domain::Business;
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::limits::RECORD_EVENTS_MAX;
use nexusflow_model::{Envelope, Timestamp, cloudevents};
use std::time::Duration;

/// The number behind `--name` on the command line.
pub(crate) fn number(name: &str, or: u64) -> u64 {
    text(name).and_then(|text| text.replace('_', "").parse().ok()).unwrap_or(or)
}

/// The text behind `--name` on the command line.
pub(crate) fn text(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| *argument != format!("--{name}"));
    arguments.nth(1)
}

/// When the demonstration company begins.
pub(crate) fn start() -> Timestamp {
    "2026-01-05T00:00:00Z".parse().unwrap()
}

/// The business that ships, with its time zone, pipeline and weights.
pub(crate) fn business() -> Business {
    toml::from_str(include_str!("../../config/business.toml")).unwrap()
}

/// The event that every partition begins with.
pub(crate) fn configuration() -> Envelope {
    ConfigChanged::envelope("v1", "a benchmark", serde_json::to_value(business()).unwrap(), start()).unwrap()
}

/// The first `n` events of the demonstration company of `customers` customers.
pub(crate) fn company(n: usize, customers: u32) -> Vec<Envelope> {
    Company::new(Profile { customers, ..Profile::new(start()) }).take(n).collect()
}

/// Events as records of the log, the configuration before them.
pub(crate) fn records(events: &[Envelope]) -> Vec<Vec<u8>> {
    let configuration = [configuration()];
    let full = events.chunks(RECORD_EVENTS_MAX);
    std::iter::once(configuration.as_slice()).chain(full).map(record).collect()
}

/// Events as one record.
pub(crate) fn record(events: &[Envelope]) -> Vec<u8> {
    let encoded: Vec<Vec<u8>> = events.iter().map(cloudevents::encode).collect();
    cloudevents::join_record(encoded.iter().map(Vec::as_slice))
}

/// `n` in `took`, a second.
pub(crate) fn rate(n: usize, took: Duration) -> f64 {
    n as f64 / took.as_secs_f64()
}

/// 1234567.8 -> `1,234,568`.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
