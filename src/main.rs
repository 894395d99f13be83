//! NexusFlow: real-time commercial operations.

mod ago;
mod apply;
mod business;
mod config;
mod demo;
mod dlq;
mod doctor;
mod evaluate;
mod keys;
mod line;
mod loadtest;
mod model;
mod nats_server;
mod out;
mod process;
mod publishers;
mod replay;
mod scenario;
mod send;
mod sinks;
mod status;
mod train;
mod up;
mod validate;
mod whatif;
mod why;

use clap::{Parser, Subcommand};
use config::Config;
use std::path::PathBuf;
use std::process::ExitCode;

// The fold makes and drops small maps all day. What this allocator saves was not measured yet.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Every customer's health, sentiment and place in the pipeline, kept up to date from the events that stream in, on the wall.
#[derive(Parser)]
#[command(name = "nexusflow", version, arg_required_else_help = true)]
struct Cli {
    /// The configuration; without it, config/nexusflow.toml if it is there, else the defaults.
    #[arg(long, short, global = true, env = "NEXUSFLOW_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything: NATS (if no address is configured), a worker, the gateway with the wall.
    Up {
        /// Also run the demonstration company.
        #[arg(long)]
        demo: bool,
    },
    /// Run a worker: fold the log.
    Worker,
    /// Run a gateway: take events in, serve the wall.
    Gateway,
    /// Run NexusFlow's own NATS server alone.
    Nats,
    /// Publish recorded data as if it happened again.
    Replay(replay::Arguments),
    /// Publish an example of any type of event to a NexusFlow that is up, and say where it was stored.
    Send(send::Arguments),
    /// Say what is wrong with files of events, line by line, and how to mend it.
    Validate(validate::Arguments),
    /// Run the demonstration company against a NexusFlow that is up.
    Demo,
    /// Put a NexusFlow that is up under load, and tell how long things take and whether anything gets lost.
    Loadtest(loadtest::Arguments),
    /// Say which alerts other thresholds would have raised over the recorded stream, beside those that were.
    Whatif(whatif::Arguments),
    /// Say what made a customer's health what it is, or was at any moment, down to the arithmetic and the events.
    Why(why::Arguments),
    /// Say how right NexusFlow is, on public data: health, sentiment, themes, forecasts. Fails where a figure is below its floor.
    Evaluate(evaluate::Arguments),
    /// Which models judge what customers write, and putting a trained one into force.
    #[command(subcommand)]
    Model(model::Command),
    /// Learn how texts sound, or what they are about, from labelled examples.
    #[command(subcommand)]
    Train(train::Command),
    /// Look at what could not be understood, and decide what becomes of it.
    #[command(subcommand)]
    Dlq(dlq::Command),
    /// Keys with which other systems publish: make, list, revoke.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Say which workers live, who owns which partition and how far behind it is. Fails where one is not looked after.
    Status(status::Arguments),
    /// Say what is wrong with a set-up, and how to mend it.
    Doctor {
        /// Say nothing; the exit code tells.
        #[arg(long)]
        quiet: bool,
        /// A gateway must be running here, and be ready: for the health check of a container.
        #[arg(long)]
        gateway: bool,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Say what is wrong with the configuration: file, line, key.
    Check,
    /// Put the configuration of the business, alerts included, into force in a NexusFlow that is up; say what changed.
    Apply,
    /// Print the configuration that holds, environment included, without secrets.
    Show,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return out::fail(&error),
    };
    match runtime.block_on(Box::pin(run(cli))) {
        Ok(code) => code,
        Err(error) => out::fail(error.as_ref()),
    }
}

async fn run(cli: Cli) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let config = match (&cli.command, Config::load(cli.config.as_deref())) {
        (_, Ok(config)) => config,
        (Command::Doctor { quiet, .. }, Err(error)) => return Ok(doctor::misconfigured(&error, *quiet)),
        (_, Err(error)) => return Err(error.into()),
    };
    out::log(matches!(cli.command, Command::Worker | Command::Gateway | Command::Nats));
    match cli.command {
        Command::Up { demo } => up::up(&config, demo).await?,
        Command::Worker => process::worker(&config).await?,
        Command::Gateway => process::gateway(&config).await?,
        Command::Nats => process::nats(&config).await?,
        Command::Replay(arguments) => return replay::run(&config, arguments).await,
        Command::Send(arguments) => {
            return tokio::task::spawn_blocking(move || send::run(&config, &arguments).map_err(|e| e.to_string()))
                .await?
                .map_err(Into::into);
        }
        Command::Validate(arguments) => return validate::run(&arguments),
        Command::Demo => demo::run(&config).await?,
        Command::Loadtest(arguments) => return loadtest::run(&config, arguments).await,
        Command::Whatif(arguments) => return Box::pin(whatif::run(&config, &arguments)).await,
        Command::Why(arguments) => return Box::pin(why::run(&config, &arguments)).await,
        Command::Evaluate(arguments) => {
            return tokio::task::spawn_blocking(move || evaluate::run(&arguments).map_err(|e| e.to_string()))
                .await?
                .map_err(Into::into);
        }
        Command::Model(command) => return Box::pin(model::run(&config, command)).await,
        Command::Train(command) => return Ok(tokio::task::spawn_blocking(move || train::run(&command)).await??),
        Command::Dlq(command) => return Box::pin(dlq::run(&config, command)).await,
        Command::Keys(command) => return Box::pin(keys::run(&config, command)).await,
        Command::Config(ConfigCommand::Check) => config.check_and_say()?,
        Command::Config(ConfigCommand::Apply) => return Box::pin(apply::run(&config)).await,
        Command::Config(ConfigCommand::Show) => out::say(&config.shown()?),
        Command::Status(arguments) => return Ok(Box::pin(status::run(&config, &arguments)).await),
        Command::Doctor { quiet, gateway } => return Ok(Box::pin(doctor::examine(&config, quiet, gateway)).await),
    }
    Ok(ExitCode::SUCCESS)
}
