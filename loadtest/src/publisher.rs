//! Sends what is due, over connections that are kept.

use crate::LoadtestError;
use crate::progress::Counts;
use crate::schedule::Post;
use crate::target::{Subject, Target};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Method, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

/// A request without an answer for so long has none.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// What has no clear answer is sent again after that, and for so long.
const AGAIN_AFTER: Duration = Duration::from_millis(200);
const AGAIN_WITHIN: Duration = Duration::from_secs(120);

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The number of its first event in the run; the others follow.
    pub(crate) first: u64,
    pub(crate) due_at: Instant,
    pub(crate) is_measured: bool,
    /// When the schedule let it go: when it was due, unless the load test itself was late.
    pub(crate) released_at: Instant,
    /// When a connection was free for it.
    pub(crate) sent_at: Instant,
    pub(crate) answered_at: Instant,
    /// How often it was sent again.
    pub(crate) repeats: u64,
    /// Events the system has promised to keep.
    pub(crate) accepted: u64,
    /// Of those, orders.
    pub(crate) orders: u64,
    /// Events it has said it did not take: they must never be seen.
    pub(crate) refused: u64,
    /// Events of which nobody knows: they may be seen, once.
    pub(crate) unknown: u64,
    /// Why not all were accepted, where it was said.
    pub(crate) why: Option<String>,
    /// Which of its events were accepted and belong on the ticker.
    pub(crate) news: Vec<u16>,
    /// Where those stand, as far as it is known: the answer says it of an event that was sent alone, the log of any.
    pub(crate) places: Vec<String>,
    /// The numbers of the alerts that accepted events raise.
    pub(crate) alarms: Vec<u32>,
}

impl Answer {
    /// Events of the request, whatever became of them.
    pub(crate) fn events(&self) -> u64 {
        self.accepted + self.refused + self.unknown
    }
}

/// How publishers publish.
#[derive(Debug, Clone)]
pub(crate) struct Publishers {
    pub(crate) target: Target,
    /// Requests that are under way at once.
    pub(crate) connections: usize,
    /// Whether what has no clear answer is sent again, with the same ids, until it has one.
    pub(crate) again: bool,
    pub(crate) counts: Arc<Counts>,
}

impl Publishers {
    /// Sends until the schedule ends and everything is answered.
    ///
    /// # Errors
    /// Where no connection can be made at the start.
    pub(crate) async fn publish(&self, posts: UnboundedReceiver<Post>) -> Result<Vec<Answer>, LoadtestError> {
        let posts = Arc::new(Mutex::new(posts));
        let mut tasks = JoinSet::new();
        for _ in 0..self.connections {
            let line = Line::open(&self.target).await?;
            tasks.spawn(serve(line, self.again, Arc::clone(&self.counts), Arc::clone(&posts)));
        }
        let mut answers = Vec::new();
        while let Some(of_one) = tasks.join_next().await {
            answers.append(&mut of_one?);
        }
        Ok(answers)
    }
}

async fn serve(
    mut line: Line,
    again: bool,
    counts: Arc<Counts>,
    posts: Arc<Mutex<UnboundedReceiver<Post>>>,
) -> Vec<Answer> {
    let mut answers = Vec::new();
    loop {
        // Whoever is idle waits here in turn; the lock is let go before the request is sent.
        let next = posts.lock().await.recv().await;
        let Some(post) = next else { return answers };
        let mut answer = line.send(&post).await;
        while again && answer.unknown > 0 && answer.sent_at.elapsed() < AGAIN_WITHIN {
            tokio::time::sleep(AGAIN_AFTER).await;
            let (sent_at, repeats) = (answer.sent_at, answer.repeats + 1);
            answer = Answer { sent_at, repeats, ..line.send(&post).await };
        }
        counts.answered(answer.events(), answer.accepted);
        answers.push(answer);
    }
}

/// What carries a request at a time.
enum Line {
    Http(Box<Connection>),
    Nats(Box<Subject>),
}

impl Line {
    async fn open(target: &Target) -> Result<Self, LoadtestError> {
        Ok(match target.subject() {
            Some(subject) => Self::Nats(Box::new(subject.clone())),
            None => Self::Http(Box::new(Connection::open(target).await?)),
        })
    }

    async fn send(&mut self, post: &Post) -> Answer {
        let sent_at = Instant::now();
        let said = match self {
            Self::Http(connection) => connection.send(post).await,
            Self::Nats(subject) => keep(subject, post).await,
        };
        judge(post, sent_at, Instant::now(), said)
    }
}

/// Gives a request to JetStream, which keeps it until its events are in the log. What it acknowledges is accepted.
async fn keep(Subject { jetstream, name }: &Subject, post: &Post) -> Option<(StatusCode, Bytes)> {
    let acknowledged = async { jetstream.publish(name.clone(), post.body.clone()).await.ok()?.await.ok() };
    tokio::time::timeout(ANSWER_WITHIN, acknowledged).await.ok()??;
    Some((StatusCode::OK, Bytes::new()))
}

/// A connection over HTTP.
struct Connection {
    target: Target,
    headers: HeaderMap,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    async fn open(target: &Target) -> Result<Self, LoadtestError> {
        let sender = dial(target).await?;
        Ok(Self { target: target.clone(), headers: target.publishing_headers(), sender })
    }

    async fn send(&mut self, post: &Post) -> Option<(StatusCode, Bytes)> {
        let exchange = tokio::time::timeout(ANSWER_WITHIN, self.exchange(post.body.clone(), post.is_batch)).await;
        let said = exchange.ok().and_then(Result::ok);
        if said.is_none() {
            // What this connection is at is not known: another one. Where that fails, the next request fails too.
            if let Ok(sender) = dial(&self.target).await {
                self.sender = sender;
            }
        }
        said
    }

    async fn exchange(&mut self, body: Bytes, is_batch: bool) -> Result<(StatusCode, Bytes), hyper::Error> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_static("/api/v1/events");
        *request.headers_mut() = self.headers.clone();
        let kind = if is_batch { "application/cloudevents-batch+json" } else { "application/cloudevents+json" };
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

async fn dial(target: &Target) -> Result<SendRequest<Full<Bytes>>, LoadtestError> {
    let stream = TokioIo::new(target.connect().await?);
    let failed = |cause| LoadtestError::Http { authority: target.authority().to_owned(), cause };
    let (sender, connection) = handshake(stream).await.map_err(failed)?;
    // A connection that breaks is noticed by the request that waits on it.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

/// What an answer says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    place: Option<String>,
    rejected: Vec<At>,
    retry: Vec<At>,
    error: Failed,
}

/// Names an event of a batch, and why it was not stored.
#[derive(Debug, Deserialize)]
struct At {
    index: usize,
    #[serde(default)]
    reason: String,
}

/// Why none was stored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Failed {
    message: String,
}

impl Said {
    /// Why not everything was stored, the most telling first: an event's own reason.
    fn why(&self) -> Option<String> {
        let reasons = self.rejected.iter().chain(&self.retry).map(|at| &at.reason).chain([&self.error.message]);
        reasons.into_iter().find(|reason| !reason.is_empty()).cloned()
    }
}

/// What an answer, or none, means for the events of a request.
fn judge(post: &Post, sent_at: Instant, answered_at: Instant, said: Option<(StatusCode, Bytes)>) -> Answer {
    let (due_at, is_measured, all) = (post.due_at, post.is_measured, post.events.len() as u64);
    let mut answer = Answer {
        first: post.first,
        due_at,
        is_measured,
        released_at: post.released_at,
        sent_at,
        answered_at,
        repeats: 0,
        accepted: 0,
        orders: 0,
        refused: 0,
        unknown: 0,
        why: None,
        news: Vec::new(),
        places: Vec::new(),
        alarms: Vec::new(),
    };
    let (status, said): (_, Said) = match said {
        Some((status, body)) => (Some(status), serde_json::from_slice(&body).unwrap_or_default()),
        None => (None, Said::default()),
    };
    answer.why = said.why();
    match status {
        Some(status) if status.is_success() => {
            let is_in = |list: &[At], index: usize| list.iter().any(|at| at.index == index);
            for (index, event) in post.events.iter().enumerate() {
                if is_in(&said.rejected, index) {
                    answer.refused += 1;
                } else if is_in(&said.retry, index) {
                    answer.unknown += 1;
                } else {
                    answer.accepted += 1;
                    answer.orders += u64::from(event.is_order);
                    answer.alarms.extend(event.alarm);
                    answer.news.extend(event.is_news.then_some(index as u16));
                }
            }
            answer.places = said.place.into_iter().filter(|_| !answer.news.is_empty()).collect();
        }
        // A server's error may come after the log took the event.
        Some(status) if !status.is_server_error() => answer.refused = all,
        _ => answer.unknown = all,
    }
    answer
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::events::Trait;

    /// An event that was sent when it was due, and accepted.
    pub(crate) fn answer(due_at: Instant, answered_at: Instant) -> Answer {
        Answer {
            first: 0,
            due_at,
            is_measured: true,
            released_at: due_at,
            sent_at: due_at,
            answered_at,
            repeats: 0,
            accepted: 1,
            orders: 0,
            refused: 0,
            unknown: 0,
            why: None,
            news: Vec::new(),
            places: Vec::new(),
            alarms: Vec::new(),
        }
    }

    fn judged(events: usize, said: Option<(u16, &'static str)>) -> (u64, u64, u64, u64, Option<String>) {
        let now = Instant::now();
        let event = Trait { is_order: true, is_news: true, alarm: None };
        let post = Post {
            first: 1,
            due_at: now,
            is_measured: true,
            released_at: now,
            body: Bytes::new(),
            events: vec![event; events],
            is_batch: events > 1,
        };
        let said =
            said.map(|(status, body)| (StatusCode::from_u16(status).unwrap(), Bytes::from_static(body.as_bytes())));
        let answer = judge(&post, now, now, said);
        (answer.accepted, answer.orders, answer.refused, answer.unknown, answer.places.into_iter().next())
    }

    #[test]
    fn why_it_was_not_accepted_is_what_was_said_of_an_event_or_else_of_all() {
        let why = |json: &str| serde_json::from_str::<Said>(json).unwrap().why();
        let partly =
            r#"{"stored":1,"rejected":[],"retry":[{"index":2,"reason":"too slow"}],"error":{"message":"again"}}"#;
        assert_eq!(why(partly).as_deref(), Some("too slow"));
        assert_eq!(why(r#"{"error":{"code":"x","field":"body","message":"too many"}}"#).as_deref(), Some("too many"));
        assert_eq!(why(r#"{"stored":1,"place":"3:1:0"}"#), None);
    }

    #[test]
    fn only_what_was_promised_is_accepted() {
        assert_eq!(judged(1, Some((201, r#"{"stored":1,"place":"3:1:0"}"#))), (1, 1, 0, 0, Some("3:1:0".into())));
        assert_eq!(judged(3, Some((200, r#"{"stored":3,"rejected":[],"retry":[]}"#))), (3, 3, 0, 0, None));
        let partly = r#"{"stored":1,"rejected":[{"index":0,"field":"id"}],"retry":[{"index":2}]}"#;
        assert_eq!(judged(3, Some((207, partly))), (1, 1, 1, 1, None));
        assert_eq!(judged(2, Some((429, "{}"))), (0, 0, 2, 0, None));
        assert_eq!(judged(2, Some((503, "{}"))), (0, 0, 0, 2, None));
        assert_eq!(judged(2, None), (0, 0, 0, 2, None));
    }
}
