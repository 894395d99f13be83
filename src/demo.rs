//! The demonstration company.

use crate::config::Config;
use crate::{out, process};
use nexusflow_connectors::demo::{self, Bookmark, COMPANY, Options, Phase, Profile, Progress};
use nexusflow_log::{Appender, Log};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::path::{Path, PathBuf};
use tokio::sync::watch;

/// How far the story is told, and into which log.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// When the log was created: a new one is told everything from the beginning.
    created_ns: i64,
    bookmark: Bookmark,
}

/// `nexusflow demo`
pub(crate) async fn run(config: &Config) -> Result<(), Box<dyn Error>> {
    let (_raise, flag) = process::shutdown()?;
    let log = process::open_log(config, "demo").await?;
    tell(config, &log, flag).await
}

/// Tells the company's story until it is told to stop; goes on where it was.
pub(crate) async fn tell(config: &Config, log: &Log, flag: watch::Receiver<bool>) -> Result<(), Box<dyn Error>> {
    let created_ns = log.origin(0).await?.created_ns;
    let path = config.data_dir.join(format!("demo-{}.json", log.prefix()));
    let bookmark = match read(&path) {
        Some(kept) if kept.created_ns == created_ns => kept.bookmark,
        _ => Bookmark::new(profile(config)),
    };
    let days = config.demo.history_days;
    out::say(&format!("  Company   {COMPANY}, a demonstration: {days} days of history first, then live"));
    let mut was = None;
    let progress = |progress: &Progress| {
        say_phase(progress, &mut was);
        if let Err(error) = write(&path, &Kept { created_ns, bookmark: progress.bookmark.clone() }) {
            tracing::warn!(%error, file = %path.display(), "can't keep how far the demonstration is");
        }
    };
    let options = Options { pace: config.demo.pace };
    demo::run(bookmark, &Appender::start(log), options, process::now, progress, flag).await?;
    Ok(())
}

fn profile(config: &Config) -> Profile {
    let start = demo::start_of_history(process::now(), config.demo.history_days);
    Profile { seed: config.demo.seed, customers: config.demo.customers, ..Profile::new(start) }
}

/// Says when history is told.
fn say_phase(progress: &Progress, was: &mut Option<Phase>) {
    if progress.phase == Phase::Live && *was != Some(Phase::Live) {
        out::say(&format!("  Company   live ({} events of its past told)", progress.confirmed));
    }
    *was = Some(progress.phase);
}

fn read(path: &Path) -> Option<Kept> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Whole or not at all.
fn write(path: &PathBuf, kept: &Kept) -> std::io::Result<()> {
    let part = path.with_extension("part");
    std::fs::write(&part, serde_json::to_vec(kept)?)?;
    std::fs::rename(part, path)
}
