//! Taking in what the owners of partitions tell.

use crate::ask;
use crate::hub::{Heard, SILENT_AFTER, SharedHub, State};
use futures_util::StreamExt;
use nexusflow_domain::alert::Card;
use nexusflow_domain::query::Query;
use nexusflow_domain::{Activity, Commerce, Rollup};
use nexusflow_engine::contribution::{Absorbed, Assembly};
use nexusflow_engine::{Contribution, Domain};
use nexusflow_model::subject;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

type Change = Contribution<Rollup, Activity, Card>;

/// How long an owner has to give everything.
const EVERYTHING_WITHIN: Duration = Duration::from_secs(10);
/// How often nobody may be there before it is given up until the next contribution.
const ASK_OFTEN: u32 = 5;
/// How often a partition that told nothing yet is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Listens to all partitions until `shutdown`; asks for everything where something is missing.
pub(crate) async fn run(hub: SharedHub) {
    let mut shutdown = hub.shutdown.clone();
    let mut assemblies: BTreeMap<u32, Assembly<Rollup, Activity, Card>> = BTreeMap::new();
    let mut asked: BTreeMap<u32, Instant> = BTreeMap::new();
    let mut again = tokio::time::interval(ASK_AGAIN);
    loop {
        let mut changes = match hub.log.client().subscribe(subject::contributions(hub.log.prefix())).await {
            Ok(changes) => changes,
            Err(error) => {
                tracing::warn!(%error, "can't listen to the workers, trying again");
                tokio::time::sleep(ASK_AGAIN).await;
                continue;
            }
        };
        loop {
            tokio::select! {
                () = nexusflow_log::raised(&mut shutdown) => return,
                _ = again.tick() => {
                    let known: Vec<u32> = hub.with(|state| state.merged.standings().map(|(partition, _)| partition).collect());
                    for partition in (0..hub.log.partitions()).filter(|partition| !known.contains(partition)) {
                        ask_for_everything(&hub, &mut asked, partition);
                    }
                }
                message = changes.next() => {
                    let Some(message) = message else { break };
                    let Some(part) = decode(&hub, &message.payload) else { continue };
                    let partition = part.partition;
                    let Some(change) = assemblies.entry(partition).or_default().take(part) else { continue };
                    if absorb(&hub, change) == Absorbed::Gap {
                        ask_for_everything(&hub, &mut asked, partition);
                    }
                }
            }
        }
    }
}

fn decode(hub: &SharedHub, bytes: &[u8]) -> Option<Change> {
    // The format stands first, so that it can be told even where the rest is another version's.
    let format = postcard::take_from_bytes::<u32>(bytes).map(|(format, _)| format).unwrap_or(0);
    let why = match postcard::from_bytes(bytes) {
        Ok(change) if format == Commerce::VERSION => return Some(change),
        Ok(_) => format!(
            "a worker of another version is running (format {format}, this gateway reads {})",
            Commerce::VERSION
        ),
        Err(error) => format!("a worker's words can't be read (format {format}): {error}"),
    };
    tracing::error!(why, "workers and gateways must be of one version");
    hub.with(|state| state.foreign = Some(why));
    None
}

fn absorb(hub: &SharedHub, change: Change) -> Absorbed {
    if hub.with(|state| is_outdated(state, &change)) {
        return Absorbed::Outdated;
    }
    hub.activities.take(&change.effects);
    let (partition, events) = (change.partition, change.standing.counters.events);
    hub.lags.tell(partition, change.standing.lag_ms);
    let absorbed = hub.with(|state| {
        state.foreign = None;
        heard(state, partition, events);
        let absorbed = state.merged.absorb(change);
        match absorbed {
            Absorbed::Gap => drop(state.missed.entry(partition).or_insert_with(Instant::now)),
            Absorbed::Taken | Absorbed::Known => drop(state.missed.remove(&partition)),
            Absorbed::Behind | Absorbed::Outdated => {}
        }
        absorbed
    });
    if absorbed == Absorbed::Taken {
        hub.changed.notify_one();
        hub.board.changed.notify_one();
    }
    absorbed
}

/// Whether a contribution is of an owner that lost its lease. One of a lower term is believed only where the higher one is
/// silent: the log may have been made anew, and the terms with it.
fn is_outdated(state: &mut State, change: &Change) -> bool {
    if !state.merged.is_outdated(change.partition, change.epoch) {
        return false;
    }
    let is_silent = state.heard.get(&change.partition).is_none_or(|heard| heard.at.elapsed() > SILENT_AFTER);
    if is_silent {
        tracing::warn!(
            partition = change.partition,
            term = change.epoch,
            "a lower term is believed: the higher one is silent"
        );
        state.merged.depose(change.partition);
    }
    !is_silent
}

/// Notes that a partition is alive, and how fast it goes, over windows of two seconds.
fn heard(state: &mut State, partition: u32, events: u64) {
    let now = Instant::now();
    let heard = state.heard.entry(partition).or_insert(Heard {
        at: now,
        events_per_s: 0.0,
        rated_at: now,
        rated_events: events,
    });
    heard.at = now;
    let window = now.duration_since(heard.rated_at);
    if window >= Duration::from_secs(2) {
        heard.events_per_s = events.saturating_sub(heard.rated_events) as f64 / window.as_secs_f64();
        (heard.rated_at, heard.rated_events) = (now, events);
    }
}

fn ask_for_everything(hub: &SharedHub, asked: &mut BTreeMap<u32, Instant>, partition: u32) {
    if asked.get(&partition).is_some_and(|at| at.elapsed() < ASK_AGAIN / 4) {
        return;
    }
    asked.insert(partition, Instant::now());
    let hub = SharedHub::clone(hub);
    tokio::spawn(async move {
        // An owner that has just come speaks a moment before it listens, and one that leaves may answer for it.
        for _ in 0..ASK_OFTEN {
            let mut assembly = Assembly::default();
            let everything = ask::parts(&hub.log, partition, &Query::Contribution, EVERYTHING_WITHIN, |bytes| {
                decode(&hub, bytes)
                    .and_then(|part| assembly.take(part))
                    .filter(|everything| !hub.with(|state| is_outdated(state, everything)))
            });
            if let Some(everything) = everything.await {
                absorb(&hub, everything);
                return;
            }
            tokio::time::sleep(ASK_AGAIN / 20).await;
        }
        tracing::debug!(partition, "nobody told everything of a partition yet");
    });
}
