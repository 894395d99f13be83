//! A worker: owns partitions and keeps them folded.

use crate::checkpoint::{Checkpoints, Place};
use crate::ownership::Ownership;
use crate::pulse::Pulse;
use nexusflow_domain::Business;
use nexusflow_log::{Appender, LayoutError, Leases, Log, Member, ReadError};
use nexusflow_model::Envelope;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a cluster may take to form, or a stream to elect a leader, until a worker gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How a worker works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerSettings {
    /// Where checkpoints are kept. They only save time: without them the state is rebuilt from the log.
    pub checkpoints: Place,
    /// A checkpoint after this many events of a partition.
    pub checkpoint_events: u64,
    /// A checkpoint after this many seconds, if anything happened.
    pub checkpoint_s: u64,
    /// For how long a worker that is not heard of is believed to live, in milliseconds; then the others take what it owns. A
    /// process that was killed is noticed sooner. All workers of a log must have the same.
    pub lease_ms: u64,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            checkpoints: Place::Folder(".nexusflow/checkpoints".into()),
            checkpoint_events: 500_000,
            checkpoint_s: 60,
            lease_ms: 2_000,
        }
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
         would silently lose what was folded. Restore the log, or remove the checkpoints in {place} to rebuild from what is left",
        if *recreated { " and was created at another time" } else { "" }
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
        place: String,
    },
}

/// Says what the business has configured at this moment, and a digest of it; none where it can't be read.
pub type Configured = Arc<dyn Fn() -> Option<(Business, String)> + Send + Sync>;

/// What every task of a worker shares.
pub(crate) struct Shared {
    pub(crate) log: Log,
    pub(crate) settings: WorkerSettings,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) configured: Configured,
    pub(crate) appender: Appender,
    pub(crate) owner: String,
    pub(crate) pulse: Arc<Pulse>,
}

impl Shared {
    /// The partitions that have to hear of a derived event: the one of its subject, or all of them.
    pub(crate) fn hearers(&self, envelope: &Envelope) -> std::ops::Range<u32> {
        if envelope.event.kind().is_for_all() {
            return 0..self.log.partitions();
        }
        let own = self.appender.partition_of(&envelope.subject);
        own..own + 1
    }
}

/// A worker: owns its share of the partitions, and keeps them folded.
pub struct Worker {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("owner", &self.shared.owner).finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker on `log`, which is prepared, for the business that is `configured`. `owner` is what people see as its name.
    pub fn new(log: Log, settings: WorkerSettings, configured: Configured, owner: String) -> Self {
        let checkpoints = Checkpoints::new(settings.checkpoints.below(log.prefix()));
        let appender = Appender::start(&log);
        let pulse = Arc::new(Pulse::new(Duration::from_millis(settings.lease_ms)));
        Self { shared: Arc::new(Shared { log, settings, checkpoints, configured, appender, owner, pulse }) }
    }

    /// Works until `shutdown` turns true; then writes checkpoints, hands over what it owns, and returns.
    ///
    /// # Errors
    /// Where it is the only worker and can't fold any partition: going on would lose what the log held. A partition that can't be
    /// folded while others can is told in the log of the process, in its lease, and tried again.
    pub async fn run(self, shutdown: watch::Receiver<bool>) -> Result<(), WorkerError> {
        let Shared { log, pulse, owner, .. } = &*self.shared;
        let leases = Box::pin(Leases::open(log, pulse.lease(), PATIENCE)).await?;
        let (id, since_ms) = life();
        let (member, said) = watch::channel(Member { id, name: owner.clone(), since_ms, is_leaving: false });
        // A set, because the beat ends with it.
        let mut beating = JoinSet::new();
        beating.spawn(Arc::clone(pulse).run(leases.clone(), said));
        Box::pin(Ownership::new(Arc::clone(&self.shared), leases, Arc::clone(pulse), member).run(shutdown)).await
    }
}

/// What tells one life of a worker from another, and when it began in milliseconds since the epoch.
fn life() -> (String, i64) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (format!("{:x}-{:x}", now.as_nanos(), std::process::id()), now.as_millis() as i64)
}
