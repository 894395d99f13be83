//! `nexusflow loadtest`: how fast, and whether all of it.

use crate::config::Config;
use crate::publishers::Publisher;
use crate::scenario::{self, Scenario, soak};
use crate::{nats_server, out};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use nexusflow_loadtest::{Progress, Search, Settings, Shape, Target, Verdict, Watch};
use nexusflow_log::{Log, NatsSettings};
use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How much load, for how long, on whom. Nothing else may publish meanwhile, or what gets lost can't be told.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The gateway; without it, the one of gateway.listen, whose log is read too: it knows when it had what. Its tokens are those
    /// of `access`.
    #[arg(long)]
    url: Option<String>,
    /// Instead of a system that is up, put one of its own under load while something happens to it, and see that nothing is lost or counted
    /// twice: `worker-killed`, `nats-restarted`, `backfill` (old events beside live ones), `million` (customers), `soak` (24 hours, or
    /// --seconds).
    #[arg(long, value_name = "NAME", conflicts_with_all = ["url", "search", "server_pid"])]
    scenario: Option<Scenario>,
    /// A soak of 10 minutes instead of 24 hours.
    #[arg(long, requires = "scenario")]
    short: bool,
    /// Events a second, sent when they are due, whether or not the answers to earlier ones are there. A search begins with it.
    #[arg(long, default_value_t = 1_000.0)]
    rate: f64,
    /// How arrivals are spread over the measured time: `steady`; `ramp`, from a tenth of the rate to the rate; `burst`, ten times the rate
    /// for a tenth of the time; `day`, from midnight to midnight with the rate on average.
    #[arg(long, default_value_t)]
    shape: Shape,
    /// Look for the highest rate that is sustained: everything arrives, no backlog grows, p99 from accepted to the WebSocket stays
    /// within --p99-ms. The rate is doubled, then halved in between until a tenth is left.
    #[arg(long)]
    search: bool,
    /// How many milliseconds 99 of 100 events may take from accepted to the WebSocket, in a search.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..), requires = "search")]
    p99_ms: u64,
    /// The highest rate that a search tries.
    #[arg(long, default_value_t = 1_000_000.0, requires = "search")]
    rate_max: f64,
    /// How many seconds are measured; 30, or 10 a step of a search.
    #[arg(long)]
    seconds: Option<u32>,
    /// How many seconds it runs before that, as it begins.
    #[arg(long, default_value_t = 5)]
    warmup: u32,
    /// Events in a request. With more than one, events are followed to the ticker only where the log can be read.
    #[arg(long, default_value_t = 1)]
    batch: usize,
    /// Publish on NATS instead of over HTTP, as this [[own_nats.publisher]], whose subject a source reads: accepted is what JetStream keeps.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["url", "scenario"])]
    nats_publisher: Option<String>,
    /// Connections that publish; one carries a request at a time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How many customers events are about, of whom the first is met k times as often as the k-th (Zipf's law). Without it, they are the
    /// demonstration company's own.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    customers: Option<u32>,
    /// Viewers of the figures, beside the one that measures.
    #[arg(long, default_value_t = 0)]
    viewers: usize,
    /// Viewers that read far too slowly once a third of the time is over: what becomes of them, and of the others.
    #[arg(long, default_value_t = 0)]
    slow_viewers: usize,
    /// Consoles that wait for alerts.
    #[arg(long, default_value_t = 0)]
    consoles: usize,
    /// Events a second, of the rate, that raise an alert about a new customer.
    #[arg(long, default_value_t = 0.0)]
    alerts_per_s: f64,
    /// The id of the server's process on this machine, to tell its memory.
    #[arg(long, value_name = "PID")]
    server_pid: Option<u32>,
    /// Also write the report as one HTML file with plots, which needs nothing from outside.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Also write the report as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs the load test; fails where something was lost or counted twice, or a search found no rate that is sustained.
pub(crate) async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    if arguments.short && arguments.scenario != Some(Scenario::Soak) {
        return Err("--short is for --scenario soak".into());
    }
    // Minutes of load are not to end in a report that can't be written.
    let create = |file: &PathBuf| File::create(file).map_err(|error| format!("{}: {error}", file.display()));
    let json_file = arguments.json.as_ref().map(create).transpose()?;
    let html_file = arguments.html.as_ref().map(create).transpose()?;
    let settings = arguments.settings();
    settings.check()?;
    let bar = bar();
    let watch = |progress: Option<Progress>| show(&bar, progress);
    let outcome = match arguments.scenario {
        Some(scenario) => {
            let played = Box::pin(scenario::play(scenario, config, settings, arguments.soak(), &watch)).await?;
            out::say(&format!("\n{played}"));
            Outcome { json: serde_json::to_vec_pretty(&played)?, html: played.html(), is_well: played.is_complete() }
        }
        None => Box::pin(on_target(config, &arguments, settings, &watch)).await?,
    };
    if let Some(mut file) = json_file {
        file.write_all(&outcome.json)?;
    }
    if let Some(mut file) = html_file {
        file.write_all(outcome.html.as_bytes())?;
    }
    Ok(if outcome.is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was found, for programs and for people, and whether it is good.
struct Outcome {
    json: Vec<u8>,
    html: String,
    is_well: bool,
}

/// Puts a system that is up under load.
async fn on_target(
    config: &Config,
    arguments: &Arguments,
    settings: Settings,
    watch: Watch<'_>,
) -> Result<Outcome, Box<dyn Error>> {
    let here = || format!("{}://{}", config.gateway.scheme(), reachable(config.gateway.listen));
    let url = arguments.url.clone().unwrap_or_else(here);
    let target = Target::new(&url, config.access.publish_token.clone(), config.access.view_token.clone())?;
    let target = if arguments.url.is_some() { target } else { with_log(config, target).await? };
    let target = match &arguments.nats_publisher {
        Some(name) => by_nats(config, target, name).await?,
        None => target,
    };
    let seconds = (settings.warmup + settings.measured).as_secs();
    let each = if arguments.search { " each step" } else { "" };
    out::say(&format!("load on {url}, source /loadtest/..., for {seconds} s{each}\n"));
    if !arguments.search {
        let (report, ()) = nexusflow_loadtest::run(&target, &settings, watch, async |_| ()).await?;
        out::say(&report.to_string());
        if report.accepted == 0 {
            out::hint("nothing was accepted, so that nothing is shown by this");
        }
        let is_well = report.verdict() == Verdict::Complete && report.accepted > 0;
        return Ok(Outcome { json: serde_json::to_vec_pretty(&report)?, html: report.html(), is_well });
    }
    let p99_max = Duration::from_millis(arguments.p99_ms);
    let search = Search { settings, p99_max, rate_max: arguments.rate_max };
    let found = nexusflow_loadtest::search(&target, &search, watch, |step| out::say(&step.to_string())).await?;
    out::say(&format!("\n{found}"));
    let is_well = found.sustainable_per_s.is_some() && found.is_complete();
    Ok(Outcome { json: serde_json::to_vec_pretty(&found)?, html: found.html(), is_well })
}

impl Arguments {
    fn settings(&self) -> Settings {
        let seconds = self.seconds.unwrap_or(if self.search { 10 } else { 30 });
        Settings {
            rate: self.rate,
            shape: self.shape,
            measured: Duration::from_secs(seconds.into()),
            warmup: Duration::from_secs(self.warmup.into()),
            batch: self.batch,
            connections: self.connections,
            viewers: self.viewers,
            slow_viewers: self.slow_viewers,
            consoles: self.consoles,
            alerts_per_s: self.alerts_per_s,
            customers: self.customers,
            introduce: false,
            old_per_s: 0.0,
            again: false,
            server: self.server_pid,
        }
    }

    /// How long a soak lasts.
    fn soak(&self) -> Duration {
        let whole = if self.short { soak::SHORT } else { soak::WHOLE };
        self.seconds.map_or(whole, |seconds| Duration::from_secs(seconds.into()))
    }
}

/// Seen where standard error is a terminal, and nowhere else.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn show(bar: &ProgressBar, progress: Option<Progress>) {
    let Some(Progress { due_per_s, accepted_per_s, waiting, gone, all }) = progress else {
        return bar.finish_and_clear();
    };
    if bar.is_finished() {
        bar.reset();
    }
    bar.set_length(all.as_secs());
    bar.set_position(gone.as_secs());
    let left = all.saturating_sub(gone).as_secs();
    let rates = format!("{due_per_s:.0}/s due, {accepted_per_s:.0}/s accepted, {waiting} without an answer");
    bar.set_message(if all.is_zero() { rates } else { format!("{rates}, {left} s left") });
}

/// The target with its log, which knows when it had what; without it, those stages are left out.
async fn with_log(config: &Config, target: Target) -> Result<Target, Box<dyn Error>> {
    let settings = nats_server::settings(config);
    match Log::connect(&settings, config.log.clone(), "loadtest").await {
        Ok(log) => Ok(target.with_log(log, config.shown()?)),
        Err(error) => {
            out::hint(&format!("the stages between the door and the screen are left out: {error}"));
            Ok(target)
        }
    }
}

/// The target to which it is published as the publisher `name` of NexusFlow's own NATS may.
async fn by_nats(config: &Config, target: Target, name: &str) -> Result<Target, Box<dyn Error>> {
    if !config.nats.url.is_empty() {
        return Err(
            "--nats-publisher is for NexusFlow's own NATS, and nats.url names another one: leave out one of them"
                .into(),
        );
    }
    let publisher = config.own_nats.publisher.iter().find(|publisher| publisher.name == name);
    let Some(Publisher { subject, password_file: Some(file), .. }) = publisher else {
        let wanted = "a publisher with a password_file, and a source of the kind nats that reads its subject";
        return Err(format!(
            "there is no [[own_nats.publisher]] {name:?} with a password: it needs {wanted} (docs/connect/nats.md)"
        )
        .into());
    };
    let settings = NatsSettings {
        url: format!("nats://127.0.0.1:{}", config.own_nats.port),
        user: Some(name.to_owned()),
        password_file: Some(file.clone()),
        ..NatsSettings::default()
    };
    let client = nexusflow_log::connect(&settings, "loadtest publisher").await?;
    Ok(target.by_nats(client, subject.replace(['*', '>'], "loadtest")))
}

/// Where to go for what listens at `listen`: one who listens everywhere is here, too.
pub(crate) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
