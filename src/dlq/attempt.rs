//! `nexusflow dlq try`: what dead letters would become, by the present settings or by a mapping that is not in place yet.

use crate::config::Config;
use crate::{out, process};
use nexusflow_connectors::arrival::{Arrival, Decoder};
use nexusflow_connectors::dead_letters::{Reading, read_again};
use nexusflow_connectors::source::{Body, Sources};
use nexusflow_log::{DeadLetter, DeadLetterBox};
use nexusflow_model::{Envelope, Source, cloudevents};
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

/// Reads each and prints what it would become. Succeeds where all would be understood.
pub(crate) async fn run(
    config: &Config,
    letters: &DeadLetterBox,
    sequences: &[u64],
    mapping: Option<&Path>,
    json: bool,
) -> Result<ExitCode, Box<dyn Error>> {
    let sources = match mapping {
        None => config.sources()?,
        Some(mapping) => with_mapping(config, mapping)?,
    };
    let (mut good, mut bad) = (0, 0);
    for sequence in sequences {
        let Some(kept) = letters.get(*sequence).await? else {
            bad += 1;
            out::say(&format!("{sequence:>8}  there is none of this number"));
            continue;
        };
        let reading = match mapping {
            Some(mapping) if sources.get(&kept.letter.source).is_none() => by_mapping(&kept.letter, mapping)?,
            _ => read_again(&sources, &kept.letter, process::now()),
        };
        if reading.rejects.is_empty() {
            good += 1;
        } else {
            bad += 1;
        }
        if json {
            out::say(&as_json(*sequence, &reading).to_string());
        } else {
            tell(*sequence, &kept.letter.source, &reading);
        }
    }
    if !json {
        out::say(&format!("{good} would be understood, {bad} would not. Nothing was stored."));
    }
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The sources as they would be with another mapping: those that have one.
fn with_mapping(config: &Config, mapping: &Path) -> Result<Sources, Box<dyn Error>> {
    let mapping = mapping.to_str().ok_or("the path of the mapping is no text")?;
    let mut tables = config.source.clone();
    for table in tables.iter_mut().filter(|table| table.contains_key("mapping")) {
        table.insert("mapping".into(), mapping.into());
    }
    Ok(Sources::open(&tables, Path::new(""))?)
}

/// What came from no source of nexusflow.toml, as if it were one's.
fn by_mapping(letter: &DeadLetter, mapping: &Path) -> Result<Reading, Box<dyn Error>> {
    let source = Source::new(&format!("/sources/{}", letter.source))?;
    let body = Body::new(mapping.to_str(), Path::new(""), &source)?;
    let arrival = Arrival { headers: letter.headers.clone(), body: letter.payload.clone(), at: letter.received_at };
    let mut reading = Reading::default();
    for one in body.decode(&arrival) {
        match one.event {
            Ok(event) => reading.events.push(event),
            Err(reject) => reading.rejects.push(reject),
        }
    }
    Ok(reading)
}

fn event(envelope: &Envelope) -> Value {
    serde_json::from_slice(&cloudevents::encode(envelope)).unwrap_or_default()
}

fn as_json(sequence: u64, reading: &Reading) -> Value {
    let rejects: Vec<Value> =
        reading.rejects.iter().map(|reject| json!({"field": reject.field, "reason": reject.reason})).collect();
    json!({"sequence": sequence, "events": reading.events.iter().map(event).collect::<Vec<_>>(), "rejects": rejects})
}

fn tell(sequence: u64, source: &str, reading: &Reading) {
    out::say(&format!("{sequence:>8}  {source}"));
    if reading.events.is_empty() && reading.rejects.is_empty() {
        out::say("          says nothing that becomes an event");
    }
    for reject in &reading.rejects {
        out::say(&format!("          not understood: {}: {}", reject.field, reject.reason));
    }
    for envelope in &reading.events {
        out::say(&format!("          {}", event(envelope)));
    }
}
