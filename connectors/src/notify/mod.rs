//! The notifier: tells people outside the consoles of alerts.
//!
//! The fold says what happens to alerts, once each, in the output log. One notifier at a time ([`lead`]) reads it and decides who
//! is told what and when ([`decide`]). A message waits in the log until its target has taken it; each target has a task of its own
//! ([`deliver`]). Inside, an alert happens once; outside it is told at least once, with an id that stays the same.

mod board;
mod decide;
mod deliver;
mod lead;
mod matching;
mod message;
pub(crate) mod notice;
mod place;
mod record;
mod settings;

pub use notice::{Severity, What};
pub use place::Place;
pub use settings::{Inhibit, MailTls, NotifySettings, Routing, Target, TargetKind, When, time_zone};

use decide::Rules;
use lead::{Ended, Lead, Targets};
use nexusflow_log::{Leadership, Log, raised};
use record::Recorder;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long what was noted may take to be written when the process is to stop.
const RECORDED_WITHIN: Duration = Duration::from_secs(3);

/// A target that can't be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("notify.target {target:?}: {reason}")]
pub struct NotifyError {
    /// Its name.
    pub target: String,
    /// The key, and what is wrong with it.
    pub reason: String,
}

/// Looks at the targets as if they were to be told: files, variables, secrets and certificates.
///
/// # Errors
/// What is wrong with the first that can't be.
pub fn check(settings: &NotifySettings) -> Result<(), NotifyError> {
    settings.target.iter().try_for_each(|target| {
        let way = deliver::Way::to(target, settings.timeout());
        way.map(drop).map_err(|reason| NotifyError { target: target.name.clone(), reason })
    })
}

/// Tells people outside the consoles.
#[derive(Debug, Clone)]
pub struct Notifier {
    log: Log,
    rules: Arc<Rules>,
    rerouting: Rerouting,
    name: String,
    clock: fn() -> i64,
}

/// How a configuration that is applied, as JSON, wants people to be told; none where it can't be read.
pub type Rerouting = fn(&[u8]) -> Option<Routing>;

impl Notifier {
    /// Of `log`, with the `routing` that the files say, until another one is applied; `name` is what people see of the process,
    /// `clock` the milliseconds since the epoch.
    pub fn new(
        log: Log,
        settings: NotifySettings,
        (routing, rerouting): (Routing, Rerouting),
        name: String,
        clock: fn() -> i64,
    ) -> Self {
        Self { log, rules: Arc::new(Rules { settings, routing }), rerouting, name, clock }
    }

    /// Works, or waits for the one that does to end, until `shutdown`.
    ///
    /// # Errors
    /// Where a target can't be told for what is configured.
    pub async fn run(self, shutdown: watch::Receiver<bool>) -> Result<(), NotifyError> {
        check(&self.rules.settings)?;
        let leadership = Leadership::new(&self.log, "notifier", Duration::from_millis(self.rules.settings.lease_ms));
        let mut stop = shutdown.clone();
        loop {
            let mut leader = tokio::select! {
                leader = leadership.won(&self.name) => leader,
                () = raised(&mut stop) => return Ok(()),
            };
            let ended = {
                let mut lost = pin!(leader.lost(&self.name));
                Box::pin(self.lead(lost.as_mut(), &shutdown)).await?
            };
            match ended {
                Ended::Stopped => {
                    leader.leave().await;
                    return Ok(());
                }
                Ended::Lost(why) => tracing::warn!(why, "leads the notifiers no longer"),
            }
        }
    }

    async fn lead(
        &self,
        lost: std::pin::Pin<&mut impl Future<Output = ()>>,
        shutdown: &watch::Receiver<bool>,
    ) -> Result<Ended, NotifyError> {
        let (recorder, recording) = Recorder::start(&self.log);
        let mut lead = match Lead::take_over(self, &recorder).await {
            Ok(lead) => lead,
            Err(why) => return Ok(Ended::Lost(why)),
        };
        let targets = Targets::start(self, &recorder)?;
        let ended = lead.run(lost, shutdown).await;
        targets.stop().await;
        drop((lead, recorder));
        // What was noted is written, if the server is there.
        drop(tokio::time::timeout(RECORDED_WITHIN, recording).await);
        Ok(ended)
    }
}
