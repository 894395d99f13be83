//! Saying what time it is, in the log of a partition where nothing happens.

use crate::worker::Shared;
use nexusflow_log::Log;
use nexusflow_model::event::control::ClockTicked;
use nexusflow_model::{Envelope, Event, Id, Kind, Source, Timestamp, cloudevents, subject};
use std::time::Duration;

/// A log whose last word came so much later than it says is a recorded one: its time is not ours, and we don't go on with it.
const LIVE_WITHIN_MS: i64 = 60_000;
/// Ticks of one partition are at least so far apart.
const APART: Duration = Duration::from_millis(250);

/// Configurations in a row that are looked behind.
const LOOK_BACK: usize = 50;

/// The ticks of one partition.
pub(crate) struct Ticks {
    partition: u32,
    ticked_at: tokio::time::Instant,
}

impl Ticks {
    pub(crate) fn new(partition: u32) -> Self {
        Self { partition, ticked_at: tokio::time::Instant::now() }
    }

    /// How long until a tick is due, given when the partition is due for one, and when the record was stored that moved its clock
    /// last. None where its time is not the time of day: a replay sets its own.
    pub(crate) fn wait(
        &self,
        due: Option<Timestamp>,
        clock: Timestamp,
        told_at_ms: i64,
        now: Timestamp,
    ) -> Option<Duration> {
        let is_live = told_at_ms.saturating_sub(clock.as_ms()) < LIVE_WITHIN_MS;
        let due = due.filter(|_| is_live)?;
        let wait = Duration::from_millis(due.ms_since(now).max(0) as u64);
        Some(wait.max(APART.saturating_sub(self.ticked_at.elapsed())))
    }

    /// Appends a tick. Two owners that do so at once do no harm: time comes to the same place twice.
    pub(crate) async fn tick(&mut self, shared: &Shared, now: Timestamp) {
        self.ticked_at = tokio::time::Instant::now();
        let name = Id::new(&format!("tick-{}-{}", self.partition, now.as_ms()));
        let (Ok(id), Ok(source), Ok(subject)) = (name, Source::new("/nexusflow/clock"), Id::new("clock")) else {
            return;
        };
        let event = Event::ClockTicked(ClockTicked { now });
        let envelope = Envelope { id, source, subject, occurred_at: now, recorded_at: now, forwarded: 0, event };
        match shared.appender.append_to(self.partition, &envelope).await {
            // Stored or not: the fold will see it, or it will be due again.
            Ok(receipt) => drop(receipt),
            Err(error) => tracing::debug!(partition = self.partition, %error, "could not append a tick"),
        }
    }
}

/// When the last record up to `sequence` was stored that says what time it is: a configuration does not. In milliseconds since the
/// epoch; the end of time where that can't be found out, so that nothing is told the time by mistake.
pub(crate) async fn told_at_ms(log: &Log, partition: u32, sequence: u64) -> i64 {
    let name = subject::log_stream(log.prefix(), partition);
    let Ok(stream) = log.jetstream().get_stream_no_info(name).await else { return i64::MAX };
    for sequence in (1..=sequence).rev().take(LOOK_BACK) {
        let Ok(message) = stream.direct_get(sequence).await else { return i64::MAX };
        let events = cloudevents::decode_record(&message.payload).unwrap_or_default();
        if events.iter().flatten().any(|envelope| envelope.event.kind() != Kind::ConfigChanged) {
            return (message.time.unix_timestamp_nanos() / 1_000_000) as i64;
        }
    }
    i64::MAX
}
