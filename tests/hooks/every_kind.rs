//! Every kind of source, those that are read included, before a log that stands still, before one that dies, and in a process that
//! is stopped in the middle and begun anew: what was brought is there, and what was brought twice is the same event.

use crate::fixture;
use crate::harness::{Nexusflow, SOON, eventually, nats_server, running_nats_server, signal, stored};
use nexusflow_connectors::arrival::Incoming;
use nexusflow_connectors::intake::{Intake, Ledger, Origin, Stopping};
use nexusflow_connectors::source::CONNECTORS;
use nexusflow_log::{Appender, DeadLetters, Log, LogSettings, NatsSettings};
use nexusflow_model::cloudevents::encode;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Long enough that all samples wait for the log.
const STANDS_STILL: Duration = Duration::from_secs(2);

/// What every sample of every kind becomes, kind by kind.
fn all() -> Vec<(Origin, Vec<Incoming>)> {
    let of = |connector: &&nexusflow_connectors::source::Connector| {
        let (opened, at) = (fixture::open(connector), fixture::now());
        let decode = |sample| opened.decoder.decode(&fixture::arrival(sample, at));
        let origin = Origin { source: connector.kind.into(), kind: connector.kind, headers: Default::default(), at };
        (origin, connector.samples.iter().flat_map(decode).collect())
    };
    CONNECTORS.iter().map(of).collect()
}

fn name(event: &Value) -> (String, String) {
    let text = |key: &str| event[key].as_str().unwrap().to_owned();
    (text("source"), text("id"))
}

async fn connect(nexusflow: &Nexusflow) -> Log {
    let nats = NatsSettings {
        url: format!("nats://127.0.0.1:{}", nexusflow.nats_port),
        token_file: Some(nexusflow.folder().join(".nexusflow/nats/token")),
        ..NatsSettings::default()
    };
    let log = Log::connect_patiently(&nats, LogSettings::default(), "test", Duration::from_secs(20)).await.unwrap();
    log.prepare(Duration::from_secs(20)).await.unwrap();
    log
}

/// A process that brings everything, until it is told to stop.
fn bring(log: &Log, shutdown: &watch::Receiver<bool>) -> JoinSet<Result<(), Stopping>> {
    let intake =
        Intake::new(Appender::start(log), DeadLetters::new(log), Arc::new(Ledger::default()), Arc::new(|_| 0), 10_000);
    let mut bringing = JoinSet::new();
    for (origin, events) in all() {
        let (intake, mut shutdown) = (intake.clone(), shutdown.clone());
        bringing.spawn(async move { intake.bring(&origin, events, &mut shutdown).await });
    }
    bringing
}

#[test]
fn what_any_kind_brings_outlives_a_slow_log_its_death_and_a_restart() {
    let nexusflow = Nexusflow::new("EUR", "UTC");
    let nats = nexusflow.nats();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let log = connect(&nexusflow).await;
        let (stop, stopping) = watch::channel(false);
        signal("-STOP", nats_server(nats.id()));
        let first = bring(&log, &stopping);
        tokio::time::sleep(STANDS_STILL).await;
        stop.send_replace(true);
        let ended = first.join_all().await;
        assert!(ended.iter().all(Result::is_err), "a log that stands still has stored: {ended:?}");
        signal("-CONT", nats_server(nats.id()));

        let (_stop, stopping) = watch::channel(false);
        let second = bring(&log, &stopping);
        if let Some(server) = running_nats_server(nats.id()) {
            signal("-KILL", server);
            // Until it is gone it may be taken for the one that comes after it.
            eventually(SOON, "the server is gone", || match running_nats_server(nats.id()) {
                Some(still) if still == server => Err("it is there".to_owned()),
                _ => Ok(()),
            });
        }
        let ended = second.join_all().await;
        assert_eq!(ended.len(), CONNECTORS.len());
        assert!(ended.iter().all(Result::is_ok), "{ended:?}");
    });
    nexusflow.wait_for_nats();
    let expected: BTreeSet<(String, String)> = all()
        .into_iter()
        .flat_map(|(_, events)| events)
        .map(|incoming| name(&serde_json::from_slice(&encode(&incoming.event.unwrap())).unwrap()))
        .collect();
    let there: BTreeSet<(String, String)> = stored(&nexusflow).iter().map(name).collect();
    assert!(expected.len() > CONNECTORS.len());
    assert_eq!(there, expected);
}
