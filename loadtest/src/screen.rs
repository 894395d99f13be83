//! The viewer that measures: notes when what was on its screen.

use crate::LoadtestError;
use crate::target::Target;
use crate::viewer::{Frame, Viewer};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

/// As often as the gateway tells anything.
const RATE: Duration = Duration::from_millis(50);
/// Figures that did not move for so long stand still: the operator's come twice a second.
const STILL_AFTER: Duration = Duration::from_millis(1_600);
/// How long they may take to come to rest before the test.
const STILL_WITHIN: Duration = Duration::from_secs(20);

/// What the screen shows now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Events folded, of the topic `operator`.
    pub(crate) events: Option<i64>,
    /// Orders, of the topic `figures`, all time.
    pub(crate) orders: Option<i64>,
}

/// What was on the screen, and when.
#[derive(Debug, Default)]
pub(crate) struct Sightings {
    /// The gateway's version.
    pub(crate) server: String,
    /// Lines of the ticker by their place: when they were there, and when the gateway had heard of them, in microseconds since the
    /// epoch.
    pub(crate) items: HashMap<String, (Instant, u64)>,
    /// How many events were folded, whenever that changed.
    pub(crate) folded: Vec<(Instant, i64)>,
    /// How many orders were shown, whenever that changed.
    pub(crate) orders: Vec<(Instant, i64)>,
    /// How often the ticker had to be subscribed to again, because we were too far behind.
    pub(crate) resyncs: u64,
}

/// The viewer that measures.
pub(crate) struct Screen {
    standing: watch::Receiver<Standing>,
    stop: oneshot::Sender<()>,
    watching: JoinHandle<Result<Sightings, LoadtestError>>,
}

impl Screen {
    pub(crate) async fn open(target: &Target) -> Result<Self, LoadtestError> {
        let mut viewer = Viewer::open(target).await?;
        viewer.look_at("operator", &json!({}), RATE).await?;
        viewer.look_at("figures", &json!({"period": "all"}), RATE).await?;
        viewer.look_at("activity", &json!({}), RATE).await?;
        let (told, standing) = watch::channel(Standing::default());
        let (stop, stopped) = oneshot::channel();
        let watching = tokio::spawn(watch(viewer, told, stopped));
        Ok(Self { standing, stop, watching })
    }

    /// The figures, once they stand still: nobody else may publish.
    pub(crate) async fn at_rest(&mut self) -> Result<Standing, LoadtestError> {
        let began = Instant::now();
        while began.elapsed() < STILL_WITHIN {
            let before = *self.standing.borrow();
            tokio::time::sleep(STILL_AFTER).await;
            let now = *self.standing.borrow();
            if now == before && now.events.is_some() && now.orders.is_some() {
                return Ok(now);
            }
            if self.watching.is_finished() {
                break;
            }
        }
        Err(if self.watching.is_finished() { self.why_gone().await } else { LoadtestError::NotAlone })
    }

    /// Waits until `is_there`, or nothing moved for `within`; then until nothing moves any more. Gives what is shown in the end.
    pub(crate) async fn settle(
        &mut self,
        within: Duration,
        is_there: impl Fn(&Standing) -> bool,
    ) -> Result<Standing, LoadtestError> {
        while !is_there(&self.standing.borrow_and_update()) {
            match tokio::time::timeout(within, self.standing.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(self.why_gone().await),
                Err(_) => break,
            }
        }
        self.at_rest().await
    }

    /// Stops looking; gives what was seen.
    pub(crate) async fn close(self) -> Result<Sightings, LoadtestError> {
        // Whoever ended by itself says why.
        drop(self.stop);
        self.watching.await?
    }

    async fn why_gone(&mut self) -> LoadtestError {
        match (&mut self.watching).await {
            Ok(Err(error)) => error,
            Ok(Ok(_)) => LoadtestError::Protocol("stopped before its time".into()),
            Err(error) => error.into(),
        }
    }
}

async fn watch(
    mut viewer: Viewer,
    told: watch::Sender<Standing>,
    mut stopped: oneshot::Receiver<()>,
) -> Result<Sightings, LoadtestError> {
    let mut seen = Sightings::default();
    let mut columns: HashMap<String, Columns> = HashMap::new();
    loop {
        let (at, frame) = tokio::select! {
            _ = &mut stopped => return Ok(seen),
            frame = viewer.next() => frame?,
        };
        match frame {
            Frame::Event { items } => {
                for item in items {
                    seen.items.entry(item.place).or_insert((at, item.taken_in_us));
                }
            }
            Frame::Snap { id, cols, rows } => {
                let found = Columns::find(&cols);
                note(&mut seen, &told, at, &id, found, &rows);
                columns.insert(id, found);
            }
            Frame::Delta { id, up } => {
                let found = columns.get(&id).copied().unwrap_or_default();
                note(&mut seen, &told, at, &id, found, &up);
            }
            Frame::Resync { id } => {
                seen.resyncs += 1;
                viewer.look_at(&id, &json!({}), RATE).await?;
            }
            Frame::Welcome { server } => seen.server = server,
            Frame::Err { msg } => return Err(LoadtestError::Protocol(msg)),
            Frame::Other => {}
        }
    }
}

/// Where key and value of a figure stand in its row.
#[derive(Debug, Clone, Copy, Default)]
struct Columns {
    key: usize,
    value: usize,
}

impl Columns {
    fn find(cols: &[String]) -> Self {
        let at = |name: &str| cols.iter().position(|col| col == name).unwrap_or_default();
        Self { key: at("key"), value: at("value") }
    }
}

fn note(
    seen: &mut Sightings,
    told: &watch::Sender<Standing>,
    at: Instant,
    topic: &str,
    columns: Columns,
    rows: &[Vec<Value>],
) {
    let figure = |key: &str| {
        let row = rows.iter().find(|row| row.get(columns.key).and_then(Value::as_str) == Some(key))?;
        // Nothing to count yet is nothing counted.
        Some(row.get(columns.value).and_then(Value::as_i64).unwrap_or_default())
    };
    if let ("operator", Some(events)) = (topic, figure("events")) {
        seen.folded.push((at, events));
        told.send_modify(|standing| standing.events = Some(events));
    }
    if let ("figures", Some(orders)) = (topic, figure("orders")) {
        seen.orders.push((at, orders));
        told.send_modify(|standing| standing.orders = Some(orders));
    }
}
