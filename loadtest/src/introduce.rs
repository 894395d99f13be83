//! Makes customers known before the load begins.

use crate::LoadtestError;
use crate::crowd::introduction;
use crate::events::Trait;
use crate::publisher::{Answer, Publishers};
use crate::schedule::Post;
use nexusflow_model::{Timestamp, cloudevents};
use serde::Serialize;
use std::time::Instant;
use tokio::sync::mpsc::unbounded_channel;

/// Events in a request.
const BATCH: u32 = 100;
/// Requests that are in memory at once.
const AT_ONCE: u32 = 1_000;

/// What came of introducing customers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Introduced {
    /// How many customers are known from then on.
    pub customers: u64,
    /// How long it took until all of them were accepted, in milliseconds.
    pub took_ms: u64,
}

/// Publishes an event about each of `customers`, as fast as they are taken in.
///
/// # Errors
/// Where no connection can be made.
pub(crate) async fn introduce(
    publishers: &Publishers,
    run: &str,
    customers: u32,
    at: Timestamp,
) -> Result<Vec<Answer>, LoadtestError> {
    let mut answers = Vec::new();
    let numbers: Vec<u32> = (1..=customers).step_by((BATCH * AT_ONCE) as usize).collect();
    for from in numbers {
        let (send, posts) = unbounded_channel();
        for first in (from..=customers).step_by(BATCH as usize).take(AT_ONCE as usize) {
            // Who listens is called below.
            let post = post(run, first, customers.min(first + BATCH - 1), at);
            publishers.counts.came_due(post.events.len() as u64);
            drop(send.send(post));
        }
        drop(send);
        answers.append(&mut publishers.publish(posts).await?);
    }
    Ok(answers)
}

/// A request about the customers from `first` to `last`.
fn post(run: &str, first: u32, last: u32, at: Timestamp) -> Post {
    let events: Vec<Vec<u8>> = (first..=last).filter_map(|number| introduction(run, number, at)).collect();
    let now = Instant::now();
    Post {
        first: 0,
        due_at: now,
        is_measured: false,
        released_at: now,
        body: cloudevents::join_record(events.iter().map(Vec::as_slice)).into(),
        events: vec![Trait { is_order: false, is_news: false, alarm: None }; events.len()],
        is_batch: true,
    }
}

impl Introduced {
    /// None where nobody was introduced.
    pub(crate) fn of(answers: &[Answer]) -> Option<Self> {
        let from = answers.iter().map(|answer| answer.due_at).min()?;
        let to = answers.iter().map(|answer| answer.answered_at).max()?;
        let customers = answers.iter().map(|answer| answer.accepted).sum();
        Some(Self { customers, took_ms: (to - from).as_millis() as u64 })
    }
}
