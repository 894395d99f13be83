//! When what is sent: fixed in advance, never slowed by the system under test.

use crate::events::{Events, Trait};
use crate::settings::Settings;
use bytes::Bytes;
use nexusflow_model::{Timestamp, cloudevents};
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

/// Starts the schedule: the first request is due at `start`, which is `wall` by the clock on the wall. Making events ready and
/// waiting for their time are threads of their own: the async runtime's timers are too coarse, and it is busy.
pub(crate) fn start(settings: &Settings, events: Events, start: Instant, wall: Timestamp) -> UnboundedReceiver<Post> {
    let (ready, waiting) = sync_channel(AHEAD);
    let (send, due) = unbounded_channel();
    let settings = settings.clone();
    std::thread::spawn(move || prepare(&settings, events, start, wall, &ready));
    std::thread::spawn(move || release(&waiting, &send));
    due
}

fn prepare(settings: &Settings, mut events: Events, start: Instant, wall: Timestamp, to: &SyncSender<Post>) {
    for number in 0..settings.requests() {
        let due = settings.due(number);
        let at = wall.plus_ms(due.as_millis() as i64);
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

fn release(waiting: &Receiver<Post>, to: &UnboundedSender<Post>) {
    for mut post in waiting {
        let wait = post.due_at.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            std::thread::sleep(wait);
        }
        post.released_at = Instant::now();
        if to.send(post).is_err() {
            return;
        }
    }
}
