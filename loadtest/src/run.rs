//! A run from beginning to end.

use crate::LoadtestError;
use crate::consoles::Consoles;
use crate::events::Events;
use crate::introduce::{Introduced, introduce};
use crate::progress::{Counts, Watch};
use crate::publisher::{Answer, Publishers};
use crate::report::Report;
use crate::schedule::{self, Telling};
use crate::screen::{Screen, Standing};
use crate::settings::Settings;
use crate::slow::Slow;
use crate::stages::{Listening, Stages};
use crate::tally::tally;
use crate::target::Target;
use crate::viewer;
use nexusflow_model::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Between making the first requests ready and the first that is due.
const LEAD: Duration = Duration::from_millis(500);
/// What was accepted is lost when nothing has become visible for so long.
const VISIBLE_WITHIN: Duration = Duration::from_secs(60);
/// Old events are of so many days, up to a month before now.
const OLD_DAYS: i64 = 60;
const DAY_MS: i64 = 86_400_000;

/// Puts `target` under the load of `settings` and reports; nobody else may publish there meanwhile. Every second `watch` hears how it
/// goes. `beside` runs beside it: it is given the moment from which on it is measured, and what it gives is given back.
///
/// # Errors
/// Where there is no result: the gateway can't be reached or stopped answering, or somebody else publishes.
pub async fn run<T>(
    target: &Target,
    settings: &Settings,
    watch: Watch<'_>,
    beside: impl AsyncFnOnce(Instant) -> T,
) -> Result<(Report, T), LoadtestError> {
    settings.check()?;
    let mut screen = Screen::open(target).await?;
    let before = screen.at_rest().await?;
    let wall = now();
    let run = format!("{:x}", wall.as_ms());
    let load = Load { target, settings, run: &run, wall, watch };
    let known = load.introduce().await?;
    let introduced = Introduced::of(&known);
    if introduced.is_some() {
        is_visible(&mut screen, before, accepted(&known)).await?;
    }
    let mut onlookers = Vec::with_capacity(settings.viewers);
    for _ in 0..settings.viewers {
        onlookers.push(viewer::onlooker(target).await?);
    }
    let slow = Slow::open(target, settings.slow_viewers).await?;
    let consoles = Consoles::open(target, settings.consoles, &run).await?;
    let listening = Listening::open(target).await?;
    let start = Instant::now() + LEAD;
    let slow_from = start + settings.slow_from();
    slow.slow_from(slow_from);
    let (mut answers, mut others, beside) = load.publish(start, beside).await?;
    others.extend(known);
    let after = is_visible(&mut screen, before, accepted(&answers) + accepted(&others)).await?;
    let alerts = consoles.close(&answers).await?;
    for onlooker in onlookers {
        if onlooker.is_finished() {
            return Err(onlooker.await?);
        }
        onlooker.abort();
    }
    let seen = screen.close().await?;
    let stages = match listening {
        Some(listening) => listening.close(&run, &mut answers).await?,
        None => Stages::default(),
    };
    answers.append(&mut others);
    let grew = |of: fn(&Standing) -> Option<i64>| of(&after).unwrap_or_default() - of(&before).unwrap_or_default();
    let grew = (grew(|standing| standing.events), grew(|standing| standing.orders));
    let tally = tally(&answers, &seen, before, stages);
    let slow_viewers = slow.close(slow_from, &tally.on_screen).await?;
    Ok((Report { slow_viewers, introduced, ..Report::new(target, settings, run, &tally, grew, &seen, alerts) }, beside))
}

/// Waits until `accepted` more events are visible than there were `before`, or nothing becomes visible any more.
async fn is_visible(screen: &mut Screen, before: Standing, accepted: u64) -> Result<Standing, LoadtestError> {
    let before = before.events.unwrap_or_default();
    let is_there = |events: Option<i64>| events.is_some_and(|events| events - before >= accepted as i64);
    screen.settle(VISIBLE_WITHIN, |standing| is_there(standing.events)).await
}

fn accepted(answers: &[Answer]) -> u64 {
    answers.iter().map(|answer| answer.accepted).sum()
}

/// What is published.
struct Load<'a> {
    target: &'a Target,
    settings: &'a Settings,
    run: &'a str,
    wall: Timestamp,
    watch: Watch<'a>,
}

impl Load<'_> {
    fn publishers(&self, settings: &Settings, counts: &Arc<Counts>) -> Publishers {
        let counts = Arc::clone(counts);
        Publishers { target: self.target.clone(), connections: settings.connections, again: settings.again, counts }
    }

    fn events(&self, run: &str, alarm_every: Option<f64>) -> Result<Events, LoadtestError> {
        let events = Events::new(run, self.wall, alarm_every, self.settings.customers);
        events.map_err(|_| LoadtestError::Settings("the clock of this machine is wrong"))
    }

    /// Makes customers known, if that is wanted.
    async fn introduce(&self) -> Result<Vec<Answer>, LoadtestError> {
        let (Some(customers), true) = (self.settings.customers, self.settings.introduce) else { return Ok(Vec::new()) };
        let counts = Arc::new(Counts::default());
        // What was refused for the moment would not be known for ever.
        let publishers = Publishers { again: true, ..self.publishers(self.settings, &counts) };
        let introducing = introduce(&publishers, self.run, customers, self.wall);
        counts.tell_until(introducing, (Instant::now(), Duration::ZERO), self.watch).await
    }

    /// Publishes the load, and old events beside it; their answers come second.
    async fn publish<T>(
        &self,
        start: Instant,
        beside: impl AsyncFnOnce(Instant) -> T,
    ) -> Result<(Vec<Answer>, Vec<Answer>, T), LoadtestError> {
        let settings = self.settings;
        let counts = Arc::new(Counts::default());
        let events = self.events(self.run, settings.alarm_every())?;
        let telling = Telling { from: now().plus_ms(LEAD.as_millis() as i64), times: 1 };
        let posts = schedule::start(settings, events, start, telling, Arc::clone(&counts));
        let publishers = self.publishers(settings, &counts);
        let measured_from = start + settings.warmup;
        let all =
            async { tokio::join!(publishers.publish(posts), self.publish_old(measured_from), beside(measured_from)) };
        let time = (start, settings.warmup + settings.measured);
        let (answers, old, beside) = counts.tell_until(all, time, self.watch).await;
        Ok((answers?, old?, beside))
    }

    /// Publishes what happened long ago, if that is wanted. It is not measured, and has to arrive like anything else.
    async fn publish_old(&self, from: Instant) -> Result<Vec<Answer>, LoadtestError> {
        let Some(settings) = self.settings.old() else { return Ok(Vec::new()) };
        let counts = Arc::new(Counts::default());
        let events = self.events(&format!("{}-old", self.run), None)?;
        let times = OLD_DAYS * DAY_MS / (settings.measured.as_millis() as i64).max(1);
        let telling = Telling { from: self.wall.plus_ms(-(OLD_DAYS + 30) * DAY_MS), times };
        let posts = schedule::start(&settings, events, from, telling, Arc::clone(&counts));
        let mut answers = self.publishers(&settings, &counts).publish(posts).await?;
        answers.iter_mut().for_each(|answer| answer.is_measured = false);
        Ok(answers)
    }
}

/// The clock on the wall: events bear the time at which they are sent.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(since.as_millis() as i64).unwrap_or(Timestamp::EPOCH)
}
