//! The sources that do not call us: each is read by one process at a time.

use super::{Running, Site, Source, Way};
use crate::intake::Intake;
use nexusflow_log::{Leadership, Log, raised};
use nexusflow_model::Timestamp;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Another process reads a source where the one that did is not heard of for so long.
const LEASE: Duration = Duration::from_secs(5);
/// The pauses after failures: the first, and the longest.
const AGAIN_FIRST: Duration = Duration::from_millis(500);
const AGAIN_MAX: Duration = Duration::from_secs(60);
/// What was read for so long without a failure is read well: the next pause is a first one.
const WELL_AFTER: Duration = Duration::from_secs(60);

/// Reads sources.
#[derive(Debug)]
pub struct Readers {
    sources: Vec<Source>,
    intake: Intake,
    log: Log,
    name: String,
    now: fn() -> Timestamp,
}

impl Readers {
    /// Of `sources`; `name` is what people see of this process.
    pub fn new(sources: Vec<Source>, intake: Intake, log: Log, name: String, now: fn() -> Timestamp) -> Self {
        Self { sources, intake, log, name, now }
    }

    /// Reads until `shutdown`. No source waits for another.
    pub async fn run(self, shutdown: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        for source in self.sources {
            let site = Site {
                named: source.named.clone(),
                kind: source.kind,
                intake: self.intake.clone(),
                log: self.log.clone(),
                now: self.now,
                shutdown: shutdown.clone(),
            };
            tasks.spawn(read(source, site, self.name.clone()));
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a source is read no longer");
            }
        }
    }
}

/// Reads one source for as long as this process is the one that does.
async fn read(source: Source, site: Site, name: String) {
    let Way::Read(reader) = &source.way else { return };
    let leadership = Leadership::new(&site.log, format!("source-{}", site.named.name), LEASE);
    let (mut stop, mut pause) = (site.shutdown.clone(), AGAIN_FIRST);
    loop {
        let mut leader = tokio::select! {
            leader = leadership.won(&name) => leader,
            () = raised(&mut stop) => return,
        };
        let began = tokio::time::Instant::now();
        let running: Running<'_> = reader.run(&site, source.decoder.as_ref());
        let ended = tokio::select! {
            ended = running => ended,
            () = leader.lost(&name) => Err("another process reads it".into()),
        };
        leader.leave().await;
        if *stop.borrow() {
            return;
        }
        let why = ended.err().unwrap_or_else(|| "it ended".into());
        if began.elapsed() > WELL_AFTER {
            pause = AGAIN_FIRST;
        }
        tracing::warn!(source = %site.named.name, kind = site.kind, %why, again_in = ?pause, "a source can't be read");
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(AGAIN_MAX),
            () = raised(&mut stop) => return,
        }
    }
}
