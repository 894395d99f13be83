//! The same topics as server-sent events, for curl and for proxies that don't let a WebSocket through.

use crate::activities::Item;
use crate::board::{self, Channel};
use crate::feed::Rendered;
use crate::hub::SharedHub;
use crate::{api, connection, frame, protocol, render};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// `GET /api/stream?topic=...`: frames as the WebSocket has them, the id of an event being `epoch:seq`.
pub(crate) async fn serve(
    State(hub): State<SharedHub>,
    Query(mut params): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let Some(topic) = params.remove("topic") else {
        return api::error(
            StatusCode::BAD_REQUEST,
            "bad_topic",
            "the parameter topic is missing; GET /api/v1/views lists them",
        );
    };
    let had = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.rsplit_once(':'));
    let had = had.filter(|(epoch, _)| *epoch == hub.epoch).and_then(|(_, seq)| seq.parse().ok()).unwrap_or(0);
    if topic == "activity" {
        return Sse::new(activities(hub, had)).keep_alive(keep_alive()).into_response();
    }
    if let Err(why) = connection::check(&hub, &topic, &params) {
        return api::error(StatusCode::BAD_REQUEST, "bad_topic", &why);
    }
    if board::is_topic(&topic) {
        return match hub.board.channel(&topic, &params) {
            Ok(channel) => Sse::new(rows(hub, channel, had)).keep_alive(keep_alive()).into_response(),
            Err(why) => api::error(StatusCode::BAD_REQUEST, "bad_topic", &why),
        };
    }
    Sse::new(figures(hub, topic, params, had)).keep_alive(keep_alive()).into_response()
}

fn keep_alive() -> KeepAlive {
    KeepAlive::new().interval(Duration::from_millis(protocol::HEARTBEAT_MS))
}

fn event(epoch: &str, seq: u64, frame: String) -> Result<Event, Infallible> {
    Ok(Event::default().id(format!("{epoch}:{seq}")).data(frame))
}

fn figures(
    hub: SharedHub,
    topic: String,
    params: BTreeMap<String, String>,
    had: u64,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let feed = hub.feeds.get(&(topic, params));
    let mut shutdown = hub.shutdown.clone();
    let watch = feed.subscribe();
    let begin = (hub, feed, watch, None::<Arc<Rendered>>, had);
    stream::unfold(begin, |(hub, feed, mut watch, mut sent, had)| async move {
        loop {
            let current = Arc::clone(&watch.borrow_and_update());
            if current.seq == had && had > 0 && sent.is_none() {
                sent = Some(Arc::clone(&current));
            }
            if current.seq > sent.as_ref().map_or(0, |sent| sent.seq) {
                let (key, cols) = render::shape(&feed.key.0)?;
                let frames = match &sent {
                    Some(sent) => vec![frame::delta("sse", &hub.epoch, sent, &current)],
                    None => frame::snapshot("sse", &hub.epoch, key, cols, &current),
                };
                let seq = current.seq;
                let events: Vec<_> = frames.into_iter().map(|frame| event(&hub.epoch, seq, frame)).collect();
                tokio::time::sleep(Duration::from_millis(protocol::RATE_MS)).await;
                return Some((stream::iter(events), (hub, feed, watch, Some(current), had)));
            }
            watch.changed().await.ok()?;
        }
    })
    .flatten()
    .take_until(async move { nexusflow_log::raised(&mut shutdown).await })
}

/// A topic that is told as it changes.
fn rows(hub: SharedHub, channel: Arc<Channel>, had: u64) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut shutdown = hub.shutdown.clone();
    let ticks = hub.board.ticks();
    let begin = (hub, channel, ticks, (had > 0).then_some(had));
    stream::unfold(begin, |(hub, channel, mut ticks, had)| async move {
        loop {
            ticks.borrow_and_update();
            if let Some((seq, frames)) = channel.frames("sse", &hub.epoch, had) {
                let frames = frames.iter().map(|frame| event(&hub.epoch, seq, frame.to_string()));
                let events: Vec<_> = frames.collect();
                return Some((stream::iter(events), (hub, channel, ticks, Some(seq))));
            }
            ticks.changed().await.ok()?;
        }
    })
    .flatten()
    .take_until(async move { nexusflow_log::raised(&mut shutdown).await })
}

fn activities(hub: SharedHub, had: u64) -> impl Stream<Item = Result<Event, Infallible>> {
    let (kept, seq, receiver) = hub.activities.subscribe();
    let kept: Vec<Arc<Item>> = kept.into_iter().filter(|item| item.seq > had).collect();
    let mut shutdown = hub.shutdown.clone();
    let first = event(&hub.epoch, seq, frame::event("sse", &hub.epoch, seq, &kept));
    let rest = stream::unfold((hub, receiver), |(hub, mut receiver)| async move {
        // A reader too far behind ends here and comes back with what it has.
        let item = receiver.recv().await.ok()?;
        let frame = frame::event("sse", &hub.epoch, item.seq, std::slice::from_ref(&item));
        Some((event(&hub.epoch, item.seq, frame), (hub, receiver)))
    });
    stream::iter([first]).chain(rest).take_until(async move { nexusflow_log::raised(&mut shutdown).await })
}
