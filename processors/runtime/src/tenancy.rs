//! One partition in the hands of this worker, from the claim of the lease to its release.

use crate::worker::{Shared, WorkerError};
use crate::{answer, dead_letters, owner};
use nexusflow_log::{Holding, LeaseError, Leases, Member};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// How long after a failure a partition is tried again, at first and at the most: what is wrong may be mended meanwhile.
const TRY_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// What a tenancy tells.
pub(crate) enum Told {
    /// It has the lease, in this form.
    Holds(Holding),
    /// The partition can't be folded; it is tried again later.
    Failed(u32, WorkerError),
}

/// A partition that a worker wants.
pub(crate) struct Tenancy {
    pub(crate) shared: Arc<Shared>,
    pub(crate) leases: Leases,
    pub(crate) member: Member,
    pub(crate) partition: u32,
    /// Raised when the partition is to be let go.
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) told: mpsc::Sender<Told>,
}

impl Tenancy {
    /// Claims the partition over what is there, owns it until `stop`, and lets it go. Where the partition can't be folded the
    /// lease is kept, with the reason in it: another worker would only meet the same.
    ///
    /// When it is cancelled, what it owns ends at once, without a checkpoint and without letting anything go: somebody else has it.
    pub(crate) async fn run(mut self, over: Option<u64>) {
        let partition = self.partition;
        let mut holding = match self.leases.claim(partition, &self.member, over).await {
            Ok(holding) => holding,
            Err(LeaseError::Taken) => return tracing::debug!(partition, "somebody else was faster"),
            Err(error) => return tracing::warn!(partition, %error, "could not claim a partition, trying again"),
        };
        let mut wait = TRY_AGAIN.0;
        let mut is_ours = true;
        while is_ours {
            tracing::info!(partition, term = holding.term, "owns");
            self.tell(Told::Holds(holding.clone())).await;
            let began = Instant::now();
            let Err(error) = self.reign(holding.term).await else { break };
            tracing::error!(partition, %error, again_in_s = wait.as_secs(), "a partition can't be folded");
            if let Ok(complained) = self.leases.complain(&holding, error.to_string()).await {
                holding = complained;
                self.tell(Told::Holds(holding.clone())).await;
            }
            self.tell(Told::Failed(partition, error)).await;
            if began.elapsed() > TRY_AGAIN.1 * 2 {
                wait = TRY_AGAIN.0;
            }
            tokio::select! {
                () = nexusflow_log::raised(&mut self.stop) => break,
                () = tokio::time::sleep(wait) => wait = (wait * 2).min(TRY_AGAIN.1),
            }
            // Another life of the owner is another term: gateways don't compare the versions of two.
            match self.leases.renew(&holding).await {
                Ok(renewed) => holding = renewed,
                Err(LeaseError::Taken) => is_ours = false,
                Err(error) => tracing::warn!(partition, %error, "could not begin another term"),
            }
        }
        if is_ours && let Err(error) = self.leases.release(&holding).await {
            tracing::warn!(partition, %error, "could not let a partition go; the others will notice by the silence");
        }
        tracing::info!(partition, term = holding.term, "let go");
    }

    /// Restores, folds and answers until `stop`; what was folded is in a checkpoint then.
    async fn reign(&self, term: u64) -> Result<(), WorkerError> {
        let owner = owner::Owner::take(Arc::clone(&self.shared), self.partition, term).await?;
        let (silence, silenced) = watch::channel(false);
        // Sets, because what is in one ends with it.
        let (mut answering, mut owning, mut counting) = (JoinSet::new(), JoinSet::new(), JoinSet::new());
        if dead_letters::are_counted_by(self.partition, self.shared.log.partitions()) {
            counting.spawn(dead_letters::run(Arc::clone(&self.shared)));
        }
        answering.spawn(answer::run(Arc::clone(&self.shared), owner.live(), silenced));
        owning.spawn(owner.run(self.stop.clone()));
        let ended = match owning.join_next().await {
            Some(Ok(ended)) => ended,
            Some(Err(error)) => Err(WorkerError::Task(error.to_string())),
            None => Ok(()),
        };
        silence.send_replace(true);
        drop(answering.join_next().await);
        // An owner that ends without being told to, and without an error, would look like one that was.
        if ended.is_ok() && !*self.stop.borrow() {
            return Err(WorkerError::Task("the log could not be read on".into()));
        }
        ended
    }

    async fn tell(&self, told: Told) {
        // Nobody listens any more when the worker ends.
        drop(self.told.send(told).await);
    }
}
