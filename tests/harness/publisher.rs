//! A publisher as the documentation asks for one: it sends what was not acknowledged again, with the same ids, until it is, and
//! remembers what it was told.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Events in a request.
const BATCH: u64 = 20;
/// Publishers at once, each with one request under way.
const AT_ONCE: u64 = 3;
/// Between two requests of one publisher: about 1,000 events a second in all, which a build without optimisation carries.
const PAUSE: Duration = Duration::from_millis(60);

/// What the publishers were told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Events that were acknowledged.
    pub(crate) events: u64,
    /// Their money, in minor units.
    pub(crate) minor: u64,
    /// Events that had to be sent again.
    pub(crate) again: u64,
    /// The longest time without any acknowledgement.
    pub(crate) gap: Duration,
}

struct Shared {
    url: Mutex<String>,
    token: &'static str,
    told: Mutex<(Told, Instant)>,
    next: AtomicU64,
    idle: AtomicU64,
    is_held: AtomicBool,
    is_over: AtomicBool,
}

/// Publishers that send orders until they are dropped.
pub(crate) struct Publishers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Publishers {
    /// To a gateway; the token does not matter where none is asked for.
    pub(crate) fn start(url: String, token: &'static str) -> Self {
        let shared = Arc::new(Shared {
            url: Mutex::new(url),
            token,
            told: Mutex::new((Told::default(), Instant::now())),
            next: AtomicU64::new(1),
            idle: AtomicU64::new(0),
            is_held: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
        });
        let start = |_| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || shared.publish())
        };
        let threads = (0..AT_ONCE).map(start).collect();
        Self { shared, threads }
    }

    /// Sends to another gateway from now on.
    pub(crate) fn turn_to(&self, url: String) {
        *self.shared.url.lock().unwrap() = url;
    }

    /// What was acknowledged so far.
    pub(crate) fn told(&self) -> Told {
        self.shared.told.lock().unwrap().0
    }

    /// Begins to measure the longest gap anew.
    pub(crate) fn measure(&self) {
        self.shared.told.lock().unwrap().0.gap = Duration::ZERO;
    }

    /// Stops sending; true once everything that was sent is acknowledged.
    pub(crate) fn is_held(&self) -> bool {
        self.shared.is_held.store(true, Ordering::SeqCst);
        self.shared.idle.load(Ordering::SeqCst) == AT_ONCE
    }

    pub(crate) fn go_on(&self) {
        self.shared.told.lock().unwrap().1 = Instant::now();
        self.shared.is_held.store(false, Ordering::SeqCst);
    }
}

impl Drop for Publishers {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

impl Shared {
    fn publish(&self) {
        let timeout = Some(Duration::from_secs(10));
        let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(timeout).build();
        let agent: ureq::Agent = agent.into();
        while !self.is_over.load(Ordering::SeqCst) {
            std::thread::sleep(PAUSE);
            if self.is_held.load(Ordering::SeqCst) {
                self.idle.fetch_add(1, Ordering::SeqCst);
                while self.is_held.load(Ordering::SeqCst) && !self.is_over.load(Ordering::SeqCst) {
                    std::thread::sleep(PAUSE);
                }
                self.idle.fetch_sub(1, Ordering::SeqCst);
                continue;
            }
            let first = self.next.fetch_add(BATCH, Ordering::SeqCst);
            let mut unconfirmed: Vec<u64> = (first..first + BATCH).collect();
            while !unconfirmed.is_empty() && !self.is_over.load(Ordering::SeqCst) {
                let confirmed = self.send(&agent, &unconfirmed);
                unconfirmed.retain(|number| !confirmed.contains(number));
                self.tell(&confirmed, unconfirmed.len() as u64);
            }
        }
    }

    fn tell(&self, confirmed: &[u64], again: u64) {
        let mut told = self.told.lock().unwrap();
        let (Told { events, minor, again: sum, gap }, last) = &mut *told;
        *events += confirmed.len() as u64;
        *minor += confirmed.iter().sum::<u64>();
        *sum += again;
        if !confirmed.is_empty() {
            *gap = (*gap).max(last.elapsed());
            *last = Instant::now();
        }
    }

    /// Sends a batch; the events that were acknowledged.
    fn send(&self, agent: &ureq::Agent, numbers: &[u64]) -> Vec<u64> {
        let url = self.url.lock().unwrap().clone();
        let batch = Value::from_iter(numbers.iter().map(|number| order(*number))).to_string();
        let request = agent
            .post(format!("{url}/api/v1/events"))
            .header("content-type", "application/cloudevents-batch+json")
            .header("authorization", format!("Bearer {}", self.token));
        let body = request.send(batch).ok().and_then(|mut answer| {
            let text = answer.body_mut().read_to_string().ok()?;
            assert!([200, 207, 503].contains(&answer.status().as_u16()), "{}: {text}", answer.status());
            serde_json::from_str::<Value>(&text).ok()
        });
        let Some(body) = body else { return Vec::new() };
        assert_eq!(body["rejected"], json!([]), "an order was rejected");
        let retry: Vec<u64> =
            body["retry"].as_array().unwrap().iter().map(|entry| entry["index"].as_u64().unwrap()).collect();
        assert_eq!(body["stored"].as_u64().unwrap() + retry.len() as u64, numbers.len() as u64, "{body}");
        let confirmed = numbers.iter().enumerate().filter(|(at, _)| !retry.contains(&(*at as u64)));
        confirmed.map(|(_, number)| *number).collect()
    }
}

/// The order of that number, worth as many cents: a sum tells which ones are missing or counted twice.
fn order(number: u64) -> Value {
    json!({
        "specversion": "1.0", "id": number.to_string(), "source": "/publishers", "type": "order.placed",
        "subject": format!("c-{}", number % 997),
        "data": {"order": number.to_string(), "total": {"minor": number, "currency": "EUR"}}
    })
}
