//! `nexusflow up`: everything in one process, and NATS beside it.

use crate::config::Config;
use crate::nats_server::NatsServer;
use crate::{demo, out, process};
use nexusflow_connectors::notify;
use std::error::Error;

/// Runs everything until it is told to stop.
pub(crate) async fn up(config: &Config, with_demo: bool) -> Result<(), Box<dyn Error>> {
    notify::check(&config.notify)?;
    out::say(concat!("NexusFlow ", env!("CARGO_PKG_VERSION")));
    let server = if config.nats.url.is_empty() { Some(NatsServer::start(config).await?) } else { None };
    match &server {
        Some(server) => out::say(&format!("  NATS      {}", server.what)),
        None => out::say("  NATS      the cluster of nats.url"),
    }
    let ended = Box::pin(run(config, with_demo)).await;
    if let Some(server) = server {
        server.stop().await;
    }
    if ended.is_ok() {
        out::say("stopped; nothing is lost");
    }
    ended
}

async fn run(config: &Config, with_demo: bool) -> Result<(), Box<dyn Error>> {
    let (raise, flag) = process::shutdown()?;
    let log = process::open_log(config, "up").await?;
    out::say(&format!("  Log       {} partitions, prefix {}", log.partitions(), log.prefix()));
    let (gateway, doors) = process::start_gateway(config, &log, flag.clone()).await?;
    out::say(&format!("  Wall      {}://{}", config.gateway.scheme(), gateway.address()));
    let worker = process::run_worker(config, log.clone(), flag.clone());
    let serving = process::serve(gateway, doors);
    let sources = process::run_sources(config, log.clone(), flag.clone());
    let company = async { if with_demo { demo::tell(config, &log, flag.clone()).await } else { Ok(()) } };
    let notifier = process::run_notifier(config, log.clone(), flag.clone());
    let all = async {
        let down = |ended| process::down(&raise, ended);
        let (worker, serving, company, notifier, sources) = tokio::join!(
            async { down(worker.await) },
            async { down(serving.await) },
            async { down(company.await) },
            async { down(notifier.await) },
            async { down(sources.await) },
        );
        worker.and(serving).and(company).and(notifier).and(sources)
    };
    let stopping = async {
        nexusflow_log::raised(&mut flag.clone()).await;
        out::say("stopping ...");
    };
    process::stop_in_time(Box::pin(all), stopping).await
}
