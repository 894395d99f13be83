//! Writing the log of deliveries beside the work: it must not hold up what it tells of.

use futures_util::StreamExt;
use nexusflow_log::{Deliveries, Delivery, Log};
use std::time::Duration;
use tokio::sync::mpsc;

/// Entries that may wait; more are not written.
const WAITING_MAX: usize = 50_000;
/// Entries on their way at a time.
const AT_ONCE: usize = 64;
/// Attempts of an entry.
const ATTEMPTS: u32 = 5;

/// Where entries are put.
#[derive(Debug, Clone)]
pub(super) struct Recorder(mpsc::Sender<Delivery>);

impl Recorder {
    /// Starts writing; the task ends when the last copy is dropped and all is written.
    pub(super) fn start(log: &Log) -> (Self, tokio::task::JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel::<Delivery>(WAITING_MAX);
        let deliveries = Deliveries::new(log);
        let entries =
            futures_util::stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
        let writing = async move {
            entries
                .map(|entry| write(&deliveries, entry))
                .buffered(AT_ONCE)
                .for_each(|()| std::future::ready(()))
                .await;
        };
        (Self(sender), tokio::spawn(writing))
    }

    pub(super) fn put(&self, entry: Delivery) {
        if self.0.try_send(entry).is_err() {
            tracing::warn!("the log of deliveries is too slow: an entry is not written");
        }
    }
}

async fn write(deliveries: &Deliveries, entry: Delivery) {
    for attempt in 1..=ATTEMPTS {
        match deliveries.record(&entry).await {
            Ok(()) => return,
            Err(error) if attempt == ATTEMPTS => tracing::warn!(%error, "an entry of the log of deliveries is lost"),
            Err(_) => tokio::time::sleep(Duration::from_millis(200) * attempt).await,
        }
    }
}
