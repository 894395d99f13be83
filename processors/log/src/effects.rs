//! The output log: what followed from events, in order, each once.

use crate::connect::Log;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;
use nexusflow_model::subject;

/// Why an entry was not appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EffectLogError {
    /// Another entry came in between: it is now the last one, and says what has been done.
    #[error("another owner of the partition was quicker")]
    Overtaken,
    /// Stored or not, nobody knows: the last entry will tell.
    #[error("{0}")]
    Unavailable(String),
}

/// The sequence of the last entry of the output log, of all partitions; 0 where there is none.
///
/// # Errors
/// Where NATS does not answer.
pub async fn last_effect(log: &Log) -> Result<u64, EffectLogError> {
    let stream = log.jetstream().get_stream(subject::effect_stream(log.prefix())).await;
    let stream = stream.map_err(|error| EffectLogError::Unavailable(error.to_string()))?;
    Ok(stream.cached_info().state.last_sequence)
}

/// The part of the output log that one partition's owner writes.
///
/// An entry is appended only if the last one is still the one that was last seen: of two owners, or of two lives of one, whoever is
/// later is told so, and nothing stands there twice.
#[derive(Debug)]
pub struct EffectLog {
    log: Log,
    partition: u32,
    last: u64,
}

impl EffectLog {
    /// That of `partition`. Before anything can be appended, [`last`](Self::last) has to be asked for.
    pub fn new(log: &Log, partition: u32) -> Self {
        Self { log: log.clone(), partition, last: u64::MAX }
    }

    /// The last entry, if there is one; what is appended next must follow it.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn last(&mut self) -> Result<Option<Bytes>, EffectLogError> {
        let unavailable = |cause: &dyn std::fmt::Display| EffectLogError::Unavailable(cause.to_string());
        let name = subject::effect_stream(self.log.prefix());
        let stream = self.log.jetstream().get_stream_no_info(name).await.map_err(|error| unavailable(&error))?;
        // Asked of the leader, not of any replica: a stale answer would only cost another round.
        match stream.get_last_raw_message_by_subject(&subject::effect(self.log.prefix(), self.partition)).await {
            Ok(message) => {
                self.last = message.sequence;
                Ok(Some(message.payload))
            }
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {
                self.last = 0;
                Ok(None)
            }
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Appends an entry.
    ///
    /// # Errors
    /// [`EffectLogError::Overtaken`] where another entry has come; [`EffectLogError::Unavailable`] where it isn't known whether it is
    /// stored. In both cases ask for the [`last`](Self::last) one before going on.
    pub async fn append(&mut self, entry: Bytes) -> Result<(), EffectLogError> {
        let subject = subject::effect(self.log.prefix(), self.partition);
        let message = PublishMessage::build().payload(entry).expected_last_subject_sequence(self.last);
        let sent = match self.log.jetstream().send_publish(subject, message).await {
            Ok(ack) => ack.await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(ack) => {
                self.last = ack.sequence;
                Ok(())
            }
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Err(EffectLogError::Overtaken),
            Err(error) => Err(EffectLogError::Unavailable(error.to_string())),
        }
    }
}
