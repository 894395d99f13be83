//! One WebSocket.

use crate::activities::Item;
use crate::board::{self, Channel};
use crate::feed::{Feed, Rendered};
use crate::hub::{SharedHub, State, now};
use crate::protocol::{FromClient, HEARTBEAT_MS, NAME, RATE_MS, RATE_MS_MIN, SUBSCRIPTIONS_MAX, Since, Sub};
use crate::receipts::Receipts;
use crate::{assets, frame, ranking, render};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use nexusflow_domain::views;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// A client that takes nothing for so long is closed.
const SEND_WITHIN: Duration = Duration::from_secs(10);
/// The close code of a client that is too slow.
const TOO_SLOW: u16 = 4_008;
/// The close code of a client that does not keep to the protocol.
const PROTOCOL: u16 = 4_002;
/// How long a client has to say hello.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

struct Connection {
    hub: SharedHub,
    out: SplitSink<WebSocket, Message>,
    topics: BTreeMap<String, Topic>,
    activities: Option<(String, u64, broadcast::Receiver<Arc<Item>>)>,
    /// Topics that are told as they change, and what of each was sent.
    boards: BTreeMap<String, (Arc<Channel>, Option<u64>)>,
    /// None of who may only look.
    receipts: Option<Receipts>,
}

struct Topic {
    feed: Arc<Feed>,
    // Held so that the feed knows that somebody looks.
    _watch: watch::Receiver<Arc<Rendered>>,
    rate: Duration,
    sent: Option<Arc<Rendered>>,
    due_at: Instant,
}

/// Why a connection ends.
enum End {
    Closed,
    TooSlow,
    Protocol(&'static str),
    Shutdown,
}

/// Serves a WebSocket until it ends. `may_act`: what it shows counts as seen by somebody who can do something about it.
pub(crate) async fn serve(hub: SharedHub, socket: WebSocket, may_act: bool) {
    hub.viewers.fetch_add(1, Ordering::Relaxed);
    let (out, incoming) = socket.split();
    let mut connection = Connection {
        hub: SharedHub::clone(&hub),
        out,
        topics: BTreeMap::new(),
        activities: None,
        boards: BTreeMap::new(),
        receipts: may_act.then(|| Receipts::new(Instant::now())),
    };
    let end = connection.run(incoming).await;
    connection.part(end).await;
    hub.subscriptions.fetch_sub(connection.subscriptions(), Ordering::Relaxed);
    hub.viewers.fetch_sub(1, Ordering::Relaxed);
}

impl Connection {
    async fn run(&mut self, mut incoming: SplitStream<WebSocket>) -> End {
        match tokio::time::timeout(HELLO_WITHIN, incoming.next()).await {
            Ok(Some(Ok(Message::Text(text))))
                if matches!(serde_json::from_str(&text), Ok(FromClient::Hello { v: 1 })) => {}
            Ok(Some(Ok(_))) | Err(_) => return End::Protocol("the first frame must be hello with v = 1"),
            Ok(_) => return End::Closed,
        }
        let told = self.hub.with(State::told_business);
        let welcome = json!({
            "type": "welcome", "v": 1, "server": env!("CARGO_PKG_VERSION"), "build": assets::build(),
            "session": self.hub.epoch, "heartbeat_ms": HEARTBEAT_MS, "protocol": NAME,
            "time_zone": told.as_ref().map(|told| &told.time_zone), "business": told.as_ref().map(|told| &told.name),
        });
        let welcomed = self.send(welcome.to_string()).await;
        match welcomed {
            Ok(()) => self.listen(incoming).await,
            Err(end) => end,
        }
    }

    async fn listen(&mut self, mut incoming: SplitStream<WebSocket>) -> End {
        let mut shutdown = self.hub.shutdown.clone();
        let mut ticks = self.hub.feeds.ticks();
        let mut board = self.hub.board.ticks();
        let mut heartbeat = tokio::time::interval(Duration::from_millis(HEARTBEAT_MS));
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let flush_in = self.flush_in();
            let done = tokio::select! {
                () = nexusflow_log::raised(&mut shutdown) => Err(End::Shutdown),
                frame = incoming.next() => match frame {
                    Some(Ok(Message::Text(text))) => self.take(&text).await,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Closed),
                    Some(Ok(Message::Binary(_))) => Err(End::Protocol("frames are text")),
                    Some(Ok(_)) => Ok(()),
                },
                item = next_item(&mut self.activities) => self.tell(item).await,
                Ok(()) = board.changed(), if !self.boards.is_empty() => self.tell_changes().await,
                Ok(()) = ticks.changed(), if !self.topics.is_empty() => self.flush().await,
                () = tokio::time::sleep(flush_in.unwrap_or_default()), if flush_in.is_some() => self.flush().await,
                _ = heartbeat.tick() => self.beat().await,
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn take(&mut self, text: &str) -> Result<(), End> {
        match serde_json::from_str(text) {
            Ok(FromClient::Sub(sub)) => self.subscribe(sub).await,
            Ok(FromClient::Unsub { id }) => {
                let was = u64::from(self.topics.remove(&id).is_some())
                    + u64::from(self.boards.remove(&id).is_some())
                    + u64::from(self.activities.take_if(|(own, ..)| *own == id).is_some());
                self.hub.subscriptions.fetch_sub(was, Ordering::Relaxed);
                Ok(())
            }
            Ok(FromClient::Got(got)) => {
                // Who can only look keeps nobody else from being told.
                let Some(receipts) = &mut self.receipts else { return Ok(()) };
                match receipts.pass_on(&self.hub, got.alerts, Instant::now()).await {
                    Ok(()) => Ok(()),
                    Err(why) => self.send(frame::error(got.id.as_deref(), "too_many", why)).await,
                }
            }
            Ok(FromClient::Ping { t }) => self.send(json!({"type": "pong", "t": t}).to_string()).await,
            Ok(FromClient::Hello { .. }) => Ok(()),
            Err(error) => self.send(frame::error(None, "bad_frame", &error.to_string())).await,
        }
    }

    fn subscriptions(&self) -> u64 {
        (self.topics.len() + self.boards.len()) as u64 + u64::from(self.activities.is_some())
    }

    async fn subscribe(&mut self, sub: Sub) -> Result<(), End> {
        let known = self.topics.contains_key(&sub.id)
            || self.boards.contains_key(&sub.id)
            || self.activities.as_ref().is_some_and(|(id, ..)| *id == sub.id);
        if !known && self.subscriptions() as usize >= SUBSCRIPTIONS_MAX {
            return self.send(frame::error(Some(&sub.id), "too_many", "at most 64 subscriptions a connection")).await;
        }
        let before = self.subscriptions();
        let done = if sub.topic == "activity" {
            self.subscribe_to_activities(sub).await
        } else if board::is_topic(&sub.topic) {
            self.subscribe_to_board(sub).await
        } else {
            self.subscribe_to_feed(sub).await
        };
        self.hub.subscriptions.fetch_add(self.subscriptions() - before, Ordering::Relaxed);
        done
    }

    async fn subscribe_to_activities(&mut self, sub: Sub) -> Result<(), End> {
        let (items, seq, receiver) = self.hub.activities.subscribe();
        let had = sub.since.filter(|since| since.epoch == self.hub.epoch).map_or(0, |since| since.seq);
        let items: Vec<Arc<Item>> = items.into_iter().filter(|item| item.seq > had).collect();
        let frame = frame::event(&sub.id, &self.hub.epoch, seq, &items);
        self.activities = Some((sub.id, seq, receiver));
        self.send(frame).await
    }

    async fn subscribe_to_board(&mut self, sub: Sub) -> Result<(), End> {
        let channel = match self.hub.board.channel(&sub.topic, &sub.params) {
            Ok(channel) => channel,
            Err(why) => return self.send(frame::error(Some(&sub.id), "bad_topic", &why)).await,
        };
        let had = sub.since.filter(|since| since.epoch == self.hub.epoch).map(|since| since.seq);
        self.boards.insert(sub.id, (channel, had));
        self.tell_changes().await
    }

    /// Sends what changed of the topics that are told as they change.
    async fn tell_changes(&mut self) -> Result<(), End> {
        let mut due = Vec::new();
        for (id, (channel, sent)) in &mut self.boards {
            if let Some((seq, frames)) = channel.frames(id, &self.hub.epoch, *sent) {
                *sent = Some(seq);
                due.extend(frames);
            }
        }
        for frame in due {
            self.send(frame).await?;
        }
        Ok(())
    }

    async fn subscribe_to_feed(&mut self, sub: Sub) -> Result<(), End> {
        if let Err(why) = check(&self.hub, &sub.topic, &sub.params) {
            return self.send(frame::error(Some(&sub.id), "bad_topic", &why)).await;
        }
        let feed = self.hub.feeds.get(&(sub.topic, sub.params));
        let rate = Duration::from_millis(sub.rate_ms.unwrap_or(RATE_MS).max(RATE_MS_MIN));
        let current = feed.current();
        let has = |since: &Since| since.epoch == self.hub.epoch && since.seq == current.seq && current.seq > 0;
        let sent = sub.since.as_ref().is_some_and(has).then_some(current);
        let topic = Topic { _watch: feed.subscribe(), feed, rate, sent, due_at: Instant::now() };
        self.topics.insert(sub.id, topic);
        self.hub.changed.notify_one();
        self.flush().await
    }

    /// How long until something that changed may be sent; none where nothing waits.
    fn flush_in(&self) -> Option<Duration> {
        let waits = |topic: &&Topic| topic.sent.as_ref().map_or(0, |sent| sent.seq) < topic.feed.current().seq;
        let due_at = self.topics.values().filter(waits).map(|topic| topic.due_at).min()?;
        Some(due_at.saturating_duration_since(Instant::now()))
    }

    /// Sends what changed and may be sent now.
    async fn flush(&mut self) -> Result<(), End> {
        let mut frames = Vec::new();
        let now = Instant::now();
        for (id, topic) in &mut self.topics {
            let current = topic.feed.current();
            let had = topic.sent.as_ref().map_or(0, |sent| sent.seq);
            if topic.due_at > now || current.seq <= had {
                continue;
            }
            let epoch = &self.hub.epoch;
            match &topic.sent {
                Some(sent) => frames.push(frame::delta(id, epoch, sent, &current)),
                None => {
                    let Some((key, cols)) = render::shape(&topic.feed.key.0) else { continue };
                    frames.extend(frame::snapshot(id, epoch, key, cols, &current));
                }
            }
            (topic.sent, topic.due_at) = (Some(current), now + topic.rate);
        }
        for frame in frames {
            self.send(frame).await?;
        }
        Ok(())
    }

    /// Tells what just happened, at once, with what else is there already.
    async fn tell(&mut self, first: Result<Arc<Item>, RecvError>) -> Result<(), End> {
        let Some((id, seq, receiver)) = &mut self.activities else { return Ok(()) };
        let mut items = match first {
            Ok(item) => vec![item],
            Err(_) => {
                let frame = json!({"type": "resync", "id": id, "reason": "too far behind"}).to_string();
                self.activities = None;
                self.hub.subscriptions.fetch_sub(1, Ordering::Relaxed);
                return self.send(frame).await;
            }
        };
        while let Ok(item) = receiver.try_recv() {
            items.push(item);
        }
        items.retain(|item| item.seq > *seq);
        let Some(last) = items.last() else { return Ok(()) };
        *seq = last.seq;
        let frame = frame::event(id, &self.hub.epoch, *seq, &items);
        self.send(frame).await
    }

    async fn beat(&mut self) -> Result<(), End> {
        let as_of = self.hub.as_of().map(|at| at.to_string()).unwrap_or_default();
        let topics =
            self.topics.iter().map(|(id, topic)| (id.as_str(), topic.sent.as_ref().map_or(0, |sent| sent.seq)));
        let activities = self.activities.iter().map(|(id, seq, _)| (id.as_str(), *seq));
        let told = self.hub.with(State::told_business);
        let boards = self.boards.iter().map(|(id, (_, sent))| (id.as_str(), sent.unwrap_or(0)));
        let standings = topics.chain(activities).chain(boards);
        let frame = frame::heartbeat(&now().to_string(), &self.hub.freshness(), told.as_ref(), &as_of, standings);
        self.send(frame).await
    }

    async fn send(&mut self, frame: impl Into<Utf8Bytes>) -> Result<(), End> {
        match tokio::time::timeout(SEND_WITHIN, self.out.send(Message::Text(frame.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Closed),
            Err(_) => Err(End::TooSlow),
        }
    }

    async fn part(&mut self, end: End) {
        let (code, reason) = match end {
            End::Closed => return,
            End::TooSlow => (TOO_SLOW, "too slow"),
            End::Protocol(why) => (PROTOCOL, why),
            End::Shutdown => {
                // Spread over two seconds, so that not everybody comes back at once.
                let retry_ms = 500 + self.hub.started_at.elapsed().subsec_nanos() % 1_500;
                drop(self.send(json!({"type": "bye", "code": "shutdown", "retry_ms": retry_ms}).to_string()).await);
                (1_001, "shutting down")
            }
        };
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        drop(tokio::time::timeout(Duration::from_secs(1), self.out.send(close)).await);
    }
}

/// Whether a topic with these parameters can be subscribed to.
pub(crate) fn check(hub: &SharedHub, topic: &str, params: &views::Params) -> Result<(), String> {
    if topic == "customer" {
        views::table::only(params, &["id"])?;
        let id = params.get("id").ok_or("the parameter id is missing")?;
        return nexusflow_model::Id::new(id).map(drop).map_err(|error| error.to_string());
    }
    if board::is_topic(topic) {
        return hub.board.channel(topic, params).map(drop);
    }
    if ranking::is_topic(topic) {
        return ranking::check(topic, params);
    }
    if render::shape(topic).is_none() {
        return Err(format!("there is no topic {topic:?}; GET /api/v1/views lists them"));
    }
    render::rows(hub, topic, params).map(drop)
}

async fn next_item(
    activities: &mut Option<(String, u64, broadcast::Receiver<Arc<Item>>)>,
) -> Result<Arc<Item>, RecvError> {
    match activities {
        Some((_, _, receiver)) => receiver.recv().await,
        None => std::future::pending().await,
    }
}
