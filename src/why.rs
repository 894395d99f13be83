//! `nexusflow why`: what made a customer's health what it is, or was at any moment, down to the arithmetic. It reads the log of the customer's
//! partition and nothing else.

use crate::config::Config;
use crate::{out, process};
use clap::Args;
use nexusflow_domain::retention::health::explain::Explained;
use nexusflow_domain::retention::health::history::{Cause, Change};
use nexusflow_domain::retention::health::indicators::INDICATORS;
use nexusflow_domain::retention::health::{Band, Health, explain};
use nexusflow_domain::subject::Subject;
use nexusflow_domain::{Commerce, Profile};
use nexusflow_engine::Partition;
use nexusflow_log::{Log, Reader};
use nexusflow_model::event::control::ClockTicked;
use nexusflow_model::{Envelope, Event, Id, Kind, Place, Reject, Source, Timestamp, cloudevents, partition};
use serde_json::json;
use std::error::Error;
use std::process::ExitCode;

/// What made a customer's health what it is.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The customer's id.
    customer: String,
    /// As it was at this time: 2026-01-01 or 2026-01-01T00:00:00Z. Now, unless said otherwise.
    #[arg(long, value_parser = crate::replay::instant)]
    at: Option<Timestamp>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Who a customer is decides how they are weighed, and whose an event is.
const WHO: [Kind; 4] = [Kind::CustomerIdentified, Kind::CustomerMerged, Kind::CustomerUnmerged, Kind::CustomerAbsorbed];

/// The log of a partition up to a moment, folded; and what of it is about one customer.
struct Then {
    partition: Partition<Commerce>,
    /// The customer's events, and every configuration, in order.
    told: Vec<(Place, Envelope)>,
}

/// Folds the log up to the moment and says what the score is made of. Fails where the named events alone do not give the same.
pub(crate) async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let id = Id::new(&arguments.customer)?;
    let log = process::open_log(config, "why").await?;
    let then = fold(&log, &id, arguments.at).await?;
    let Some(profile) = profile(&then.partition, &id) else {
        return Err(format!("nobody had heard of the customer {id} by {}", then.partition.clock()).into());
    };
    let named: Vec<(Place, Envelope)> = then.told.iter().filter(|(_, own)| is_named(own)).cloned().collect();
    let again = refold(&named, &then.partition);
    let again = profile_health(&again, &id);
    let is_same = again
        .as_ref()
        .is_some_and(|again| (again.score_milli, again.values) == (profile.health.score_milli, profile.health.values));
    let explained = explain(then.partition.config(), &id, &profile, then.partition.clock(), &named);
    let events = named.iter().filter(|(_, own)| own.subject == id).count();
    out::say(&if arguments.json {
        as_json(&then, &profile, &explained, events, is_same)
    } else {
        as_text(&id, &then, &profile, &explained, events, is_same)
    });
    Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn fold(log: &Log, id: &Id, at: Option<Timestamp>) -> Result<Then, Box<dyn Error>> {
    let number = partition::of(id, log.partitions());
    let head = log.origin(number).await?.last;
    let mut reader = Reader::new(log, number, 0);
    let mut then = Then { partition: Partition::new(number), told: Vec::new() };
    while then.partition.sequence() < head {
        for record in reader.next().await? {
            if record.sequence > head {
                break;
            }
            let mut events = cloudevents::decode_record(&record.payload).unwrap_or_else(|reject| vec![Err(reject)]);
            let ends = events.iter().position(|event| is_later(event, at));
            events.truncate(ends.unwrap_or(events.len()));
            then.take(record.sequence, id, events);
            if let (Some(_), Some(at)) = (ends, at) {
                // Time came to it, though nothing happened then.
                then.partition.fold(record.sequence + 1, vec![Ok(tick(at)?)]);
                return Ok(then);
            }
        }
    }
    Ok(then)
}

/// A configuration moves no clock.
fn is_later(event: &Result<Envelope, Reject>, at: Option<Timestamp>) -> bool {
    event.as_ref().is_ok_and(|own| own.event.kind() != Kind::ConfigChanged && at.is_some_and(|at| own.recorded_at > at))
}

impl Then {
    fn take(&mut self, sequence: u64, id: &Id, events: Vec<Result<Envelope, Reject>>) {
        for (index, event) in events.iter().enumerate() {
            if let Ok(own) = event
                && (own.subject == *id || own.event.kind() == Kind::ConfigChanged)
            {
                let place = Place { partition: self.partition.id(), sequence, index: index as u16 };
                self.told.push((place, own.clone()));
            }
        }
        self.partition.fold(sequence, events);
    }
}

fn is_named(envelope: &Envelope) -> bool {
    let kind = envelope.event.kind();
    kind == Kind::ConfigChanged || WHO.contains(&kind) || INDICATORS.iter().any(|own| own.kinds.contains(&kind))
}

fn tick(now: Timestamp) -> Result<Envelope, Box<dyn Error>> {
    let id = Id::new("why")?;
    let event = Event::ClockTicked(ClockTicked { now });
    let source = Source::new("/nexusflow/why")?;
    Ok(Envelope { subject: id.clone(), id, source, occurred_at: now, recorded_at: now, forwarded: 0, event })
}

/// The same moment, from these events alone.
fn refold(named: &[(Place, Envelope)], then: &Partition<Commerce>) -> Partition<Commerce> {
    let mut again = Partition::new(then.id());
    for (_, envelope) in named {
        again.fold(again.sequence() + 1, vec![Ok(envelope.clone())]);
    }
    if let Ok(tick) = tick(then.clock()) {
        again.fold(again.sequence() + 1, vec![Ok(tick)]);
    }
    again
}

fn profile(partition: &Partition<Commerce>, id: &Id) -> Option<Profile> {
    partition.profile(Subject::Customer as u8, id).map(|slot| slot.profile)
}

fn profile_health(partition: &Partition<Commerce>, id: &Id) -> Option<Health> {
    profile(partition, id).map(|profile| profile.health)
}

fn as_json(then: &Then, profile: &Profile, explained: &[Explained], events: usize, is_same: bool) -> String {
    let health = &profile.health;
    json!({
        "as_of": then.partition.clock(),
        "place": format!("{}:{}", then.partition.id(), then.partition.sequence()),
        "config": then.partition.config_version(),
        "score_milli": health.score_milli,
        "band": health.band.map_or("unknown", Band::as_str),
        "coverage_bp": health.coverage_bp,
        "indicators": explained,
        "named_events": events,
        "named_events_give_the_same": is_same,
    })
    .to_string()
}

fn as_text(id: &Id, then: &Then, profile: &Profile, explained: &[Explained], events: usize, is_same: bool) -> String {
    let health = &profile.health;
    let weight: i64 = explained.iter().filter(|own| own.value_milli.is_some()).map(|own| own.weight).sum();
    let mut text = format!(
        "{id}: health {}, {}, which stands on {} % of what could be known\nas of {}, record {}:{}, configuration {}\n\n",
        health.score_milli.map_or("unknown".into(), points),
        health.band.map_or("unknown", Band::as_str),
        health.coverage_bp / 100,
        then.partition.clock(),
        then.partition.id(),
        then.partition.sequence(),
        then.partition.config_version(),
    );
    for own in explained {
        line(&mut text, own, weight, &then.told);
    }
    let sum: i64 = explained.iter().filter_map(|own| own.contribution_milli).sum();
    match health.score_milli {
        Some(_) => push(&mut text, format_args!("{:<22} {:>38}\n", "sum", points(sum))),
        None => push(&mut text, format_args!("Of so little no score is made.\n")),
    }
    push(&mut text, format_args!("\nWhat changed it last:\n"));
    profile.health_history.changes().for_each(|own| change(&mut text, own, then.partition.id()));
    let verdict =
        if is_same { "give the same score" } else { "do NOT give the same score: please report this as a bug" };
    push(
        &mut text,
        format_args!("\nThe {events} events of the customer that indicators are made of, folded alone, {verdict}."),
    );
    text
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.push_str(&what.to_string());
}

/// One indicator: number -> value x weight / weight of all that are known = points.
fn line(text: &mut String, own: &Explained, weight: i64, told: &[(Place, Envelope)]) {
    let (Some(number), Some(value), Some(contribution)) = (own.number, own.value_milli, own.contribution_milli) else {
        let why = own.number.map_or("nothing known".into(), |_| {
            format!("what was said no longer counts after {} days", own.valid_days.unwrap_or_default())
        });
        push(text, format_args!("{:<22} {:>38}   {why}\n", own.key, "-"));
        return;
    };
    let arithmetic = format!("{number} -> {value} x {} / {weight} = {:>6}", own.weight, points(contribution));
    push(text, format_args!("{:<22} {arithmetic:>38}   {}\n", own.key, own.why));
    let curve: Vec<String> = own.curve.iter().map(|(number, value)| format!("{number} -> {value}")).collect();
    push(text, format_args!("{:<22} {}: {}\n", "", own.unit, curve.join(", ")));
    for place in &own.events {
        let found = told.iter().find(|(at, _)| format!("{}:{}:{}", at.partition, at.sequence, at.index) == *place);
        if let Some((_, envelope)) = found {
            let (kind, at) = (envelope.event.kind().as_str(), envelope.occurred_at);
            push(text, format_args!("{:<22} {place} {kind} {} of {at}\n", "", envelope.id));
        }
    }
}

fn change(text: &mut String, own: &Change, partition: u32) {
    let score = |score: Option<i64>| score.map_or("unknown".into(), points);
    let cause = match own.cause {
        Cause::Event(sequence, index) => format!("event {partition}:{sequence}:{index}"),
        Cause::Time => "time alone".to_owned(),
        Cause::Configuration => "another configuration".to_owned(),
    };
    let (before, after, config) = (score(own.before), score(own.after), own.config_version());
    push(text, format_args!("{} {before} -> {after} by {cause}, configuration {config}\n", own.at));
    for (at, from, to) in &own.moved {
        let value = |value: i16| if value < 0 { "-".to_owned() } else { value.to_string() };
        let key = INDICATORS.get(usize::from(*at)).map_or("", |indicator| indicator.key);
        push(text, format_args!("    {key} {} -> {}\n", value(*from), value(*to)));
    }
}

fn points(milli: i64) -> String {
    format!("{}.{:03}", milli / 1_000, milli % 1_000)
}
