//! Appending with group commit: what waits for a partition goes into one record, with at most two records in flight; where much
//! comes, what comes within a few milliseconds.

use crate::connect::Log;
use async_nats::jetstream::context::{PublishAckFuture, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nexusflow_model::limits::{EVENT_BYTES_MAX, RECORD_BYTES_MAX, RECORD_EVENTS_MAX};
use nexusflow_model::{Envelope, Id, Place, cloudevents, partition, subject};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Events that may wait for one partition before a publisher has to wait itself.
const QUEUE_EVENTS: usize = 8_192;
/// Records in flight a partition: the second is on its way while the first is being stored.
const IN_FLIGHT_MAX: usize = 2;
/// After a record of so many events others will come soon: the next one gathers them for a while. A record costs the server about
/// the same whether it holds one event or two hundred, most of it to write and sync a file.
const MANY_EVENTS: usize = 32;
/// For how long: at 40,000 events/s that is a seventh of all the time that NexusFlow and NATS take.
const GATHER: Duration = Duration::from_millis(8);
/// How long a record is tried again before its events are answered with an error.
const GIVE_UP_AFTER: Duration = Duration::from_secs(15);

/// Why an event was not appended.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// Too many events wait already: try again.
    #[error("the log is slower than what comes in: try again in a moment")]
    Busy,
    /// What was stored before is not folded yet: try again.
    #[error("what was taken in before is still being worked on, {} s behind: try again in a moment", lag_ms / 1_000)]
    Behind {
        /// How far the fold is behind, in milliseconds.
        lag_ms: i64,
    },
    /// Stored or not, nobody knows: publishing it again with the same id is safe.
    #[error(
        "the log did not confirm the event in time ({cause}): publish it again with the same id, it will not count twice"
    )]
    Unconfirmed {
        /// The last thing the log said.
        cause: Arc<str>,
    },
    /// Larger than an event may be once it is written out in full.
    #[error("the event has {bytes} bytes as JSON, more than the {EVENT_BYTES_MAX} allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The process is shutting down.
    #[error("shutting down")]
    Closed,
}

struct Waiting {
    json: Vec<u8>,
    answer: oneshot::Sender<Result<Place, AppendError>>,
}

/// The promise of a place in the log: resolves when the event is stored.
#[derive(Debug)]
pub struct Receipt(oneshot::Receiver<Result<Place, AppendError>>);

impl Future for Receipt {
    type Output = Result<Place, AppendError>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(AppendError::Closed)))
    }
}

/// Appends events to the log, from any number of tasks. Dropping the last copy ends it after what waits has been stored.
#[derive(Debug, Clone)]
pub struct Appender {
    queues: Arc<[mpsc::Sender<Waiting>]>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.json.len())
    }
}

impl Appender {
    /// Starts a task a partition.
    pub fn start(log: &Log) -> Self {
        let session: Arc<str> = log.client().new_inbox().into();
        let queues = (0..log.partitions()).map(|partition| {
            let (sender, receiver) = mpsc::channel(QUEUE_EVENTS);
            tokio::spawn(Writer::new(log.clone(), partition, Arc::clone(&session)).run(receiver));
            sender
        });
        Self { queues: queues.collect() }
    }

    /// Puts an event into the queue of its subject's partition, waiting for room there. The receipt resolves when it is stored.
    ///
    /// # Errors
    /// Where it is too large or the process shuts down.
    pub async fn append(&self, envelope: &Envelope) -> Result<Receipt, AppendError> {
        self.append_to(self.partition_of(&envelope.subject), envelope).await
    }

    /// The partition that events about `subject` go to.
    pub fn partition_of(&self, subject: &Id) -> u32 {
        partition::of(subject, self.queues.len() as u32)
    }

    /// The same, to a partition of the caller's choice: for what every partition has to know.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub async fn append_to(&self, partition: u32, envelope: &Envelope) -> Result<Receipt, AppendError> {
        let (waiting, receipt) = waiting(envelope)?;
        let queue = self.queues.get(partition as usize).ok_or(AppendError::Closed)?;
        queue.send(waiting).await.map_err(|_| AppendError::Closed)?;
        Ok(receipt)
    }

    /// The same without waiting: for publishers that can be told to come back.
    ///
    /// # Errors
    /// [`AppendError::Busy`] where the queue is full; else as [`append`](Self::append).
    pub fn try_append(&self, envelope: &Envelope) -> Result<Receipt, AppendError> {
        let (waiting, receipt) = waiting(envelope)?;
        let partition = self.partition_of(&envelope.subject);
        let queue = self.queues.get(partition as usize).ok_or(AppendError::Closed)?;
        queue.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppendError::Busy,
            mpsc::error::TrySendError::Closed(_) => AppendError::Closed,
        })?;
        Ok(receipt)
    }
}

fn waiting(envelope: &Envelope) -> Result<(Waiting, Receipt), AppendError> {
    let json = cloudevents::encode(envelope);
    // The envelope adds to what was checked on the way in, so there is some room above the publisher's limit.
    if json.len() > EVENT_BYTES_MAX + 4_096 {
        return Err(AppendError::TooLarge { bytes: json.len() });
    }
    let (answer, receipt) = oneshot::channel();
    Ok((Waiting { json, answer }, Receipt(receipt)))
}

/// A record that was published and not yet confirmed.
struct Flight {
    payload: Bytes,
    message_id: String,
    answers: Vec<oneshot::Sender<Result<Place, AppendError>>>,
    started: Instant,
}

struct Writer {
    log: Log,
    partition: u32,
    subject: String,
    session: Arc<str>,
    records: u64,
    /// The next record is not begun before that.
    not_before: Instant,
}

impl Writer {
    fn new(log: Log, partition: u32, session: Arc<str>) -> Self {
        let subject = subject::log_subject(log.prefix(), partition);
        Self { log, partition, subject, session, records: 0, not_before: Instant::now() }
    }

    async fn run(mut self, mut queue: mpsc::Receiver<Waiting>) {
        let mut flights = FuturesUnordered::new();
        let mut held: Option<Waiting> = None;
        loop {
            tokio::select! {
                biased;
                Some(()) = flights.next(), if !flights.is_empty() => {}
                next = next_waiting(self.not_before, &mut held, &mut queue), if flights.len() < IN_FLIGHT_MAX => {
                    let Some(first) = next else { break };
                    let flight = self.gather(first, &mut queue, &mut held);
                    flights.push(deliver(self.log.clone(), self.subject.clone(), self.partition, flight));
                }
            }
        }
        while flights.next().await.is_some() {}
    }

    /// Takes what waits, up to the limits of a record.
    fn gather(&mut self, first: Waiting, queue: &mut mpsc::Receiver<Waiting>, held: &mut Option<Waiting>) -> Flight {
        let mut bytes = first.json.len() + 2;
        let mut events = vec![first];
        while events.len() < RECORD_EVENTS_MAX {
            let Ok(next) = queue.try_recv() else { break };
            if bytes + next.json.len() + 1 > RECORD_BYTES_MAX {
                *held = Some(next);
                break;
            }
            bytes += next.json.len() + 1;
            events.push(next);
        }
        self.records += 1;
        if held.is_none() && (MANY_EVENTS..RECORD_EVENTS_MAX).contains(&events.len()) {
            self.not_before = Instant::now() + GATHER;
        }
        let payload = cloudevents::join_record(events.iter().map(|event| event.json.as_slice()));
        Flight {
            payload: payload.into(),
            message_id: format!("{}:{}:{}", self.session, self.partition, self.records),
            answers: events.into_iter().map(|event| event.answer).collect(),
            started: Instant::now(),
        }
    }
}

async fn next_waiting(
    not_before: Instant,
    held: &mut Option<Waiting>,
    queue: &mut mpsc::Receiver<Waiting>,
) -> Option<Waiting> {
    tokio::time::sleep_until(not_before).await;
    match held.take() {
        Some(waiting) => Some(waiting),
        None => queue.recv().await,
    }
}

/// Publishes a record until it is confirmed or time is up. Trying again is safe: the broker knows the message id.
async fn deliver(log: Log, subject: String, partition: u32, flight: Flight) {
    let mut wait = Duration::from_millis(20);
    let failure = loop {
        match publish(&log, &subject, &flight).await {
            Ok(sequence) => {
                for (index, answer) in flight.answers.into_iter().enumerate() {
                    // A publisher that went away does not need its answer.
                    drop(answer.send(Ok(Place { partition, sequence, index: index as u16 })));
                }
                return;
            }
            Err(cause) if flight.started.elapsed() > GIVE_UP_AFTER => break cause,
            Err(cause) => {
                tracing::debug!(partition, %cause, "trying again to append a record");
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(Duration::from_secs(1));
            }
        }
    };
    tracing::warn!(partition, events = flight.answers.len(), %failure, "the log did not confirm a record");
    for answer in flight.answers {
        drop(answer.send(Err(AppendError::Unconfirmed { cause: Arc::clone(&failure) })));
    }
}

async fn publish(log: &Log, subject: &str, flight: &Flight) -> Result<u64, Arc<str>> {
    let message = PublishMessage::build().payload(flight.payload.clone()).message_id(&flight.message_id);
    let ack: PublishAckFuture = log
        .jetstream()
        .send_publish(subject.to_owned(), message)
        .await
        .map_err(|error| -> Arc<str> { error.to_string().into() })?;
    let ack = ack.into_future().await.map_err(|error| -> Arc<str> {
        match error.kind() {
            PublishErrorKind::TimedOut => "no answer in time".into(),
            _ => error.to_string().into(),
        }
    })?;
    Ok(ack.sequence)
}
