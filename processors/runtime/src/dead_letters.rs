//! Telling the fold how many events could not be understood: it reads nothing but its log, and the dead letters stand in another
//! stream.

use crate::worker::Shared;
use nexusflow_model::event::control::DeadLettersCounted;
use nexusflow_model::number::Quantity;
use nexusflow_model::{Envelope, Event, Id, Source, Timestamp, partition, subject};
use std::sync::Arc;
use std::time::Duration;

/// How often they are counted.
const COUNT_EVERY: Duration = Duration::from_secs(5);
/// The subject of the counts.
const SUBJECT: &str = "dead-letters";

/// Whether the owner of this partition is the one who counts.
pub(crate) fn are_counted_by(partition: u32, partitions: u32) -> bool {
    Id::new(SUBJECT).is_ok_and(|subject| partition::of(&subject, partitions) == partition)
}

/// Counts until it is dropped, and says so when there are more.
pub(crate) async fn run(shared: Arc<Shared>) {
    let name = subject::dead_letter_stream(shared.log.prefix());
    let mut every = tokio::time::interval(COUNT_EVERY);
    let mut known: Option<u64> = None;
    let mut is_told = false;
    loop {
        every.tick().await;
        let Ok(stream) = shared.log.jetstream().get_stream(&name).await else { continue };
        // All there ever were, also those that are removed by now.
        let total = stream.cached_info().state.last_sequence;
        let Some(before) = known.filter(|before| total > *before) else {
            known = Some(total);
            continue;
        };
        // What the growth is measured from. Who said it before said it with the same id.
        if !is_told {
            tell(&shared, before).await;
        }
        is_told = tell(&shared, total).await;
        known = Some(if is_told { total } else { before });
    }
}

/// Says how many there are; false where the log does not take it.
async fn tell(shared: &Shared, total: u64) -> bool {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now = Timestamp::from_ms(since.as_millis() as i64).unwrap_or(Timestamp::EPOCH);
    let (Ok(id), Ok(source), Ok(subject), Ok(count)) = (
        Id::new(&format!("dead-letters-{total}")),
        Source::new("/nexusflow/dead-letters"),
        Id::new(SUBJECT),
        Quantity::new(total as i64),
    ) else {
        return false;
    };
    let event = Event::DeadLettersCounted(DeadLettersCounted { total: count });
    let envelope = Envelope { id, source, subject, occurred_at: now, recorded_at: now, forwarded: 0, event };
    match shared.appender.append(&envelope).await {
        Ok(receipt) => receipt.await.is_ok(),
        Err(_) => false,
    }
}
