//! Reading a partition's log, or the output log, by sequence.

use crate::connect::{Connection, Log};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, ReplayPolicy, pull};
use async_nats::jetstream::stream::RawMessageErrorKind;
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use nexusflow_model::limits::RECORD_BYTES_MAX;
use nexusflow_model::subject;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Messages asked for at a time, if they are small. Explicit batches, because a long-lived pull was seen to stop asking for more.
const BATCH_RECORDS: usize = 64;
/// About as many bytes are asked for at a time: what we don't take at once waits in the server, which cuts off a client for whom
/// more than 64 MiB wait, of all its partitions.
const BATCH_BYTES: usize = 4 * 1_024 * 1_024;
/// How long the server waits with its answer when there is nothing.
const EXPIRES: Duration = Duration::from_secs(2);
/// When an answer is overdue. In a cluster the consumer lives on one server, which may die while we are connected to another:
/// nothing tells us then but its silence. (The client library itself waits for 5 s more than the request.)
const OVERDUE: Duration = Duration::from_secs(3);
/// Records handed over at once at the most, so that what is shown stays fresh while catching up.
const HAND_OVER_RECORDS: usize = 16;
/// And no more once it is so much: hand-overs wait in memory.
const HAND_OVER_BYTES: usize = 1_024 * 1_024;

/// A record as it stands in the log.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its sequence in the partition's stream.
    pub sequence: u64,
    /// How many records stood behind it when it was sent to us.
    pub behind: u64,
    /// When JetStream stored it, in nanoseconds since the epoch, by the server's clock.
    pub stored_at_ns: i64,
    /// A batch of CloudEvents.
    pub payload: Bytes,
}

impl Record {
    /// When JetStream stored it, in milliseconds since the epoch.
    pub fn stored_at_ms(&self) -> i64 {
        self.stored_at_ns.div_euclid(1_000_000)
    }
}

/// Why a log can't be read on.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Records that were there are gone.
    #[error(
        "partition {partition}: after sequence {after} the log goes on with {found}: records are missing. The log was purged, \
         rewound or made anew. Restore it from a backup, or remove the checkpoints to rebuild from what is left"
    )]
    Gap {
        /// The partition.
        partition: u32,
        /// The last sequence that was read.
        after: u64,
        /// The next one that is there.
        found: u64,
    },
    /// NATS does not answer; trying again may help.
    #[error("partition {partition}: {cause}")]
    Unavailable {
        /// The partition.
        partition: u32,
        /// What the client library said.
        cause: String,
    },
}

/// Reads one partition in order, from a sequence on, without acknowledgements: the reader knows its place.
pub struct Reader {
    log: Log,
    /// The name of the stream.
    stream: String,
    /// What errors name it by: the partition, where it is the log of one.
    partition: u32,
    after: u64,
    consumer: Option<Consumer<pull::Config>>,
    batch: Option<pull::Batch>,
    /// When the server was last heard of, or asked.
    heard_at: Instant,
    /// About the size of the largest record of late, in bytes: how many are asked for depends on it.
    largest: usize,
    connection: watch::Receiver<Connection>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("stream", &self.stream).field("after", &self.after).finish_non_exhaustive()
    }
}

impl Reader {
    /// A reader of what follows `after` (0: of everything).
    pub fn new(log: &Log, partition: u32, after: u64) -> Self {
        Self::of(log, subject::log_stream(log.prefix(), partition), partition, after)
    }

    /// The same of the output log, which is one for all partitions: errors name it as if it were the one behind the last.
    pub fn of_effects(log: &Log, after: u64) -> Self {
        Self::of(log, subject::effect_stream(log.prefix()), log.partitions(), after)
    }

    fn of(log: &Log, stream: String, partition: u32, after: u64) -> Self {
        let mut connection = log.connection();
        // What changed before is no interruption of this reading.
        connection.mark_unchanged();
        Self {
            log: log.clone(),
            stream,
            partition,
            after,
            consumer: None,
            batch: None,
            heard_at: Instant::now(),
            largest: RECORD_BYTES_MAX,
            connection,
        }
    }

    /// Waits until there is something, and hands over what has arrived. Empty after a few quiet seconds. May be cancelled
    /// while it waits: nothing is lost.
    ///
    /// # Errors
    /// [`ReadError::Gap`] for ever; [`ReadError::Unavailable`] where it is worth trying again, which it does from its place.
    pub async fn next(&mut self) -> Result<Vec<Record>, ReadError> {
        let mut records = Vec::new();
        match self.fill(&mut records).await {
            Ok(()) => Ok(records),
            Err(error) => {
                self.batch = None;
                self.consumer = None;
                // What came before the trouble is good; the trouble will show again at the next call.
                if !records.is_empty() {
                    return Ok(records);
                }
                // What did not come is not gone for that: it may have been on its way when we were cut off.
                match error {
                    ReadError::Gap { partition, .. } if self.is_there(self.after + 1).await? => {
                        Err(ReadError::Unavailable { partition, cause: "a record was lost on its way".into() })
                    }
                    error => Err(error),
                }
            }
        }
    }

    /// Whether the log holds a record.
    async fn is_there(&self, sequence: u64) -> Result<bool, ReadError> {
        let partition = self.partition;
        let unavailable =
            |cause: &dyn std::fmt::Display| ReadError::Unavailable { partition, cause: cause.to_string() };
        let stream =
            self.log.jetstream().get_stream_no_info(&self.stream).await.map_err(|error| unavailable(&error))?;
        match stream.get_raw_message(sequence).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(false),
            Err(error) => Err(unavailable(&error)),
        }
    }

    async fn fill(&mut self, records: &mut Vec<Record>) -> Result<(), ReadError> {
        let partition = self.partition;
        let unavailable =
            |cause: &dyn std::fmt::Display| ReadError::Unavailable { partition, cause: cause.to_string() };
        if self.batch.is_none() {
            self.batch = Some(self.ask().await?);
            self.heard_at = Instant::now();
        }
        let Some(batch) = &mut self.batch else { return Ok(()) };
        let mut next = tokio::select! {
            next = batch.next() => next,
            // What was asked of a server that went away is asked anew at once, not after the request's own time.
            _ = self.connection.changed() => return Err(unavailable(&"the connection changed")),
            () = tokio::time::sleep_until(self.heard_at + OVERDUE) => return Err(unavailable(&"the consumer does not answer")),
        };
        let mut bytes = 0;
        loop {
            let Some(message) = next else {
                self.batch = None;
                return Ok(());
            };
            let message = message.map_err(|error| unavailable(&error))?;
            let info = message.info().map_err(|error| unavailable(&error))?;
            let (sequence, behind) = (info.stream_sequence, info.pending);
            let stored_at_ns = info.published.unix_timestamp_nanos() as i64;
            if sequence != self.after + 1 {
                return Err(ReadError::Gap { partition, after: self.after, found: sequence });
            }
            (self.after, self.heard_at) = (sequence, Instant::now());
            let size = message.message.payload.len();
            // What was large some time ago says less and less.
            self.largest = size.max(self.largest - self.largest / 16);
            bytes += size;
            records.push(Record { sequence, behind, stored_at_ns, payload: message.message.payload });
            if records.len() >= HAND_OVER_RECORDS || bytes >= HAND_OVER_BYTES {
                return Ok(());
            }
            match batch.next().now_or_never() {
                Some(ready) => next = ready,
                None => return Ok(()),
            }
        }
    }

    async fn ask(&mut self) -> Result<pull::Batch, ReadError> {
        let partition = self.partition;
        let unavailable =
            |cause: &dyn std::fmt::Display| ReadError::Unavailable { partition, cause: cause.to_string() };
        if self.consumer.is_none() {
            self.consumer = Some(self.consumer_from(self.after + 1).await?);
        }
        let Some(consumer) = &self.consumer else { return Err(unavailable(&"no consumer")) };
        // Without idle heartbeats: async-nats 0.51 answers one with Pending and no waker, and sleeps on what comes after it.
        consumer
            .batch()
            .max_messages((BATCH_BYTES / self.largest.max(1)).clamp(1, BATCH_RECORDS))
            .expires(EXPIRES)
            .messages()
            .await
            .map_err(|error| unavailable(&error))
    }

    async fn consumer_from(&self, sequence: u64) -> Result<Consumer<pull::Config>, ReadError> {
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: sequence },
            ack_policy: AckPolicy::None,
            replay_policy: ReplayPolicy::Instant,
            inactive_threshold: Duration::from_secs(30),
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let made: Result<Consumer<pull::Config>, _> =
            self.log.jetstream().create_consumer_on_stream(config, &self.stream).await;
        made.map_err(|error| ReadError::Unavailable { partition: self.partition, cause: error.to_string() })
    }
}
