//! Telling gateways what changed.

use crate::live::Change;
use nexusflow_log::Log;
use nexusflow_model::subject;

/// Publishes a change, in parts that fit a message. A gateway that misses one notices the gap and asks.
pub(crate) async fn change(log: &Log, partition: u32, change: Change) {
    let subject = subject::contribution(log.prefix(), partition);
    for part in change.split() {
        match postcard::to_stdvec(&part) {
            Ok(bytes) => {
                if let Err(error) = log.client().publish(subject.clone(), bytes.into()).await {
                    tracing::debug!(partition, %error, "could not publish a change");
                }
            }
            Err(error) => tracing::error!(partition, %error, "a change can't be written"),
        }
    }
}
