//! A replay while it runs.

use super::error::Rejection;
use super::plan::Plan;
use super::replay::{Destination, Options, Progress, ReplayError, Speed, Summary};
use super::resume::Saved;
use super::sequence::Sequence;
use futures_util::FutureExt;
use nexusflow_log::AppendError;
use nexusflow_model::{Place, Timestamp};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Events that may be on their way at once.
const OUTSTANDING_MAX: usize = 4_096;
/// How often progress is told and the place is kept, at the most.
const REPORT_EVERY: Duration = Duration::from_millis(200);
const SAVE_EVERY: Duration = Duration::from_millis(250);
/// How long to wait before trying again when the log is away: twice as long each time, between these.
const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_MAX: Duration = Duration::from_secs(15);
/// Over how long the rate is told.
const RATE_SPAN: Duration = Duration::from_secs(3);
/// How long the log may take to answer before it is told.
const SILENCE: Duration = Duration::from_secs(2);
/// Rejections kept with their reasons.
const REASONS_MAX: usize = 10;

pub(super) struct Run<'a, D: Destination> {
    plan: &'a Plan,
    destination: &'a D,
    speed: Speed,
    progress: &'a mut (dyn FnMut(&Progress) + Send),
    sequence: Sequence,
    saved: Option<Saved>,
    /// Where it began, what is sent next, and up to where everything is stored or rejected.
    first: usize,
    next: usize,
    confirmed: usize,
    /// What is on its way, by position.
    outstanding: VecDeque<(usize, D::Receipt)>,
    rejections: Rejections,
    rate: Rate,
    started: Instant,
    /// When something was last stored, told, kept.
    moved: Instant,
    reported: Instant,
    kept: Instant,
}

struct Rejections {
    reasons: Vec<Rejection>,
    count: u64,
    /// Up to where they were counted: after an outage some positions come again.
    seen: usize,
    /// Of them, those that were to be sent in this run, and those to be sent again.
    events: u64,
    repeats: u64,
}

/// How fast it went of late: since the start, then over spans of some seconds, so that an outage is forgotten.
struct Rate {
    since: Instant,
    from: usize,
    per_second: Option<f64>,
}

impl Rate {
    fn update(&mut self, confirmed: usize) -> f64 {
        let seconds = self.since.elapsed().as_secs_f64();
        let now = if seconds > 0.0 { (confirmed - self.from) as f64 / seconds } else { 0.0 };
        if seconds >= RATE_SPAN.as_secs_f64() {
            *self = Self { since: Instant::now(), from: confirmed, per_second: Some(now) };
        }
        self.per_second.unwrap_or(now)
    }
}

/// What made the sending pause.
enum Pause {
    Stopped,
    /// The log is away, and what it said.
    Away(String),
}

impl<'a, D: Destination + Sync> Run<'a, D> {
    pub(super) async fn start(
        plan: &'a Plan,
        destination: &'a D,
        options: &Options,
        progress: &'a mut (dyn FnMut(&Progress) + Send),
    ) -> Result<Self, ReplayError> {
        let range = plan.between(options.from, options.to);
        let sequence = Sequence::new(range, options.repeat_every, options.shuffle_seed);
        let saved = options.state_dir.as_deref().map(|folder| Saved::new(folder, plan, &sequence));
        let first = match &saved {
            Some(saved) if options.resume => saved.load().await?.min(sequence.len()),
            _ => 0,
        };
        let now = Instant::now();
        Ok(Self {
            plan,
            destination,
            speed: options.speed,
            progress,
            sequence,
            saved,
            first,
            next: first,
            confirmed: first,
            outstanding: VecDeque::with_capacity(OUTSTANDING_MAX),
            rejections: Rejections {
                reasons: plan.rejections().iter().take(REASONS_MAX).cloned().collect(),
                count: plan.rejections().len() as u64,
                seen: first,
                events: 0,
                repeats: 0,
            },
            rate: Rate { since: now, from: first, per_second: None },
            started: now,
            moved: now,
            reported: now,
            kept: now,
        })
    }

    /// Sends until everything is stored or it is stopped.
    pub(super) async fn publish(&mut self, stop: &mut watch::Receiver<bool>) -> Result<(), ReplayError> {
        let mut wait = RETRY_FIRST;
        loop {
            let before = self.confirmed;
            let Some(Pause::Away(cause)) = self.send(stop).await? else { return Ok(()) };
            // What was sent after the event that failed may be stored or not: all of it is sent again, under the same ids.
            while self.settle().await.is_some() {}
            self.next = self.confirmed;
            self.save().await?;
            self.report(Some(cause));
            wait = if self.confirmed > before { RETRY_FIRST } else { (wait * 2).min(RETRY_MAX) };
            tokio::select! {
                () = stopped(stop) => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Waits for what is on its way and keeps the place.
    pub(super) async fn finish(&mut self) -> Result<(), ReplayError> {
        while let Some(Ok(())) = self.settle().await {}
        self.save().await?;
        self.report(None);
        Ok(())
    }

    async fn send(&mut self, stop: &mut watch::Receiver<bool>) -> Result<Option<Pause>, ReplayError> {
        let schedule = Schedule { speed: self.speed, since: Instant::now(), at: self.time_of(self.next) };
        loop {
            if is_stopped(stop) {
                return Ok(Some(Pause::Stopped));
            }
            let all_sent = self.next >= self.sequence.len();
            if all_sent && self.outstanding.is_empty() {
                return Ok(None);
            }
            let full = all_sent || self.outstanding.len() >= OUTSTANDING_MAX;
            let due = self.time_of(self.next).map_or_else(Instant::now, |at| schedule.due(at));
            let pause = if full || due > Instant::now() {
                tokio::select! {
                    () = stopped(stop) => Some(Pause::Stopped),
                    answer = self.settle(), if !self.outstanding.is_empty() => away(answer)?,
                    () = tokio::time::sleep_until(due), if !full => None,
                    () = tokio::time::sleep(REPORT_EVERY) => None,
                }
            } else {
                self.send_next(stop).await?
            };
            if pause.is_some() {
                return Ok(pause);
            }
            while let Some(answer) = self.settle().now_or_never() {
                let none_left = answer.is_none();
                if let Some(pause) = away(answer)? {
                    return Ok(Some(pause));
                }
                if none_left {
                    break;
                }
            }
            self.keep_and_report().await?;
        }
    }

    fn time_of(&self, position: usize) -> Option<Timestamp> {
        self.sequence.get(position).map(|(index, _)| self.plan.time(index))
    }

    async fn send_next(&mut self, stop: &mut watch::Receiver<bool>) -> Result<Option<Pause>, ReplayError> {
        let position = self.next;
        let Some((index, _)) = self.sequence.get(position) else { return Ok(None) };
        let envelope = match self.plan.event(index) {
            Ok(envelope) => envelope,
            Err(rejection) => {
                self.reject(rejection);
                return Ok(None);
            }
        };
        let answer = tokio::select! {
            () = stopped(stop) => return Ok(Some(Pause::Stopped)),
            answer = self.destination.append(&envelope) => answer,
        };
        match answer {
            Ok(receipt) => {
                if self.outstanding.is_empty() {
                    self.moved = Instant::now();
                }
                self.outstanding.push_back((position, receipt));
                self.next += 1;
                Ok(None)
            }
            Err(error @ AppendError::TooLarge { .. }) => {
                self.reject(self.plan.rejection(index, error.to_string()));
                Ok(None)
            }
            Err(error) => away(Some(Err(error))),
        }
    }

    /// Counts a rejection of the event that comes next, once, and goes on after it.
    fn reject(&mut self, rejection: Rejection) {
        let again = self.sequence.get(self.next).is_some_and(|(_, again)| again);
        self.next += 1;
        if self.next > self.rejections.seen {
            self.rejections.seen = self.next;
            if again {
                self.rejections.repeats += 1;
            } else {
                self.rejections.events += 1;
                self.rejections.count += 1;
                if self.rejections.reasons.len() < REASONS_MAX {
                    self.rejections.reasons.push(rejection);
                }
            }
        }
        if self.outstanding.is_empty() {
            self.confirmed = self.next;
        }
    }

    /// Waits for the answer for the event that has been on its way for longest; none where nothing is. May be cancelled.
    async fn settle(&mut self) -> Option<Result<(), AppendError>> {
        let (position, receipt) = self.outstanding.front_mut()?;
        let (position, answer): (usize, Result<Place, AppendError>) = (*position, receipt.await);
        self.outstanding.pop_front();
        if let Err(error) = answer {
            return Some(Err(error));
        }
        // After one that failed the place stays: everything from there on is sent again.
        if position == self.confirmed {
            self.moved = Instant::now();
            // What was rejected behind it is done too.
            self.confirmed = self.outstanding.front().map_or(self.next, |(next, _)| *next);
        }
        Some(Ok(()))
    }

    async fn keep_and_report(&mut self) -> Result<(), ReplayError> {
        if self.kept.elapsed() >= SAVE_EVERY {
            self.save().await?;
        }
        if self.reported.elapsed() >= REPORT_EVERY {
            self.report(None);
        }
        Ok(())
    }

    async fn save(&mut self) -> Result<(), ReplayError> {
        self.kept = Instant::now();
        match &mut self.saved {
            Some(saved) => Ok(saved.save(self.confirmed).await?),
            None => Ok(()),
        }
    }

    fn report(&mut self, waiting: Option<String>) {
        self.reported = Instant::now();
        let silence = if self.outstanding.is_empty() { Duration::ZERO } else { self.moved.elapsed() };
        let silent = || (silence >= SILENCE).then(|| format!("no answer for {} s", silence.as_secs()));
        let waiting = waiting.or_else(silent);
        let per_second = self.rate.update(self.confirmed);
        let remaining = (self.sequence.len() - self.confirmed) as f64;
        let at = self.time_of(self.confirmed).or_else(|| self.time_of(self.confirmed.wrapping_sub(1)));
        let left = match self.speed {
            Speed::Max => (per_second > 0.0).then(|| Duration::from_secs_f64(remaining / per_second)),
            Speed::Times(_) => {
                let end = self.time_of(self.sequence.len().wrapping_sub(1));
                let scheduled = |(at, end): (Timestamp, Timestamp)| self.speed.shrink(end.ms_since(at));
                at.zip(end).map(scheduled)
            }
        };
        (self.progress)(&Progress {
            done: self.confirmed as u64,
            total: self.sequence.len() as u64,
            per_second: per_second as u64,
            left,
            at,
            rejected: self.rejections.count,
            waiting,
        });
    }

    pub(super) fn summary(self) -> Summary {
        let sent = self.first..self.confirmed;
        let repeated = sent.clone().filter(|at| self.sequence.get(*at).is_some_and(|(_, again)| again)).count();
        Summary {
            read: self.plan.rows(),
            published: (sent.len() - repeated) as u64 - self.rejections.events,
            repeated: repeated as u64 - self.rejections.repeats,
            resumed: self.first as u64,
            rejected: self.rejections.count,
            reasons: self.rejections.reasons,
            duplicates: self.plan.duplicates(),
            remaining: (self.sequence.len() - self.confirmed) as u64,
            took: self.started.elapsed(),
        }
    }
}

/// What an answer means for the sending.
fn away(answer: Option<Result<(), AppendError>>) -> Result<Option<Pause>, ReplayError> {
    match answer {
        None | Some(Ok(())) => Ok(None),
        Some(Err(AppendError::Closed)) => Err(ReplayError::Closed),
        Some(Err(AppendError::Unconfirmed { cause })) => Ok(Some(Pause::Away(cause.to_string()))),
        Some(Err(error)) => Ok(Some(Pause::Away(error.to_string()))),
    }
}

fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    while !is_stopped(stop) {
        if stop.changed().await.is_err() {
            return;
        }
    }
}

/// When what happened then is due now.
struct Schedule {
    speed: Speed,
    since: Instant,
    at: Option<Timestamp>,
}

impl Schedule {
    fn due(&self, at: Timestamp) -> Instant {
        self.since + self.at.map_or(Duration::ZERO, |start| self.speed.shrink(at.ms_since(start)))
    }
}

impl Speed {
    /// How long `ms` milliseconds of then last now.
    fn shrink(self, ms: i64) -> Duration {
        match self {
            Self::Max => Duration::ZERO,
            Self::Times(times) => Duration::from_millis(ms.max(0) as u64) / times.get(),
        }
    }
}
