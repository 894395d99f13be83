//! The way of events between the door and the gateway: when the log had each of them, and when the owner of its partition told that
//! it is folded. Read from what the product says anyway: the log's own time of each record, and the owners' contributions.

use crate::LoadtestError;
use crate::latency::{Latency, Quantiles};
use crate::publisher::Answer;
use crate::target::Target;
use futures_util::StreamExt;
use nexusflow_domain::alert::Card;
use nexusflow_domain::{Activity, Rollup};
use nexusflow_engine::Contribution;
use nexusflow_log::async_nats::Subscriber;
use nexusflow_log::{Log, ReadError, Reader, Record};
use nexusflow_model::subject;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long the log may fail to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long events took to places between the door and the screen; nothing where the log could not be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stages {
    /// From due until JetStream took it in, by JetStream's own time.
    pub(crate) to_log: Quantiles,
    /// From due until the owner of its partition told that it is folded.
    pub(crate) to_folded: Quantiles,
    /// By which the gateway's own times can be told; none where it is somewhere else.
    pub(crate) clock: Option<Clock>,
}

/// Somebody who listens.
pub(crate) struct Listening {
    log: Log,
    /// The last record of each partition before the test.
    before: Vec<u64>,
    clock: Clock,
    told: JoinHandle<Reached>,
    stop: watch::Sender<bool>,
}

impl Listening {
    /// Begins to listen, where the log of `target` can be read.
    pub(crate) async fn open(target: &Target) -> Result<Option<Self>, LoadtestError> {
        let Some(log) = target.log().cloned() else { return Ok(None) };
        let before = heads(&log).await?;
        let told = log.client().subscribe(subject::contributions(log.prefix())).await.map_err(no_log)?;
        let (stop, stopped) = watch::channel(false);
        let told = tokio::spawn(hear(told, stopped));
        Ok(Some(Self { log, before, clock: Clock::now(), told, stop }))
    }

    /// Reads what the log has of the run `run` and says how long it took. Where an event stands is noted in its answer, if the
    /// answer did not say it.
    pub(crate) async fn close(self, run: &str, answers: &mut [Answer]) -> Result<Stages, LoadtestError> {
        self.stop.send_replace(true);
        let told = self.told.await?;
        answers.sort_by_key(|answer| answer.first);
        let mut way = Way { run, told, clock: self.clock, latencies: Default::default(), seen: Vec::new() };
        for (partition, last) in (0..).zip(heads(&self.log).await?) {
            let mut at = self.before[partition as usize];
            let mut reader = Reader::new(&self.log, partition, at);
            let mut heard_at = Instant::now();
            while at < last {
                match reader.next().await {
                    Ok(records) => {
                        heard_at = Instant::now();
                        at = records.last().map_or(at, |record| record.sequence);
                        records.iter().for_each(|record| way.take(partition, record, answers));
                    }
                    Err(ReadError::Unavailable { .. }) if heard_at.elapsed() < PATIENCE => {
                        tokio::time::sleep(LOOK_AGAIN).await;
                    }
                    Err(error) => return Err(no_log(error)),
                }
            }
        }
        let [to_log, to_folded] = way.latencies.map(|latency: Latency| latency.quantiles());
        Ok(Stages { to_log, to_folded, clock: Some(self.clock) })
    }
}

/// Between two attempts to read a log that does not answer.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The last record of each partition.
async fn heads(log: &Log) -> Result<Vec<u64>, LoadtestError> {
    let mut heads = Vec::new();
    for partition in 0..log.partitions() {
        heads.push(log.origin_patiently(partition, PATIENCE).await.map_err(no_log)?.last);
    }
    Ok(heads)
}

fn no_log(error: impl std::fmt::Display) -> LoadtestError {
    LoadtestError::Log(error.to_string())
}

/// Hears what owners tell, until it is stopped.
async fn hear(mut told: Subscriber, mut stopped: watch::Receiver<bool>) -> Reached {
    let mut reached = Reached::default();
    loop {
        tokio::select! {
            _ = stopped.changed() => return reached,
            message = told.next() => {
                let (at, Some(message)) = (Instant::now(), message) else { return reached };
                // Who speaks another version's language is the gateway's to complain about.
                if let Ok(said) = postcard::from_bytes::<Contribution<Rollup, Activity, Card>>(&message.payload) {
                    reached.note(at, said.partition, said.standing.sequence);
                }
            }
        }
    }
}

/// When which partition had come how far, for the first time.
#[derive(Debug, Default)]
struct Reached(BTreeMap<u32, Vec<(Instant, u64)>>);

impl Reached {
    fn note(&mut self, at: Instant, partition: u32, sequence: u64) {
        let steps = self.0.entry(partition).or_default();
        if steps.last().is_none_or(|(_, before)| *before < sequence) {
            steps.push((at, sequence));
        }
    }

    fn when(&self, partition: u32, sequence: u64) -> Option<Instant> {
        let steps = self.0.get(&partition)?;
        Some(steps.get(steps.partition_point(|(_, reached)| *reached < sequence))?.0)
    }
}

/// One moment by both clocks: the log's server stands on the machine's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    at: Instant,
    since_epoch: Duration,
}

impl Clock {
    fn now() -> Self {
        Self { at: Instant::now(), since_epoch: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() }
    }

    /// The instant that was so many nanoseconds after the epoch.
    pub(crate) fn when(self, ns: u64) -> Instant {
        let then = Duration::from_nanos(ns);
        if then >= self.since_epoch {
            self.at + (then - self.since_epoch)
        } else {
            self.at.checked_sub(self.since_epoch - then).unwrap_or(self.at)
        }
    }
}

/// What is put together record by record.
struct Way<'a> {
    run: &'a str,
    told: Reached,
    clock: Clock,
    /// Until the log had it, until its fold was told.
    latencies: [Latency; 2],
    /// The events that were met, by number: one that stands there twice counts where it stands first.
    seen: Vec<bool>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

impl Way<'_> {
    fn take(&mut self, partition: u32, record: &Record, answers: &mut [Answer]) {
        let Ok(events) = serde_json::from_slice::<Vec<Named<'_>>>(&record.payload) else { return };
        let reached = [Some(self.clock.when(record.stored_at_ns as u64)), self.told.when(partition, record.sequence)];
        for (index, event) in events.iter().enumerate() {
            let Some(number) = number(self.run, &event.id) else { continue };
            if self.seen.len() <= number as usize {
                self.seen.resize(number as usize + 1, false);
            }
            if std::mem::replace(&mut self.seen[number as usize], true) {
                continue;
            }
            let behind = answers.partition_point(|answer| answer.first <= number);
            let Some(answer) = behind.checked_sub(1).and_then(|at| answers.get_mut(at)) else { continue };
            // The answer said where it stands if it was sent alone over HTTP.
            if answer.news.len() > answer.places.len() && answer.news.contains(&((number - answer.first) as u16)) {
                answer.places.push(format!("{partition}:{}:{index}", record.sequence));
            }
            for (latency, at) in self.latencies.iter_mut().zip(reached).filter(|_| answer.is_measured) {
                at.into_iter().for_each(|at| latency.record(answer.due_at, at, 1));
            }
        }
    }
}

/// The number of an event of the run.
fn number(run: &str, id: &str) -> Option<u64> {
    id.strip_prefix(run)?.strip_prefix('-')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publisher::tests::answer;

    fn at(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn a_record_was_reached_when_it_or_a_later_one_was_told_first() {
        let start = Instant::now();
        let mut reached = Reached::default();
        for (ms, sequence) in [(1, 5), (2, 5), (3, 9), (4, 2), (5, 12)] {
            reached.note(at(start, ms), 7, sequence);
        }
        let when = |sequence| reached.when(7, sequence).map(|at| (at - start).as_millis());
        assert_eq!([when(5), when(6), when(9), when(10)], [Some(1), Some(3), Some(3), Some(5)]);
        assert_eq!((when(13), reached.when(8, 1)), (None, None));
    }

    #[test]
    fn events_of_the_run_are_found_in_the_log_and_each_counts_where_it_stands_first() {
        let clock = Clock::now();
        let record = |sequence, ms: u64, ids: &[&str]| Record {
            sequence,
            behind: 0,
            stored_at_ns: (clock.since_epoch + Duration::from_millis(ms)).as_nanos() as i64,
            payload: serde_json::json!(
                ids.iter().map(|id| serde_json::json!({"id": id, "data": {}})).collect::<Vec<_>>()
            )
            .to_string()
            .into(),
        };
        let mut told = Reached::default();
        told.note(at(clock.at, 30), 0, 2);
        // Requests of two events each: 1 and 2, 3 and 4; the second did not count as measured.
        let request = |first, due, is_measured| Answer {
            first,
            is_measured,
            news: vec![1],
            ..answer(at(clock.at, due), at(clock.at, due))
        };
        let mut answers = [request(1, 10, true), request(3, 20, false)];
        let mut way = Way { run: "r", told, clock, latencies: Default::default(), seen: Vec::new() };
        way.take(0, &record(1, 15, &["r-1", "elsewhere-2", "r-old-3"]), &mut answers);
        way.take(0, &record(2, 17, &["r-2", "r-1", "r-3"]), &mut answers);
        let found = way.latencies.map(|latency| {
            let quantiles = latency.quantiles();
            (quantiles.n, (quantiles.max_us + 500) / 1_000)
        });
        assert_eq!(found, [(2, 7), (2, 20)]);
        assert_eq!(answers.map(|answer| answer.places), [vec!["0:2:0".to_owned()], Vec::new()]);
    }

    #[test]
    fn the_clock_on_the_wall_is_that_of_the_machine() {
        let clock = Clock { at: Instant::now() + Duration::from_secs(5), since_epoch: Duration::from_secs(100) };
        assert_eq!(clock.when(101_000_000_000), clock.at + Duration::from_secs(1));
        assert_eq!(clock.when(98_000_000_000) + Duration::from_secs(2), clock.at);
    }
}
