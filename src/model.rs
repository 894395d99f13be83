//! `nexusflow model`: which models judge texts, and putting a trained one into force.

use crate::config::Config;
use crate::{nats_server, out, process};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Subcommand, ValueEnum};
use nexusflow_domain::query::Query;
use nexusflow_learn::{sentiment, themes};
use nexusflow_log::{Appender, Log};
use nexusflow_model::event::learning::{ModelApplied, ModelKind};
use nexusflow_model::number::Quantity;
use nexusflow_model::{Envelope, Event, Id, Label, Source, subject};
use serde_json::Value;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How long an owner may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Bytes of a model in one event: with Base64 they are a third more, and an event has 256 KiB.
const PART_BYTES: usize = 150_000;

/// The models that judge what customers write.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Put a model into force that `nexusflow train` has made: every text from now on is judged by it.
    Apply {
        /// What it judges.
        kind: Kind,
        /// The file that `nexusflow train` wrote.
        file: PathBuf,
    },
    /// Say which models are in force, partition by partition.
    Status,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    /// How texts are meant.
    Sentiment,
    /// What texts are about.
    Themes,
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<ExitCode, Box<dyn Error>> {
    nats_server::must_have_run(config)?;
    let log = Log::connect(&nats_server::settings(config), config.log.clone(), "model").await?;
    match command {
        Command::Apply { kind, file } => apply(&log, kind, &file).await,
        Command::Status => Ok(status(&log).await),
    }
}

async fn apply(log: &Log, kind: Kind, file: &PathBuf) -> Result<ExitCode, Box<dyn Error>> {
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let no_model = |why: String| format!("{} holds no such model: {why}. `nexusflow train` makes one", file.display());
    let (model, version) = match kind {
        Kind::Sentiment => {
            (ModelKind::Sentiment, sentiment::Model::from_bytes(&bytes).map_err(no_model)?.name().to_owned())
        }
        Kind::Themes => (ModelKind::Themes, themes::Model::from_bytes(&bytes).map_err(no_model)?.name().to_owned()),
    };
    let (version, actor) = (Label::new(&version)?, Label::new(&process::person())?);
    let now = process::now();
    let application = Id::new(&format!("{version}@{}", now.as_ms()))?;
    let parts: Vec<&[u8]> = bytes.chunks(PART_BYTES).collect();
    let appender = Appender::start(log);
    for partition in 0..log.partitions() {
        for (at, part) in parts.iter().enumerate() {
            let event = Event::ModelApplied(ModelApplied {
                model,
                application: application.clone(),
                version: version.clone(),
                part: Quantity::new(at as i64)?,
                parts: Quantity::new(parts.len() as i64)?,
                content: STANDARD.encode(part),
                actor: actor.clone(),
            });
            let (id, source) = (Id::new(&format!("{application}.{at}"))?, Source::new("/nexusflow/model")?);
            let subject = Id::new(model.as_str())?;
            let envelope = Envelope { id, source, subject, occurred_at: now, recorded_at: now, forwarded: 0, event };
            appender.append_to(partition, &envelope).await?.await?;
        }
    }
    out::say(&format!(
        "{version} is in force in {} partitions, from here on in the log. What was judged before stays as it was.",
        log.partitions()
    ));
    Ok(ExitCode::SUCCESS)
}

async fn status(log: &Log) -> ExitCode {
    let mut all_answer = true;
    for partition in 0..log.partitions() {
        let question = serde_json::to_vec(&Query::Models).unwrap_or_default();
        let asked = log.client().request(subject::query(log.prefix(), partition), question.into());
        let answer = tokio::time::timeout(ANSWER_WITHIN, asked).await;
        let told: Option<Value> = match answer {
            Ok(Ok(answer)) => serde_json::from_slice(&answer.payload).ok(),
            _ => None,
        };
        let Some(told) = told else {
            all_answer = false;
            out::say(&format!("partition {partition}: nobody looks after it"));
            continue;
        };
        let of = |kind: &str| {
            let own = &told[kind];
            format!("{} and {} lessons", own["version"].as_str().unwrap_or("?"), own["lessons"])
        };
        let trouble =
            told["trouble"].as_str().map(|why| format!("; the last that was to be applied was refused: {why}"));
        out::say(&format!(
            "partition {partition}: sentiment by {}, themes by {}{}",
            of("sentiment"),
            of("themes"),
            trouble.unwrap_or_default()
        ));
    }
    if all_answer { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
