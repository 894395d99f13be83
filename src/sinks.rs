//! Topics of others that are told of alerts and views. There are those of Fluvio, in programs that are built with it.

use nexusflow_gateway::Gateway;
use nexusflow_log::Log;
use tokio::sync::watch;

/// Whether sinks can be as they are configured.
#[cfg(feature = "fluvio")]
pub(crate) fn check(sinks: &[toml::Table]) -> Result<(), String> {
    open(sinks).map(drop)
}

/// Starts them; they end with `shutdown`.
#[cfg(feature = "fluvio")]
pub(crate) fn start(
    sinks: &[toml::Table],
    log: &Log,
    gateway: &Gateway,
    shutdown: &watch::Receiver<bool>,
) -> Result<(), String> {
    use nexusflow_connectors::broker::fluvio::Views;
    use std::sync::Arc;
    let rendered = gateway.views();
    let views: Views = Arc::new(move |topic| {
        let rendered = rendered.clone();
        Box::pin(async move { rendered.get(topic).await })
    });
    for sink in open(sinks)? {
        tokio::spawn(sink.run(log.clone(), Arc::clone(&views), crate::process::owner(), shutdown.clone()));
    }
    Ok(())
}

#[cfg(feature = "fluvio")]
fn open(sinks: &[toml::Table]) -> Result<Vec<nexusflow_connectors::broker::fluvio::Sink>, String> {
    use nexusflow_connectors::broker::fluvio::Sink;
    let mut opened: Vec<Sink> = Vec::with_capacity(sinks.len());
    for table in sinks {
        let sink = Sink::open(table.clone())?;
        if opened.iter().any(|other| other.name() == sink.name()) {
            return Err(format!("{}: there are two of that name", sink.name()));
        }
        opened.push(sink);
    }
    Ok(opened)
}

/// Whether sinks can be as they are configured.
#[cfg(not(feature = "fluvio"))]
pub(crate) fn check(sinks: &[toml::Table]) -> Result<(), String> {
    let missing =
        "can't be: this program was built without Fluvio. Build it with `--features fluvio`, or use a released image";
    if sinks.is_empty() { Ok(()) } else { Err(missing.into()) }
}

/// There are none.
#[cfg(not(feature = "fluvio"))]
pub(crate) fn start(
    sinks: &[toml::Table],
    _log: &Log,
    _gateway: &Gateway,
    _shutdown: &watch::Receiver<bool>,
) -> Result<(), String> {
    check(sinks)
}
