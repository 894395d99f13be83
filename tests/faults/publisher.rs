//! Publishers that do as they are told: what was not acknowledged is sent again, with the same id, to whichever gateway answers.

use crate::judge::Name;
use crate::shop::{Shop, Tells};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a publisher waits for an answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(8);
/// How long it waits before it sends something again. Less than `Retry-After` asks for: the door must stand that.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What publishers were told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// What is stored, they were told.
    pub(crate) stored: BTreeSet<Name>,
    /// How often they were told to come back later, with `Retry-After`.
    pub(crate) later: usize,
    /// How often nobody answered.
    pub(crate) unanswered: usize,
}

/// Publishers at work.
pub(crate) struct Publishers {
    stop: Arc<AtomicBool>,
    counts: Arc<Counts>,
    threads: Vec<JoinHandle<Told>>,
}

#[derive(Default)]
struct Counts {
    stored: AtomicUsize,
    bytes: AtomicUsize,
    later: AtomicUsize,
    unanswered: AtomicUsize,
}

/// How much is published, and to whom.
pub(crate) struct Load {
    /// The gateways, the first one first.
    pub(crate) urls: Vec<String>,
    /// How many publish at once.
    pub(crate) publishers: usize,
    /// Events in a request.
    pub(crate) batch: usize,
    /// What.
    pub(crate) tells: Tells,
}

impl Publishers {
    /// Starts them.
    pub(crate) fn start(load: &Load) -> Self {
        let (stop, counts) = (Arc::new(AtomicBool::new(false)), Arc::new(Counts::default()));
        let start = |name: usize| {
            let mut publisher = Publisher {
                shop: Shop::new(name, load.tells),
                urls: load.urls.clone(),
                batch: load.batch,
                agent: agent(),
                counts: Arc::clone(&counts),
                told: Told::default(),
            };
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    publisher.publish();
                }
                publisher.told
            })
        };
        let threads = (0..load.publishers).map(start).collect();
        Self { stop, counts, threads }
    }

    /// Events acknowledged so far.
    pub(crate) fn stored(&self) -> usize {
        self.counts.stored.load(Ordering::Relaxed)
    }

    /// Bytes acknowledged so far.
    pub(crate) fn bytes(&self) -> usize {
        self.counts.bytes.load(Ordering::Relaxed)
    }

    /// How often they were told to come back later so far.
    pub(crate) fn later(&self) -> usize {
        self.counts.later.load(Ordering::Relaxed)
    }

    /// How often nobody answered so far.
    pub(crate) fn unanswered(&self) -> usize {
        self.counts.unanswered.load(Ordering::Relaxed)
    }

    /// Lets each of them come to the end of what it has begun.
    pub(crate) fn stop(self) -> Told {
        self.stop.store(true, Ordering::Relaxed);
        let mut told = Told::default();
        for thread in self.threads {
            told.stored.append(&mut thread.join().unwrap().stored);
        }
        told.later = self.counts.later.load(Ordering::Relaxed);
        told.unanswered = self.counts.unanswered.load(Ordering::Relaxed);
        told
    }
}

/// A client that says what it was answered, whatever that is.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(ANSWERED_WITHIN)).build().into()
}

struct Publisher {
    shop: Shop,
    urls: Vec<String>,
    batch: usize,
    agent: ureq::Agent,
    counts: Arc<Counts>,
    told: Told,
}

impl Publisher {
    /// Publishes the next events, until each of them is acknowledged.
    fn publish(&mut self) {
        let mut waiting: Vec<(Name, Value)> = (0..self.batch).map(|_| self.shop.next()).collect();
        while !waiting.is_empty() {
            let sent = waiting.len();
            let body = Value::Array(waiting.iter().map(|(_, event)| event.clone()).collect()).to_string();
            waiting = match post(&self.agent, &self.urls[0], "application/cloudevents-batch+json", &body) {
                Some((200 | 207 | 503, _, answer)) if answer["rejected"].as_array().is_some() => {
                    assert_eq!(answer["rejected"], serde_json::json!([]), "{answer}");
                    let again: BTreeSet<usize> = indices(&answer["retry"]).collect();
                    let (stored, again): (Vec<_>, Vec<_>) =
                        waiting.into_iter().enumerate().partition(|(at, _)| !again.contains(at));
                    self.counts.bytes.fetch_add(body.len() * stored.len() / sent, Ordering::Relaxed);
                    self.counts.stored.fetch_add(stored.len(), Ordering::Relaxed);
                    self.told.stored.extend(stored.into_iter().map(|(_, (name, _))| name));
                    again.into_iter().map(|(_, event)| event).collect()
                }
                Some((429 | 503, ..)) => waiting,
                Some((status, _, answer)) => panic!("{status}: {answer}"),
                None => {
                    self.counts.unanswered.fetch_add(1, Ordering::Relaxed);
                    self.urls.rotate_left(1);
                    std::thread::sleep(AGAIN_AFTER);
                    continue;
                }
            };
            if !waiting.is_empty() {
                self.counts.later.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(AGAIN_AFTER);
            }
        }
    }
}

fn indices(retry: &Value) -> impl Iterator<Item = usize> {
    retry.as_array().into_iter().flatten().filter_map(|one| one["index"].as_u64()).map(|at| at as usize)
}

/// Posts to `url`: status, `Retry-After`, body. None where nobody answered.
pub(crate) fn post(agent: &ureq::Agent, url: &str, kind: &str, body: &str) -> Option<(u16, Option<u64>, Value)> {
    let mut answer = agent.post(url).header("content-type", kind).send(body).ok()?;
    let after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    let status = answer.status().as_u16();
    let body = serde_json::from_str(&answer.body_mut().read_to_string().ok()?).ok()?;
    assert!(after.is_some() || !matches!(status, 429 | 503), "{status} without Retry-After: {body}");
    Some((status, after, body))
}
