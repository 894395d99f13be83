//! A topic that is told of every change of an alert, and of views as they stand every few seconds. What is told is a CloudEvent.

use super::{Client, Cluster, check_endpoint};
use crate::notify::notice::Entry;
use futures_util::future::pending;
use nexusflow_log::{Leadership, Log, Places, ReadError, Reader, Record, last_effect, raised};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Another process tells where the one that did is not heard of for so long.
const LEASE: Duration = Duration::from_secs(5);
/// The pauses after failures: the first, and the longest.
const AGAIN_FIRST: Duration = Duration::from_millis(500);
const AGAIN_MAX: Duration = Duration::from_secs(60);

/// What the last entry of the output log that was told is kept as.
const PLACE: &str = "effects";

/// A view by its topic, as `GET /api/v1/views/TOPIC` answers it; none where there is no such topic.
pub type Views = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send>> + Send + Sync>;

/// A topic that is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sink {
    name: String,
    /// `fluvio`: there is no other yet.
    kind: String,
    endpoint: String,
    topic: String,
    #[serde(default = "yes")]
    alerts: bool,
    #[serde(default)]
    views: Vec<String>,
    #[serde(default = "ten")]
    every_s: u64,
}

fn yes() -> bool {
    true
}

fn ten() -> u64 {
    10
}

impl Sink {
    /// Reads the settings of a sink.
    ///
    /// # Errors
    /// The key, and what is wrong with it.
    pub fn open(table: toml::Table) -> Result<Self, String> {
        let sink: Self = table.try_into().map_err(|error| error.to_string())?;
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if sink.name.is_empty() || sink.name.len() > 40 || !sink.name.bytes().all(plain) {
            return Err("name must be 1 to 40 lower-case letters, digits and -".into());
        }
        let wrong = |reason: String| Err(format!("{}: {reason}", sink.name));
        if sink.kind != "fluvio" {
            return wrong(format!("kind {:?} is not fluvio, the only one there is", sink.kind));
        }
        if let Err(reason) = check_endpoint(&sink.endpoint) {
            return wrong(reason);
        }
        if sink.topic.is_empty() {
            return wrong("topic is empty".into());
        }
        if !sink.alerts && sink.views.is_empty() {
            return wrong("it is told nothing: set alerts = true, or name views".into());
        }
        if !(1..=86_400).contains(&sink.every_s) {
            return wrong("every_s must be from 1 to 86400".into());
        }
        Ok(sink)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tells until `shutdown`, one process at a time; `process` is what people see of this one.
    pub async fn run(self, log: Log, views: Views, process: String, shutdown: watch::Receiver<bool>) {
        let leadership = Leadership::new(&log, format!("sink-{}", self.name), LEASE);
        let (mut stop, mut pause) = (shutdown, AGAIN_FIRST);
        loop {
            let mut leader = tokio::select! {
                leader = leadership.won(&process) => leader,
                () = raised(&mut stop) => return,
            };
            let began = tokio::time::Instant::now();
            let why = tokio::select! {
                ended = self.connect_and_tell(&log, &views) => ended.err().unwrap_or_else(|| "it ended".into()),
                () = leader.lost(&process) => "another process tells it".into(),
                () = raised(&mut stop) => return leader.leave().await,
            };
            leader.leave().await;
            if began.elapsed() > AGAIN_MAX {
                pause = AGAIN_FIRST;
            }
            tracing::warn!(sink = %self.name, %why, again_in = ?pause, "a sink can't be told");
            tokio::select! {
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(AGAIN_MAX),
                () = raised(&mut stop) => return,
            }
        }
    }

    async fn connect_and_tell(&self, log: &Log, views: &Views) -> Result<(), String> {
        let client = Client::connect(&self.endpoint).await.map_err(|error| format!("{}: {error}", self.endpoint))?;
        tracing::info!(sink = %self.name, "tells a topic of Fluvio");
        tokio::select! {
            ended = self.tell_alerts(&client, log) => ended,
            ended = self.tell_views(&client, log.prefix(), views) => ended,
        }
    }

    /// Every change of an alert, from where the last one stopped: the place moves when the topic has what is before it.
    async fn tell_alerts(&self, cluster: &dyn Cluster, log: &Log) -> Result<(), String> {
        if !self.alerts {
            return pending().await;
        }
        // No source has a point in its name.
        let places = Places::of(log, &format!("sink.{}", self.name)).await.map_err(|error| error.to_string())?;
        let kept: Option<u64> = places.get(PLACE).await.map_err(|error| error.to_string())?;
        let mut after = kept.unwrap_or(0);
        if last_effect(log).await.map_err(|error| error.to_string())? < after {
            tracing::error!(sink = %self.name, "the output log is another one than before: all of it is told");
            after = 0;
        }
        let mut reader = Reader::of_effects(log, after);
        loop {
            let records = match reader.next().await {
                Err(ReadError::Gap { after, found, .. }) => {
                    tracing::error!(after, found, "entries of the output log are missing: what they said is not told");
                    reader = Reader::of_effects(log, found.saturating_sub(1));
                    continue;
                }
                records => records.map_err(|error| error.to_string())?,
            };
            let Some(last) = records.last().map(|record| record.sequence) else { continue };
            let told: Vec<_> = records.iter().flat_map(|record| alerts(log.prefix(), record)).collect();
            if !told.is_empty() {
                cluster.append(&self.topic, told).await.map_err(|error| error.to_string())?;
            }
            places.keep(PLACE, &last).await.map_err(|error| error.to_string())?;
        }
    }

    /// Views as they stand, when something in them has changed.
    async fn tell_views(&self, cluster: &dyn Cluster, prefix: &str, views: &Views) -> Result<(), String> {
        let mut last: BTreeMap<&str, Value> = BTreeMap::new();
        loop {
            if self.views.is_empty() {
                return pending().await;
            }
            let mut told = Vec::new();
            for topic in &self.views {
                let Some(view) = views(topic.clone()).await else {
                    return Err(format!("views: there is no topic {topic:?}; GET /api/v1/views lists them"));
                };
                let view: Value = serde_json::from_slice(&view).map_err(|error| error.to_string())?;
                if last.get(topic.as_str()) != Some(&view["rows"]) {
                    last.insert(topic, view["rows"].clone());
                    told.push(snapshot(prefix, topic, &view));
                }
            }
            if !told.is_empty() {
                cluster.append(&self.topic, told).await.map_err(|error| error.to_string())?;
            }
            tokio::time::sleep(Duration::from_secs(self.every_s)).await;
        }
    }
}

/// The changes of alerts in an entry of the output log, each with the key of its alert. The same change has the same id, however often
/// it is told.
pub(super) fn alerts(prefix: &str, record: &Record) -> Vec<(String, Vec<u8>)> {
    let Ok(entry) = serde_json::from_slice::<Entry>(&record.payload) else {
        tracing::error!(sequence = record.sequence, "an entry of the output log can't be read: it is not told");
        return Vec::new();
    };
    let log = entry.log_created_ns;
    let told = entry.effects.into_iter().filter_map(|mut effect| {
        let notice = effect.body.get_mut("notice")?.take();
        let text = |key: &str| notice[key].as_str().unwrap_or_default().to_owned();
        let key = format!("{}:{}", text("subject"), text("alert"));
        let event = json!({
            "specversion": "1.0", "id": format!("{log}-{}", effect.id), "source": format!("/{prefix}"),
            "type": format!("alert.{}", text("what")), "subject": text("subject"), "time": text("at"), "data": notice,
        });
        Some((key, event.to_string().into_bytes()))
    });
    told.collect()
}

fn snapshot(prefix: &str, topic: &str, view: &Value) -> (String, Vec<u8>) {
    let text = |key: &str| view[key].as_str().map_or_else(|| view[key].to_string(), str::to_owned);
    let id = format!("{topic}-{}-{}-{}", text("epoch"), text("seq"), text("as_of"));
    let event = json!({
        "specversion": "1.0", "id": id, "source": format!("/{prefix}"), "type": "view.snapshot", "subject": topic, "data": view,
    });
    (format!("view:{topic}"), event.to_string().into_bytes())
}
