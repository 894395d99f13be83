//! Asking the owners of partitions.

use futures_util::StreamExt;
use nexusflow_domain::query::Query;
use nexusflow_log::Log;
use nexusflow_model::subject;
use std::time::{Duration, Instant};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// Nobody owns the partition just now.
    #[error("no worker looks after this partition just now")]
    Nobody,
    /// It takes too long.
    #[error("the worker did not answer in time")]
    Slow,
}

/// Between two attempts while a partition moves from one worker to another.
const ASK_AGAIN: Duration = Duration::from_millis(25);

/// Asks the owner of one partition and gives its answer, JSON. While the partition moves from one worker to another it is asked
/// again; one that has a question and does not answer may have died over it, so that the time is enough for two.
pub(crate) async fn one(log: &Log, partition: u32, query: &Query, within: Duration) -> Result<Vec<u8>, AskError> {
    let question = serde_json::to_vec(query).unwrap_or_default();
    let began = Instant::now();
    loop {
        let left = within.saturating_sub(began.elapsed());
        let asked = log.client().request(subject::query(log.prefix(), partition), question.clone().into());
        let why = match tokio::time::timeout(left.min(within * 2 / 3), asked).await {
            Ok(Ok(answer)) => return Ok(answer.payload.to_vec()),
            Ok(Err(_)) => AskError::Nobody,
            Err(_) => AskError::Slow,
        };
        if began.elapsed() + ASK_AGAIN >= within {
            return Err(why);
        }
        tokio::time::sleep(ASK_AGAIN).await;
    }
}

/// Asks the owner of one partition, and hands the parts of its answer to `take` until that has enough.
pub(crate) async fn parts<T>(
    log: &Log,
    partition: u32,
    query: &Query,
    within: Duration,
    mut take: impl FnMut(&[u8]) -> Option<T>,
) -> Option<T> {
    let inbox = log.client().new_inbox();
    let mut answers = log.client().subscribe(inbox.clone()).await.ok()?;
    let question = serde_json::to_vec(query).unwrap_or_default();
    log.client().publish_with_reply(subject::query(log.prefix(), partition), inbox, question.into()).await.ok()?;
    let enough = async {
        while let Some(answer) = answers.next().await {
            if answer.status.is_some() {
                return None; // nobody listens there
            }
            if let Some(whole) = take(&answer.payload) {
                return Some(whole);
            }
        }
        None
    };
    tokio::time::timeout(within, enough).await.ok().flatten()
}
