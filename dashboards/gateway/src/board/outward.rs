//! What people outside the consoles were told, and how the targets stand: heard from whoever tells them.

use super::list::{Change, Channel};
use crate::hub::SharedHub;
use futures_util::StreamExt;
use nexusflow_log::{Deliveries, DeliveriesError, Delivery, TargetState};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// The columns that identify a delivery.
pub(crate) const DELIVERY_KEY: &[&str] = &["id", "target"];

/// The columns of deliveries.
pub(crate) const DELIVERY_COLS: &[&str] = &[
    "id", "target", "alert", "customer", "severity", "what", "at", "attempt", "outcome", "status", "detail", "next_at",
    "took_ms",
];

/// The column that identifies a target.
pub(crate) const TARGET_KEY: &[&str] = &["name"];

/// The columns of targets.
pub(crate) const TARGET_COLS: &[&str] = &["name", "kind", "state", "waiting", "last_ok_at", "last_error"];

/// How many deliveries the topic has.
const KEPT: usize = 100;
/// Before it is tried again to listen.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Targets that nobody spoke of for so long have nobody who delivers to them.
const SILENT_AFTER: Duration = Duration::from_secs(15);

/// Listens until `shutdown`.
pub(crate) async fn run(hub: SharedHub) {
    let mut shutdown = hub.shutdown.clone();
    let listening = async { tokio::join!(again(&hub, deliveries), again(&hub, targets)) };
    tokio::select! {
        () = nexusflow_log::raised(&mut shutdown) => {}
        _ = listening => {}
    }
}

/// Listens anew whenever that ends.
async fn again(hub: &SharedHub, listen: impl AsyncFn(&SharedHub) -> Result<(), DeliveriesError>) {
    loop {
        if let Err(error) = listen(hub).await {
            tracing::debug!(%error, "listening to deliveries anew");
        }
        tokio::time::sleep(TRY_AGAIN).await;
    }
}

/// Until the connection changes: what came meanwhile was not heard.
async fn deliveries(hub: &SharedHub) -> Result<(), DeliveriesError> {
    let log = Deliveries::new(&hub.log);
    let mut connection = hub.log.connection();
    connection.mark_unchanged();
    let mut heard = log.watch().await?;
    let mut newest = log.newest(KEPT, None).await?;
    newest.reverse();
    let mut kept: VecDeque<Arc<str>> = VecDeque::new();
    let channel = &hub.board.deliveries;
    let had = channel.keys();
    let mut rows = Vec::new();
    newest.iter().for_each(|delivery| keep(&mut kept, &mut rows, delivery));
    rows.extend(had.into_iter().filter(|key| !kept.contains(key)).map(|key| (key, None)));
    tell(hub, channel, rows);
    loop {
        let delivery = tokio::select! {
            _ = connection.changed() => return Ok(()),
            delivery = heard.next() => delivery,
        };
        let Some(delivery) = delivery else { return Ok(()) };
        let mut rows = Vec::new();
        keep(&mut kept, &mut rows, &delivery);
        tell(hub, channel, rows);
    }
}

/// The newest stays, in the place of an earlier word of the same delivery.
fn keep(kept: &mut VecDeque<Arc<str>>, rows: &mut Vec<Change>, delivery: &Delivery) {
    let key = to_json(&json!([delivery.id, delivery.target]));
    kept.retain(|own| *own != key);
    kept.push_back(Arc::clone(&key));
    rows.push((key, Some(row(DELIVERY_COLS, &json!(delivery)))));
    if kept.len() > KEPT {
        rows.extend(kept.pop_front().map(|oldest| (oldest, None)));
    }
}

async fn targets(hub: &SharedHub) -> Result<(), DeliveriesError> {
    let log = Deliveries::new(&hub.log);
    let mut connection = hub.log.connection();
    connection.mark_unchanged();
    let mut heard = log.watch_targets().await?;
    match log.targets().await {
        Ok(targets) => show(hub, &targets),
        Err(DeliveriesError::Nobody) => show(hub, &[]),
        Err(error) => return Err(error),
    }
    loop {
        let targets = tokio::select! {
            _ = connection.changed() => return Ok(()),
            targets = tokio::time::timeout(SILENT_AFTER, heard.next()) => targets,
        };
        match targets {
            Ok(Some(targets)) => show(hub, &targets),
            Ok(None) | Err(_) => return Ok(()),
        }
    }
}

fn show(hub: &SharedHub, targets: &[TargetState]) {
    let channel = &hub.board.targets;
    let one = |target: &TargetState| (to_json(&json!([target.name])), Some(row(TARGET_COLS, &json!(target))));
    let mut rows: Vec<Change> = targets.iter().map(one).collect();
    let gone: Vec<Change> = channel
        .keys()
        .into_iter()
        .filter(|key| rows.iter().all(|(own, _)| own != key))
        .map(|key| (key, None))
        .collect();
    rows.extend(gone);
    tell(hub, channel, rows);
}

fn tell(hub: &SharedHub, channel: &Channel, rows: Vec<Change>) {
    hub.board.change(channel, rows, crate::hub::now().to_string());
}

/// The fields of an object that stand in these columns, in order.
fn row(cols: &[&str], object: &Value) -> Arc<str> {
    to_json(&cols.iter().map(|col| object[*col].clone()).collect())
}

fn to_json(value: &Value) -> Arc<str> {
    value.to_string().into()
}
