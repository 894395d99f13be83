//! People who wait for alerts: consoles that look at the topic `alerts` and note when the row of which alert was there.

use crate::LoadtestError;
use crate::latency::{Latency, Quantiles};
use crate::publisher::Answer;
use crate::target::Target;
use crate::viewer::Viewer;
use serde::Serialize;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What was accepted is on every console within this time, or it is lost.
const SEEN_WITHIN: Duration = Duration::from_secs(20);
/// Between two looks at whether it is.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The name of the customer whose alert has this number.
pub(crate) fn customer(run: &str, number: u32) -> String {
    format!("alarm-{run}-{number}")
}

/// Consoles that look.
pub(crate) struct Consoles {
    consoles: Vec<JoinHandle<Result<Seen, LoadtestError>>>,
    sightings: Arc<AtomicU64>,
    stop: watch::Sender<bool>,
}

/// What one console saw: the alerts by their numbers, and how many came twice.
#[derive(Debug, Default)]
struct Seen {
    at: HashMap<u32, Instant>,
    twice: u64,
}

/// What became of alerts on consoles.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AlertsSeen {
    /// How many consoles looked.
    pub consoles: usize,
    /// Accepted events that raise an alert, warm-up included.
    pub raised: u64,
    /// Sightings that are missing: of an alert on a console.
    pub lost: u64,
    /// Sightings too many.
    pub twice: u64,
    /// From when an event was accepted until the row of its alert was on a console: every alert on every console.
    pub accepted_to_console: Quantiles,
    /// The same until it was on the last of the consoles: every alert.
    pub accepted_to_every_console: Quantiles,
    /// From when an event was due until the row of its alert was on a console.
    pub due_to_console: Quantiles,
}

impl Consoles {
    /// Opens `count` consoles, each of which has the rows there are.
    pub(crate) async fn open(target: &Target, count: usize, run: &str) -> Result<Self, LoadtestError> {
        let (stop, stopped) = watch::channel(false);
        let sightings = Arc::new(AtomicU64::new(0));
        let mut consoles = Vec::with_capacity(count);
        for _ in 0..count {
            let mut viewer = Viewer::open(target).await?;
            viewer.look_at("alerts", &json!({}), Duration::ZERO).await?;
            let marker = format!("[\"{}", customer(run, 0).trim_end_matches('0'));
            let mut console = Console { viewer, marker, seq: None, seen: Seen::default(), all: Arc::clone(&sightings) };
            while console.seq.is_none() {
                console.look().await?;
            }
            consoles.push(tokio::spawn(console.watch(stopped.clone())));
        }
        Ok(Self { consoles, sightings, stop })
    }

    /// Waits until every console has seen what was accepted, and says what became of it.
    pub(crate) async fn close(self, answers: &[Answer]) -> Result<AlertsSeen, LoadtestError> {
        let raised: u64 = answers.iter().map(|answer| answer.alarms.len() as u64).sum();
        let began = Instant::now();
        let all = raised * self.consoles.len() as u64;
        while self.sightings.load(Ordering::Relaxed) < all && began.elapsed() < SEEN_WITHIN {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        // What comes twice comes soon after.
        tokio::time::sleep(LOOK_EVERY * 4).await;
        self.stop.send_replace(true);
        let mut seen = Vec::with_capacity(self.consoles.len());
        for console in self.consoles {
            seen.push(console.await??);
        }
        Ok(judge(answers, &seen))
    }
}

fn judge(answers: &[Answer], seen: &[Seen]) -> AlertsSeen {
    let (mut each, mut every, mut from_due) = (Latency::new(), Latency::new(), Latency::new());
    let (mut raised, mut lost) = (0, 0);
    let mut expected = HashSet::new();
    for answer in answers {
        for number in &answer.alarms {
            raised += 1;
            expected.insert(*number);
            let mut last = None;
            for console in seen {
                let Some(at) = console.at.get(number).copied() else {
                    lost += 1;
                    continue;
                };
                last = last.max(Some(at));
                if answer.is_measured {
                    each.record(answer.answered_at, at, 1);
                    from_due.record(answer.due_at, at, 1);
                }
            }
            if let (true, Some(last)) = (answer.is_measured, last) {
                every.record(answer.answered_at, last, 1);
            }
        }
    }
    AlertsSeen {
        consoles: seen.len(),
        raised,
        lost,
        twice: seen.iter().map(|console| console.twice).sum(),
        accepted_to_console: each.quantiles(),
        accepted_to_every_console: every.quantiles(),
        due_to_console: from_due.quantiles(),
    }
}

struct Console {
    viewer: Viewer,
    /// What a row of this run begins with.
    marker: String,
    /// Where its rows stand; none until they are there.
    seq: Option<u64>,
    seen: Seen,
    all: Arc<AtomicU64>,
}

impl Console {
    async fn watch(mut self, mut stopped: watch::Receiver<bool>) -> Result<Seen, LoadtestError> {
        loop {
            tokio::select! {
                _ = stopped.changed() => return Ok(self.seen),
                looked = self.look() => looked?,
            }
        }
    }

    /// Takes the next frame in. Hundreds of consoles on the machine under test have no time to read all of it.
    async fn look(&mut self) -> Result<(), LoadtestError> {
        let (at, text) = self.viewer.next_text().await?;
        let text = text.as_str();
        let is_snapshot = text.starts_with("{\"type\":\"snap\"");
        if text.starts_with("{\"type\":\"err\"") || text.starts_with("{\"type\":\"resync\"") {
            return Err(LoadtestError::Protocol(text.to_owned()));
        }
        if !is_snapshot && !text.starts_with("{\"type\":\"delta\"") {
            return Ok(());
        }
        if !is_snapshot && number(text, "\"prev\":") != self.seq {
            return Err(LoadtestError::Protocol("a console missed a change".into()));
        }
        self.seq = number(text, "\"seq\":");
        let rows = text.rsplit_once("],\"rm\":[").map_or(text, |(rows, _)| rows);
        for row in rows.split(self.marker.as_str()).skip(1) {
            let Some(own) = number(row, "") else { continue };
            match self.seen.at.entry(own as u32) {
                std::collections::hash_map::Entry::Occupied(_) => self.seen.twice += u64::from(!is_snapshot),
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(at);
                    self.all.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        Ok(())
    }
}

/// The number that follows `after`.
fn number(text: &str, after: &str) -> Option<u64> {
    let (_, rest) = text.split_once(after)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publisher::tests::answer;

    #[test]
    fn every_alert_is_looked_for_on_every_console() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let answer = |due: u64, answered: u64, alarms: Vec<u32>| Answer { alarms, ..answer(at(due), at(answered)) };
        let answers = [answer(0, 10, vec![1]), answer(20, 25, vec![2]), answer(30, 30, vec![])];
        let console = |sightings: &[(u32, u64)], twice| Seen {
            at: sightings.iter().map(|(number, ms)| (*number, at(*ms))).collect(),
            twice,
        };
        let seen = judge(&answers, &[console(&[(1, 12), (2, 26)], 0), console(&[(1, 19)], 3)]);
        assert_eq!((seen.consoles, seen.raised, seen.lost, seen.twice), (2, 2, 1, 3));
        let max = |quantiles: Quantiles| (quantiles.n, quantiles.max_us / 1_000);
        assert_eq!(max(seen.accepted_to_console), (3, 9));
        assert_eq!(max(seen.accepted_to_every_console), (2, 9));
        assert_eq!(max(seen.due_to_console), (3, 19));
    }

    #[test]
    fn numbers_are_those_that_follow() {
        assert_eq!(number(r#"{"prev":12,"seq":13}"#, "\"seq\":"), Some(13));
        assert_eq!(number("7\",\"x\"", ""), Some(7));
        assert_eq!(number("{}", "\"seq\":"), None);
    }
}
