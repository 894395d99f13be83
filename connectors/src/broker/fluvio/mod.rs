//! Fluvio: a topic is read as a source, and a topic is told of alerts and views by a [`Sink`]. The official client stands behind
//! [`Cluster`]; what is done with it does not know it.

mod client;
mod follow;
mod sink;
#[cfg(test)]
mod tests;

pub use client::Client;
pub use sink::{Sink, Views};

use super::{Message, Said};
use crate::arrival::{Arrival, Decoder, Headers};
use crate::intake::Origin;
use crate::source::{Body, Connector, Named, Opened, Read, Running, Sample, Site, Way};
use bytes::Bytes;
use follow::Home;
use futures_util::Stream;
use futures_util::future::{join_all, try_join_all};
use nexusflow_log::{Places, raised};
use serde::Deserialize;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// How often it is asked whether the topic has more partitions than before.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "fluvio",
    about: "A topic of Fluvio: CloudEvents, or any JSON by a mapping",
    open,
    page: include_str!("../../../../docs/connect/fluvio.md"),
    example: "endpoint = \"127.0.0.1:9003\"\ntopic = \"orders\"",
    samples: &[Sample {
        what: "an order, as a CloudEvent",
        headers: &[("fluvio-topic", "orders"), ("fluvio-partition", "0"), ("fluvio-offset", "7")],
        body: r#"{"specversion":"1.0","id":"order-1","source":"/shop","type":"order.placed","subject":"customer-1","time":"2026-01-05T10:00:00Z","data":{"order":"1","total":{"minor":1250,"currency":"EUR"}}}"#,
        becomes: &["order.placed"],
    }],
};

/// What mappings may use beside the value. Partition and offset name a record for ever.
const SAID: &[Said] = &[
    Said { column: "$topic", header: TOPIC, parted_by: None },
    Said { column: "$partition", header: PARTITION, parted_by: None },
    Said { column: "$offset", header: OFFSET, parted_by: None },
    Said { column: "$key", header: KEY, parted_by: None },
];
const TOPIC: &str = "fluvio-topic";
const PARTITION: &str = "fluvio-partition";
const OFFSET: &str = "fluvio-offset";
const KEY: &str = "fluvio-key";

/// What is asked of a cluster takes a while.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + Send + 'a>>;
/// The records of a partition, without an end.
pub type Records = Pin<Box<dyn Stream<Item = Result<Record, Trouble>> + Send>>;

/// A cluster, as far as it is needed: the official client, or one of a test.
pub trait Cluster: Send + Sync {
    /// How many partitions a topic has.
    fn partitions<'a>(&'a self, topic: &'a str) -> Asked<'a, u32>;
    /// The records of a partition from an offset on; none: from the oldest there is.
    fn records<'a>(&'a self, topic: &'a str, partition: u32, from: Option<i64>) -> Asked<'a, Records>;
    /// Appends records, each with its key; returns when all are stored.
    fn append<'a>(&'a self, topic: &'a str, records: Vec<(String, Vec<u8>)>) -> Asked<'a, ()>;
}

/// A record of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in its partition.
    pub offset: i64,
    /// Its key.
    pub key: Option<Bytes>,
    /// What it says.
    pub value: Bytes,
}

/// Why a cluster does not do what it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// What is asked for is there no longer, or was never.
    #[error("the offset is not there")]
    NotThere,
    /// Anything else: worth trying again.
    #[error("{0}")]
    Other(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    endpoint: String,
    topic: String,
    mapping: Option<String>,
}

/// A topic that is read.
#[derive(Debug)]
struct Topic {
    endpoint: String,
    topic: String,
}

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let Settings { endpoint, topic, mapping } = table.try_into().map_err(|e| e.to_string())?;
    check_endpoint(&endpoint)?;
    if topic.is_empty() {
        return Err("topic is empty".into());
    }
    let body = Body::new(mapping.as_deref(), &named.folder, &named.uri)?;
    let reader = Topic { endpoint, topic };
    Ok(Opened { decoder: Arc::new(Message { body, said: SAID }), way: Way::Read(Box::new(reader)) })
}

fn check_endpoint(endpoint: &str) -> Result<(), String> {
    let is_good = endpoint
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && !host.contains(['/', '@']) && port.parse::<u16>().is_ok());
    if is_good {
        Ok(())
    } else {
        Err("endpoint must be the cluster's host:port, such as fluvio.example.org:9003".into())
    }
}

impl Read for Topic {
    fn run<'a>(&'a self, site: &'a Site, decoder: &'a dyn Decoder) -> Running<'a> {
        Box::pin(async move {
            let told = |error: Trouble| format!("{}: {error}", self.endpoint);
            let mut stop = site.shutdown.clone();
            let read = async {
                let client = Client::connect(&self.endpoint).await.map_err(told)?;
                let places = Places::of(&site.log, &site.named.name).await;
                let home = Kept { site, decoder, topic: &self.topic, places: places.map_err(said)? };
                let partitions = client.partitions(&self.topic).await.map_err(told)?;
                tracing::info!(source = %site.named.name, partitions, "reads a topic of Fluvio");
                let follow = |partition| follow::partition(&client, &home, &self.topic, partition);
                tokio::select! {
                    ended = try_join_all((0..partitions).map(follow)) => ended.map(drop),
                    ended = more_than(&client, &self.topic, partitions) => ended,
                }
            };
            tokio::select! {
                ended = read => ended,
                () = raised(&mut stop) => Ok(()),
            }
        })
    }
}

/// Ends when a topic has more partitions than `partitions`: it is then read anew.
async fn more_than(cluster: &dyn Cluster, topic: &str, partitions: u32) -> Result<(), String> {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = cluster.partitions(topic).await.map_err(|error| error.to_string())?;
        if now != partitions {
            return Err(format!("the topic has {now} partitions, it had {partitions}"));
        }
    }
}

/// Events go to the intake, and how far a partition is read is kept beside the log.
struct Kept<'a> {
    site: &'a Site,
    decoder: &'a dyn Decoder,
    topic: &'a str,
    places: Places,
}

impl Kept<'_> {
    fn arrival(&self, partition: u32, record: &Record) -> Arrival {
        let mut headers = Headers::from([
            (TOPIC.to_owned(), self.topic.to_owned()),
            (PARTITION.to_owned(), partition.to_string()),
            (OFFSET.to_owned(), record.offset.to_string()),
        ]);
        headers.extend(record.key.as_ref().map(|key| (KEY.to_owned(), String::from_utf8_lossy(key).into_owned())));
        Arrival { headers, body: record.value.clone(), at: (self.site.now)() }
    }
}

impl Home for Kept<'_> {
    fn place(&self, partition: u32) -> follow::Done<'_, Option<i64>> {
        Box::pin(async move {
            // The topic stands with the offset: another topic under the same name of a source begins at its beginning.
            let kept: Option<(i64, String)> = self.places.get(&partition.to_string()).await.map_err(said)?;
            Ok(kept.filter(|(_, topic)| topic == self.topic).map(|(offset, _)| offset))
        })
    }

    fn store(&self, partition: u32, records: Vec<Record>) -> follow::Done<'_, ()> {
        Box::pin(async move {
            let bring = records.iter().map(|record| {
                let arrival = self.arrival(partition, record);
                let events = self.decoder.decode(&arrival);
                let source = Arc::clone(&self.site.named.name);
                let origin = Origin { source, kind: self.site.kind, headers: arrival.headers, at: arrival.at };
                let mut shutdown = self.site.shutdown.clone();
                async move { self.site.intake.bring(&origin, events, &mut shutdown).await }
            });
            let stored: Result<(), _> = join_all(bring).await.into_iter().collect();
            stored.map_err(|stopping| stopping.to_string())
        })
    }

    fn move_to(&self, partition: u32, offset: i64) -> follow::Done<'_, ()> {
        Box::pin(async move { self.places.keep(&partition.to_string(), &(offset, self.topic)).await.map_err(said) })
    }
}

fn said(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}
