//! Letting what follows from events leave the partition: effects into the output log, derived events into the log of their
//! own partition. Once each, over crashes and with two owners: see [`Outbox`].

use crate::worker::Shared;
use nexusflow_domain::Alert;
use nexusflow_engine::{Departed, Effect, EffectId, Emission, Outbox};
use nexusflow_log::EffectLog;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Hand-overs of the fold that may wait here; the fold waits when there are more.
const QUEUE: usize = 64;
/// Consequences that leave together.
const TOGETHER: usize = 256;

/// The way out of a partition.
pub(crate) struct Emitter {
    sender: mpsc::Sender<Vec<Emission<Alert>>>,
    settled: watch::Receiver<u64>,
    /// The last record of which something was handed over.
    handed: u64,
}

impl Emitter {
    pub(crate) fn start(shared: Arc<Shared>, partition: u32) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let (settle, settled) = watch::channel(0);
        tokio::spawn(run(shared, partition, receiver, settle));
        Self { sender, settled, handed: 0 }
    }

    /// Hands over what a fold asked for; waits where too much is on its way already.
    pub(crate) async fn put(&mut self, emissions: Vec<Emission<Alert>>) {
        let Some(last) = emissions.last() else { return };
        self.handed = last.id().place.sequence;
        // The other side ends with us only.
        drop(self.sender.send(emissions).await);
    }

    /// The last record of which something was handed over.
    pub(crate) fn handed(&self) -> u64 {
        self.handed
    }

    /// Whether everything of the records up to `handed` has left.
    pub(crate) fn is_settled(&self, handed: u64) -> bool {
        *self.settled.borrow() >= handed
    }

    /// Waits until everything of the records up to `handed` has left.
    pub(crate) async fn settled(&self, handed: u64) {
        drop(self.settled.clone().wait_for(|settled| *settled >= handed).await);
    }
}

async fn run(
    shared: Arc<Shared>,
    partition: u32,
    mut receiver: mpsc::Receiver<Vec<Emission<Alert>>>,
    settle: watch::Sender<u64>,
) {
    let mut log = EffectLog::new(&shared.log, partition);
    let mut outbox: Option<Outbox<Alert>> = None;
    while let Some(emissions) = receiver.recv().await {
        let mut handed = emissions.last().map_or(0, |last| last.id().place.sequence);
        let outbox = match &mut outbox {
            Some(outbox) => outbox,
            // Only who has something to say needs to know what was said last.
            None => outbox.insert(Outbox::new(last(&mut log, partition).await)),
        };
        outbox.put(emissions);
        while !outbox.is_empty() {
            while let Ok(more) = receiver.try_recv() {
                handed = more.last().map_or(handed, |last| last.id().place.sequence);
                outbox.put(more);
            }
            if let Some(through) = leave(&shared, &mut log, partition, outbox).await {
                outbox.confirm(through);
            }
        }
        settle.send_replace(handed);
    }
}

/// Lets the first of what waits leave, and says through which one everything has, as far as is known.
async fn leave(shared: &Shared, log: &mut EffectLog, partition: u32, outbox: &Outbox<Alert>) -> Option<EffectId> {
    let mut through = None;
    let mut effects: Vec<Effect<Alert>> = Vec::new();
    let mut receipts = Vec::new();
    for emission in outbox.next(TOGETHER) {
        through = Some(emission.id());
        match emission {
            Emission::Effect(effect) => effects.push(effect.clone()),
            Emission::Derived(_, envelope) => receipts.push((envelope.clone(), shared.appender.append(envelope).await)),
        }
    }
    // Derived events first: what the output log says has left, has left. One that is said twice is counted once where it
    // goes, by its id.
    for (envelope, mut receipt) in receipts {
        loop {
            let stored = match receipt {
                Ok(receipt) => receipt.await,
                Err(error) => Err(error),
            };
            match stored {
                Ok(_) => break,
                Err(error) => tracing::warn!(partition, %error, "a derived event waits for the log"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            receipt = shared.appender.append(&envelope).await;
        }
    }
    if effects.is_empty() {
        return through;
    }
    let entry = serde_json::to_vec(&Departed { through: through?, effects }).unwrap_or_default();
    match log.append(entry.into()).await {
        Ok(()) => through,
        Err(error) => {
            tracing::debug!(partition, %error, "asking the output log what has left");
            // Nothing, something, or all of it: the last entry says.
            last(log, partition).await
        }
    }
}

/// What the last entry says has left; asked until there is an answer.
async fn last(log: &mut EffectLog, partition: u32) -> Option<EffectId> {
    let mut wait = Duration::from_millis(50);
    loop {
        match log.last().await {
            Ok(None) => return None,
            Ok(Some(entry)) => match serde_json::from_slice::<Departed<serde::de::IgnoredAny>>(&entry) {
                Ok(departed) => return Some(departed.through),
                // It can only be of another version: whoever carries effects out knows them by their ids.
                Err(error) => {
                    tracing::error!(partition, %error, "the last entry of the output log can't be read");
                    return None;
                }
            },
            Err(error) => {
                tracing::debug!(partition, %error, "trying again to read the output log");
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(Duration::from_secs(1));
            }
        }
    }
}
