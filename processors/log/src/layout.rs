//! How the log is laid out in JetStream: a stream a partition, one for dead letters, and a note of the number of partitions.

use crate::connect::Log;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{kv, stream};
use nexusflow_model::{Envelope, cloudevents, limits, subject};
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
    /// When that one was stored, in milliseconds since the epoch, by the server's clock.
    pub last_stored_ms: i64,
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
    #[error("JetStream: {what}: {cause}. Is JetStream enabled on the server and in the account?")]
    JetStream {
        /// What was asked of it.
        what: &'static str,
        /// What it said.
        cause: String,
    },
}

pub(crate) fn jetstream_error(what: &'static str) -> impl FnOnce(&dyn std::fmt::Display) -> LayoutError {
    move |cause| LayoutError::JetStream { what, cause: cause.to_string() }
}

#[derive(Serialize, Deserialize)]
struct Layout {
    version: u32,
    partitions: u32,
}

const LAYOUT_KEY: &str = "layout";

pub(crate) async fn prepare(log: &Log) -> Result<(), LayoutError> {
    check(log.settings())?;
    let max = log.client().server_info().max_payload;
    if max < limits::RECORD_BYTES_MAX {
        return Err(LayoutError::Payload { max });
    }
    let stored = stored_partitions(log).await?;
    let configured = log.partitions();
    if stored != configured {
        return Err(LayoutError::Partitions { stored, configured });
    }
    for partition in 0..configured {
        let name = subject::log_stream(log.prefix(), partition);
        ensure_stream(log, name, subject::log_subject(log.prefix(), partition)).await?;
    }
    ensure_stream(log, subject::effect_stream(log.prefix()), subject::effects(log.prefix())).await?;
    ensure_stream(log, subject::dead_letter_stream(log.prefix()), subject::dead_letters(log.prefix())).await
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
    let bucket = subject::layout_bucket(log.prefix());
    let config = kv::Config {
        bucket,
        description: "how the log of NexusFlow is laid out".into(),
        num_replicas: log.settings().replicas as usize,
        ..kv::Config::default()
    };
    let store = log
        .jetstream()
        .create_or_update_key_value(config)
        .await
        .map_err(|cause| jetstream_error("making the layout bucket")(&cause))?;
    let fresh = Layout { version: 1, partitions: log.partitions() };
    let fresh = serde_json::to_vec(&fresh).unwrap_or_default();
    if store.create(LAYOUT_KEY, fresh.into()).await.is_ok() {
        return Ok(log.partitions());
    }
    let stored = store.get(LAYOUT_KEY).await.map_err(|cause| jetstream_error("reading the layout")(&cause))?;
    let layout: Layout = serde_json::from_slice(&stored.unwrap_or_default())
        .map_err(|cause| jetstream_error("reading the layout, which is not one")(&cause))?;
    Ok(layout.partitions)
}

async fn ensure_stream(log: &Log, name: String, subject: String) -> Result<(), LayoutError> {
    let wanted = stream::Config {
        name: name.clone(),
        subjects: vec![subject],
        storage: stream::StorageType::File,
        num_replicas: log.settings().replicas as usize,
        retention: stream::RetentionPolicy::Limits,
        discard: stream::DiscardPolicy::New,
        duplicate_window: Duration::from_secs(120),
        allow_direct: true,
        deny_delete: true,
        ..stream::Config::default()
    };
    let stream = log
        .jetstream()
        .get_or_create_stream(wanted)
        .await
        .map_err(|cause| jetstream_error("making a stream of the log")(&cause))?;
    let config = &stream.cached_info().config;
    let what = if config.max_age > Duration::ZERO {
        "forgets what is old (max_age)"
    } else if config.retention != stream::RetentionPolicy::Limits {
        "forgets what was read (retention)"
    } else if config.discard != stream::DiscardPolicy::New && (config.max_bytes > 0 || config.max_messages > 0) {
        "forgets when it is full (discard old)"
    } else if config.storage != stream::StorageType::File {
        "is kept in memory only (storage)"
    } else {
        return Ok(());
    };
    Err(LayoutError::Stream { stream: name, what })
}

pub(crate) async fn origin(log: &Log, partition: u32) -> Result<Origin, LayoutError> {
    let stream = log
        .jetstream()
        .get_stream(subject::log_stream(log.prefix(), partition))
        .await
        .map_err(|cause| jetstream_error("looking up a stream of the log")(&cause))?;
    let info = stream.cached_info();
    let created_ns = i64::try_from(info.created.unix_timestamp_nanos()).unwrap_or(i64::MAX);
    let last_stored_ms = (info.state.last_timestamp.unix_timestamp_nanos() / 1_000_000) as i64;
    Ok(Origin { created_ns, first: info.state.first_sequence, last: info.state.last_sequence, last_stored_ms })
}

/// Puts the configuration into the partitions that are still empty, as their first record: what is recorded before a worker runs
/// must not be folded without it. Of several that try, the first one wins.
pub(crate) async fn configure_empty(log: &Log, configuration: &Envelope) -> Result<(), LayoutError> {
    let record = cloudevents::join_record(std::iter::once(cloudevents::encode(configuration).as_slice()));
    for partition in 0..log.partitions() {
        if origin(log, partition).await?.last > 0 {
            continue;
        }
        let message = PublishMessage::build().payload(record.clone().into()).expected_last_sequence(0);
        let sent = log.jetstream().send_publish(subject::log_subject(log.prefix(), partition), message).await;
        let stored = match sent {
            Ok(ack) => ack.await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = stored
            && error.kind() != PublishErrorKind::WrongLastSequence
        {
            return Err(jetstream_error("writing the configuration")(&error));
        }
    }
    Ok(())
}
