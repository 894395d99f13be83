//! Topics that somebody looks at, rendered.

use dashmap::DashMap;
use nexusflow_domain::views;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A topic nobody looked at for so long is not rendered any more.
const FORGET_AFTER: Duration = Duration::from_secs(30);
/// A rendering takes place at most this often.
const RENDER_EVERY: Duration = Duration::from_millis(20);
/// And at most a tenth of the time goes into one topic.
const COST_FACTOR: u32 = 10;

/// What identifies a feed: a topic and its parameters.
pub(crate) type FeedKey = (String, views::Params);

/// A rendering of a topic.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// Grows with every change; 0 before the first rendering.
    pub(crate) seq: u64,
    /// How far time had come in the log.
    pub(crate) as_of: String,
    /// Rows as JSON arrays, each with its key as a JSON array, in the topic's order.
    pub(crate) rows: Vec<Line>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) key: Arc<str>,
    pub(crate) json: Arc<str>,
}

/// A topic that somebody looks at.
pub(crate) struct Feed {
    pub(crate) key: FeedKey,
    sender: watch::Sender<Arc<Rendered>>,
    pace: Mutex<Pace>,
    seq: Arc<AtomicU64>,
}

struct Pace {
    due_at: Instant,
    looked_at: Instant,
}

/// All of them.
pub(crate) struct Feeds {
    feeds: DashMap<FeedKey, Arc<Feed>>,
    /// Told whenever one of them has something new.
    tick: watch::Sender<u64>,
    /// The last number given to a rendering of any feed: one that is forgotten and made anew must not repeat its own.
    seq: Arc<AtomicU64>,
}

impl Feeds {
    pub(crate) fn new() -> Self {
        Self { feeds: DashMap::new(), tick: watch::Sender::new(0), seq: Arc::default() }
    }

    /// The feed of a topic, made if nobody looked at it yet.
    pub(crate) fn get(&self, key: &FeedKey) -> Arc<Feed> {
        let fresh = || Arc::new(Feed::new(key.clone(), Arc::clone(&self.seq)));
        let feed = Arc::clone(&self.feeds.entry(key.clone()).or_insert_with(fresh));
        feed.touch();
        feed
    }

    /// Those to render now; those nobody looks at are forgotten.
    pub(crate) fn due(&self) -> Vec<Arc<Feed>> {
        self.feeds.retain(|_, feed| feed.is_watched());
        let now = Instant::now();
        self.feeds.iter().filter(|feed| feed.is_due(now)).map(|feed| Arc::clone(feed.value())).collect()
    }

    /// Tells when any feed has something new.
    pub(crate) fn ticks(&self) -> watch::Receiver<u64> {
        self.tick.subscribe()
    }

    /// Tells that some feed has something new.
    pub(crate) fn tell(&self) {
        self.tick.send_modify(|tick| *tick += 1);
    }
}

impl Feed {
    fn new(key: FeedKey, seq: Arc<AtomicU64>) -> Self {
        let now = Instant::now();
        let pace = Mutex::new(Pace { due_at: now, looked_at: now });
        Self { key, sender: watch::Sender::new(Arc::default()), pace, seq }
    }

    /// The current rendering, and what follows.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<Rendered>> {
        self.sender.subscribe()
    }

    /// The current rendering.
    pub(crate) fn current(&self) -> Arc<Rendered> {
        Arc::clone(&self.sender.borrow())
    }

    fn touch(&self) {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.looked_at = Instant::now();
    }

    fn is_watched(&self) -> bool {
        let pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        self.sender.receiver_count() > 0 || pace.looked_at.elapsed() < FORGET_AFTER
    }

    fn is_due(&self, now: Instant) -> bool {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).due_at <= now
    }

    /// Puts the next rendering off by what this one cost.
    pub(crate) fn rendered_in(&self, cost: Duration, at_least: Duration) {
        let wait = (cost * COST_FACTOR).max(RENDER_EVERY).max(at_least);
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).due_at = Instant::now() + wait;
    }

    /// Takes a rendering; true if it differs from the one before.
    pub(crate) fn update(&self, rows: Vec<Line>, as_of: String) -> bool {
        self.sender.send_if_modified(|current| {
            if current.seq > 0 && current.rows == rows {
                return false;
            }
            let seq = self.seq.fetch_add(1, Ordering::Relaxed) + 1;
            *current = Arc::new(Rendered { seq, as_of, rows });
            true
        })
    }
}
