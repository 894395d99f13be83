//! What became of what people outside the consoles were to be told: the log of deliveries, and how the targets stand.
//!
//! What waits is in `PREFIX_DELIVERIES` (see [`Queue`](crate::Queue)). `PREFIX_DELIVERED` has an entry an attempt or decision, for 30
//! days. How targets stand is told on a subject and answered on another, by the one notifier that leads: nothing of it is stored,
//! so that nothing of it can be out of date.

use crate::connect::Log;
use async_nats::RequestErrorKind;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, ReplayPolicy, pull};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{self, DiscardPolicy, RetentionPolicy, StorageType};
use futures_util::{Stream, StreamExt};
use nexusflow_model::subject;
use serde::{Deserialize, Serialize};
use std::fmt::Display;
use std::time::Duration;

/// What nobody takes any more, because its target is no longer configured, goes after this time. What is taken is given up sooner.
const UNTAKEN_FOR: Duration = Duration::from_secs(7 * 24 * 3_600);
/// For how long the log of deliveries remembers.
const REMEMBERED_FOR: Duration = Duration::from_secs(30 * 24 * 3_600);
/// How many entries the log of deliveries remembers.
const REMEMBERED: i64 = 100_000;
/// A message that is put twice within this time is stored once.
const SAME_WITHIN: Duration = Duration::from_secs(600);
/// How long a question may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// What became of an attempt, or of the decision to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The target has taken it.
    Delivered,
    /// It has not; it is tried again at `next_at`.
    Failed,
    /// It has not for so long that it is no longer tried. The message is among the dead letters.
    GivenUp,
    /// It is not told, or not yet; `detail` says why.
    Held,
}

/// An entry of the log of deliveries: an attempt, or a decision to hold. Holds no address, secret or body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The message, the same over all attempts.
    pub id: String,
    /// The name of the target.
    pub target: String,
    /// The alert's key; of several alerts told together, their group's.
    pub alert: String,
    /// The alert's subject; empty where there are several.
    pub customer: String,
    /// `S1` to `S4`; empty of a test.
    pub severity: String,
    /// What happened to the alert: `raised`, `escalated` ..., or `digest`, `test`.
    pub what: String,
    /// When, RFC 3339.
    pub at: String,
    /// From 1; 0 of what is held.
    pub attempt: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// The status of HTTP or SMTP, where there was one.
    pub status: Option<u16>,
    /// What went wrong, or why it is held.
    pub detail: Option<String>,
    /// When it is tried again, RFC 3339.
    pub next_at: Option<String>,
    /// How long the attempt took, in milliseconds.
    pub took_ms: Option<u64>,
}

/// How a target stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetState {
    /// Its name.
    pub name: String,
    /// `webhook`, `slack` or `email`.
    pub kind: String,
    /// The circuit: `closed` (all is well), `open` (it failed so often that it is left alone for a while) or `half_open` (one message
    /// tries whether it is back).
    pub state: String,
    /// Messages that wait for it.
    pub waiting: u64,
    /// When it last took a message, RFC 3339, as far as the notifier that leads knows.
    pub last_ok_at: Option<String>,
    /// What went wrong last; none since it last took one.
    pub last_error: Option<String>,
}

/// Asks for a test message: what [`Deliveries::test`] puts where messages wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestOrder {
    /// Always true: tells it from a message.
    pub test: bool,
    /// The id of the test.
    pub id: String,
    /// Who asked.
    pub actor: String,
}

/// Why nothing is known of deliveries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveriesError {
    /// Nobody delivers.
    #[error("no notifier is running: `nexusflow up` or `nexusflow worker` runs one")]
    Nobody,
    /// NATS does not answer.
    #[error("the deliveries can't be reached: {0}")]
    Unavailable(String),
}

fn unavailable(cause: impl Display) -> DeliveriesError {
    DeliveriesError::Unavailable(cause.to_string())
}

async fn soon<T, E: Display>(asked: impl Future<Output = Result<T, E>>) -> Result<T, DeliveriesError> {
    match tokio::time::timeout(ANSWER_WITHIN, asked).await {
        Ok(answer) => answer.map_err(unavailable),
        Err(_) => Err(unavailable("no answer in time")),
    }
}

/// The streams for deliveries, as they are made.
pub(crate) fn streams(log: &Log) -> [stream::Config; 2] {
    let prefix = log.prefix();
    let base = stream::Config {
        storage: StorageType::File,
        num_replicas: log.settings().replicas as usize,
        allow_direct: true,
        ..stream::Config::default()
    };
    let waiting = stream::Config {
        name: subject::delivery_stream(prefix),
        subjects: vec![subject::deliveries(prefix)],
        retention: RetentionPolicy::WorkQueue,
        discard: DiscardPolicy::New,
        max_age: UNTAKEN_FOR,
        duplicate_window: SAME_WITHIN,
        ..base.clone()
    };
    let told = stream::Config {
        name: subject::delivered_stream(prefix),
        subjects: vec![subject::all_delivered(prefix)],
        discard: DiscardPolicy::Old,
        max_age: REMEMBERED_FOR,
        max_messages: REMEMBERED,
        duplicate_window: Duration::from_secs(60),
        ..base
    };
    [waiting, told]
}

/// The log of deliveries and the state of targets.
#[derive(Debug, Clone)]
pub struct Deliveries {
    log: Log,
}

impl Deliveries {
    /// Those of `log`.
    pub fn new(log: &Log) -> Self {
        Self { log: log.clone() }
    }

    /// The newest entries, newest first, at most `limit`; of one target where it is given.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn newest(&self, limit: usize, target: Option<&str>) -> Result<Vec<Delivery>, DeliveriesError> {
        let name = subject::delivered_stream(self.log.prefix());
        let stream = soon(self.log.jetstream().get_stream(name)).await?;
        let state = &stream.cached_info().state;
        let (first, last) = (state.first_sequence.max(1), state.last_sequence);
        let mut window = limit as u64;
        loop {
            let from = (last + 1).saturating_sub(window).max(first);
            let mut found = self.read(&stream, from, target).await?;
            if found.len() >= limit || from == first {
                found.reverse();
                found.truncate(limit);
                return Ok(found);
            }
            // Of one target among many: further back.
            window = window.saturating_mul(8);
        }
    }

    /// The entries from a sequence on that are there now, oldest first.
    async fn read(
        &self,
        stream: &stream::Stream,
        from: u64,
        target: Option<&str>,
    ) -> Result<Vec<Delivery>, DeliveriesError> {
        let prefix = self.log.prefix();
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: from },
            filter_subject: target
                .map_or_else(|| subject::all_delivered(prefix), |name| subject::delivered(prefix, name)),
            ack_policy: AckPolicy::None,
            replay_policy: ReplayPolicy::Instant,
            inactive_threshold: Duration::from_secs(10),
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer: Consumer<pull::Config> = soon(stream.create_consumer(config)).await?;
        let mut left = consumer.cached_info().num_pending;
        let mut found = Vec::new();
        while left > 0 {
            let asked = consumer.batch().max_messages(500).expires(Duration::from_secs(1)).messages();
            let mut batch = soon(asked).await?;
            let before = left;
            while let Some(message) = soon(async { batch.next().await.transpose() }).await? {
                left = left.saturating_sub(1);
                found.extend(serde_json::from_slice::<Delivery>(&message.payload));
            }
            if left == before {
                return Err(unavailable("the log of deliveries does not go on"));
            }
        }
        Ok(found)
    }

    /// Hears entries as they come, from now on. What comes while the connection is lost is not heard: after that ask for the
    /// [`newest`](Self::newest).
    ///
    /// # Errors
    /// Where the connection is closed.
    pub async fn watch(&self) -> Result<impl Stream<Item = Delivery> + Send + Unpin + use<>, DeliveriesError> {
        let all = subject::all_delivered(self.log.prefix());
        let heard = self.log.client().subscribe(all).await.map_err(unavailable)?;
        Ok(heard.filter_map(|message| std::future::ready(serde_json::from_slice(&message.payload).ok())))
    }

    /// How the targets stand, by name.
    ///
    /// # Errors
    /// [`DeliveriesError::Nobody`] where no notifier leads; where NATS does not answer.
    pub async fn targets(&self) -> Result<Vec<TargetState>, DeliveriesError> {
        let asked = self.log.client().request(subject::targets_query(self.log.prefix()), "".into());
        match tokio::time::timeout(ANSWER_WITHIN, asked).await {
            Ok(Ok(answer)) => serde_json::from_slice(&answer.payload).map_err(unavailable),
            Ok(Err(error)) if error.kind() == RequestErrorKind::NoResponders => Err(DeliveriesError::Nobody),
            Ok(Err(error)) => Err(unavailable(error)),
            Err(_) => Err(unavailable("no answer in time")),
        }
    }

    /// Hears how all targets stand, when something changes and every few seconds.
    ///
    /// # Errors
    /// Where the connection is closed.
    pub async fn watch_targets(
        &self,
    ) -> Result<impl Stream<Item = Vec<TargetState>> + Send + Unpin + use<>, DeliveriesError> {
        let heard = self.log.client().subscribe(subject::targets(self.log.prefix())).await.map_err(unavailable)?;
        Ok(heard.filter_map(|message| std::future::ready(serde_json::from_slice(&message.payload).ok())))
    }

    /// Asks for a test message to a target that is known; its id, under which the log of deliveries says what becomes of it.
    ///
    /// # Errors
    /// Where it was not stored.
    pub async fn test(&self, target: &str, actor: &str) -> Result<String, DeliveriesError> {
        let unique = self.log.client().new_inbox();
        let id = format!("test_{}", unique.rsplit('.').next().unwrap_or_default());
        let order = TestOrder { test: true, id: id.clone(), actor: actor.to_owned() };
        let message = PublishMessage::build().payload(json(&order)).message_id(&id);
        let subject = subject::delivery(self.log.prefix(), target);
        let sent = soon(self.log.jetstream().send_publish(subject, message)).await?;
        soon(sent.into_future()).await.map(|_| id)
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// Where it was not stored.
    pub async fn record(&self, delivery: &Delivery) -> Result<(), DeliveriesError> {
        let subject = subject::delivered(self.log.prefix(), &delivery.target);
        let sent = soon(self.log.jetstream().publish(subject, json(delivery))).await?;
        soon(sent.into_future()).await.map(drop)
    }

    /// Says how all targets stand: for the notifier that leads.
    ///
    /// # Errors
    /// Where the connection is closed.
    pub async fn tell_targets(&self, targets: &[TargetState]) -> Result<(), DeliveriesError> {
        let subject = subject::targets(self.log.prefix());
        self.log.client().publish(subject, json(&targets)).await.map_err(unavailable)
    }
}

fn json(value: &impl Serialize) -> bytes::Bytes {
    serde_json::to_vec(value).unwrap_or_default().into()
}
