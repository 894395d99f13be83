//! Fetching the events that a timeline or an alert refers to.

use futures_util::{StreamExt, stream};
use nexusflow_log::Log;
use nexusflow_log::async_nats::jetstream::stream::{DirectGetErrorKind, Stream};
use nexusflow_model::{Envelope, Place, cloudevents, subject};
use std::collections::BTreeMap;

/// Records fetched at once.
const AT_ONCE: usize = 16;

/// The events at these records and indices, in no particular order. One that can't be fetched just now is left out.
pub(crate) async fn fetch(
    log: &Log,
    partition: u32,
    entries: impl Iterator<Item = (u64, u16)>,
) -> Vec<(Place, Envelope)> {
    let Ok(stream) = log.jetstream().get_stream_no_info(subject::log_stream(log.prefix(), partition)).await else {
        return Vec::new();
    };
    let mut by_record: BTreeMap<u64, Vec<u16>> = BTreeMap::new();
    for (sequence, index) in entries {
        by_record.entry(sequence).or_default().push(index);
    }
    let fetched = stream::iter(by_record).map(|(sequence, indices)| one(&stream, partition, sequence, indices));
    fetched.buffer_unordered(AT_ONCE).concat().await
}

async fn one<I>(stream: &Stream<I>, partition: u32, sequence: u64, indices: Vec<u16>) -> Vec<(Place, Envelope)>
where
    I: Send + Sync,
{
    let message = match stream.direct_get(sequence).await {
        Ok(message) => message,
        Err(error) => {
            if error.kind() != DirectGetErrorKind::NotFound {
                tracing::debug!(partition, sequence, %error, "could not fetch a record");
            }
            return Vec::new();
        }
    };
    let Ok(events) = cloudevents::split_batch(&message.payload) else { return Vec::new() };
    let pick = |index: u16| {
        let event = events.get(usize::from(index))?;
        let envelope =
            cloudevents::decode_record(&cloudevents::join_record(std::iter::once(*event))).ok()?.pop()?.ok()?;
        Some((Place { partition, sequence, index }, envelope))
    };
    indices.into_iter().filter_map(pick).collect()
}
