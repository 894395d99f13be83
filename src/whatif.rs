//! `nexusflow whatif`: which alerts other thresholds would have raised over the recorded stream, beside those that were.

use crate::config::Config;
use crate::{business, out, process};
use clap::Args;
use nexusflow_domain::alert::{AlertEffect, AlertKind, Alerting, Severity, What};
use nexusflow_domain::{Business, Commerce};
use nexusflow_engine::{Emission, Folded, Partition};
use nexusflow_log::{Log, Reader};
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::{Envelope, Event, Id, Reject, Timestamp, cloudevents};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Which alerts other thresholds would have raised.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How alerts would be raised: a file like config/alerts.toml.
    #[arg(long, value_name = "FILE")]
    alerts: PathBuf,
    /// Only what was raised at this time or later: 2026-01-01 or 2026-01-01T00:00:00Z.
    #[arg(long, value_parser = crate::replay::instant)]
    from: Option<Timestamp>,
    /// Only what was raised before this time.
    #[arg(long, value_parser = crate::replay::instant)]
    to: Option<Timestamp>,
    /// So many examples of each difference.
    #[arg(long, default_value_t = 5)]
    examples: usize,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Which alert: its subject and its key.
type Key = (Id, String);

/// An alert that was raised, or would have been.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Raised {
    kind: AlertKind,
    severity: Severity,
    at: Timestamp,
    why: String,
}

/// What a run over the log has raised.
#[derive(Default)]
struct Run {
    raised: BTreeMap<Key, Vec<Raised>>,
    /// About which somebody did something.
    acted: BTreeSet<Key>,
}

impl Run {
    fn take(&mut self, folded: Folded<Commerce>, within: &impl Fn(Timestamp) -> bool) {
        for emission in folded.emissions {
            let Emission::Effect(effect) = emission else { continue };
            let AlertEffect::Notice(notice) = effect.body else { continue };
            let key = (notice.subject.clone(), notice.alert.as_str().to_owned());
            if notice.actor.is_some() {
                self.acted.insert(key.clone());
            }
            let of = self.raised.entry(key).or_default();
            match notice.what {
                What::Raised | What::Reopened if within(notice.at) => {
                    of.push(Raised { kind: notice.kind, severity: notice.severity, at: notice.at, why: notice.why });
                }
                What::RaisedSeverity => {
                    if let Some(last) = of.last_mut() {
                        (last.severity, last.why) = (notice.severity, notice.why);
                    }
                }
                _ => {}
            }
        }
    }

    fn of(&self, kind: AlertKind) -> impl Iterator<Item = (&Key, &Raised)> {
        let all = self.raised.iter().flat_map(|(key, raised)| raised.iter().map(move |raised| (key, raised)));
        all.filter(move |(_, raised)| raised.kind == kind)
    }
}

/// Folds the log as it was and as it would have been, and tells the difference.
pub(crate) async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    if !arguments.alerts.exists() {
        return Err(format!("{}: there is no such file", arguments.alerts.display()).into());
    }
    let alerting = business::load(&config.business, &arguments.alerts)?.0.alerting;
    let log = process::open_log(config, "whatif").await?;
    let within = |at: Timestamp| arguments.from.is_none_or(|from| at >= from) && arguments.to.is_none_or(|to| at < to);
    let (mut then, mut now) = (Run::default(), Run::default());
    let mut events = 0;
    for partition in 0..log.partitions() {
        events += fold(&log, partition, &alerting, &within, (&mut then, &mut now)).await?;
        if !arguments.json {
            out::say(&format!("partition {} of {} read, {events} events so far", partition + 1, log.partitions()));
        }
    }
    out::say(&if arguments.json { as_json(&then, &now).to_string() } else { as_text(&then, &now, arguments.examples) });
    Ok(ExitCode::SUCCESS)
}

async fn fold(
    log: &Log,
    partition: u32,
    alerting: &Alerting,
    within: &impl Fn(Timestamp) -> bool,
    (then, now): (&mut Run, &mut Run),
) -> Result<usize, Box<dyn Error>> {
    let head = log.origin(partition).await?.last;
    let mut reader = Reader::new(log, partition, 0);
    let (mut as_it_was, mut as_it_would_be) = (Partition::<Commerce>::new(partition), Partition::new(partition));
    let mut count = 0;
    while as_it_was.sequence() < head {
        for record in reader.next().await? {
            if record.sequence > head {
                break;
            }
            let events = cloudevents::decode_record(&record.payload).unwrap_or_else(|reject| vec![Err(reject)]);
            count += events.len();
            let other = events.iter().map(|event| reconfigured(event, alerting)).collect();
            then.take(as_it_was.fold(record.sequence, events), within);
            now.take(as_it_would_be.fold(record.sequence, other), within);
        }
    }
    Ok(count)
}

/// The event as it would have been: a configuration with other thresholds, and everything else as it was.
fn reconfigured(event: &Result<Envelope, Reject>, alerting: &Alerting) -> Result<Envelope, Reject> {
    let mut envelope = event.clone()?;
    if let Event::ConfigChanged(ConfigChanged { content, .. }) = &mut envelope.event
        && let Ok(business) = serde_json::from_value::<Business>(content.clone())
    {
        *content = serde_json::to_value(Business { alerting: alerting.clone(), ..business }).unwrap_or_default();
    }
    Ok(envelope)
}

/// What the one has raised and the other not: alert by alert, as often as it was more often.
fn only_in<'a>(one: &'a Run, other: &Run, kind: AlertKind) -> Vec<(&'a Key, &'a Raised)> {
    let mut seen: BTreeMap<&Key, usize> = BTreeMap::new();
    let is_more = |(key, _): &(&'a Key, &'a Raised)| {
        let n = seen.entry(key).or_default();
        *n += 1;
        *n > other.raised.get(*key).map_or(0, Vec::len)
    };
    one.of(kind).filter(is_more).collect()
}

fn kinds<'a>(then: &'a Run, now: &'a Run) -> impl Iterator<Item = AlertKind> + 'a {
    AlertKind::ALL.iter().copied().filter(|kind| then.of(*kind).next().is_some() || now.of(*kind).next().is_some())
}

fn worst(run: &Run, kind: AlertKind) -> [usize; 4] {
    let mut by_severity = [0; 4];
    run.of(kind).for_each(|(_, raised)| by_severity[raised.severity as usize] += 1);
    by_severity
}

fn as_json(then: &Run, now: &Run) -> serde_json::Value {
    let kind = |kind: AlertKind| {
        let (fewer, more) = (only_in(then, now, kind), only_in(now, then, kind));
        let acted = fewer.iter().filter(|(key, _)| then.acted.contains(*key)).count();
        json!({
            "kind": kind, "raised": then.of(kind).count(), "would_be_raised": now.of(kind).count(),
            "by_severity": worst(then, kind), "would_be_by_severity": worst(now, kind),
            "fewer": fewer.len(), "fewer_acted_on": acted, "more": more.len(),
        })
    };
    kinds(then, now).map(kind).collect()
}

fn as_text(then: &Run, now: &Run, examples: usize) -> String {
    let mut text = format!(
        "\n{:<16} {:>8} {:>9}   {:>6} {:>6}   S1/S2/S3/S4 as it was -> as it would be\n",
        "kind", "was", "would be", "fewer", "more"
    );
    let mut differences = String::new();
    for kind in kinds(then, now) {
        let (fewer, more) = (only_in(then, now, kind), only_in(now, then, kind));
        let of = |severities: [usize; 4]| severities.map(|n| n.to_string()).join("/");
        text += &format!(
            "{:<16} {:>8} {:>9}   {:>6} {:>6}   {} -> {}\n",
            kind.as_str(),
            then.of(kind).count(),
            now.of(kind).count(),
            fewer.len(),
            more.len(),
            of(worst(then, kind)),
            of(worst(now, kind)),
        );
        let acted = fewer.iter().filter(|(key, _)| then.acted.contains(*key)).count();
        if acted > 0 {
            differences +=
                &format!("\n{acted} {} alerts that somebody acted on would not have been raised.", kind.as_str());
        }
        for (head, list) in [("would not be raised", fewer), ("would be raised", more)] {
            for ((subject, alert), raised) in list.into_iter().take(examples) {
                differences += &format!(
                    "\n  {head}: {} {alert} of {subject}, {}: {}",
                    raised.severity.as_str(),
                    raised.at,
                    raised.why
                );
            }
        }
    }
    if kinds(then, now).next().is_none() {
        text += "nothing was raised, and nothing would be\n";
    }
    text + &differences
}
