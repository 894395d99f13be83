//! Publishing a data set as if it happened again: at the speed it happened times a factor, or as fast as the log takes it; from
//! where it was interrupted; through an outage of the log.

use super::error::Rejection;
use super::plan::Plan;
use super::resume::StateError;
use super::run::Run;
use nexusflow_log::{AppendError, Appender};
use nexusflow_model::{Envelope, Place, Timestamp};
use std::future::Future;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;

/// Where events go: the log, or in tests something that behaves like it.
pub trait Destination {
    /// Resolves when the event is stored.
    type Receipt: Future<Output = Result<Place, AppendError>> + Send + Unpin;

    /// Takes an event, waiting for room.
    fn append(&self, envelope: &Envelope) -> impl Future<Output = Result<Self::Receipt, AppendError>> + Send;
}

impl Destination for Appender {
    type Receipt = nexusflow_log::Receipt;

    async fn append(&self, envelope: &Envelope) -> Result<Self::Receipt, AppendError> {
        Self::append(self, envelope).await
    }
}

/// How fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speed {
    /// As fast as the log takes it.
    #[default]
    Max,
    /// So many times as fast as it happened.
    Times(NonZeroU32),
}

impl std::str::FromStr for Speed {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let times = text.strip_suffix('x').unwrap_or(text).parse();
        times.map(Self::Times).map_err(|_| "must be \"max\", or a whole number of times real time such as 1000x")
    }
}

/// How to replay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// How fast.
    pub speed: Speed,
    /// Only what happened at this instant or later.
    pub from: Option<Timestamp>,
    /// Only what happened before this instant.
    pub to: Option<Timestamp>,
    /// Go on where an earlier replay of the same data with the same options stopped.
    pub resume: bool,
    /// Where the place is kept; nowhere unless given.
    pub state_dir: Option<PathBuf>,
    /// Send every so many-th event twice, to show that it does not count twice.
    pub repeat_every: Option<NonZeroU32>,
    /// Publish in the random order of this seed, to show that the order does not matter.
    pub shuffle_seed: Option<u64>,
}

/// How far a replay is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Events that are stored, those of an earlier run that it resumes included.
    pub done: u64,
    /// Events there are to store.
    pub total: u64,
    /// Events stored a second, of late.
    pub per_second: u64,
    /// How long it will still take, as far as that can be told.
    pub left: Option<Duration>,
    /// When the event at hand happened.
    pub at: Option<Timestamp>,
    /// Events that were rejected.
    pub rejected: u64,
    /// What the log said, while it is away and being tried again.
    pub waiting: Option<String>,
}

/// What a replay did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Rows read.
    pub read: u64,
    /// Events stored in this run, those sent twice counted once.
    pub published: u64,
    /// Events sent a second time on request.
    pub repeated: u64,
    /// Events that an earlier run had stored already.
    pub resumed: u64,
    /// Rows and events that were rejected.
    pub rejected: u64,
    /// The first of them, with their reasons.
    pub reasons: Vec<Rejection>,
    /// Events left out because the data holds them twice.
    pub duplicates: u64,
    /// Events still to be sent; none unless it was stopped.
    pub remaining: u64,
    /// How long it took.
    pub took: Duration,
}

/// Why a replay ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Options that contradict each other.
    #[error("{0}")]
    Options(&'static str),
    /// The place can't be kept.
    #[error(transparent)]
    State(#[from] StateError),
    /// The log's appender was shut down.
    #[error("the connection to the log was shut down")]
    Closed,
}

/// Publishes the events of `plan` to `destination`. It ends when all are stored, or in good order when `stop` turns true or its
/// sender goes away; then what is on its way is waited for and the place is kept.
///
/// # Errors
/// Where options contradict each other, the place can't be kept, or the appender is shut down. That the log is away is no error:
/// it is tried again until it is back or `stop` is told.
pub async fn replay<D: Destination + Sync>(
    plan: &Plan,
    destination: &D,
    options: &Options,
    progress: &mut (dyn FnMut(&Progress) + Send),
    mut stop: watch::Receiver<bool>,
) -> Result<Summary, ReplayError> {
    if options.shuffle_seed.is_some() && options.speed != Speed::Max {
        return Err(ReplayError::Options("a random order has no speed: use --speed max with it"));
    }
    let mut run = Run::start(plan, destination, options, progress).await?;
    let ended = run.publish(&mut stop).await;
    run.finish().await?;
    ended?;
    Ok(run.summary())
}
