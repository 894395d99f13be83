//! What waits to be delivered, a target at a time: put once, taken until it is done.

use crate::connect::{Connection, Log};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, ReplayPolicy, pull};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, AckKind};
use bytes::Bytes;
use futures_util::StreamExt;
use nexusflow_model::subject;
use std::fmt::Display;
use std::time::Duration;
use tokio::sync::watch;

/// How long the server waits with its answer when there is nothing.
const EXPIRES: Duration = Duration::from_secs(2);
/// When an answer is overdue: see [`Reader`](crate::Reader).
const OVERDUE: Duration = Duration::from_secs(3);
/// Messages of a target that may wait for their next attempt; more stay where they are.
const TRIED_MAX: i64 = 10_000;

/// Puts messages for targets where they wait, and takes those of one target.
#[derive(Debug)]
pub struct Queue {
    log: Log,
    target: String,
    taken_for: Duration,
    consumer: Option<Consumer<pull::Config>>,
    connection: watch::Receiver<Connection>,
}

/// A message that was taken. If nothing is said of it, it is taken again after a while.
#[derive(Debug)]
pub struct Waiting {
    /// What was put.
    pub payload: Bytes,
    /// How often it was taken, from 1.
    pub attempt: u32,
    /// When it was put, in milliseconds since the epoch, by the server's clock.
    pub put_at_ms: i64,
    message: jetstream::Message,
}

impl Queue {
    /// Puts a message for a target; one with the same id that was put a moment ago is the same message. Returns when it is stored.
    ///
    /// # Errors
    /// Where it isn't known whether it is stored: put it again.
    pub async fn put(log: &Log, target: &str, id: &str, payload: Bytes) -> Result<(), String> {
        let message = PublishMessage::build().payload(payload).message_id(id);
        let sent = log.jetstream().send_publish(subject::delivery(log.prefix(), target), message).await;
        let stored = sent.map_err(|error| error.to_string())?.await;
        stored.map(drop).map_err(|error| error.to_string())
    }

    /// That of `target`. What was taken and of which nothing is said for `taken_for` is there again.
    pub fn new(log: &Log, target: &str, taken_for: Duration) -> Self {
        let connection = log.connection();
        Self { log: log.clone(), target: target.to_owned(), taken_for, consumer: None, connection }
    }

    /// Waits for the next message; none after a few quiet seconds.
    ///
    /// # Errors
    /// Where NATS does not answer: worth trying again.
    pub async fn next(&mut self) -> Result<Option<Waiting>, String> {
        let taken = self.take().await;
        if taken.is_err() {
            self.consumer = None;
        }
        taken
    }

    async fn take(&mut self) -> Result<Option<Waiting>, String> {
        let consumer = match self.consumer.take() {
            Some(consumer) => consumer,
            None => self.open().await?,
        };
        let consumer = self.consumer.insert(consumer);
        self.connection.mark_unchanged();
        // Without idle heartbeats: see `Reader`.
        let mut batch = consumer.batch().max_messages(1).expires(EXPIRES).messages().await.map_err(said)?;
        let next = tokio::select! {
            next = tokio::time::timeout(OVERDUE, batch.next()) => next.map_err(|_| "the consumer does not answer")?,
            _ = self.connection.changed() => return Err("the connection changed".into()),
        };
        let Some(message) = next.transpose().map_err(said)? else { return Ok(None) };
        let info = message.info().map_err(said)?;
        let attempt = u32::try_from(info.delivered).unwrap_or(u32::MAX).max(1);
        let put_at_ms = (info.published.unix_timestamp_nanos() / 1_000_000) as i64;
        Ok(Some(Waiting { payload: message.payload.clone(), attempt, put_at_ms, message }))
    }

    /// How many messages wait, those that were tried among them.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn waiting(log: &Log, target: &str) -> Result<u64, String> {
        let stream = subject::delivery_stream(log.prefix());
        let stream = log.jetstream().get_stream_no_info(stream).await.map_err(said)?;
        let subject = subject::delivery(log.prefix(), target);
        let mut subjects = stream.info_with_subjects(&subject).await.map_err(said)?;
        match subjects.next().await {
            Some(Ok((_, count))) => Ok(count as u64),
            Some(Err(error)) => Err(said(error)),
            None => Ok(0),
        }
    }

    async fn open(&self) -> Result<Consumer<pull::Config>, String> {
        let name = format!("target-{}", self.target);
        let config = pull::Config {
            durable_name: Some(name.clone()),
            description: Some("what waits for one target".into()),
            filter_subject: subject::delivery(self.log.prefix(), &self.target),
            ack_policy: AckPolicy::Explicit,
            ack_wait: self.taken_for,
            max_ack_pending: TRIED_MAX,
            replay_policy: ReplayPolicy::Instant,
            ..pull::Config::default()
        };
        let stream = subject::delivery_stream(self.log.prefix());
        let stream = self.log.jetstream().get_stream_no_info(stream).await.map_err(said)?;
        // Made, or changed to what is configured now.
        stream.create_consumer(config).await.map_err(said)
    }
}

impl Waiting {
    /// It is done with: it will not be taken again. Confirmed by the server.
    ///
    /// # Errors
    /// Where it is not confirmed: it may be taken again.
    pub async fn done(&self) -> Result<(), String> {
        self.message.double_ack().await.map_err(said)
    }

    /// It is to be taken again after `wait`.
    ///
    /// # Errors
    /// Where that can't be said: it is taken again when its time is over.
    pub async fn again(&self, wait: Duration) -> Result<(), String> {
        self.message.ack_with(AckKind::Nak(Some(wait))).await.map_err(said)
    }
}

fn said(cause: impl Display) -> String {
    cause.to_string()
}
