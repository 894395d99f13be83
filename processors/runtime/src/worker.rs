//! A worker: owns partitions and keeps them folded.

use crate::checkpoint::Checkpoints;
use crate::{answer, owner};
use nexusflow_domain::Business;
use nexusflow_log::{Appender, LayoutError, Log, ReadError};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How a worker works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerSettings {
    /// Where checkpoints are kept. They only save time: without them the state is rebuilt from the log.
    pub checkpoint_dir: PathBuf,
    /// A checkpoint after this many events of a partition.
    pub checkpoint_events: u64,
    /// A checkpoint after this many seconds, if anything happened.
    pub checkpoint_s: u64,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self { checkpoint_dir: ".nexusflow/checkpoints".into(), checkpoint_events: 500_000, checkpoint_s: 60 }
    }
}

/// Why a worker had to stop.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The log isn't what it should be.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The log can't be read on.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A task of the worker died.
    #[error("a partition's task ended unexpectedly: {0}")]
    Task(String),
    /// The log goes less far than a checkpoint does.
    #[error(
        "partition {partition}: the checkpoint stands at sequence {checkpoint}, the log ends at {last}{}: it was rewound or made anew. Going on \
         would silently lose what was folded. Restore the log, or remove the checkpoints in {} to rebuild from what is left",
        if *recreated { " and was created at another time" } else { "" }, folder.display()
    )]
    Rewound {
        /// The partition.
        partition: u32,
        /// Where its checkpoint stands.
        checkpoint: u64,
        /// Where its log ends.
        last: u64,
        /// Whether the stream is another one.
        recreated: bool,
        /// Where the checkpoints are.
        folder: PathBuf,
    },
}

/// What every task of a worker shares.
pub(crate) struct Shared {
    pub(crate) log: Log,
    pub(crate) settings: WorkerSettings,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) business: Business,
    pub(crate) business_version: String,
    pub(crate) appender: Appender,
    pub(crate) owner: String,
    pub(crate) epoch: u64,
}

/// A worker of all partitions.
pub struct Worker {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("owner", &self.shared.owner).finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker on `log`, which is prepared, for `business`, whose digest is `business_version`. `owner` is what people see as
    /// its name.
    pub fn new(
        log: Log,
        settings: WorkerSettings,
        business: Business,
        business_version: String,
        owner: String,
    ) -> Self {
        let checkpoints = Checkpoints::new(settings.checkpoint_dir.join(log.prefix()));
        let appender = Appender::start(&log);
        let epoch = epoch();
        Self {
            shared: Arc::new(Shared { log, settings, checkpoints, business, business_version, appender, owner, epoch }),
        }
    }

    /// Works until `shutdown` turns true; then writes checkpoints and returns.
    ///
    /// # Errors
    /// Where the log can't be read on: going on would lose what it held.
    pub async fn run(self, shutdown: watch::Receiver<bool>) -> Result<(), WorkerError> {
        let mut tasks = JoinSet::new();
        for partition in 0..self.shared.log.partitions() {
            let owner = owner::Owner::take(Arc::clone(&self.shared), partition).await?;
            tasks.spawn(answer::run(Arc::clone(&self.shared), owner.live(), shutdown.clone()));
            tasks.spawn(owner.run(shutdown.clone()));
        }
        while let Some(ended) = tasks.join_next().await {
            ended.map_err(|error| WorkerError::Task(error.to_string()))??;
        }
        Ok(())
    }
}

/// Tells one life of a worker from another.
fn epoch() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| since.as_nanos() as u64) ^ (u64::from(std::process::id()) << 48)
}
