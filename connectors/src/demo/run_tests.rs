//! The runner, against a log that fails on purpose. Time is tokio's, paused: it goes on when everybody waits.

use super::calendar::{DAY, HOUR, MINUTE};
use super::outbox::Sink;
use super::run::{Bookmark, Options, Phase, Progress, RunError, run, run_into};
use super::{Company, Profile};
use nexusflow_log::{AppendError, Appender};
use nexusflow_model::{Envelope, Event, Id, Place, Timestamp};
use std::collections::{BTreeMap, HashSet};
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use tokio::time::Instant;

/// A log that stores what it is given, except every so many times, and stops the run after so many events.
#[derive(Clone)]
struct Memory {
    stored: Arc<Mutex<Vec<Envelope>>>,
    tries: Arc<Mutex<usize>>,
    fails_every: usize,
    stop_after: usize,
    stop: watch::Sender<bool>,
}

impl Sink for &Memory {
    type Receipt = Ready<Result<Place, AppendError>>;
    async fn append(&self, envelope: &Envelope) -> Result<Self::Receipt, AppendError> {
        let mut tries = self.tries.lock().unwrap();
        *tries += 1;
        if tries.is_multiple_of(self.fails_every) {
            return Ok(ready(Err(AppendError::Unconfirmed { cause: "on purpose".into() })));
        }
        if tries.is_multiple_of(self.fails_every + 1) {
            return Err(AppendError::Busy);
        }
        let mut stored = self.stored.lock().unwrap();
        stored.push(envelope.clone());
        if stored.len() >= self.stop_after {
            self.stop.send_replace(true);
        }
        Ok(ready(Ok(Place { partition: 0, sequence: stored.len() as u64, index: 0 })))
    }
}

fn start() -> Timestamp {
    "2026-03-02T00:00:00Z".parse().unwrap()
}

fn profile() -> Profile {
    Profile { customers: 200, ..Profile::new(start()) }
}

struct Told {
    events: Vec<Envelope>,
    result: Result<Progress, RunError>,
    reports: Vec<Progress>,
}

/// Tells the story from `bookmark` on, in a world where it is `at`, until so many events are stored.
async fn tell(bookmark: Bookmark, at: Timestamp, pace: f64, fails_every: usize, stop_after: usize) -> Told {
    let (stop, stopped) = watch::channel(false);
    let memory = Memory { stored: Arc::default(), tries: Arc::default(), fails_every, stop_after, stop };
    let (begun, mut reports) = (Instant::now(), Vec::new());
    let now = || at.plus_ms(begun.elapsed().as_millis() as i64);
    let progress = |it: &Progress| reports.push(it.clone());
    let result = run_into(&memory, bookmark, Options { pace }, now, progress, stopped).await;
    let events = memory.stored.lock().unwrap().clone();
    Told { events, result, reports }
}

fn ids(events: &[Envelope]) -> HashSet<Id> {
    events.iter().map(|event| event.id.clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn history_is_told_at_once_and_live_when_it_is_due() {
    let now = start().plus_ms(5 * DAY + 10 * HOUR + 20 * MINUTE);
    let told = tell(Bookmark::new(profile()), now, 1.0, usize::MAX - 1, 4_000).await;
    let (history, live): (Vec<_>, Vec<_>) = told.events.iter().partition(|event| event.occurred_at <= now);
    assert!(history.iter().all(|event| event.recorded_at == event.occurred_at));
    assert!(live.len() > 500, "{}", live.len());
    // Told when it was due, give or take the length of a step of tokio's clock.
    assert!(live.iter().all(|event| (0..=2).contains(&event.recorded_at.ms_since(event.occurred_at))));
    let last = told.result.unwrap();
    assert_eq!((last.phase, last.confirmed, last.sent), (Phase::Live, 4_000, 4_000));
    assert!(told.reports.iter().any(|report| report.phase == Phase::History));
    assert!(told.reports.is_sorted_by_key(|report| report.bookmark.confirmed_through));
}

#[tokio::test(start_paused = true)]
async fn what_the_log_does_not_confirm_is_given_again_until_it_does() {
    let now = start().plus_ms(5 * DAY);
    let expected: Vec<Envelope> = Company::new(profile()).until(now).collect();
    let told = tell(Bookmark::new(profile()), now, 1.0, 7, expected.len() + 50).await;
    let stored = ids(&told.events);
    assert!(expected.iter().all(|event| stored.contains(&event.id)));
    let last = told.result.unwrap();
    assert!(last.retried > 100, "{last:?}");
    assert_eq!(last.sent, last.confirmed);
}

#[tokio::test(start_paused = true)]
async fn what_is_confirmed_through_is_stored_and_a_restart_tells_only_the_rest() {
    let now = start().plus_ms(5 * DAY + 9 * HOUR + 30 * MINUTE);
    // Stopped in its history, then live, then down for ten hours and a half.
    let first = tell(Bookmark::new(profile()), now, 1.0, 11, 1_000).await;
    let bookmark = first.result.unwrap().bookmark;
    let through = bookmark.confirmed_through.unwrap();
    let stored = ids(&first.events);
    assert!(Company::new(profile()).until(through).all(|event| stored.contains(&event.id)));

    let saved: Bookmark = serde_json::from_str(&serde_json::to_string(&bookmark).unwrap()).unwrap();
    assert_eq!(saved, bookmark);
    let second = tell(saved, now.plus_ms(2 * MINUTE), 1.0, usize::MAX - 1, 3_000).await;
    assert!(second.events.iter().all(|event| event.occurred_at > through));
    let later = now.plus_ms(11 * HOUR);
    let second_last = second.result.unwrap();
    assert_eq!((second_last.phase, second_last.confirmed), (Phase::Live, 3_000));
    let third = tell(second_last.bookmark, later, 1.0, usize::MAX - 1, 2_000).await;

    let mut told: BTreeMap<Id, Envelope> = BTreeMap::new();
    let mut repeated = 0;
    for event in [first.events, second.events, third.events].concat() {
        repeated += usize::from(told.insert(event.id.clone(), event).is_some());
    }
    // Nothing is lost or told in two ways: the takings of whole hours are those of a company told in one go.
    let takings = |events: &mut dyn Iterator<Item = Envelope>| {
        let mut cents = BTreeMap::new();
        for event in events.filter(|event| event.occurred_at < later) {
            if let Event::PaymentReceived(payment) = event.event {
                let hour = event.occurred_at.as_ms() / HOUR;
                *cents.entry((event.subject, hour)).or_insert(0) += payment.amount.minor;
            }
        }
        cents
    };
    let whole = takings(&mut Company::new(profile()).until(later.plus_ms(-20 * MINUTE)));
    let seen = takings(&mut told.into_values());
    let until = later.as_ms() / HOUR;
    let whole: Vec<_> = whole.into_iter().filter(|((_, hour), _)| *hour < until).collect();
    let seen: Vec<_> = seen.into_iter().filter(|((_, hour), _)| *hour < until).collect();
    assert_eq!(whole, seen);
    assert!(repeated < 400, "{repeated}");
}

#[tokio::test(start_paused = true)]
async fn at_a_higher_pace_the_same_happens_sooner() {
    let now = start().plus_ms(5 * DAY);
    let told = tell(Bookmark::new(profile()), now, 600.0, usize::MAX - 1, 20_000).await;
    let last = told.result.unwrap();
    let world = told.events.last().unwrap().recorded_at;
    let company = last.told_until.ms_since(last.live_from) / 600;
    assert!((company - world.ms_since(now)).abs() < 1_000, "{company} {world}");
    assert!(told.events.iter().all(|event| event.occurred_at <= event.recorded_at));
    // The company is ahead of the world now, and goes on from there.
    let again = tell(last.bookmark, world.plus_ms(HOUR), 600.0, usize::MAX - 1, 1_000).await;
    assert!(again.events.iter().all(|event| event.recorded_at >= world.plus_ms(HOUR)));
    assert!(again.result.unwrap().live_from > last.told_until.plus_ms(-1_000));
}

#[tokio::test]
async fn a_pace_that_is_none_is_refused() {
    for pace in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let told = tell(Bookmark::new(profile()), start(), pace, 2, 1).await;
        assert!(matches!(told.result, Err(RunError::Pace(_))));
    }
}

/// Compiles: a run can be a task of its own.
#[expect(dead_code, reason = "see above")]
fn a_run_can_be_spawned(bookmark: Bookmark, appender: Appender, stop: watch::Receiver<bool>) {
    let now = || Timestamp::EPOCH;
    drop(tokio::spawn(async move { run(bookmark, &appender, Options::default(), now, |_| {}, stop).await }));
}
