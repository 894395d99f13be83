//! `nexusflow send`: an example of any type, published by HTTP as any other system would do it.

mod post;
mod set;

use crate::config::Config;
use crate::{out, process};
use clap::Args;
use nexusflow_model::cloudevents::decode_structured;
use nexusflow_model::{Id, Kind, Source, Timestamp, example, schema};
use post::Door;
use serde_json::Value;
use set::Setting;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Events in a request, where there are several.
const BATCH: usize = 500;

/// What to publish, and where.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  nexusflow send order.placed\n  nexusflow send order.placed --subject customer-7 --set total.minor=9900\n  \
                        nexusflow send survey.answered --set score=2 --set text='Never again'\n  nexusflow send ticket.opened --print"
)]
pub(crate) struct Arguments {
    /// The type, such as order.placed; --list tells all.
    #[arg(value_name = "TYPE", required_unless_present = "list")]
    kind: Option<String>,
    /// Tell the types, with a line about each.
    #[arg(long)]
    list: bool,
    /// Whom it is about: the customer's id, mostly.
    #[arg(long, value_name = "ID")]
    subject: Option<Id>,
    /// The event's own id. An id that was there before counts no second time; without this, a new one. What the data names is
    /// then numbered from 1001.
    #[arg(long)]
    id: Option<Id>,
    /// Who publishes it.
    #[arg(long, value_name = "URI")]
    source: Option<Source>,
    /// When it happened: 2026-01-31T09:30:00Z, or a date. Without it, now.
    #[arg(long, value_parser = crate::replay::instant)]
    time: Option<Timestamp>,
    /// Another value of a field of the data, such as total.minor=1250 or lines[0].name=Tea; what is no JSON is a text; null takes
    /// the field out.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    settings: Vec<Setting>,
    /// How many, each about another order, ticket, payment ...
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// Where NexusFlow is; without it, at gateway.listen.
    #[arg(long)]
    url: Option<String>,
    /// A file with the token for publishing; without it, access.publish_token (NEXUSFLOW_ACCESS__PUBLISH_TOKEN).
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Only print it, an event a line where there are several.
    #[arg(long)]
    print: bool,
}

/// Publishes; fails where something was not stored.
pub(crate) fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    if arguments.list {
        list();
        return Ok(ExitCode::SUCCESS);
    }
    let kind = kind(arguments.kind.as_deref().unwrap_or_default())?;
    let now = process::now();
    let make = |number: u32| event(kind, arguments, now, number);
    make(0)?;
    if arguments.print {
        for number in 0..arguments.count {
            let event = make(number)?;
            out::say(&if arguments.count == 1 { serde_json::to_string_pretty(&event)? } else { event.to_string() });
        }
        return Ok(ExitCode::SUCCESS);
    }
    let token = match &arguments.token_file {
        Some(path) => {
            let read = std::fs::read_to_string(path);
            Some(read.map_err(|error| format!("--token-file {}: {error}", path.display()))?.trim().to_owned())
        }
        None => config.access.publish_token.clone(),
    };
    let url = arguments.url.clone().unwrap_or_else(|| {
        format!("{}://{}", config.gateway.scheme(), crate::loadtest::reachable(config.gateway.listen))
    });
    let door = Door::new(&url, token);
    if arguments.count == 1 {
        return one(&door, &make(0)?);
    }
    let mut stored = 0;
    for from in (0..arguments.count).step_by(BATCH) {
        let until = arguments.count.min(from + BATCH as u32);
        let batch: Vec<Value> = (from..until).map(make).collect::<Result<_, _>>()?;
        stored += door.batch(&batch)?;
    }
    out::say(&format!("{stored} of {} events of type {} are stored by {url}", arguments.count, kind.as_str()));
    Ok(if stored == u64::from(arguments.count) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn one(door: &Door, event: &Value) -> Result<ExitCode, Box<dyn Error>> {
    let place = door.single(event)?;
    let text = |name: &str| event[name].as_str().unwrap_or_default();
    out::say(&format!(
        "stored at {place} (partition:sequence:index)\n  type     {}\n  id       {}\n  source   {}\n  subject  {}\n  time     {}",
        text("type"),
        text("id"),
        text("source"),
        text("subject"),
        text("time"),
    ));
    Ok(ExitCode::SUCCESS)
}

/// The type of that name.
fn kind(name: &str) -> Result<Kind, String> {
    Kind::from_name(name).ok_or_else(|| {
        let near = Kind::nearest(name).as_str();
        format!("there is no type {name:?}; did you mean {near:?}? `nexusflow send --list` tells all")
    })
}

/// The event of that number, as it will be published.
fn event(kind: Kind, arguments: &Arguments, now: Timestamp, number: u32) -> Result<Value, String> {
    let at = arguments.time.unwrap_or(now);
    // Nobody has sent these yet, as long as no two people send in the same second.
    let first = if arguments.id.is_some() { example::FIRST } else { (now.as_ms() / 1_000 % 1_000_000_000) as u32 };
    let mut event = example::event(kind, first + number, at);
    if let Some(id) = &arguments.id {
        event["id"] = if arguments.count == 1 { id.as_str().into() } else { format!("{id}-{}", number + 1).into() };
    }
    if let Some(subject) = &arguments.subject {
        event["subject"] = subject.as_str().into();
    }
    if let Some(source) = &arguments.source {
        event["source"] = source.as_str().into();
    }
    for setting in &arguments.settings {
        setting.apply(&mut event["data"])?;
    }
    match decode_structured(event.to_string().as_bytes(), now) {
        Ok(_) => Ok(event),
        Err(reject) => Err(format!("that is no {}: {reject}", kind.as_str())),
    }
}

/// Types that systems outside publish, a line each, by domain.
fn list() {
    let mut domain = "";
    for kind in Kind::ALL.iter().filter(|kind| !kind.is_control()) {
        if kind.domain() != domain {
            domain = kind.domain();
            out::say(&format!("{domain}:"));
        }
        let schema = schema::of(*kind);
        let about = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
        let line = about.split_inclusive(". ").next().unwrap_or_default();
        out::say(&format!("  {:<28} {}", kind.as_str(), line.trim()));
    }
}
