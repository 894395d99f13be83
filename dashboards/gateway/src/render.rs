//! The loop that renders what somebody looks at.

use crate::feed::{Feed, Line};
use crate::hub::SharedHub;
use crate::operator;
use crate::{ask, board, ranking};
use nexusflow_domain::query::Query;
use nexusflow_domain::views::table::Row;
use nexusflow_domain::views::{self, sources};
use nexusflow_model::{Id, partition};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the operator sees changes all the time: twice a second is enough.
const OPERATOR_EVERY: Duration = Duration::from_millis(500);
/// A customer's page asks the owner of its partition.
const CUSTOMER_EVERY: Duration = Duration::from_millis(500);
const CUSTOMER_WITHIN: Duration = Duration::from_secs(3);
/// The loop looks at least this often, for feeds that are new or were put off.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The columns that identify a row, and the columns, of a topic; none where there is no such topic.
pub(crate) fn shape(topic: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    if let Some(topic) = views::topic(topic) {
        return Some((topic.key, topic.cols));
    }
    if board::is_topic(topic) {
        return board::shape(topic);
    }
    if let Some(ranking) = nexusflow_domain::retention::ranking::ranking(topic) {
        return Some((ranking.key, ranking.cols));
    }
    match topic {
        "partitions" => Some((&["partition"], operator::PARTITION_COLS)),
        "workers" => Some((&["id"], operator::WORKER_COLS)),
        "operator" => Some((&["key"], operator::OPERATOR_COLS)),
        "sources" => Some((sources::KEY, sources::COLS)),
        "customer" => Some((&["id"], &["id", "json"])),
        _ => None,
    }
}

/// Renders until `shutdown`.
pub(crate) async fn run(hub: SharedHub) {
    let mut shutdown = hub.shutdown.clone();
    loop {
        tokio::select! {
            () = nexusflow_log::raised(&mut shutdown) => return,
            () = hub.changed.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        for feed in hub.feeds.due() {
            one(&hub, &feed);
        }
    }
}

fn one(hub: &SharedHub, feed: &Arc<Feed>) {
    let began = Instant::now();
    let (topic, params) = &feed.key;
    if topic == "customer" {
        feed.rendered_in(Duration::ZERO, CUSTOMER_EVERY);
        tokio::spawn(customer(SharedHub::clone(hub), Arc::clone(feed)));
        return;
    }
    if ranking::is_topic(topic) {
        feed.rendered_in(Duration::ZERO, ranking::EVERY);
        tokio::spawn(rank(SharedHub::clone(hub), Arc::clone(feed)));
        return;
    }
    // A gateway that has just started has heard little: a page keeps what it has until the whole is known.
    if !operator::is_topic(topic) && !hub.knows_everything() {
        return;
    }
    let rows = match rows(hub, topic, params) {
        Ok(rows) => rows,
        Err(_) => return, // refused when it was subscribed to; a rendering does not fail later
    };
    let every = if operator::is_topic(topic) { OPERATOR_EVERY } else { Duration::ZERO };
    update(hub, feed, rows);
    feed.rendered_in(began.elapsed(), every);
}

/// While somebody does not answer the page keeps what it has.
async fn rank(hub: SharedHub, feed: Arc<Feed>) {
    let began = Instant::now();
    let (topic, params) = &feed.key;
    if let Ok(rows) = ranking::rows(&hub, topic, params).await {
        update(&hub, &feed, rows);
    }
    feed.rendered_in(began.elapsed(), ranking::EVERY);
}

/// The rows of a topic, but for `customer` and rankings.
pub(crate) fn rows(hub: &SharedHub, topic: &str, params: &views::Params) -> Result<Vec<Row>, String> {
    if let Some(topic) = views::topic(topic) {
        return hub.render(topic, params);
    }
    views::table::only(params, &[])?;
    Ok(match topic {
        "partitions" => operator::partitions(hub),
        "workers" => operator::workers(hub),
        "sources" => operator::sources(hub),
        _ => operator::figures(hub),
    })
}

fn update(hub: &SharedHub, feed: &Feed, rows: Vec<Row>) {
    let Some((key, cols)) = shape(&feed.key.0) else { return };
    let at: Vec<usize> = key.iter().filter_map(|key| cols.iter().position(|col| col == key)).collect();
    let line = |row: Row| {
        let key: Vec<&Value> = at.iter().map(|at| &row[*at]).collect();
        Line { key: to_json(&key).into(), json: to_json(&row).into() }
    };
    let lines = rows.into_iter().map(line).collect();
    let as_of = hub.as_of().map(|at| at.to_string()).unwrap_or_default();
    if feed.update(lines, as_of) {
        hub.feeds.tell();
    }
}

fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

async fn customer(hub: SharedHub, feed: Arc<Feed>) {
    let Some(id) = feed.key.1.get("id").and_then(|id| Id::new(id).ok()) else { return };
    // While nobody answers the page keeps what it has, and the heartbeat says that it is stale.
    let Ok(answer) = find_customer(&hub, &id).await else { return };
    let Ok(mut customer) = serde_json::from_slice::<Value>(&answer) else { return };
    // Where the log stands meanwhile is no change of the customer.
    if let Some(fields) = customer.as_object_mut() {
        fields.remove("as_of");
        fields.remove("place");
    }
    let rows = if customer.is_null() { Vec::new() } else { vec![vec![id.as_str().into(), customer]] };
    update(&hub, &feed, rows);
}

/// The customer 360 as JSON, `null` where nobody knows the customer.
pub(crate) async fn find_customer(hub: &SharedHub, id: &Id) -> Result<Vec<u8>, ask::AskError> {
    let partition = partition::of(id, hub.log.partitions());
    ask::one(&hub.log, partition, &Query::Customer(id.clone()), CUSTOMER_WITHIN).await
}
