//! The board: what people have to see, told to consoles as it changes.
//!
//! Other topics are rendered whole, some times a second. An alert has no time for that: its row is made once, when its card
//! changes, and goes to every console at once. Under load rows that changed meanwhile go together.

mod book;
mod group;
mod holds;
mod list;
mod matching;
pub(crate) mod outward;
pub(crate) mod requests;
#[cfg(test)]
mod tests;

pub(crate) use list::Channel;

use crate::hub::SharedHub;
use book::Book;
use nexusflow_domain::views::{self, alerts, table};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};

/// Under load rows go out once in this time ...
const FLUSH_EVERY: Duration = Duration::from_millis(20);
/// ... and after a quiet while this often at once.
const AT_ONCE: u32 = 4;

/// The topics whose rows are told as they change.
const TOPICS: [&str; 4] = ["alerts", "silences", "deliveries", "targets"];

/// What people have to see.
pub(crate) struct Board {
    book: Mutex<Book>,
    /// The members of groups that somebody looks at, by group.
    members: Mutex<BTreeMap<String, Arc<Channel>>>,
    alerts: Arc<Channel>,
    silences: Arc<Channel>,
    pub(crate) deliveries: Arc<Channel>,
    pub(crate) targets: Arc<Channel>,
    /// The last number given to a change of any of them: one that is forgotten and made anew must not repeat its own.
    seq: AtomicU64,
    tick: watch::Sender<u64>,
    /// Rung when cards may have changed.
    pub(crate) changed: Notify,
}

/// Whether a topic is told as it changes.
pub(crate) fn is_topic(topic: &str) -> bool {
    TOPICS.contains(&topic)
}

/// The columns that identify a row, and the columns, of such a topic.
pub(crate) fn shape(topic: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    match topic {
        "alerts" => Some((alerts::KEY, alerts::COLS)),
        "silences" => Some((alerts::SILENCE_KEY, alerts::SILENCE_COLS)),
        "deliveries" => Some((outward::DELIVERY_KEY, outward::DELIVERY_COLS)),
        "targets" => Some((outward::TARGET_KEY, outward::TARGET_COLS)),
        _ => None,
    }
}

impl Board {
    pub(crate) fn new() -> Self {
        Self {
            book: Mutex::default(),
            members: Mutex::default(),
            alerts: Channel::new(alerts::KEY, alerts::COLS),
            silences: Channel::new(alerts::SILENCE_KEY, alerts::SILENCE_COLS),
            deliveries: Channel::new(outward::DELIVERY_KEY, outward::DELIVERY_COLS),
            targets: Channel::new(outward::TARGET_KEY, outward::TARGET_COLS),
            seq: AtomicU64::new(0),
            tick: watch::Sender::new(0),
            changed: Notify::new(),
        }
    }

    /// Looks at or changes what is known; never across an await.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut Book) -> R) -> R {
        look(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a viewer of a topic is told by.
    ///
    /// # Errors
    /// Where there is no such topic here, or it has no such parameter.
    pub(crate) fn channel(&self, topic: &str, params: &views::Params) -> Result<Arc<Channel>, String> {
        table::only(params, if topic == "alerts" { &["group"] } else { &[] })?;
        match (topic, params.get("group")) {
            ("alerts", Some(group)) => Ok(self.members_of(group)),
            ("alerts", None) => Ok(Arc::clone(&self.alerts)),
            ("silences", _) => Ok(Arc::clone(&self.silences)),
            ("deliveries", _) => Ok(Arc::clone(&self.deliveries)),
            ("targets", _) => Ok(Arc::clone(&self.targets)),
            _ => Err(format!("there is no topic {topic:?}; GET /api/v1/views lists them")),
        }
    }

    fn members_of(&self, group: &str) -> Arc<Channel> {
        // The book first, as when rows are told: a change comes before or after, and is in there either way.
        self.with(|book| {
            let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
            let channel = members.entry(group.to_owned()).or_insert_with(|| Channel::new(alerts::KEY, alerts::COLS));
            if channel.seq() == 0 && self.alerts.seq() > 0 {
                let (_, as_of, _) = self.alerts.rows();
                channel.change(book.members_of(group), as_of, || self.next_seq());
            }
            Arc::clone(channel)
        })
    }

    /// Tells when any topic has something new.
    pub(crate) fn ticks(&self) -> watch::Receiver<u64> {
        self.tick.subscribe()
    }

    fn next_seq(&self) -> u64 {
        self.seq.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Changes the rows of a topic, and tells who looks at it.
    pub(crate) fn change(&self, channel: &Channel, rows: impl IntoIterator<Item = list::Change>, as_of: String) {
        if channel.change(rows, as_of, || self.next_seq()) {
            self.tick.send_modify(|tick| *tick += 1);
        }
    }

    /// Tells what changed.
    fn flush(&self, as_of: &str) {
        let is_changed = self.with(|book| {
            let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
            // A group that nobody looks at any more is held here alone.
            members.retain(|_, channel| Arc::strong_count(channel) > 1);
            let mut changes = book.settle(|group| members.contains_key(group));
            let mut is_changed = false;
            for (group, channel) in members.iter() {
                let rows = match channel.seq() {
                    0 => book.members_of(group),
                    _ => changes.members.remove(group).unwrap_or_default(),
                };
                is_changed |= channel.change(rows, as_of.to_owned(), || self.next_seq());
            }
            is_changed |= self.alerts.change(changes.alerts, as_of.to_owned(), || self.next_seq());
            is_changed | self.silences.change(changes.silences, as_of.to_owned(), || self.next_seq())
        });
        if is_changed {
            self.tick.send_modify(|tick| *tick += 1);
        }
    }
}

/// Tells what changes, until `shutdown`.
pub(crate) async fn run(hub: SharedHub) {
    let mut shutdown = hub.shutdown.clone();
    let mut pace = Pace::new(Instant::now());
    loop {
        tokio::select! {
            () = nexusflow_log::raised(&mut shutdown) => return,
            () = hub.board.changed.notified() => {}
        }
        // A gateway that has just started has heard little: a console keeps what it has until the whole is known.
        if !hub.knows_everything() || !take(&hub) {
            continue;
        }
        let wait = pace.wait(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
            take(&hub);
        }
        let as_of = hub.as_of().map(|at| at.to_string()).unwrap_or_default();
        hub.board.flush(&as_of);
    }
}

/// Takes in the cards that changed; false where nothing is to be told.
fn take(hub: &SharedHub) -> bool {
    let (changes, rules) = hub.with(|state| {
        let changes = state.merged.take_changed_cards();
        (changes, state.business().alerting.inhibit.clone())
    });
    hub.board.with(|book| {
        book.take(changes, &rules);
        book.is_touched() || hub.board.alerts.seq() == 0
    })
}

/// How often something may be told: some times at once, and no more than so often for long.
struct Pace {
    /// When all would have been paid for.
    paid_at: Instant,
}

impl Pace {
    fn new(now: Instant) -> Self {
        Self { paid_at: now }
    }

    /// How long to wait with the next.
    fn wait(&mut self, now: Instant) -> Duration {
        self.paid_at = self.paid_at.max(now) + FLUSH_EVERY;
        self.paid_at.saturating_duration_since(now).saturating_sub(FLUSH_EVERY * AT_ONCE)
    }
}
