//! JetStream keeps what is published until it is stored: a stream captures the subject, and a durable consumer gives each message until
//! it is acknowledged, which it is when its events are in the log.

use super::{Nats, arrival, origin};
use crate::arrival::Decoder;
use crate::intake::Stopping;
use crate::source::Site;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::context::{ContextBuilder, GetStreamByNameErrorKind};
use async_nats::jetstream::stream::{DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{self, AckKind, Context};
use futures_util::future::join_all;
use futures_util::{FutureExt, StreamExt};
use nexusflow_log::{async_nats, raised};
use std::fmt::Display;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch;

/// Messages asked for at a time, which is also how many are held in memory.
const AT_ONCE: usize = 64;
/// How long the server waits with its answer when there is nothing.
const EXPIRES: Duration = Duration::from_secs(2);
/// When an answer is overdue: in a cluster the server that was asked may die while ours stands.
const OVERDUE: Duration = Duration::from_secs(3);
/// How long a request to JetStream may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// What is not heard of for so long is given again: after a crash, to the process that goes on.
const ACK_WAIT: Duration = Duration::from_secs(10);
/// The server is told so often that what waits for a slow log is still being stored.
const STILL_AT_IT: Duration = Duration::from_secs(3);

/// How much a stream that we make keeps before it refuses more: a publisher must not fill the disk of the log.
const KEPT_BYTES_MAX: i64 = 1024 * 1024 * 1024;

/// Reads until it is to stop.
pub(super) async fn run(
    nats: &Nats,
    site: &Site,
    decoder: &dyn Decoder,
    client: async_nats::Client,
) -> Result<(), String> {
    let jetstream = ContextBuilder::new().timeout(ANSWER_WITHIN).build(client);
    let stream = find(nats, site, &jetstream).await?;
    let consumer = consumer(nats, site, &stream).await?;
    tracing::info!(source = %site.named.name, stream = stream.cached_info().config.name, "reads a subject of NATS");
    let mut stop = site.shutdown.clone();
    loop {
        let read = read(&consumer, site, decoder);
        tokio::select! {
            read = read => if read? == Ended::Stopped { return Ok(()) },
            () = raised(&mut stop) => return Ok(()),
        }
    }
}

#[derive(PartialEq)]
enum Ended {
    Quiet,
    Stopped,
}

/// One request's worth of messages. Without idle heartbeats: async-nats 0.51 answers one with Pending and no waker.
async fn read(consumer: &Consumer<pull::Config>, site: &Site, decoder: &dyn Decoder) -> Result<Ended, String> {
    let mut batch = consumer.batch().max_messages(AT_ONCE).expires(EXPIRES).messages().await.map_err(said)?;
    loop {
        let next = tokio::time::timeout(OVERDUE, batch.next()).await;
        let Some(first) = next.map_err(|_| "the consumer does not answer")? else { return Ok(Ended::Quiet) };
        let mut messages = vec![first.map_err(said)?];
        while let Some(Some(more)) = batch.next().now_or_never() {
            messages.push(more.map_err(said)?);
        }
        if store(&messages, site, decoder).await.is_err() {
            return Ok(Ended::Stopped);
        }
        for message in &messages {
            // One that gets lost costs a repetition, which counts once.
            message.ack().await.map_err(said)?;
        }
    }
}

/// Stores the events of messages, however long it takes.
async fn store(messages: &[jetstream::Message], site: &Site, decoder: &dyn Decoder) -> Result<(), Stopping> {
    let bring = messages.iter().map(|message| {
        let sequence = message.info().ok().map(|info| info.stream_sequence);
        let arrival = arrival(site, message, sequence);
        let (origin, events) = (origin(site, &arrival), decoder.decode(&arrival));
        let mut shutdown: watch::Receiver<bool> = site.shutdown.clone();
        async move { site.intake.bring(&origin, events, &mut shutdown).await }
    });
    let mut stored = pin!(join_all(bring));
    loop {
        tokio::select! {
            all = &mut stored => return all.into_iter().collect(),
            () = tokio::time::sleep(STILL_AT_IT) => {}
        }
        for message in messages {
            if let Err(error) = message.ack_with(AckKind::Progress).await {
                tracing::debug!(%error, "a message may be given again");
            }
        }
    }
}

/// The stream that keeps what is published on the subject: the one that is named, or that there is; on our own NATS it is made.
async fn find(nats: &Nats, site: &Site, jetstream: &Context) -> Result<Stream, String> {
    let found = match &nats.stream {
        Some(name) => Some(name.clone()),
        None => match jetstream.stream_by_subject(nats.subject.clone()).await {
            Ok(name) => Some(name),
            Err(error) if error.kind() == GetStreamByNameErrorKind::NotFound => None,
            Err(error) => return Err(format!("JetStream does not answer: {error}")),
        },
    };
    if let Some(name) = found {
        let stream = jetstream.get_stream(&name).await;
        return stream.map_err(|error| format!("the stream {name} can't be read: {error}"));
    }
    if nats.theirs.is_some() {
        return Err(format!(
            "no stream keeps what is published on {}: have one made there, name it in stream, or set answer = true",
            nats.subject
        ));
    }
    let config = jetstream::stream::Config {
        name: format!("{}_SOURCE_{}", site.log.prefix().to_uppercase(), site.named.name),
        description: Some("what a source published and is not in the log yet".into()),
        subjects: vec![nats.subject.clone()],
        retention: RetentionPolicy::WorkQueue,
        discard: DiscardPolicy::New,
        max_bytes: KEPT_BYTES_MAX,
        storage: StorageType::File,
        num_replicas: site.log.settings().replicas as usize,
        duplicate_window: Duration::from_secs(120),
        ..jetstream::stream::Config::default()
    };
    jetstream.get_or_create_stream(config).await.map_err(|error| format!("can't make a stream: {error}"))
}

async fn consumer(nats: &Nats, site: &Site, stream: &Stream) -> Result<Consumer<pull::Config>, String> {
    let config = pull::Config {
        durable_name: Some(format!("{}-{}", site.log.prefix(), site.named.name)),
        description: Some("NexusFlow reads on from here".into()),
        filter_subject: nats.subject.clone(),
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        ..pull::Config::default()
    };
    stream.create_consumer(config).await.map_err(|error| format!("can't make a consumer: {error}"))
}

fn said(cause: impl Display) -> String {
    cause.to_string()
}
