//! `nexusflow status`: who lives, who owns what, how far behind it is.

use crate::config::Config;
use crate::{nats_server, out};
use nexusflow_domain::query::Query;
use nexusflow_engine::contribution::Standing;
use nexusflow_log::{Holding, LeaseError, Leases, Log, Snapshot};
use nexusflow_model::{Timestamp, subject};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Duration;

/// How long anything may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Records that may be waiting while a partition counts as live.
const BEHIND: u64 = 100;

/// How `nexusflow status` answers.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// One partition, as it was found.
struct Found {
    partition: u32,
    holding: Option<Holding>,
    standing: Option<Standing>,
    /// The last record of its log; none where JetStream does not say.
    head: Option<u64>,
}

/// Says how everything stands. Fails where a partition is not looked after.
pub(crate) async fn run(config: &Config, arguments: &Arguments) -> ExitCode {
    match Box::pin(look(config)).await {
        Ok((snapshot, found)) => {
            let trouble: Vec<String> = found.iter().filter_map(Found::trouble).collect();
            let text = if arguments.json {
                as_json(&snapshot, &found, &trouble)
            } else {
                as_text(&snapshot, &found, &trouble)
            };
            out::say(&text);
            let is_owned = found.iter().all(|found| matches!(found.state(), "live" | "catching_up"));
            if is_owned { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            if arguments.json {
                out::say(&format!("{:#}", json!({"workers": [], "partitions": [], "trouble": [why]})));
            } else {
                out::say(&why);
            }
            ExitCode::FAILURE
        }
    }
}

async fn look(config: &Config) -> Result<(Snapshot, Vec<Found>), String> {
    nats_server::must_have_run(config).map_err(|error| error.to_string())?;
    let settings = nats_server::settings(config);
    let connected = tokio::time::timeout(ANSWER_WITHIN, Log::connect(&settings, config.log.clone(), "status")).await;
    let log = match connected {
        Ok(Ok(log)) => log,
        Ok(Err(error)) if config.nats.url.is_empty() => {
            return Err(format!("NexusFlow isn't running (`nexusflow up` starts it): {error}"));
        }
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err(format!("NATS at {} does not answer", settings.url)),
    };
    let no_answer = |error: LeaseError| format!("NATS answers, but JetStream does not: {error}");
    let snapshot = match Leases::existing(&log).await.map_err(no_answer)? {
        Some(leases) => leases.look().await.map_err(no_answer)?,
        None => {
            let prefix = log.prefix();
            return Err(format!(
                "NATS answers, but no worker ever ran on the log {prefix}: start one with `nexusflow worker`"
            ));
        }
    };
    let mut looking = tokio::task::JoinSet::new();
    for partition in 0..log.partitions() {
        let (log, holding) = (log.clone(), snapshot.holding(partition).cloned());
        looking.spawn(async move { one(&log, partition, holding).await });
    }
    let mut found = looking.join_all().await;
    found.sort_by_key(|found| found.partition);
    Ok((snapshot, found))
}

async fn one(log: &Log, partition: u32, holding: Option<Holding>) -> Found {
    let question = serde_json::to_vec(&Query::Standing).unwrap_or_default();
    let asked = log.client().request(subject::query(log.prefix(), partition), question.into());
    let standing = match tokio::time::timeout(ANSWER_WITHIN / 2, asked).await {
        Ok(Ok(answer)) => serde_json::from_slice(&answer.payload).ok(),
        _ => None,
    };
    let head = match tokio::time::timeout(ANSWER_WITHIN / 2, log.origin(partition)).await {
        Ok(Ok(origin)) => Some(origin.last),
        _ => None,
    };
    Found { partition, holding, standing, head }
}

impl Found {
    fn state(&self) -> &'static str {
        match (&self.holding, &self.standing) {
            (None, _) => "missing",
            (Some(holding), _) if holding.trouble.is_some() => "failing",
            (Some(_), None) => "silent",
            (Some(_), Some(_)) if self.behind().is_some_and(|behind| behind > BEHIND) => "catching_up",
            (Some(_), Some(_)) => "live",
        }
    }

    fn behind(&self) -> Option<u64> {
        let standing = self.standing.as_ref()?;
        Some(self.head.unwrap_or(standing.head).saturating_sub(standing.sequence))
    }

    fn trouble(&self) -> Option<String> {
        let partition = self.partition;
        let owner = self.holding.as_ref().map_or("", |holding| &holding.name);
        match self.state() {
            "missing" => Some(format!(
                "partition {partition} has no owner: nobody folds it. Start a worker with `nexusflow worker`"
            )),
            "failing" => {
                let why = self.holding.as_ref().and_then(|holding| holding.trouble.as_deref()).unwrap_or_default();
                Some(format!("partition {partition} can't be folded by {owner}: {why}"))
            }
            "silent" => {
                Some(format!("partition {partition}: its owner {owner} does not answer; it may have just begun"))
            }
            "catching_up" => {
                let behind = self.behind().unwrap_or_default();
                Some(format!("partition {partition} is {behind} records behind; what is shown is not up to date"))
            }
            _ => {
                let trouble = self.standing.as_ref()?.trouble.as_deref()?;
                Some(format!("partition {partition}: {owner} {trouble}"))
            }
        }
    }
}

fn as_json(snapshot: &Snapshot, found: &[Found], trouble: &[String]) -> String {
    let workers: Vec<Value> = snapshot
        .workers
        .iter()
        .map(|member| {
            json!({
                "id": member.id, "name": member.name, "since": Timestamp::from_ms(member.since_ms).ok(),
                "state": if member.is_leaving { "leaving" } else { "live" }, "partitions": owned(found, &member.id),
            })
        })
        .collect();
    let partitions: Vec<Value> = found
        .iter()
        .map(|found| {
            let (holding, standing) = (found.holding.as_ref(), found.standing.as_ref());
            json!({
                "partition": found.partition,
                "owner": holding.map(|holding| &holding.name),
                "worker": holding.map(|holding| &holding.worker),
                "term": holding.map(|holding| holding.term),
                "state": found.state(),
                "applied_seq": standing.map(|standing| standing.sequence),
                "head_seq": found.head,
                "lag_records": found.behind(),
                "lag_ms": standing.map(|standing| standing.lag_ms),
                "customers": standing.map(|standing| standing.customers),
                "checkpoint_seq": standing.map(|standing| standing.checkpoint),
                "checkpoint_age_ms": standing.and_then(checkpoint_age_ms),
                "trouble": found.trouble(),
            })
        })
        .collect();
    format!("{:#}", json!({"workers": workers, "partitions": partitions, "trouble": trouble}))
}

fn as_text(snapshot: &Snapshot, found: &[Found], trouble: &[String]) -> String {
    let mut lines = match snapshot.workers.len() {
        0 => vec!["No worker is running.".to_owned()],
        1 => vec!["1 worker".to_owned()],
        n => vec![format!("{n} workers")],
    };
    for member in &snapshot.workers {
        let since = Timestamp::from_ms(member.since_ms).map_or_else(|_| "?".to_owned(), |since| since.to_string());
        let owned: Vec<String> = owned(found, &member.id).iter().map(u32::to_string).collect();
        let owned = if owned.is_empty() { "nothing".to_owned() } else { owned.join(", ") };
        let leaving = if member.is_leaving { ", leaving" } else { "" };
        lines.push(format!("  {}  since {since}{leaving}, owns {owned}", member.name));
    }
    lines.push(format!("{} partitions", found.len()));
    let header = ["", "owner", "term", "state", "behind", "lag", "customers", "checkpoint"].map(str::to_owned);
    let table: Vec<[String; 8]> = std::iter::once(header).chain(found.iter().map(cells)).collect();
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 8] = std::array::from_fn(width);
    for row in &table {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        lines.push(format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned());
    }
    match trouble {
        [] => lines.push("All is well.".into()),
        trouble => lines.extend(trouble.iter().map(|trouble| format!("! {trouble}"))),
    }
    lines.join("\n")
}

fn cells(found: &Found) -> [String; 8] {
    let dash = || "-".to_owned();
    let seconds = |ms: i64| format!("{}.{} s", ms / 1_000, ms % 1_000 / 100);
    let holding = found.holding.as_ref();
    let standing = found.standing.as_ref();
    let checkpoint = |standing: &Standing| match standing.checkpoint {
        0 => "none".to_owned(),
        at if standing.checkpoint_age_ms < 0 => format!("at {at}, by an earlier owner"),
        at => format!("at {at}, {} ago", seconds(standing.checkpoint_age_ms)),
    };
    [
        found.partition.to_string(),
        holding.map_or_else(|| "nobody".to_owned(), |holding| holding.name.clone()),
        holding.map_or_else(dash, |holding| holding.term.to_string()),
        found.state().replace('_', " "),
        found.behind().map_or_else(dash, |records| format!("{records} records")),
        standing.map_or_else(dash, |standing| seconds(standing.lag_ms)),
        standing.map_or_else(dash, |standing| standing.customers.to_string()),
        standing.map_or_else(dash, checkpoint),
    ]
}

/// How old the newest checkpoint is; none where there is none, or only one that an earlier owner wrote.
fn checkpoint_age_ms(standing: &Standing) -> Option<i64> {
    Some(standing.checkpoint_age_ms).filter(|age| *age >= 0 && standing.checkpoint > 0)
}

/// The partitions of a worker.
fn owned(found: &[Found], worker: &str) -> Vec<u32> {
    let owns = |found: &&Found| found.holding.as_ref().is_some_and(|holding| holding.worker == worker);
    found.iter().filter(owns).map(|found| found.partition).collect()
}
