//! When what is sent: fixed in advance, never slowed by the system under test.

use crate::events::{Events, Trait};
use crate::progress::Counts;
use crate::settings::Settings;
use bytes::Bytes;
use nexusflow_model::{Timestamp, cloudevents};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Requests that are made ready ahead of their time.
const AHEAD: usize = 4_096;

/// A request that is due.
#[derive(Debug)]
pub(crate) struct Post {
    /// The number of its first event in the run.
    pub(crate) first: u64,
    /// When it was to be sent.
    pub(crate) due_at: Instant,
    /// Whether it counts, or belongs to the warm-up.
    pub(crate) is_measured: bool,
    /// When it was let go.
    pub(crate) released_at: Instant,
    pub(crate) body: Bytes,
    /// What is in it, in order.
    pub(crate) events: Vec<Trait>,
    pub(crate) is_batch: bool,
}

/// When what is scheduled happens by the clock of the events: from when, and so many times as fast as it is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Telling {
    pub(crate) from: Timestamp,
    pub(crate) times: i64,
}

/// Starts the schedule: the first request is due at `start`. Making events ready and waiting for their time are threads of their own:
/// the async runtime's timers are too coarse, and it is busy.
pub(crate) fn start(
    settings: &Settings,
    events: Events,
    start: Instant,
    telling: Telling,
    counts: Arc<Counts>,
) -> UnboundedReceiver<Post> {
    let (ready, waiting) = sync_channel(AHEAD);
    let (send, due) = unbounded_channel();
    let settings = settings.clone();
    std::thread::spawn(move || prepare(&settings, events, start, telling, &ready));
    std::thread::spawn(move || release(&waiting, &send, &counts));
    due
}

fn prepare(settings: &Settings, mut events: Events, start: Instant, telling: Telling, to: &SyncSender<Post>) {
    for number in 0..settings.requests() {
        let due = settings.due(number);
        let at = telling.from.plus_ms(due.as_millis() as i64 * telling.times);
        let drawn: Vec<(Vec<u8>, Trait)> = (0..settings.batch).map_while(|_| events.next(at)).collect();
        let is_batch = settings.batch > 1;
        let body = if is_batch {
            cloudevents::join_record(drawn.iter().map(|(json, _)| json.as_slice()))
        } else {
            drawn.first().map(|(json, _)| json.clone()).unwrap_or_default()
        };
        let post = Post {
            first: number * settings.batch as u64 + 1,
            due_at: start + due,
            is_measured: due >= settings.warmup,
            released_at: start + due,
            body: body.into(),
            events: drawn.iter().map(|(_, what)| *what).collect(),
            is_batch,
        };
        if to.send(post).is_err() {
            return;
        }
    }
}

fn release(waiting: &Receiver<Post>, to: &UnboundedSender<Post>, counts: &Counts) {
    for mut post in waiting {
        let wait = post.due_at.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            std::thread::sleep(wait);
        }
        post.released_at = Instant::now();
        counts.came_due(post.events.len() as u64);
        if to.send(post).is_err() {
            return;
        }
    }
}
