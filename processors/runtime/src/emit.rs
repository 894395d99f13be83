//! Letting what follows from events leave the partition: effects into the output log, derived events into the log of their
//! own partition. Once each, over crashes and with two owners: see [`Outbox`].

use crate::worker::Shared;
use nexusflow_domain::AlertEffect;
use nexusflow_engine::{Departed, Effect, EffectId, Emission, Outbox};
use nexusflow_log::{AppendError, EffectLog, Receipt};
use nexusflow_model::Envelope;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Hand-overs of the fold that may wait here; the fold waits when there are more.
const QUEUE: usize = 64;
/// Consequences that leave together.
const TOGETHER: usize = 256;

/// The way out of a partition.
pub(crate) struct Emitter {
    sender: mpsc::Sender<Vec<Emission<AlertEffect>>>,
    settled: watch::Receiver<u64>,
    /// The last record of which something was handed over.
    handed: u64,
}

impl Emitter {
    pub(crate) fn start(shared: Arc<Shared>, partition: u32, log_created_ns: i64) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let (settle, settled) = watch::channel(0);
        tokio::spawn(run(shared, partition, log_created_ns, receiver, settle));
        Self { sender, settled, handed: 0 }
    }

    /// Hands over what a fold asked for; waits where too much is on its way already.
    pub(crate) async fn put(&mut self, emissions: Vec<Emission<AlertEffect>>) {
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
    log_created_ns: i64,
    mut receiver: mpsc::Receiver<Vec<Emission<AlertEffect>>>,
    settle: watch::Sender<u64>,
) {
    let mut output = Output { log: EffectLog::new(&shared.log, partition), partition, log_created_ns };
    let mut outbox: Option<Outbox<AlertEffect>> = None;
    while let Some(emissions) = receiver.recv().await {
        let mut handed = emissions.last().map_or(0, |last| last.id().place.sequence);
        let outbox = match &mut outbox {
            Some(outbox) => outbox,
            // Only who has something to say needs to know what was said last.
            None => outbox.insert(Outbox::new(output.last().await)),
        };
        outbox.put(emissions);
        while !outbox.is_empty() {
            while let Ok(more) = receiver.try_recv() {
                handed = more.last().map_or(handed, |last| last.id().place.sequence);
                outbox.put(more);
            }
            if let Some(through) = output.leave(&shared, outbox).await {
                outbox.confirm(through);
            }
        }
        settle.send_replace(handed);
    }
}

struct Output {
    log: EffectLog,
    partition: u32,
    log_created_ns: i64,
}

impl Output {
    /// Lets the first of what waits leave, and says through which one everything has, as far as is known.
    async fn leave(&mut self, shared: &Shared, outbox: &Outbox<AlertEffect>) -> Option<EffectId> {
        let mut through = None;
        let mut effects: Vec<Effect<AlertEffect>> = Vec::new();
        let mut derived = Vec::new();
        for emission in outbox.next(TOGETHER) {
            through = Some(emission.id());
            match emission {
                Emission::Effect(effect) => effects.push(effect.clone()),
                Emission::Derived(_, envelope) => {
                    for partition in shared.hearers(envelope) {
                        derived.push((envelope, partition, shared.appender.append_to(partition, envelope).await));
                    }
                }
            }
        }
        // Derived events first: what the output log says has left, has left. One that is said twice is counted once where it
        // goes, by its id.
        for (envelope, partition, receipt) in derived {
            self.stored(shared, envelope, partition, receipt).await;
        }
        if effects.is_empty() {
            return through;
        }
        let entry = Departed { log_created_ns: self.log_created_ns, through: through?, effects };
        match self.log.append(serde_json::to_vec(&entry).unwrap_or_default().into()).await {
            Ok(()) => through,
            Err(error) => {
                tracing::debug!(partition = self.partition, %error, "asking the output log what has left");
                // Nothing, something, or all of it: the last entry says.
                self.last().await
            }
        }
    }

    /// Waits until a derived event is stored, and says it again until it is.
    async fn stored(
        &self,
        shared: &Shared,
        envelope: &Envelope,
        partition: u32,
        mut receipt: Result<Receipt, AppendError>,
    ) {
        loop {
            let stored = match receipt {
                Ok(receipt) => receipt.await,
                Err(error) => Err(error),
            };
            match stored {
                Ok(_) => return,
                Err(error) => tracing::warn!(partition = self.partition, %error, "a derived event waits for the log"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            receipt = shared.appender.append_to(partition, envelope).await;
        }
    }

    /// What the last entry says has left; asked until there is an answer.
    async fn last(&mut self) -> Option<EffectId> {
        let partition = self.partition;
        let mut wait = Duration::from_millis(50);
        loop {
            match self.log.last().await {
                Ok(None) => return None,
                Ok(Some(entry)) => match serde_json::from_slice::<Departed<serde::de::IgnoredAny>>(&entry) {
                    Ok(entry) => return Some(entry.through).filter(|_| entry.log_created_ns == self.log_created_ns),
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
}
