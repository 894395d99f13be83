//! Checkpoints, while the fold goes on: a cut is made between records, part by part, and written beside the fold.

use crate::checkpoint::{Changes, PartitionCheckpoints, Stamp, StoreError, Stored};
use crate::emit::Emitter;
use crate::live::{Live, with};
use crate::worker::WorkerSettings;
use nexusflow_domain::Commerce;
use nexusflow_engine::{Cut, Domain};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Cutting stops the fold for so long at most, or for one part.
const CUT_AT_ONCE: Duration = Duration::from_millis(1);
/// How long what followed from the last records has to leave when the owner stops.
const LEAVE_WITHIN: Duration = Duration::from_secs(10);

/// Writes the checkpoints of one partition.
pub(crate) struct Saving {
    settings: WorkerSettings,
    /// Where they go; while one is being written it is there. It keeps what could not be written for the next one.
    checkpoints: PartitionCheckpoints,
    partition: u32,
    created_ns: i64,
    began_at: Instant,
    /// Events folded since the last cut began.
    events: u64,
    stage: Stage,
}

enum Stage {
    Resting,
    /// A cut is being made; what was handed to the emitter up to its record.
    Cutting {
        handed: u64,
        is_whole: bool,
    },
    /// It must not be written before what followed from its records has left: after a crash nobody would fold them again.
    Leaving {
        handed: u64,
        stamp: Stamp,
        changes: Changes,
    },
    Writing {
        stamp: Stamp,
        task: JoinHandle<(PartitionCheckpoints, Result<Stored, StoreError>)>,
    },
}

impl Saving {
    pub(crate) fn new(
        settings: &WorkerSettings,
        checkpoints: PartitionCheckpoints,
        partition: u32,
        created_ns: i64,
    ) -> Self {
        let (settings, began_at) = (settings.clone(), Instant::now());
        Self { settings, checkpoints, partition, created_ns, began_at, events: 0, stage: Stage::Resting }
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
            Stage::Cutting { handed, is_whole } => self.cut(live, handed, is_whole),
            Stage::Leaving { handed, stamp, changes } if emitter.is_settled(handed) => self.write(stamp, changes),
            Stage::Writing { stamp, task } if task.is_finished() => self.finish(live, stamp, task).await,
            unchanged => unchanged,
        };
    }

    /// Writes a last checkpoint, where anything has happened since the one before.
    pub(crate) async fn finish_up(mut self, live: &Mutex<Live>, emitter: &Emitter) {
        match std::mem::replace(&mut self.stage, Stage::Resting) {
            Stage::Writing { stamp, task } => drop(self.finish(live, stamp, task).await),
            Stage::Leaving { changes, .. } => self.checkpoints.keep(changes),
            Stage::Cutting { .. } | Stage::Resting => {}
        }
        let (sequence, written) = with(live, |live| (live.partition.sequence(), live.checkpoint));
        // What was restored from an older version is written in this one's form, even if nothing has happened since.
        let is_there = sequence == 0 || !self.checkpoints.needs_whole(self.stamp(sequence));
        if sequence == written && is_there && !self.checkpoints.has_unwritten() {
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
        let is_whole = self.begin_cut(live);
        match with(live, |live| live.partition.cut_whole()) {
            Ok(cut) => {
                let (stamp, changes) = self.changes(cut, is_whole);
                let Stage::Writing { stamp, task } = self.write(stamp, changes) else { return };
                drop(self.finish(live, stamp, task).await);
            }
            Err(why) => tracing::error!(partition = self.partition, why, "the state can't be written"),
        }
    }

    fn is_due(&self) -> bool {
        let is_time = self.began_at.elapsed() >= Duration::from_secs(self.settings.checkpoint_s);
        self.events >= self.settings.checkpoint_events
            || is_time && (self.events > 0 || self.checkpoints.has_unwritten())
    }

    fn begin(&mut self, live: &Mutex<Live>, emitter: &Emitter) -> Stage {
        let is_whole = self.begin_cut(live);
        (self.began_at, self.events) = (Instant::now(), 0);
        Stage::Cutting { handed: emitter.handed(), is_whole }
    }

    /// Begins a cut; says whether it is of everything, because there is no checkpoint that it could build on.
    fn begin_cut(&self, live: &Mutex<Live>) -> bool {
        with(live, |live| {
            let is_whole = self.checkpoints.needs_whole(self.stamp(live.partition.sequence()));
            if is_whole {
                live.partition.mark_unwritten();
            }
            live.partition.begin_cut();
            is_whole
        })
    }

    fn stamp(&self, sequence: u64) -> Stamp {
        Stamp { domain_version: Commerce::VERSION, created_ns: self.created_ns, sequence }
    }

    fn changes(&self, cut: Cut, is_whole: bool) -> (Stamp, Changes) {
        let changed = cut.changed.into_iter().collect();
        let changes = if is_whole { Changes::whole(changed) } else { Changes::since(changed, cut.removed) };
        (self.stamp(cut.sequence), changes)
    }

    fn cut(&mut self, live: &Mutex<Live>, handed: u64, is_whole: bool) -> Stage {
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
            Ok(None) => Stage::Cutting { handed, is_whole },
            Ok(Some(cut)) => {
                let (stamp, changes) = self.changes(cut, is_whole);
                Stage::Leaving { handed, stamp, changes }
            }
            Err(why) => {
                tracing::error!(partition = self.partition, why, "the state can't be written");
                // What was cut is lost with it.
                self.checkpoints.forget();
                Stage::Resting
            }
        }
    }

    fn write(&mut self, stamp: Stamp, changes: Changes) -> Stage {
        let nothing = self.checkpoints.fresh();
        let mut checkpoints = std::mem::replace(&mut self.checkpoints, nothing);
        let task = tokio::spawn(async move {
            let written = checkpoints.write(stamp, changes).await;
            (checkpoints, written)
        });
        Stage::Writing { stamp, task }
    }

    async fn finish(
        &mut self,
        live: &Mutex<Live>,
        stamp: Stamp,
        task: JoinHandle<(PartitionCheckpoints, Result<Stored, StoreError>)>,
    ) -> Stage {
        let partition = self.partition;
        let (checkpoints, written) = match task.await {
            Ok(ended) => ended,
            Err(error) => {
                tracing::error!(partition, %error, "writing a checkpoint ended unexpectedly");
                return Stage::Resting;
            }
        };
        self.checkpoints = checkpoints;
        match written {
            Ok(Stored { bytes, bytes_in_all, untidy }) => {
                tracing::debug!(partition, sequence = stamp.sequence, bytes, bytes_in_all, "checkpoint");
                with(live, |live| {
                    (live.checkpoint, live.checkpointed_at) = (stamp.sequence, Some(Instant::now()));
                    live.trouble = None;
                });
                if let Some(why) = untidy {
                    tracing::warn!(partition, why, "older checkpoints were not removed; next time");
                }
            }
            Err(error) => {
                let trouble = format!(
                    "could not write a checkpoint: {error}. Nothing is lost, the log has everything, but a start will take longer. \
                     Make room there, or set worker.checkpoints to another place; it is tried again"
                );
                tracing::warn!(partition, "{trouble}");
                with(live, |live| live.trouble = Some(trouble));
            }
        }
        Stage::Resting
    }
}
