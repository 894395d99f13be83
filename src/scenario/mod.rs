//! `nexusflow loadtest --scenario`: what happens to a system of its own while it is under load.

pub(crate) mod soak;
mod system;

use crate::config::Config;
use crate::{out, process};
use nexusflow_loadtest::{Incident, Part, Played, Settings, Target, Watch, run};
use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};
use system::System;

/// Customers of `million`, unless another number is asked for.
const MILLION: u32 = 1_000_000;
/// Old events to each live one in `backfill`.
const OLD_TO_LIVE: f64 = 5.0;
/// How long NATS stays away: longer than the door waits (`http.store_timeout_ms`), so that publishers are told to send it again.
const AWAY: Duration = Duration::from_secs(6);

/// What happens to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// One of two workers is killed; the other takes over, and gives back what is its share when it comes again.
    WorkerKilled,
    /// The NATS server is stopped and started again.
    NatsRestarted,
    /// Old events come in beside live ones.
    Backfill,
    /// A million customers are known, and some are met far more often than others.
    Million,
    /// A day, or some minutes.
    Soak,
}

impl Scenario {
    const ALL: [Self; 5] = [Self::WorkerKilled, Self::NatsRestarted, Self::Backfill, Self::Million, Self::Soak];

    fn name(self) -> &'static str {
        match self {
            Self::WorkerKilled => "worker-killed",
            Self::NatsRestarted => "nats-restarted",
            Self::Backfill => "backfill",
            Self::Million => "million",
            Self::Soak => "soak",
        }
    }

    /// The workers that it begins with.
    fn workers(self) -> &'static [&'static str] {
        if self == Self::WorkerKilled { &["worker-1", "worker-2"] } else { &["worker-1"] }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Scenario {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|scenario| scenario.name() == name).ok_or_else(|| format!("there are {names}"))
    }
}

/// Plays a scenario on a system of its own, which is configured as `config` says, with its own ports and folder, and without anybody
/// outside: no sources, sinks or targets. A soak lasts for `soak`.
pub(crate) async fn play(
    scenario: Scenario,
    config: &Config,
    settings: Settings,
    soak: Duration,
    watch: Watch<'_>,
) -> Result<Played, Box<dyn Error>> {
    let (_raise, mut flag) = process::shutdown()?;
    let mut system = System::new(config)?;
    out::say(&format!("{scenario}: a system of its own in {}", system.folder().display()));
    let played = tokio::select! {
        played = Box::pin(on(&mut system, scenario, settings, soak, watch)) => played,
        () = nexusflow_log::raised(&mut flag) => Err("interrupted before the scenario was over".into()),
    };
    let is_well = matches!(&played, Ok(played) if played.is_complete());
    system.end(is_well).await?;
    played
}

async fn on(
    system: &mut System,
    scenario: Scenario,
    settings: Settings,
    soak: Duration,
    watch: Watch<'_>,
) -> Result<Played, Box<dyn Error>> {
    system.start(scenario.workers()).await?;
    let target = system.target().await?;
    // Those who publish do as they are told: what has no clear answer comes again, and must count once.
    let settings = Settings { again: true, server: system.process(scenario.workers().last().copied()), ..settings };
    let (name, third) = (scenario.name(), settings.measured / 3);
    let parts = match scenario {
        Scenario::WorkerKilled => {
            vec![
                disturbed(name, &target, &settings, watch, async |diary| kill_worker(system, diary, third).await)
                    .await?,
            ]
        }
        Scenario::NatsRestarted => {
            vec![
                disturbed(name, &target, &settings, watch, async |diary| restart_nats(system, diary, third).await)
                    .await?,
            ]
        }
        Scenario::Backfill => backfill(&target, &settings, watch).await?,
        Scenario::Million => {
            let customers = settings.customers.or(Some(MILLION));
            vec![quiet(name, &target, &Settings { customers, introduce: true, ..settings }, watch).await?]
        }
        Scenario::Soak => soak::soak(&target, &settings, soak, watch).await?,
    };
    Ok(Played { scenario: scenario.to_string(), parts })
}

/// A run to which nothing happens.
async fn quiet(name: &str, target: &Target, settings: &Settings, watch: Watch<'_>) -> Result<Part, Box<dyn Error>> {
    disturbed(name, target, settings, watch, async |_| Ok(())).await
}

/// A run to which something happens; says what it found, and keeps it.
async fn disturbed(
    name: &str,
    target: &Target,
    settings: &Settings,
    watch: Watch<'_>,
    happens: impl AsyncFnOnce(&mut Diary) -> Result<(), Box<dyn Error>>,
) -> Result<Part, Box<dyn Error>> {
    let (report, diary) = run(target, settings, watch, async |from| {
        let mut diary = Diary { from, incidents: Vec::new() };
        happens(&mut diary).await.map(|()| diary)
    })
    .await?;
    let incidents = diary?.incidents;
    out::say(&format!("\n{report}\n"));
    incidents.iter().for_each(|incident| out::say(&incident.to_string()));
    Ok(Part { name: name.to_owned(), incidents, report })
}

/// A worker is killed after a third of the time, and started again after two.
async fn kill_worker(system: &mut System, diary: &mut Diary, third: Duration) -> Result<(), Box<dyn Error>> {
    diary.wait_for(third).await;
    system.kill("worker-1").await?;
    diary.note("worker-1 was killed with SIGKILL");
    system.owned_by(&["worker-2"]).await?;
    diary.note("worker-2 owns all partitions");
    diary.wait_for(third * 2).await;
    system.launch("worker-1").await?;
    diary.note("worker-1 was started again");
    system.owned_by(&["worker-1", "worker-2"]).await?;
    diary.note("both own partitions");
    Ok(())
}

/// NATS is stopped after a third of the time, for a while.
async fn restart_nats(system: &mut System, diary: &mut Diary, third: Duration) -> Result<(), Box<dyn Error>> {
    diary.wait_for(third).await;
    system.stop("nats").await?;
    diary.note("NATS was stopped");
    tokio::time::sleep(AWAY).await;
    system.launch("nats").await?;
    diary.note("NATS was started again");
    system.ready().await?;
    diary.note("every partition is looked after and caught up");
    Ok(())
}

async fn backfill(target: &Target, settings: &Settings, watch: Watch<'_>) -> Result<Vec<Part>, Box<dyn Error>> {
    let without = quiet("without old events", target, settings, watch).await?;
    let old = Settings { old_per_s: settings.rate * OLD_TO_LIVE, ..settings.clone() };
    let with = quiet("with old events beside", target, &old, watch).await?;
    out::say(&format!("\nlive events only\n{without}\n{with}"));
    Ok(vec![without, with])
}

/// What was done, and when.
struct Diary {
    /// When it began to be measured.
    from: Instant,
    incidents: Vec<Incident>,
}

impl Diary {
    /// Waits until it has been measured for so long.
    async fn wait_for(&self, measured: Duration) {
        tokio::time::sleep_until((self.from + measured).into()).await;
    }

    fn note(&mut self, what: &str) {
        let at_ms = self.from.elapsed().as_millis() as u64;
        self.incidents.push(Incident { at_ms, what: what.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_known_by_their_names() {
        assert!(Scenario::ALL.iter().all(|scenario| scenario.name().parse() == Ok(*scenario)));
        let error = "flood".parse::<Scenario>().unwrap_err();
        assert_eq!(error, "there are worker-killed, nats-restarted, backfill, million, soak");
    }
}
