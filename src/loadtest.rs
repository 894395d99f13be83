//! `nexusflow loadtest`: how fast, and whether all of it.

use crate::config::Config;
use crate::out;
use clap::Args;
use nexusflow_loadtest::{Settings, Target, Verdict};
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How much load, for how long, on whom. Nothing else may publish meanwhile, or what gets lost can't be told.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The gateway; without it, the one of gateway.listen. Its tokens are those of `access`.
    #[arg(long)]
    url: Option<String>,
    /// Events a second, sent when they are due, whether or not the answers to earlier ones are there.
    #[arg(long, default_value_t = 1_000.0)]
    rate: f64,
    /// How long is measured.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// How many seconds the same load runs before that.
    #[arg(long, default_value_t = 5)]
    warmup: u32,
    /// Events in a request. With more than one, single events are not followed to the ticker.
    #[arg(long, default_value_t = 1)]
    batch: usize,
    /// Connections that publish; one carries a request at a time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Viewers of the figures, beside the one that measures.
    #[arg(long, default_value_t = 0)]
    viewers: usize,
    /// Consoles that wait for alerts.
    #[arg(long, default_value_t = 0)]
    consoles: usize,
    /// Events a second, of the rate, that raise an alert about a new customer.
    #[arg(long, default_value_t = 0.0)]
    alerts_per_s: f64,
    /// The id of the server's process on this machine, to tell its memory.
    #[arg(long, value_name = "PID")]
    server_pid: Option<u32>,
    /// Also write the report as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs the load test; fails where something was lost or counted twice.
pub(crate) async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let url =
        arguments.url.unwrap_or_else(|| format!("{}://{}", config.gateway.scheme(), reachable(config.gateway.listen)));
    let target = Target::new(&url, config.access.publish_token.clone(), config.access.view_token.clone())?;
    let settings = Settings {
        rate: arguments.rate,
        measured: Duration::from_secs(arguments.seconds.into()),
        warmup: Duration::from_secs(arguments.warmup.into()),
        batch: arguments.batch,
        connections: arguments.connections,
        viewers: arguments.viewers,
        consoles: arguments.consoles,
        alerts_per_s: arguments.alerts_per_s,
        server: arguments.server_pid,
    };
    out::say(&format!("load on {url}, source /loadtest/..., for {} s\n", arguments.warmup + arguments.seconds));
    let report = nexusflow_loadtest::run(&target, &settings).await?;
    out::say(&report.to_string());
    if let Some(file) = arguments.json {
        std::fs::write(file, serde_json::to_vec_pretty(&report)?)?;
    }
    Ok(if report.verdict() == Verdict::Complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
