//! A target's own task: takes what waits for it and tells it, until it is told to stop. A target that hangs or is gone delays nobody
//! else.

use super::circuit::{Circuit, Patience};
use super::{Failure, Way};
use crate::arrival::Headers;
use crate::notify::board::Board;
use crate::notify::decide::Rules;
use crate::notify::message::Message;
use crate::notify::notice::{Severity, text_of};
use crate::notify::record::Recorder;
use futures_util::StreamExt;
use nexusflow_log::async_nats::Subscriber;
use nexusflow_log::{DeadLetter, DeadLetters, Delivery, Log, Outcome, Queue, TestOrder, Waiting, raised};
use nexusflow_model::{Reject, Timestamp, subject};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Before the log is asked again after it did not answer.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
/// Tests that were made as soon as they were heard of: they wait in the queue as well.
const TESTS_KNOWN: usize = 100;

/// Tells one target.
pub(in crate::notify) struct Task {
    log: Log,
    name: String,
    way: Way,
    rules: Arc<Rules>,
    board: Arc<Board>,
    recorder: Recorder,
    clock: fn() -> i64,
    circuit: Circuit,
    tested: VecDeque<String>,
}

/// What became of an attempt.
struct Attempt {
    number: u32,
    took_ms: u64,
    result: Result<Option<u16>, Failure>,
}

impl Task {
    pub(in crate::notify) fn new(
        log: &Log,
        name: &str,
        way: Way,
        rules: &Arc<Rules>,
        (board, recorder): (&Arc<Board>, &Recorder),
        clock: fn() -> i64,
    ) -> Self {
        let settings = &rules.settings;
        let patience = Patience {
            first: Duration::from_millis(settings.retry_first_ms),
            max: Duration::from_millis(settings.retry_max_ms),
            circuit_after: settings.circuit_after,
        };
        Self {
            log: log.clone(),
            name: name.to_owned(),
            way,
            rules: Arc::clone(rules),
            board: Arc::clone(board),
            recorder: recorder.clone(),
            clock,
            circuit: Circuit::new(patience),
            tested: VecDeque::new(),
        }
    }

    /// Delivers until `stop`; what is being delivered then is ended first.
    pub(in crate::notify) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        // What is taken and of which nothing is said is taken again: after more than an attempt may last.
        let taken_for = self.rules.settings.timeout() * 2 + Duration::from_secs(1);
        let mut queue = Queue::new(&self.log, &self.name, taken_for);
        let Ok(mut asked) = self.log.client().subscribe(subject::delivery(self.log.prefix(), &self.name)).await else {
            return tracing::error!(target = self.name, "the connection to NATS is closed");
        };
        loop {
            self.show();
            if let Some(until) = self.circuit.wait() {
                tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    // Who asks for a test wants to know now.
                    Some(order) = test_order(&mut asked) => self.test(&order).await,
                    () = raised(&mut stop) => return,
                }
                continue;
            }
            let taken = tokio::select! {
                taken = queue.next() => taken,
                () = raised(&mut stop) => return,
            };
            match taken {
                Ok(None) => {}
                Ok(Some(waiting)) => self.deliver(&waiting).await,
                Err(error) => {
                    tracing::debug!(target = self.name, %error, "asking again what waits");
                    tokio::select! { () = tokio::time::sleep(AGAIN_AFTER) => {}, () = raised(&mut stop) => return }
                }
            }
        }
    }

    fn show(&self) {
        self.board.change(&self.name, |state| state.state = self.circuit.state().to_owned());
    }

    async fn deliver(&mut self, waiting: &Waiting) {
        if let Ok(order) = serde_json::from_slice::<TestOrder>(&waiting.payload) {
            if !self.tested.contains(&order.id) {
                self.test(&order).await;
            }
            return self.done(waiting).await;
        }
        let Ok(message) = serde_json::from_slice::<Message>(&waiting.payload) else {
            return self.give_up(waiting, "is no message").await;
        };
        let attempt = self.attempt(&message, waiting.attempt).await;
        let Err(failure) = &attempt.result else {
            self.note(&message, &attempt, Outcome::Delivered, None);
            return self.done(waiting).await;
        };
        let salt = xxhash_rust::xxh3::xxh3_64(format!("{} {}", message.id, attempt.number).as_bytes());
        let left_alone = if failure.is_about_message { None } else { self.circuit.failed(failure.retry_after, salt) };
        let now_ms = (self.clock)();
        if now_ms.saturating_sub(waiting.put_at_ms) > self.rules.settings.give_up_after_ms as i64 {
            self.note(&message, &attempt, Outcome::GivenUp, None);
            return self.give_up(waiting, &failure.detail).await;
        }
        let pause = left_alone.unwrap_or_else(|| self.circuit.pause(attempt.number, salt));
        self.note(&message, &attempt, Outcome::Failed, Some(now_ms.saturating_add(pause.as_millis() as i64)));
        if let Err(error) = waiting.again(pause).await {
            tracing::debug!(target = self.name, %error, "it will be taken again when its time is over");
        }
    }

    async fn attempt(&mut self, message: &Message, number: u32) -> Attempt {
        let began = Instant::now();
        let telling = self.way.tell(message, (self.clock)() / 1_000);
        let result = match tokio::time::timeout(self.rules.settings.timeout(), telling).await {
            Ok(result) => result,
            Err(_) => Err(Failure::new("no answer in time")),
        };
        match &result {
            Ok(_) => {
                self.circuit.succeeded();
                let now = text_of((self.clock)());
                self.board.change(&self.name, |state| (state.last_ok_at, state.last_error) = (Some(now), None));
            }
            Err(failure) => {
                tracing::warn!(target = self.name, id = message.id, attempt = number, failure.detail, "not delivered");
                self.board.change(&self.name, |state| state.last_error = Some(failure.detail.clone()));
            }
        }
        Attempt { number, took_ms: began.elapsed().as_millis() as u64, result }
    }

    /// Tells the target something that only shows that it arrives; once, and at once.
    async fn test(&mut self, order: &TestOrder) {
        let message = Message::test(&self.name, &order.id, (self.clock)());
        self.tested.push_back(order.id.clone());
        if self.tested.len() > TESTS_KNOWN {
            self.tested.pop_front();
        }
        tracing::info!(target = self.name, actor = order.actor, "a test message was asked for");
        let attempt = self.attempt(&message, 1).await;
        let outcome = if attempt.result.is_ok() { Outcome::Delivered } else { Outcome::GivenUp };
        self.note(&message, &attempt, outcome, None);
    }

    /// It will not be taken again; if that can't be said, it is, and is told twice.
    async fn done(&self, waiting: &Waiting) {
        if let Err(error) = waiting.done().await {
            tracing::warn!(target = self.name, %error, "a message may be told twice");
        }
    }

    /// Keeps it where an operator finds it.
    async fn give_up(&self, waiting: &Waiting, because: &str) {
        let letter = DeadLetter {
            payload: waiting.payload.clone(),
            source: self.name.clone(),
            kind: "notify".into(),
            headers: Headers::new(),
            received_at: Timestamp::from_ms((self.clock)()).unwrap_or(Timestamp::EPOCH),
            reject: Reject { field: "delivery".into(), reason: because.to_owned() },
        };
        match DeadLetters::new(&self.log).keep(&letter).await {
            Ok(()) => self.done(waiting).await,
            Err(error) => tracing::warn!(target = self.name, %error, "a message that is given up is kept where it is"),
        }
    }

    fn note(&self, message: &Message, attempt: &Attempt, outcome: Outcome, next_ms: Option<i64>) {
        let one = message.one();
        let alert = one.map_or_else(|| message.group.clone().unwrap_or_default(), |line| line.alert.clone());
        let status = match &attempt.result {
            Ok(status) => *status,
            Err(failure) => failure.status,
        };
        let failed = attempt.result.as_ref().err().map(|failure| failure.detail.clone());
        let about = (message.count > 1).then(|| format!("{} alerts", message.count));
        let detail = match (failed, about) {
            (Some(failed), Some(about)) => Some(format!("{failed} ({about})")),
            (failed, about) => failed.or(about),
        };
        self.recorder.put(Delivery {
            id: message.id.clone(),
            target: self.name.clone(),
            alert,
            customer: one.map(|line| line.customer.clone()).unwrap_or_default(),
            severity: message.severity.map_or("", Severity::name).to_owned(),
            what: message.what.clone(),
            at: text_of((self.clock)()),
            attempt: attempt.number,
            outcome,
            status,
            detail,
            next_at: next_ms.map(text_of),
            took_ms: Some(attempt.took_ms),
        });
    }
}

/// Waits for somebody to ask for a test.
async fn test_order(asked: &mut Subscriber) -> Option<TestOrder> {
    loop {
        if let Ok(order) = serde_json::from_slice(&asked.next().await?.payload) {
            return Some(order);
        }
    }
}
