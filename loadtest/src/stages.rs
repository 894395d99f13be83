//! The way of events between the door and the screen: when the log had each of them, when its fold was told, when the gateway had
//! it. Read from what the product says anyway: the log's own time of each record, the owners' contributions, the gateway's metrics.

use crate::LoadtestError;
use crate::latency::{Latency, Quantiles};
use crate::publisher::{Answer, get};
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

/// How often the gateway is asked how far it is; but a tenth of the time at most it has to do with answering.
const ASK_EVERY: Duration = Duration::from_millis(5);
/// How long the log may fail to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long events took to the places between the door and the screen; nothing where the log could not be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stages {
    /// From due until JetStream took it in, by JetStream's own time.
    pub(crate) to_log: Quantiles,
    /// From due until the owner of its partition told that it is folded.
    pub(crate) to_folded: Quantiles,
    /// From due until the gateway said that it has it.
    pub(crate) to_gateway: Quantiles,
}

/// Those who listen.
pub(crate) struct Listening {
    log: Log,
    /// The last record of each partition before the test.
    before: Vec<u64>,
    clock: Clock,
    told: JoinHandle<Reached>,
    held: JoinHandle<Reached>,
    stop: watch::Sender<bool>,
}

impl Listening {
    /// Begins to listen, where the log of `target` can be read.
    pub(crate) async fn open(target: &Target) -> Result<Option<Self>, LoadtestError> {
        let Some(log) = target.log().cloned() else { return Ok(None) };
        let before = heads(&log).await?;
        let told = log.client().subscribe(subject::contributions(log.prefix())).await.map_err(no_log)?;
        let (stop, stopped) = watch::channel(false);
        let told = tokio::spawn(hear(told, stopped.clone()));
        let held = tokio::spawn(ask(target.clone(), stopped));
        Ok(Some(Self { log, before, clock: Clock::now(), told, held, stop }))
    }

    /// Reads what the log has of the run `run` and says how long it took. Where an event stands is noted in its answer, if the
    /// answer did not say it.
    pub(crate) async fn close(self, run: &str, answers: &mut [Answer]) -> Result<Stages, LoadtestError> {
        self.stop.send_replace(true);
        let (told, held) = (self.told.await?, self.held.await?);
        answers.sort_by_key(|answer| answer.first);
        let mut way = Way { run, told, held, clock: self.clock, latencies: Default::default(), seen: Vec::new() };
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
        let [to_log, to_folded, to_gateway] = way.latencies.map(|latency: Latency| latency.quantiles());
        Ok(Stages { to_log, to_folded, to_gateway })
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

/// Asks the gateway how far it is, until it is stopped.
async fn ask(target: Target, mut stopped: watch::Receiver<bool>) -> Reached {
    let (mut reached, mut wait, mut line) = (Reached::default(), ASK_EVERY, None);
    loop {
        tokio::select! {
            _ = stopped.changed() => return reached,
            () = tokio::time::sleep(wait) => {}
        }
        let asked_at = Instant::now();
        // A gateway that does not answer has nothing new: it is asked again.
        let said = get(&target, &mut line, "/metrics").await.unwrap_or_default();
        let at = Instant::now();
        for (partition, sequence) in said.lines().filter_map(applied) {
            reached.note(at, partition, sequence);
        }
        wait = ASK_EVERY.max(asked_at.elapsed() * 9);
    }
}

/// Which record of which partition a line of the metrics says to be applied.
fn applied(line: &str) -> Option<(u32, u64)> {
    let (partition, sequence) =
        line.strip_prefix("nexusflow_partition_applied_seq{partition=\"")?.split_once("\"} ")?;
    Some((partition.parse().ok()?, sequence.parse().ok()?))
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
struct Clock {
    at: Instant,
    since_epoch: Duration,
}

impl Clock {
    fn now() -> Self {
        Self { at: Instant::now(), since_epoch: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() }
    }

    fn when(&self, ns: i64) -> Instant {
        let then = Duration::from_nanos(ns.max(0) as u64);
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
    held: Reached,
    clock: Clock,
    /// Until the log had it, until its fold was told, until the gateway had it.
    latencies: [Latency; 3],
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
        let (told, held) = (self.told.when(partition, record.sequence), self.held.when(partition, record.sequence));
        let reached = [Some(self.clock.when(record.stored_at_ns)), told, held];
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
            if answer.is_news && answer.place.is_none() {
                answer.place = Some(format!("{partition}:{}:{index}", record.sequence));
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
    fn metrics_say_which_record_is_applied() {
        assert_eq!(applied("nexusflow_partition_applied_seq{partition=\"3\"} 17"), Some((3, 17)));
        assert_eq!(applied("nexusflow_partition_head_seq{partition=\"3\"} 18"), None);
        assert_eq!(applied("# TYPE nexusflow_partition_applied_seq gauge"), None);
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
        let (mut told, mut held) = (Reached::default(), Reached::default());
        told.note(at(clock.at, 30), 0, 2);
        held.note(at(clock.at, 40), 0, 1);
        // Requests of two events each: 1 and 2, 3 and 4; the second did not count as measured.
        let request = |first, due, is_measured| Answer {
            first,
            is_measured,
            is_news: true,
            ..answer(at(clock.at, due), at(clock.at, due))
        };
        let mut answers = [request(1, 10, true), request(3, 20, false)];
        let mut way = Way { run: "r", told, held, clock, latencies: Default::default(), seen: Vec::new() };
        way.take(0, &record(1, 15, &["r-1", "elsewhere-2", "r-old-3"]), &mut answers);
        way.take(0, &record(2, 17, &["r-2", "r-1", "r-3"]), &mut answers);
        let found = way.latencies.map(|latency| {
            let quantiles = latency.quantiles();
            (quantiles.n, (quantiles.max_us + 500) / 1_000)
        });
        assert_eq!(found, [(2, 7), (2, 20), (1, 30)]);
        assert_eq!(answers.map(|answer| answer.place), [Some("0:1:0".into()), Some("0:2:2".into())]);
    }

    #[test]
    fn the_clock_on_the_wall_is_that_of_the_machine() {
        let clock = Clock { at: Instant::now() + Duration::from_secs(5), since_epoch: Duration::from_secs(100) };
        assert_eq!(clock.when(101_000_000_000), clock.at + Duration::from_secs(1));
        assert_eq!(clock.when(98_000_000_000) + Duration::from_secs(2), clock.at);
    }
}
