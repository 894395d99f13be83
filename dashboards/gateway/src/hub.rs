//! What every part of the gateway shares.

use crate::activities::Activities;
use crate::board::Board;
use crate::feed::Feeds;
use crate::operator::Intake;
use crate::owners::Lags;
use nexusflow_domain::alert::Card;
use nexusflow_domain::{Business, Rollup, views};
use nexusflow_engine::Merged;
use nexusflow_log::{Connection, Log, Roster};
use nexusflow_model::Timestamp;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, watch};

/// A partition that was not heard of for so long has no live owner.
pub(crate) const SILENT_AFTER: Duration = Duration::from_millis(3_500);

/// How long an owner may take to tell everything until what is shown of its partition counts as stale.
const MISSED_AFTER: Duration = Duration::from_secs(1);

/// The figures of all partitions and who looks at them.
pub(crate) struct Hub {
    pub(crate) log: Log,
    pub(crate) state: Mutex<State>,
    /// Rung when something was taken in.
    pub(crate) changed: Notify,
    pub(crate) feeds: Feeds,
    pub(crate) activities: Activities,
    pub(crate) board: Board,
    pub(crate) intake: Intake,
    /// The sources that are configured: name and kind.
    pub(crate) sources: Vec<(String, String)>,
    pub(crate) lags: Lags,
    /// Which life of this gateway: positions of another one can't be compared.
    pub(crate) epoch: String,
    pub(crate) viewers: AtomicU64,
    pub(crate) subscriptions: AtomicU64,
    /// Dead letters that wait for somebody to decide what becomes of them.
    pub(crate) dead_letters: AtomicU64,
    pub(crate) started_at: Instant,
    pub(crate) shutdown: watch::Receiver<bool>,
}

/// What was taken in.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) merged: Merged<Rollup, Card>,
    business: Business,
    business_json: String,
    pub(crate) heard: BTreeMap<u32, Heard>,
    /// Partitions of which something that was told did not arrive, and since when: until all of it is told again, what is shown
    /// of them stands still, however much is heard.
    pub(crate) missed: BTreeMap<u32, Instant>,
    /// Who owns what, once it was heard.
    pub(crate) roster: Option<Roster>,
    /// Why a worker's words can't be understood.
    pub(crate) foreign: Option<String>,
}

/// When a partition was last heard of, and how fast it goes.
pub(crate) struct Heard {
    pub(crate) at: Instant,
    pub(crate) events_per_s: f64,
    pub(crate) rated_at: Instant,
    pub(crate) rated_events: u64,
}

/// What a page says of the business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) time_zone: String,
}

/// How fresh the figures are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Freshness {
    pub(crate) lag_ms: i64,
    pub(crate) why_stale: Option<String>,
}

impl Hub {
    /// Looks at or changes the state; never across an await.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How fresh the figures are now.
    pub(crate) fn freshness(&self) -> Freshness {
        if *self.log.connection().borrow() == Connection::Down {
            return Freshness { lag_ms: self.longest_silence(), why_stale: Some("the log can't be reached".into()) };
        }
        let partitions = self.log.partitions();
        self.with(|state| {
            let silent = state.silent(partitions);
            let failing: Vec<u32> =
                silent.iter().copied().filter(|partition| state.trouble(*partition).is_some()).collect();
            let behind = state.merged.standings().map(|(_, standing)| standing.lag_ms).max().unwrap_or(0);
            let silence = state.silence_ms();
            let why_stale = match &state.foreign {
                Some(why) => Some(why.clone()),
                None if silent.is_empty() && state.merged.behind().next().is_some() => {
                    Some("a worker that has just started is catching up".into())
                }
                None if silent.is_empty() => state.missed().map(|missed| {
                    format!(
                        "what was told of partition {} was missed, and its worker does not tell it again",
                        list(&missed)
                    )
                }),
                None if failing.is_empty() && silent.len() == partitions as usize => {
                    Some("no worker is running".into())
                }
                None if failing.is_empty() => Some(format!("no worker looks after partition {}", list(&silent))),
                None => Some(format!("partition {} can't be folded; `nexusflow status` says why", list(&failing))),
            };
            Freshness { lag_ms: if why_stale.is_some() { behind.max(silence) } else { behind }, why_stale }
        })
    }

    fn longest_silence(&self) -> i64 {
        self.with(|state| state.silence_ms())
    }

    /// The partitions without a live owner.
    pub(crate) fn silent_partitions(&self) -> Vec<u32> {
        self.with(|state| state.silent(self.log.partitions()))
    }

    /// Whether every partition is looked after and caught up.
    pub(crate) fn is_ready(&self) -> Result<(), String> {
        let Freshness { lag_ms, why_stale } = self.freshness();
        match why_stale {
            Some(why) => Err(why),
            None if !self.knows_everything() => Err("the workers have not told everything yet".into()),
            None if lag_ms > 5_000 => Err(format!("catching up, {lag_ms} ms behind")),
            None => Ok(()),
        }
    }

    /// Whether every partition's state is here. A log begins with its configuration, so that none stands at 0.
    pub(crate) fn knows_everything(&self) -> bool {
        let partitions = self.log.partitions() as usize;
        self.with(|state| state.merged.standings().filter(|(_, standing)| standing.sequence > 0).count() == partitions)
    }

    /// Renders a view of the domain.
    pub(crate) fn render(
        &self,
        topic: &views::Topic,
        params: &views::Params,
    ) -> Result<Vec<views::table::Row>, String> {
        self.with(|state| {
            let Some(clock) = state.merged.clock() else {
                return (topic.render)(&state.scene(Timestamp::EPOCH), params);
            };
            (topic.render)(&state.scene(clock), params)
        })
    }

    /// How far time has come in the log.
    pub(crate) fn as_of(&self) -> Option<Timestamp> {
        self.with(|state| state.merged.clock())
    }
}

impl State {
    /// What is configured, as the workers tell it.
    pub(crate) fn business(&mut self) -> &Business {
        if self.merged.config() != self.business_json {
            self.business_json = self.merged.config().to_owned();
            match serde_json::from_str(&self.business_json) {
                Ok(business) => self.business = business,
                Err(error) => tracing::error!(%error, "the configuration a worker told can't be read"),
            }
        }
        &self.business
    }

    /// Whose figures these are; none while no worker has told it.
    pub(crate) fn told_business(&mut self) -> Option<Told> {
        if self.merged.config().is_empty() {
            return None;
        }
        let business = &self.business().business;
        Some(Told { name: business.name.clone(), time_zone: business.time_zone.name().to_owned() })
    }

    fn scene(&mut self, clock: Timestamp) -> views::Scene<'_> {
        self.merged.settle();
        self.business();
        views::Scene { merged: &self.merged, business: &self.business, clock }
    }

    /// Why a partition is not folded, where its owner has said so.
    pub(crate) fn trouble(&self, partition: u32) -> Option<&str> {
        self.roster.as_ref()?.holding(partition)?.trouble.as_deref()
    }

    /// Partitions whose owner was asked for everything and has not answered for a while.
    fn missed(&self) -> Option<Vec<u32>> {
        let missed = self.missed.iter().filter(|(_, since)| since.elapsed() > MISSED_AFTER);
        let missed: Vec<u32> = missed.map(|(partition, _)| *partition).collect();
        (!missed.is_empty()).then_some(missed)
    }

    fn silent(&self, partitions: u32) -> Vec<u32> {
        let is_silent =
            |partition: &u32| self.heard.get(partition).is_none_or(|heard| heard.at.elapsed() > SILENT_AFTER);
        (0..partitions).filter(is_silent).collect()
    }

    fn silence_ms(&self) -> i64 {
        self.heard.values().map(|heard| heard.at.elapsed().as_millis() as i64).max().unwrap_or(0)
    }
}

fn list(partitions: &[u32]) -> String {
    partitions.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

/// The wall clock, for what is shown to people as "now".
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(since.as_millis() as i64).unwrap_or(Timestamp::EPOCH)
}

pub(crate) type SharedHub = Arc<Hub>;
