//! Checkpoints, while the fold goes on: a cut is made between records, part by part, and written beside the fold.

use crate::emit::Emitter;
use crate::live::{Live, with};
use crate::worker::Shared;
use nexusflow_engine::Cut;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Cutting stops the fold for so long at most, or for one part.
const CUT_AT_ONCE: Duration = Duration::from_millis(1);
/// How long what followed from the last records has to leave when the owner stops.
const LEAVE_WITHIN: Duration = Duration::from_secs(10);

/// The checkpoints of one partition.
pub(crate) struct Saving {
    shared: Arc<Shared>,
    partition: u32,
    created_ns: i64,
    began_at: Instant,
    /// Events folded since the last cut began.
    events: u64,
    stage: Stage,
    /// What could not be written belongs to the next checkpoint.
    unsaved: Option<Cut>,
}

enum Stage {
    Resting,
    /// A cut is being made; what was handed to the emitter up to its record.
    Cutting {
        handed: u64,
    },
    /// It must not be written before what followed from its records has left: after a crash nobody would fold them again.
    Leaving {
        handed: u64,
        cut: Cut,
    },
    Writing(JoinHandle<(Cut, std::io::Result<()>)>),
}

impl Saving {
    pub(crate) fn new(shared: Arc<Shared>, partition: u32, created_ns: i64) -> Self {
        let began_at = Instant::now();
        Self { shared, partition, created_ns, began_at, events: 0, stage: Stage::Resting, unsaved: None }
    }

    /// Takes note of events folded.
    pub(crate) fn count(&mut self, events: usize) {
        self.events += events as u64;
    }

    /// Whether there is something to do at once.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Cutting { .. })
    }

    /// Does the next little of what is due.
    pub(crate) async fn go_on(&mut self, live: &Mutex<Live>, emitter: &Emitter) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Resting) {
            Stage::Resting if self.is_due() => self.begin(live, emitter),
            Stage::Resting => Stage::Resting,
            Stage::Cutting { handed } => self.cut(live, handed),
            Stage::Leaving { handed, cut } if emitter.is_settled(handed) => self.write(cut),
            Stage::Writing(task) if task.is_finished() => self.finish(live, task).await,
            unchanged => unchanged,
        };
    }

    /// Writes a last checkpoint, where anything has happened since the one before.
    pub(crate) async fn finish_up(mut self, live: &Mutex<Live>, emitter: &Emitter) {
        match std::mem::replace(&mut self.stage, Stage::Resting) {
            Stage::Writing(task) => drop(self.finish(live, task).await),
            Stage::Leaving { cut, .. } => self.keep(cut),
            Stage::Cutting { .. } | Stage::Resting => {}
        }
        let unchanged = with(live, |live| live.partition.sequence() == live.checkpoint);
        if unchanged && self.unsaved.is_none() {
            return;
        }
        let handed = emitter.handed();
        if tokio::time::timeout(LEAVE_WITHIN, emitter.settled(handed)).await.is_err() {
            tracing::warn!(
                partition = self.partition,
                "no last checkpoint: what follows from the last events has not left"
            );
            return;
        }
        match with(live, |live| live.partition.cut_whole()) {
            Ok(cut) => {
                let Stage::Writing(task) = self.write(cut) else { return };
                drop(self.finish(live, task).await);
            }
            Err(why) => tracing::error!(partition = self.partition, why, "the state can't be written"),
        }
    }

    fn is_due(&self) -> bool {
        let settings = &self.shared.settings;
        let is_time = self.began_at.elapsed() >= Duration::from_secs(settings.checkpoint_s);
        self.events >= settings.checkpoint_events || is_time && (self.events > 0 || self.unsaved.is_some())
    }

    fn begin(&mut self, live: &Mutex<Live>, emitter: &Emitter) -> Stage {
        with(live, |live| live.partition.begin_cut());
        (self.began_at, self.events) = (Instant::now(), 0);
        Stage::Cutting { handed: emitter.handed() }
    }

    fn cut(&mut self, live: &Mutex<Live>, handed: u64) -> Stage {
        let cut = with(live, |live| {
            let began = Instant::now();
            loop {
                match live.partition.cut_some() {
                    Ok(None) if began.elapsed() < CUT_AT_ONCE => {}
                    done => return done,
                }
            }
        });
        match cut {
            Ok(None) => Stage::Cutting { handed },
            Ok(Some(cut)) => Stage::Leaving { handed, cut },
            Err(why) => {
                tracing::error!(partition = self.partition, why, "the state can't be written");
                Stage::Resting
            }
        }
    }

    /// Keeps what could not be written for the next checkpoint.
    fn keep(&mut self, cut: Cut) {
        self.unsaved = Some(match self.unsaved.take() {
            Some(unsaved) => unsaved.then(cut),
            None => cut,
        });
    }

    fn write(&mut self, cut: Cut) -> Stage {
        let cut = match self.unsaved.take() {
            Some(unsaved) => unsaved.then(cut),
            None => cut,
        };
        let (shared, partition, created_ns) = (Arc::clone(&self.shared), self.partition, self.created_ns);
        Stage::Writing(tokio::spawn(async move {
            let written = shared.checkpoints.write(partition, created_ns, &cut).await;
            (cut, written)
        }))
    }

    async fn finish(&mut self, live: &Mutex<Live>, task: JoinHandle<(Cut, std::io::Result<()>)>) -> Stage {
        match task.await {
            Ok((cut, Ok(()))) => with(live, |live| {
                (live.checkpoint, live.checkpointed_at) = (cut.sequence, Some(Instant::now()));
            }),
            Ok((cut, Err(error))) => {
                tracing::warn!(partition = self.partition, %error, "could not write a checkpoint; the log has everything");
                self.keep(cut);
            }
            Err(error) => {
                tracing::error!(partition = self.partition, %error, "writing a checkpoint ended unexpectedly")
            }
        }
        Stage::Resting
    }
}
