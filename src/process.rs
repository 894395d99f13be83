//! The parts that can run as processes of their own.

use crate::config::Config;
use crate::nats_server::{self, NatsServer};
use crate::{out, sinks};
use nexusflow_connectors::catalogue;
use nexusflow_connectors::dead_letters::Desk;
use nexusflow_connectors::hook::Hooks;
use nexusflow_connectors::http::{Asked, Decided, Http};
use nexusflow_connectors::intake::{self, Intake, Lag, Ledger};
use nexusflow_connectors::keys::{Admitted, Keys};
use nexusflow_connectors::notify::{self, Inhibit, Notifier, Routing, time_zone};
use nexusflow_connectors::source::Readers;
use nexusflow_domain::Business;
use nexusflow_engine::Decision;
use nexusflow_gateway::Gateway;
use nexusflow_log::{Appender, DeadLetterBox, DeadLetters, Log};
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::{Id, Label, Place, Timestamp};
use nexusflow_runtime::Worker;
use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How long parts may take to stop: less than what service managers allow before they kill.
const STOP_WITHIN: Duration = Duration::from_secs(25);

/// The wall clock of what comes in now.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(since.as_millis() as i64).unwrap_or(Timestamp::EPOCH)
}

/// A flag that Ctrl-C and SIGTERM raise.
pub(crate) fn shutdown() -> std::io::Result<(watch::Sender<bool>, watch::Receiver<bool>)> {
    let (raise, flag) = watch::channel(false);
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let by_signal = raise.clone();
    tokio::spawn(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        by_signal.send_replace(true);
    });
    Ok((raise, flag))
}

/// Connects to the log and makes sure it is as it must be.
pub(crate) async fn open_log(config: &Config, name: &str) -> Result<Log, Box<dyn Error>> {
    nats_server::must_have_run(config)?;
    // A service waits for servers that are being started again; a person waits less long.
    let patience = Duration::from_secs(if matches!(name, "worker" | "gateway") { 60 } else { 5 });
    let log = Log::connect_patiently(&nats_server::settings(config), config.log.clone(), name, patience).await?;
    log.prepare(patience).await?;
    let (business, version) = config.business()?;
    let configuration = ConfigChanged::envelope(&version, &owner(), serde_json::to_value(&business)?, now())?;
    log.configure_empty(&configuration, patience).await?;
    Ok(log)
}

/// What people see as the name of this process.
pub(crate) fn owner() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}:{}", host.trim(), std::process::id())
}

/// Who sits at this command line, for what must tell who decided.
pub(crate) fn person() -> String {
    std::env::var("USER").ok().filter(|user| !user.is_empty()).unwrap_or_else(|| "the command line".into())
}

/// Folds until `shutdown`.
pub(crate) async fn run_worker(
    config: &Config,
    log: Log,
    shutdown: watch::Receiver<bool>,
) -> Result<(), Box<dyn Error>> {
    let files = config.clone();
    let configured = Arc::new(move || files.business().ok());
    Ok(Worker::new(log, config.worker(), configured, owner()).run(shutdown).await?)
}

/// Tells people outside the consoles until `shutdown`.
pub(crate) async fn run_notifier(
    config: &Config,
    log: Log,
    shutdown: watch::Receiver<bool>,
) -> Result<(), Box<dyn Error>> {
    let (business, _) = config.business()?;
    let clock = || now().as_ms();
    let rerouting = |content: &[u8]| serde_json::from_slice(content).ok().map(|business| routing(&business));
    let notifier = Notifier::new(log, config.notify.clone(), (routing(&business), rerouting), owner(), clock);
    Ok(Box::pin(notifier.run(shutdown)).await?)
}

/// When and how often people outside are told.
fn routing(business: &Business) -> Routing {
    let notify = &business.alerting.notify;
    let inhibit = business.alerting.inhibit.iter().map(|rule| Inhibit {
        by: rule.by.as_str().to_owned(),
        holds: rule.holds.iter().map(|kind| kind.as_str().to_owned()).collect(),
        equal: rule.equal.iter().map(ToString::to_string).collect(),
    });
    Routing {
        unseen_ms: i64::from(notify.unseen_s) * 1_000,
        group_wait_ms: i64::from(notify.group_wait_s) * 1_000,
        group_interval_ms: i64::from(notify.group_interval_s) * 1_000,
        budget_per_day: notify.budget_per_day,
        digest_at: notify.digest_at,
        zone: time_zone(business.business.time_zone.name()),
        inhibit: inhibit.collect(),
    }
}

/// What takes events in from outside, by HTTP.
pub(crate) struct Doors {
    http: Http,
    hooks: Hooks,
    desk: Desk,
    keys: Keys,
    /// Who is let in at the first.
    admitted: Admitted,
    counting: tokio::task::JoinHandle<()>,
}

/// Starts a gateway; the second part is what it takes in.
pub(crate) async fn start_gateway(
    config: &Config,
    log: &Log,
    shutdown: watch::Receiver<bool>,
) -> Result<(Gateway, Doors), Box<dyn Error>> {
    let sources = config.sources()?;
    let ledger = Arc::new(Ledger::default());
    let counted = Arc::clone(&ledger);
    let total = Arc::new(move || counted.total());
    let keys = Keys::open(log, config.http.events_per_s, now).await?;
    let (watched, until, told) = (keys.clone(), shutdown.clone(), shutdown.clone());
    let named = sources.iter().map(|source| (source.named.name.to_string(), source.kind.to_owned())).collect();
    let (settings, access) = (&config.gateway, config.access.clone());
    let gateway = Gateway::start(log.clone(), settings, access, total, named, shutdown.clone()).await?;
    tokio::spawn(async move { watched.watch(until).await });
    sinks::start(&config.sink, log, &gateway, &told)?;
    let owners = gateway.owners();
    let lag: Lag = Arc::new(move |partition| owners.lag_ms(partition));
    let intake = intake(config, log, ledger, lag);
    let counting = tokio::spawn(intake::tell(intake.clone(), format!("{}/gateway", owner()), now, shutdown));
    let patience = Duration::from_millis(config.http.store_timeout_ms);
    let hooks = Hooks::new(sources, intake.clone(), config.http.public_url.clone(), patience, now);
    let desk = Desk::new(DeadLetterBox::open(log).await?, config.sources()?, intake.clone(), now);
    let http = Http::new(intake, config.http.clone(), now, Arc::new(Owners(gateway.owners())));
    let admitted = Admitted { keys: keys.clone(), has_token: config.access.publish_token.is_some() };
    Ok((gateway, Doors { http, hooks, desk, keys, admitted, counting }))
}

pub(crate) fn intake(config: &Config, log: &Log, ledger: Arc<Ledger>, lag: Lag) -> Intake {
    Intake::new(Appender::start(log), DeadLetters::new(log), ledger, lag, config.http.lag_ms_max)
}

/// Serves until `shutdown`.
pub(crate) async fn serve(gateway: Gateway, doors: Doors) -> Result<(), Box<dyn Error>> {
    let Doors { http, hooks, desk, keys, admitted, counting } = doors;
    let acts = http.acts().merge(desk.router()).merge(keys.router());
    let open = hooks.router().merge(catalogue::router());
    gateway.serve(http.router(admitted), acts, open).await?;
    // What came last is told before the process ends.
    Ok(counting.await?)
}

/// Reads the sources that do not call us, until `shutdown`.
pub(crate) async fn run_sources(
    config: &Config,
    log: Log,
    shutdown: watch::Receiver<bool>,
) -> Result<(), Box<dyn Error>> {
    let read = config.sources()?.into_read();
    let ledger = Arc::new(Ledger::default());
    // Who reads can wait: the log keeps what was stored.
    let intake = intake(config, &log, ledger, Arc::new(|_| 0));
    let counting = intake::tell(intake.clone(), format!("{}/worker", owner()), now, shutdown.clone());
    tokio::join!(Readers::new(read, intake, log, owner(), now).run(shutdown), counting);
    Ok(())
}

/// What the door asks of those who fold, by way of the gateway, which hears of them.
struct Owners(nexusflow_gateway::Owners);

impl nexusflow_connectors::http::Owners for Owners {
    fn decided(&self, place: Place, identity: u64) -> Asked<'_, Option<Decided>> {
        Box::pin(async move {
            let Decision { place, outcome, .. } = self.0.decision(place, identity).await?;
            Some(Decided { accepted: outcome.accepted, code: outcome.code, message: outcome.message, place })
        })
    }

    fn knows_alert<'a>(&'a self, subject: &'a Id, alert: &'a AlertKey) -> Asked<'a, Option<bool>> {
        Box::pin(self.0.knows_alert(subject, alert))
    }

    fn open_of_group(&self, group: &str) -> Vec<(Id, String, u32)> {
        self.0.open_of_group(group)
    }

    fn silence(&self, silence: &Id) -> Option<Label> {
        self.0.silence(silence)
    }
}

/// `nexusflow worker`
pub(crate) async fn worker(config: &Config) -> Result<(), Box<dyn Error>> {
    notify::check(&config.notify)?;
    let (raise, flag) = shutdown()?;
    let log = open_log(config, "worker").await?;
    out::say(&format!("worker of {} partitions", log.partitions()));
    let stopping = async { nexusflow_log::raised(&mut flag.clone()).await };
    let both = async {
        let worker = async { down(&raise, run_worker(config, log.clone(), flag.clone()).await) };
        let notifier = async { down(&raise, run_notifier(config, log.clone(), flag.clone()).await) };
        let sources = async { down(&raise, run_sources(config, log.clone(), flag.clone()).await) };
        let (worker, notifier, sources) = tokio::join!(worker, notifier, sources);
        worker.and(notifier).and(sources)
    };
    stop_in_time(Box::pin(both), stopping).await
}

/// The first part that fails takes the others with it, in good order.
pub(crate) fn down(raise: &watch::Sender<bool>, ended: Result<(), Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    if ended.is_err() {
        raise.send_replace(true);
    }
    ended
}

/// Runs `parts` to their end; from when `stopping` is done they have some time for it: what waits for a server that is gone must
/// not keep a process from ending.
pub(crate) async fn stop_in_time(
    parts: impl Future<Output = Result<(), Box<dyn Error>>>,
    stopping: impl Future<Output = ()>,
) -> Result<(), Box<dyn Error>> {
    let mut parts = std::pin::pin!(parts);
    tokio::select! {
        ended = &mut parts => return ended,
        () = stopping => {}
    }
    match tokio::time::timeout(STOP_WITHIN, parts).await {
        Ok(ended) => ended,
        Err(_) => Err("some part did not stop in time; the log has everything".into()),
    }
}

/// `nexusflow gateway`
pub(crate) async fn gateway(config: &Config) -> Result<(), Box<dyn Error>> {
    let (_raise, flag) = shutdown()?;
    let log = open_log(config, "gateway").await?;
    let (gateway, doors) = start_gateway(config, &log, flag).await?;
    out::say(&format!("gateway on {}://{}", config.gateway.scheme(), gateway.address()));
    serve(gateway, doors).await
}

/// `nexusflow nats`
pub(crate) async fn nats(config: &Config) -> Result<(), Box<dyn Error>> {
    let (_raise, mut flag) = shutdown()?;
    let server = NatsServer::start(config).await?;
    out::say(&server.what);
    nexusflow_log::raised(&mut flag).await;
    server.stop().await;
    Ok(())
}
