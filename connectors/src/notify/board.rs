//! How the targets stand: told on a subject when something changes and every few seconds, and answered to who asks.

use super::settings::Target;
use futures_util::StreamExt;
use nexusflow_log::{Deliveries, Log, Queue, TargetState, raised};
use nexusflow_model::subject;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often what waits is counted, and everything is told.
const EVERY: Duration = Duration::from_secs(2);
/// What changes together is told together.
const TOGETHER: Duration = Duration::from_millis(50);

/// How the targets stand.
#[derive(Debug)]
pub(super) struct Board {
    states: Mutex<Vec<TargetState>>,
    changed: Notify,
}

impl Board {
    pub(super) fn new(targets: &[Target]) -> Self {
        let state = |target: &Target| TargetState {
            name: target.name.clone(),
            kind: target.kind.name().to_owned(),
            state: "closed".into(),
            waiting: 0,
            last_ok_at: None,
            last_error: None,
        };
        let mut states: Vec<TargetState> = targets.iter().map(state).collect();
        states.sort_by(|a, b| a.name.cmp(&b.name));
        Self { states: Mutex::new(states), changed: Notify::new() }
    }

    fn states(&self) -> MutexGuard<'_, Vec<TargetState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change(&self, name: &str, change: impl FnOnce(&mut TargetState)) {
        let mut states = self.states();
        let Some(state) = states.iter_mut().find(|state| state.name == name) else { return };
        let before = state.clone();
        change(state);
        if *state != before {
            self.changed.notify_one();
        }
    }

    /// Tells and answers until `stop`.
    pub(super) async fn run(&self, log: &Log, mut stop: watch::Receiver<bool>) {
        let deliveries = Deliveries::new(log);
        let Ok(mut asked) = log.client().subscribe(subject::targets_query(log.prefix())).await else {
            return tracing::error!("the connection to NATS is closed");
        };
        let mut count = tokio::time::interval(EVERY);
        count.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = count.tick() => self.count(log).await,
                () = self.changed.notified() => tokio::time::sleep(TOGETHER).await,
                Some(question) = asked.next() => {
                    let answer = serde_json::to_vec(&*self.states()).unwrap_or_default();
                    if let Some(reply) = question.reply {
                        drop(log.client().publish(reply, answer.into()).await);
                    }
                    continue;
                }
                () = raised(&mut stop) => return,
            }
            let states = self.states().clone();
            if let Err(error) = deliveries.tell_targets(&states).await {
                tracing::debug!(%error, "how the targets stand was not told");
            }
        }
    }

    async fn count(&self, log: &Log) {
        let names: Vec<String> = self.states().iter().map(|state| state.name.clone()).collect();
        for name in names {
            if let Ok(waiting) = Queue::waiting(log, &name).await {
                self.change(&name, |state| state.waiting = waiting);
            }
        }
    }
}
