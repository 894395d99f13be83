//! `nexusflow dlq`: what could not be understood, and what becomes of it.

mod attempt;
mod choose;
mod tell;

use crate::config::Config;
use crate::{nats_server, out, process};
use choose::{Chosen, Filter};
use clap::{Args, Subcommand};
use futures_util::StreamExt;
use indicatif::ProgressBar;
use nexusflow_connectors::dead_letters::{Desk, Outcome, line, whole};
use nexusflow_connectors::intake::Ledger;
use nexusflow_log::{BucketError, DeadLetterBox, Log};
use std::error::Error;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// How many are decided at the same time.
const AT_ONCE: usize = 16;

/// What could not be understood is kept for ever, with its bytes: numbered, newest last. One that was retried or dropped is marked,
/// and waits no longer.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List them, newest first, and say how many wait.
    List(List),
    /// Show one whole: its bytes, what was said about them, what is wrong. It may hold personal data.
    Show {
        /// Its number.
        sequence: u64,
        /// Print an object.
        #[arg(long, conflicts_with = "raw")]
        json: bool,
        /// Print its bytes and nothing else.
        #[arg(long)]
        raw: bool,
    },
    /// Read them again by the present settings of their sources, and store what is understood now. Can be repeated: nothing counts
    /// twice. Fails where some are still not understood; they go on waiting.
    Retry {
        #[command(flatten)]
        chosen: Chosen,
        /// Print an object a line.
        #[arg(long)]
        json: bool,
    },
    /// Say that they are not needed. They stay where they are and wait no longer; one that was dropped can still be retried.
    Drop {
        #[command(flatten)]
        chosen: Chosen,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        /// Print an object a line.
        #[arg(long)]
        json: bool,
    },
    /// Say what they would become, and store nothing. Fails where some would not be understood.
    Try {
        #[command(flatten)]
        chosen: Chosen,
        /// By this mapping, instead of the present settings of their sources.
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
        /// Print an object a line.
        #[arg(long)]
        json: bool,
    },
}

/// Which are listed.
#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    filter: Filter,
    /// Those that wait, were retried, were dropped, or all.
    #[arg(long, default_value = "waiting", value_parser = ["waiting", "retried", "dropped", "all"])]
    state: String,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Only those with lower numbers: goes on where the last list ended.
    #[arg(long, value_name = "NUMBER")]
    before: Option<u64>,
    /// Print an object a line.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<ExitCode, Box<dyn Error>> {
    nats_server::must_have_run(config)?;
    let log = Log::connect(&nats_server::settings(config), config.log.clone(), "dlq").await?;
    let letters = DeadLetterBox::open(&log).await?;
    match command {
        Command::List(wanted) => list(&letters, wanted).await,
        Command::Show { sequence, json, raw } => show(&letters, sequence, json, raw).await,
        Command::Retry { chosen, json } => {
            let sequences = chosen.sequences(&letters).await?;
            let desk = desk(config, &log, letters)?;
            decide(&sequences, json, async |sequence| desk.retry(sequence, &process::person()).await).await
        }
        Command::Drop { chosen, yes, json } => {
            let sequences = chosen.sequences(&letters).await?;
            if !yes && !confirmed(sequences.len())? {
                out::say("Nothing was dropped.");
                return Ok(ExitCode::FAILURE);
            }
            let desk = desk(config, &log, letters)?;
            decide(&sequences, json, async |sequence| desk.drop(sequence, &process::person()).await).await
        }
        Command::Try { chosen, mapping, json } => {
            let sequences = chosen.sequences(&letters).await?;
            attempt::run(config, &letters, &sequences, mapping.as_deref(), json).await
        }
    }
}

fn desk(config: &Config, log: &Log, letters: DeadLetterBox) -> Result<Desk, Box<dyn Error>> {
    let intake = process::intake(config, log, Arc::new(Ledger::default()), Arc::new(|_| 0));
    Ok(Desk::new(letters, config.sources()?, intake, process::now))
}

async fn list(letters: &DeadLetterBox, wanted: List) -> Result<ExitCode, Box<dyn Error>> {
    let selection = wanted.filter.selection(choose::state(&wanted.state));
    let page = letters.list(&selection, wanted.before, wanted.limit.max(1), u64::MAX).await?;
    if wanted.json {
        page.letters.iter().for_each(|kept| out::say(&line(kept).to_string()));
        return Ok(ExitCode::SUCCESS);
    }
    page.letters.iter().for_each(|kept| out::say(&tell::line(kept)));
    let count = letters.count().await?;
    let wait = if count.waiting == 1 { "waits" } else { "wait" };
    out::say(&format!("{} {wait}, of {} there ever were.", count.waiting, count.all));
    if let Some(before) = page.before {
        out::say(&format!("There are more: --before {before}"));
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(letters: &DeadLetterBox, sequence: u64, json: bool, raw: bool) -> Result<ExitCode, Box<dyn Error>> {
    let Some(kept) = letters.get(sequence).await? else {
        return Err(format!("there is no dead letter {sequence}: `nexusflow dlq list --state all` lists them").into());
    };
    match (json, raw) {
        (true, _) => out::say(&whole(&kept).to_string()),
        (_, true) => std::io::stdout().lock().write_all(&kept.letter.payload)?,
        _ => tell::whole(&kept).iter().for_each(|line| out::say(line)),
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks whoever sits there; where nobody does, nothing is dropped without `--yes`.
fn confirmed(count: usize) -> Result<bool, Box<dyn Error>> {
    if !std::io::stdin().is_terminal() {
        return Err(format!("{count} would be dropped: say --yes").into());
    }
    out::hint(&format!("{count} will be dropped. Type {count} to go on:"));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == count.to_string())
}

/// Decides about each, oldest first, and says what came of it. Succeeds where none is left waiting.
async fn decide(
    sequences: &[u64],
    json: bool,
    each: impl AsyncFn(u64) -> Result<Outcome, BucketError>,
) -> Result<ExitCode, Box<dyn Error>> {
    let progress = ProgressBar::new(sequences.len() as u64);
    let mut tally = tell::Tally::default();
    let each = &each;
    let mut decided = futures_util::stream::iter(sequences)
        .map(async |sequence| (*sequence, each(*sequence).await))
        .buffered(AT_ONCE);
    while let Some((sequence, outcome)) = decided.next().await {
        let outcome = outcome?;
        progress.suspend(|| {
            if json {
                out::say(&tell::outcome_json(sequence, &outcome).to_string());
            } else if let Some(why) = tell::failure(sequence, &outcome) {
                out::say(&why);
            }
        });
        tally.add(&outcome);
        progress.inc(1);
    }
    progress.finish_and_clear();
    if !json {
        out::say(&tally.to_string());
    }
    Ok(if tally.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
