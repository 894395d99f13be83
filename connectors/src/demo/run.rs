//! The company in real time: its history at full speed, then everything when it is due.

use super::calendar::HOUR;
use super::company::{Company, Profile};
use super::outbox::{Outbox, Sink};
use super::retime::Tempo;
use nexusflow_log::{AppendError, Appender};
use nexusflow_model::{Envelope, Timestamp};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long confirmations are waited for when it is told to stop.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// The longest sleep: the world's clock may jump, and somebody wants to see progress.
const NAP: Duration = Duration::from_millis(500);
/// Time between two reports of progress.
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// How long it matters how an hour of a corner was told: until the report that covers it. To pass over more hours cup by cup
/// would only take time.
const TOLD_MS: i64 = 24 * HOUR;

/// Which company it is and how far its story has been stored: what has to be kept to go on after a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bookmark {
    /// See [`Profile::seed`].
    pub seed: u64,
    /// See [`Profile::customers`].
    pub customers: u32,
    /// See [`Profile::start`].
    pub start: Timestamp,
    /// Everything that happened up to this instant of the company's time is stored.
    pub confirmed_through: Option<Timestamp>,
    /// See [`Profile::cup_by_cup`].
    #[serde(default)]
    pub cup_by_cup: Vec<Range<Timestamp>>,
}

impl Bookmark {
    /// A company of which nothing has been told.
    pub fn new(profile: Profile) -> Self {
        let Profile { seed, start, customers, cup_by_cup } = profile;
        Self { seed, customers, start, confirmed_through: None, cup_by_cup }
    }

    /// How the run that begins at `live` tells it: what was told cup by cup stays so, and what is live will be.
    fn profile(&self, live: Timestamp) -> Profile {
        let hour = |at: Timestamp| Timestamp::EPOCH.plus_ms(at.as_ms().div_euclid(HOUR) * HOUR);
        let mut cup_by_cup = Vec::new();
        if let Some(through) = self.confirmed_through {
            let told = hour(through).plus_ms(-TOLD_MS)..hour(through).plus_ms(HOUR);
            let cut = |span: &Range<Timestamp>| span.start.max(told.start)..span.end.min(told.end);
            cup_by_cup.extend(self.cup_by_cup.iter().map(cut).filter(|span| span.start < span.end));
        }
        let mut from = hour(live);
        if let Some(last) = cup_by_cup.pop_if(|last| last.end >= from) {
            from = last.start;
        }
        cup_by_cup.push(from..Timestamp::EPOCH.plus_ms(i64::MAX));
        Profile { seed: self.seed, start: self.start, customers: self.customers, cup_by_cup }
    }
}

/// How a run goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How many times faster than the world's the company's time runs once it is live; above 0.
    pub pace: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { pace: 1.0 }
    }
}

/// What a run is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Passing over what was stored before.
    Resuming,
    /// Telling what happened before the run began, at full speed.
    History,
    /// Telling what happens as it happens.
    Live,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// What it is at.
    pub phase: Phase,
    /// Events given to the log in this run.
    pub sent: u64,
    /// Events the log confirmed in this run.
    pub confirmed: u64,
    /// How often an event was given to the log again.
    pub retried: u64,
    /// The instant of the company's time it has come to.
    pub told_until: Timestamp,
    /// The instant of the company's time at which history ends and live begins.
    pub live_from: Timestamp,
    /// What to go on from after a restart.
    pub bookmark: Bookmark,
}

/// Why a run ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The log takes nothing any more.
    #[error("the log does not take the demonstration's events: {0}")]
    Append(#[from] AppendError),
    /// Such a pace is no pace.
    #[error("the pace must be above 0 and at most 100,000, not {0}")]
    Pace(f64),
}

/// Tells the story of `bookmark`'s company: first, at full speed, what happened before now and is not stored yet, with
/// `recorded_at` as it was then; after that, everything when it is due. `now` is the world's clock. Whatever the log does not
/// confirm is tried again, for ever. Ends when `stop` becomes true or its sender is gone, after waiting a moment for what was not
/// confirmed yet.
///
/// Events that are told twice, because a run ended between a confirmation and its report, have the same ids.
///
/// # Errors
/// Where the log refuses for good, or the pace makes no sense.
pub async fn run(
    bookmark: Bookmark,
    appender: &Appender,
    options: Options,
    now: impl Fn() -> Timestamp + Send,
    progress: impl FnMut(&Progress) + Send,
    stop: watch::Receiver<bool>,
) -> Result<Progress, RunError> {
    run_into(appender, bookmark, options, now, progress, stop).await
}

pub(super) async fn run_into<S: Sink>(
    sink: S,
    bookmark: Bookmark,
    options: Options,
    now: impl Fn() -> Timestamp + Send,
    progress: impl FnMut(&Progress) + Send,
    mut stop: watch::Receiver<bool>,
) -> Result<Progress, RunError> {
    if !(options.pace > 0.0 && options.pace <= 100_000.0) {
        return Err(RunError::Pace(options.pace));
    }
    let world = now();
    let through = bookmark.confirmed_through;
    // At a pace above 1 the company is ahead of the world: it goes on where it was.
    let company = through.map_or(world, |through| world.max(through));
    let tempo = Tempo { company, world, pace: options.pace };
    let mut run = Run {
        company: Company::new(bookmark.profile(company)),
        outbox: Outbox::new(sink, through),
        told_until: bookmark.start,
        reported: None,
        bookmark: Bookmark { cup_by_cup: bookmark.profile(company).cup_by_cup, ..bookmark },
        tempo,
        now,
        progress,
    };
    if run.resume(&stop).await {
        run.tell(&mut stop).await?;
    }
    run.finish().await
}

struct Run<S: Sink, N, P> {
    company: Company,
    outbox: Outbox<S>,
    bookmark: Bookmark,
    tempo: Tempo,
    told_until: Timestamp,
    reported: Option<(Instant, Phase)>,
    now: N,
    progress: P,
}

impl<S: Sink, N: Fn() -> Timestamp + Send, P: FnMut(&Progress) + Send> Run<S, N, P> {
    /// Passes over what is stored. False if it was told to stop.
    async fn resume(&mut self, stop: &watch::Receiver<bool>) -> bool {
        let Some(through) = self.bookmark.confirmed_through else { return true };
        let mut passed = 0_u32;
        while self.company.peek().is_some_and(|at| at <= through) {
            drop(self.company.next());
            passed += 1;
            if passed.is_multiple_of(4_096) {
                self.told_until = through;
                self.report(Phase::Resuming);
                tokio::task::yield_now().await;
                if *stop.borrow() {
                    return false;
                }
            }
        }
        true
    }

    async fn tell(&mut self, stop: &mut watch::Receiver<bool>) -> Result<(), RunError> {
        while !*stop.borrow() {
            let Some(at) = self.company.peek() else { return Ok(()) };
            let due = self.tempo.world(at);
            let wait_ms = due.ms_since((self.now)());
            self.report(if self.tempo.is_live(at) { Phase::Live } else { Phase::History });
            if wait_ms <= 0 && self.outbox.has_room() {
                let Some(event) = self.company.next() else { return Ok(()) };
                let event = self.as_told(event, at);
                tokio::select! {
                    sent = self.outbox.send(event, at) => sent?,
                    () = stopped(stop) => return Ok(()),
                }
                self.told_until = at;
                continue;
            }
            let nap = Duration::from_millis(wait_ms.max(0) as u64).min(NAP);
            tokio::select! {
                confirmed = self.outbox.confirm(), if !self.outbox.is_empty() => confirmed?,
                () = tokio::time::sleep(nap), if wait_ms > 0 => {}
                () = stopped(stop) => return Ok(()),
            }
        }
        Ok(())
    }

    /// History is recorded as it was then; what is live is recorded when it is told.
    fn as_told(&self, event: Envelope, at: Timestamp) -> Envelope {
        if !self.tempo.is_live(at) {
            return event;
        }
        let event = self.tempo.retime(event);
        Envelope { recorded_at: (self.now)().max(event.occurred_at), ..event }
    }

    fn state(&self, phase: Phase) -> Progress {
        Progress {
            phase,
            sent: self.outbox.sent,
            confirmed: self.outbox.confirmed,
            retried: self.outbox.retried,
            told_until: self.told_until,
            live_from: self.tempo.company,
            bookmark: Bookmark { confirmed_through: self.outbox.confirmed_through, ..self.bookmark.clone() },
        }
    }

    fn report(&mut self, phase: Phase) {
        let now = Instant::now();
        if self.reported.is_none_or(|(at, last)| last != phase || now - at >= REPORT_EVERY) {
            self.reported = Some((now, phase));
            let state = self.state(phase);
            (self.progress)(&state);
        }
    }

    async fn finish(mut self) -> Result<Progress, RunError> {
        let confirmed = tokio::time::timeout(LAST_WORDS, async {
            while !self.outbox.is_empty() {
                self.outbox.confirm().await?;
            }
            Ok::<(), AppendError>(())
        });
        match confirmed.await {
            Ok(all) => all?,
            Err(_) => tracing::warn!("the demonstration ended before the log had confirmed all of it"),
        }
        let phase = self.reported.map_or(Phase::Resuming, |(_, phase)| phase);
        let last = self.state(phase);
        (self.progress)(&last);
        Ok(last)
    }
}

/// Resolves when it is told to stop, or nobody is left to say so.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}
