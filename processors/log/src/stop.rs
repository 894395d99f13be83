//! Stopping: a flag that is raised once.

use tokio::sync::watch;

/// Waits until the flag is raised, or nobody is left who could raise it.
pub async fn raised(flag: &mut watch::Receiver<bool>) {
    drop(flag.wait_for(|raised| *raised).await);
}
