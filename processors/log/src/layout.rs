//! How the log is laid out in JetStream: a stream a partition, one for dead letters, and a note of the number of partitions.

use crate::connect::Log;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use async_nats::jetstream::{kv, stream};
use nexusflow_model::{Envelope, cloudevents, limits, subject};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Between two attempts.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// How the log is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// What every subject and stream begins with: lower-case letters and digits. Two installations can share a NATS.
    pub prefix: String,
    /// Partitions, fixed when the log is created: about twice the cores that will ever fold it.
    pub partitions: u32,
    /// Copies of every stream: 1 on a single server, 3 on a cluster.
    pub replicas: u32,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { prefix: "nexusflow".into(), partitions: 4, replicas: 1 }
    }
}

/// When a stream was made and how far it goes: what a checkpoint must agree with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// When the stream was created, in nanoseconds since the epoch: it is another log if this differs.
    pub created_ns: i64,
    /// The first sequence it still holds.
    pub first: u64,
    /// The last sequence it holds.
    pub last: u64,
}

/// Why the log can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The number of partitions is fixed when a log is created.
    #[error(
        "the log was created with {stored} partitions, the configuration says {configured}. A customer's partition is \
         the hash of their id modulo this number, so it can't change: set log.partitions = {stored}, or choose another \
         log.prefix for a new log and replay into it"
    )]
    Partitions {
        /// What the log was created with.
        stored: u32,
        /// What the configuration asks for.
        configured: u32,
    },
    /// Settings that can't be.
    #[error("log.{key} {reason}")]
    Settings {
        /// The key.
        key: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A stream that would lose events.
    #[error("the stream {stream} {what}: the log must keep everything. Mend it with `nats stream edit {stream}`")]
    Stream {
        /// Its name.
        stream: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A server that can't take our records.
    #[error(
        "the NATS server takes messages of at most {max} bytes, NexusFlow needs {}: raise max_payload",
        limits::RECORD_BYTES_MAX
    )]
    Payload {
        /// The server's limit.
        max: usize,
    },
    /// JetStream refused or did not answer.
    #[error(
        "JetStream: {what}: {cause}. Is JetStream enabled on the server and in the account, and are as many servers up as log.replicas says?"
    )]
    JetStream {
        /// What was asked of it.
        what: &'static str,
        /// What it said.
        cause: String,
        /// Whether trying again can't help.
        is_final: bool,
    },
}

impl LayoutError {
    /// Whether trying again may help: a cluster that is still forming, or is electing a leader, answers late or refuses.
    fn may_pass(&self) -> bool {
        matches!(self, Self::JetStream { is_final: false, .. })
    }
}

/// JetStream refused for a reason that may pass.
pub(crate) fn jetstream_error(what: &'static str) -> impl FnOnce(&dyn std::fmt::Display) -> LayoutError {
    move |cause| LayoutError::JetStream { what, cause: cause.to_string(), is_final: false }
}

/// The same, where the reason tells whether it may pass.
fn refusal(what: &'static str, cause: &(dyn std::error::Error + 'static)) -> LayoutError {
    LayoutError::JetStream { what, cause: cause.to_string(), is_final: is_final(cause) }
}

/// Whether JetStream refused for a reason that stays.
fn is_final(error: &(dyn std::error::Error + 'static)) -> bool {
    const FINAL: [ErrorCode; 3] = [
        ErrorCode::JETSTREAM_NOT_ENABLED,
        ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT,
        ErrorCode::STREAM_REPLICAS_NOT_SUPPORTED,
    ];
    std::iter::successors(Some(error), |error| error.source()).any(|error| {
        let kind = error.downcast_ref::<CreateStreamError>().map(|error| error.kind());
        matches!(kind, Some(CreateStreamErrorKind::JetStream(said)) if FINAL.contains(&said.error_code()))
    })
}

/// Tries for as long as `patience` what a cluster that is forming or electing refuses.
pub(crate) async fn patiently<R, F>(patience: Duration, mut attempt: impl FnMut() -> F) -> Result<R, LayoutError>
where
    F: Future<Output = Result<R, LayoutError>>,
{
    let began = tokio::time::Instant::now();
    loop {
        match attempt().await {
            Err(error) if error.may_pass() && began.elapsed() < patience => {
                tracing::warn!(%error, "the log is not ready yet, trying again");
                tokio::time::sleep(AGAIN_AFTER).await;
            }
            done => return done,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Layout {
    version: u32,
    partitions: u32,
}

const LAYOUT_KEY: &str = "layout";

pub(crate) async fn prepare(log: &Log, patience: Duration) -> Result<(), LayoutError> {
    check(log.settings())?;
    let max = log.client().server_info().max_payload;
    if max < limits::RECORD_BYTES_MAX {
        return Err(LayoutError::Payload { max });
    }
    let stored = patiently(patience, || stored_partitions(log)).await?;
    let configured = log.partitions();
    if stored != configured {
        return Err(LayoutError::Partitions { stored, configured });
    }
    for (name, subject) in streams(log) {
        patiently(patience, || ensure_stream(log, &name, &subject)).await?;
    }
    for wanted in crate::deliveries::streams(log) {
        patiently(patience, || ensure_outward(log, &wanted)).await?;
    }
    Ok(())
}

/// One of the streams for deliveries: it forgets on purpose, so that nothing more is asked of it than to be there.
async fn ensure_outward(log: &Log, wanted: &stream::Config) -> Result<(), LayoutError> {
    let made = log.jetstream().get_or_create_stream(wanted.clone()).await;
    made.map(drop).map_err(|cause| refusal("making a stream for deliveries", &cause))
}

/// The streams of the log, each with its subject.
pub(crate) fn streams(log: &Log) -> Vec<(String, String)> {
    let prefix = log.prefix();
    let of = |partition| (subject::log_stream(prefix, partition), subject::log_subject(prefix, partition));
    let effects = (subject::effect_stream(prefix), subject::effects(prefix));
    let dead = (subject::dead_letter_stream(prefix), subject::dead_letters(prefix));
    (0..log.partitions()).map(of).chain([effects, dead]).collect()
}

fn check(settings: &LogSettings) -> Result<(), LayoutError> {
    let wrong = |key, reason: &str| Err(LayoutError::Settings { key, reason: reason.to_owned() });
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if settings.prefix.is_empty() || settings.prefix.len() > 32 || !settings.prefix.bytes().all(plain) {
        return wrong("prefix", "must be 1 to 32 lower-case letters and digits");
    }
    if !(1..=limits::PARTITIONS_MAX).contains(&settings.partitions) {
        return wrong("partitions", "must be from 1 to 256");
    }
    if ![1, 3, 5].contains(&settings.replicas) {
        return wrong("replicas", "must be 1, 3 or 5");
    }
    Ok(())
}

/// What the log was created with; created with what is configured if it is new. Two that start at once agree: the first
/// one's note stays.
async fn stored_partitions(log: &Log) -> Result<u32, LayoutError> {
    let config = kv::Config {
        bucket: subject::layout_bucket(log.prefix()),
        description: "how the log of NexusFlow is laid out".into(),
        num_replicas: log.settings().replicas as usize,
        ..kv::Config::default()
    };
    let store = bucket(log, config).await?;
    if let Some(partitions) = noted_partitions(&store).await? {
        return Ok(partitions);
    }
    let fresh = Layout { version: 1, partitions: log.partitions() };
    let fresh = serde_json::to_vec(&fresh).unwrap_or_default();
    let noted = store.create(LAYOUT_KEY, fresh.into()).await;
    // Where somebody else was faster, the next attempt finds what they noted.
    noted.map(|_| log.partitions()).map_err(|cause| jetstream_error("noting the layout")(&cause))
}

/// A bucket, made if it is not there. Of one that is there only the age of what it keeps is changed: what is configured here may
/// ask for fewer copies than there are, and the copies are an operator's to remove.
pub(crate) async fn bucket(log: &Log, mut config: kv::Config) -> Result<kv::Store, LayoutError> {
    let jetstream = log.jetstream();
    let Ok(store) = jetstream.get_key_value(&config.bucket).await else {
        let made = jetstream.create_key_value(config).await;
        return made.map_err(|cause| refusal("making a bucket", &cause));
    };
    let there = &store.stream.cached_info().config;
    if there.max_age == config.max_age {
        return Ok(store);
    }
    config.num_replicas = there.num_replicas;
    let changed = jetstream.create_or_update_key_value(config).await;
    changed.map_err(|cause| refusal("changing a bucket", &cause))
}

/// The number of partitions that was noted, if any was. The leader is asked: another server's copy may not have it yet.
pub(crate) async fn noted_partitions(store: &kv::Store) -> Result<Option<u32>, LayoutError> {
    let noted = store.stream.get_last_raw_message_by_subject(&format!("{}{LAYOUT_KEY}", store.prefix)).await;
    let noted = match noted {
        Ok(noted) => noted.payload,
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => return Ok(None),
        Err(error) => return Err(jetstream_error("reading the layout")(&error)),
    };
    let layout: Result<Layout, _> = serde_json::from_slice(&noted);
    let layout = layout.map_err(|cause| LayoutError::JetStream {
        what: "reading the layout, which is not one",
        cause: cause.to_string(),
        is_final: true,
    })?;
    Ok(Some(layout.partitions))
}

async fn ensure_stream(log: &Log, name: &str, subject: &str) -> Result<(), LayoutError> {
    let wanted = stream::Config {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        storage: stream::StorageType::File,
        num_replicas: log.settings().replicas as usize,
        retention: stream::RetentionPolicy::Limits,
        discard: stream::DiscardPolicy::New,
        duplicate_window: Duration::from_secs(120),
        allow_direct: true,
        deny_delete: true,
        ..stream::Config::default()
    };
    let stream = log.jetstream().get_or_create_stream(wanted).await;
    let stream = stream.map_err(|cause| refusal("making a stream of the log", &cause))?;
    keeps_everything(&stream.cached_info().config)
}

/// Whether a stream is one that never loses what it acknowledged.
pub(crate) fn keeps_everything(config: &stream::Config) -> Result<(), LayoutError> {
    let what = if config.max_age > Duration::ZERO {
        "forgets what is old (max_age)"
    } else if config.retention != stream::RetentionPolicy::Limits {
        "forgets what was read (retention)"
    } else if config.discard != stream::DiscardPolicy::New && (config.max_bytes > 0 || config.max_messages > 0) {
        "forgets when it is full (discard old)"
    } else if config.storage != stream::StorageType::File {
        "is kept in memory only (storage)"
    } else if config.persist_mode == Some(stream::PersistenceMode::Async) {
        "acknowledges what it has not written yet (persist_mode async)"
    } else {
        return Ok(());
    };
    Err(LayoutError::Stream { stream: config.name.clone(), what })
}

pub(crate) async fn origin(log: &Log, partition: u32) -> Result<Origin, LayoutError> {
    let stream = log.jetstream().get_stream(subject::log_stream(log.prefix(), partition)).await;
    let stream = stream.map_err(|cause| jetstream_error("looking up a stream of the log")(&cause))?;
    let info = stream.cached_info();
    let created_ns = i64::try_from(info.created.unix_timestamp_nanos()).unwrap_or(i64::MAX);
    Ok(Origin { created_ns, first: info.state.first_sequence, last: info.state.last_sequence })
}

pub(crate) async fn origin_patiently(log: &Log, partition: u32, patience: Duration) -> Result<Origin, LayoutError> {
    patiently(patience, || origin(log, partition)).await
}

/// Puts the configuration into the partitions that are still empty, as their first record: what is recorded before a worker runs
/// must not be folded without it. Of several that try, the first one wins.
pub(crate) async fn configure_empty(
    log: &Log,
    configuration: &Envelope,
    patience: Duration,
) -> Result<(), LayoutError> {
    let record = cloudevents::join_record(std::iter::once(cloudevents::encode(configuration).as_slice()));
    for partition in 0..log.partitions() {
        patiently(patience, || configure_if_empty(log, partition, &record)).await?;
    }
    Ok(())
}

async fn configure_if_empty(log: &Log, partition: u32, record: &[u8]) -> Result<(), LayoutError> {
    if origin(log, partition).await?.last > 0 {
        return Ok(());
    }
    let message = PublishMessage::build().payload(record.to_vec().into()).expected_last_sequence(0);
    let sent = log.jetstream().send_publish(subject::log_subject(log.prefix(), partition), message).await;
    let stored = match sent {
        Ok(ack) => ack.await.map(drop),
        Err(error) => Err(error),
    };
    // Refused because somebody else was faster, stored without an answer, or not at all: the next look at the stream tells.
    stored.map_err(|error| jetstream_error("writing the configuration")(&error))
}
