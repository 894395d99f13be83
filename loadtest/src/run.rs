//! A run from beginning to end.

use crate::LoadtestError;
use crate::consoles::Consoles;
use crate::events::Events;
use crate::report::Report;
use crate::screen::Screen;
use crate::settings::Settings;
use crate::slow::Slow;
use crate::stages::{Listening, Stages};
use crate::tally::tally;
use crate::target::Target;
use crate::{publisher, schedule, viewer};
use nexusflow_model::Timestamp;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Between making the first requests ready and the first that is due.
const LEAD: Duration = Duration::from_millis(500);
/// What was accepted is lost when nothing has become visible for so long.
const VISIBLE_WITHIN: Duration = Duration::from_secs(60);

/// Puts `target` under the load of `settings` and reports. Nobody else may publish there meanwhile.
///
/// # Errors
/// Where there is no result: the gateway can't be reached or stopped answering, or somebody else publishes.
pub async fn run(target: &Target, settings: &Settings) -> Result<Report, LoadtestError> {
    settings.check()?;
    let mut screen = Screen::open(target).await?;
    let before = screen.at_rest().await?;
    let mut onlookers = Vec::with_capacity(settings.viewers);
    for _ in 0..settings.viewers {
        onlookers.push(viewer::onlooker(target).await?);
    }
    let slow = Slow::open(target, settings.slow_viewers).await?;
    let wall = now();
    let run = format!("{:x}", wall.as_ms());
    let consoles = Consoles::open(target, settings.consoles, &run).await?;
    let events = Events::new(&run, wall, settings.alarm_every());
    let events = events.map_err(|_| LoadtestError::Settings("the clock of this machine is wrong"))?;
    let listening = Listening::open(target).await?;
    let start = Instant::now() + LEAD;
    let slow_from = start + settings.slow_from();
    slow.slow_from(slow_from);
    let posts = schedule::start(settings, events, start, now().plus_ms(LEAD.as_millis() as i64));
    let mut answers = publisher::publish(target, settings.connections, posts).await?;
    let accepted: u64 = answers.iter().map(|answer| answer.accepted).sum();
    let (events_before, orders_before) = (before.events.unwrap_or_default(), before.orders.unwrap_or_default());
    let is_there = |events: Option<i64>| events.is_some_and(|events| events - events_before >= accepted as i64);
    let after = screen.settle(VISIBLE_WITHIN, |standing| is_there(standing.events)).await?;
    let alerts = consoles.close(&answers).await?;
    for onlooker in onlookers {
        if onlooker.is_finished() {
            return Err(onlooker.await?);
        }
        onlooker.abort();
    }
    let seen = screen.close().await?;
    let grew = (after.events.unwrap_or_default() - events_before, after.orders.unwrap_or_default() - orders_before);
    let stages = match listening {
        Some(listening) => listening.close(&run, &mut answers).await?,
        None => Stages::default(),
    };
    let tally = tally(&answers, &seen, before, stages);
    let slow_viewers = slow.close(slow_from, &tally.on_screen).await?;
    Ok(Report { slow_viewers, ..Report::new(settings, run, &tally, grew, &seen, alerts) })
}

/// The clock on the wall: events bear the time at which they are sent.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(since.as_millis() as i64).unwrap_or(Timestamp::EPOCH)
}
