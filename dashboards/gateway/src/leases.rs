//! Who owns what, for the operator: heard from the leases of the workers.

use crate::hub::SharedHub;
use nexusflow_log::{LeaseError, Leases, Roster};
use std::time::{Duration, Instant};

/// How often the leases are looked for, and how often the dead are forgotten.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Listens until `shutdown`.
pub(crate) async fn run(hub: SharedHub) {
    let mut shutdown = hub.shutdown.clone();
    let listening = async {
        loop {
            if let Err(error) = listen(&hub).await {
                tracing::debug!(%error, "listening to the leases anew");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::select! {
        () = nexusflow_log::raised(&mut shutdown) => {}
        () = listening => {}
    }
}

/// Listens until something interrupts it; comes back at once where no worker ever ran.
async fn listen(hub: &SharedHub) -> Result<(), LeaseError> {
    let Some(leases) = Leases::existing(&hub.log).await? else { return Ok(()) };
    let lease = leases.lease().await?;
    let mut connection = hub.log.connection();
    connection.mark_unchanged();
    let mut watching = leases.watch().await?;
    // What was known stays until all is known again.
    let mut fresh = Some(Roster::new(lease, lease, Instant::now()));
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            change = watching.next() => {
                let (change, now) = (change?, Instant::now());
                if let (Some(roster), Some(change)) = (&mut fresh, &change) {
                    roster.hear(change.clone(), now);
                }
                hub.with(|state| {
                    if fresh.is_some() && watching.is_current() {
                        state.roster = fresh.take();
                    } else if let (None, Some(roster), Some(change)) = (&fresh, &mut state.roster, change) {
                        roster.hear(change, now);
                    }
                });
            }
            _ = look.tick() => hub.with(|state| state.roster.iter_mut().for_each(|roster| roster.bury(Instant::now()))),
            _ = connection.changed() => return Ok(()),
        }
    }
}
