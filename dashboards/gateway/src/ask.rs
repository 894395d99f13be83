//! Asking the owners of partitions.

use futures_util::StreamExt;
use nexusflow_domain::query::Query;
use nexusflow_log::Log;
use nexusflow_model::subject;
use std::time::Duration;

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

/// Asks the owner of one partition and gives its answer, JSON.
pub(crate) async fn one(log: &Log, partition: u32, query: &Query, within: Duration) -> Result<Vec<u8>, AskError> {
    let question = serde_json::to_vec(query).unwrap_or_default();
    let asked = log.client().request(subject::query(log.prefix(), partition), question.into());
    match tokio::time::timeout(within, asked).await {
        Ok(Ok(answer)) => Ok(answer.payload.to_vec()),
        Ok(Err(_)) => Err(AskError::Nobody),
        Err(_) => Err(AskError::Slow),
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
