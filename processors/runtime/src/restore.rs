//! From a checkpoint to a state.

use crate::checkpoint::{PartitionCheckpoints, Restored};
use nexusflow_domain::{Commerce, upgrade};
use nexusflow_engine::Partition;

/// A state that was kept.
pub(crate) struct Kept {
    pub(crate) state: Partition<Commerce>,
    /// When the stream it was folded from was created, in nanoseconds since 1970.
    pub(crate) created_ns: i64,
}

/// The newest state that is whole, upgraded if it is of an older version. None where it is to be rebuilt from the log.
pub(crate) async fn newest(partition: u32, checkpoints: &mut PartitionCheckpoints) -> Option<Kept> {
    loop {
        let found = match checkpoints.newest().await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(partition, %error, "no checkpoint can be looked for; rebuilding from the log");
                return None;
            }
        };
        for what in found.set_aside {
            tracing::warn!(partition, what, "a checkpoint can't be used, trying an older one or the log");
        }
        let restored = found.restored?;
        let why = match tokio::task::spawn_blocking(move || read(&restored)).await {
            Ok(Ok(kept)) => return Some(kept),
            Ok(Err(why)) => why,
            Err(panicked) => panicked.to_string(),
        };
        match checkpoints.set_aside(&why).await {
            Ok(what) => tracing::warn!(partition, what, "a checkpoint can't be used, trying an older one or the log"),
            Err(error) => {
                tracing::warn!(partition, why, %error, "a checkpoint can't be used; rebuilding from the log");
                return None;
            }
        }
    }
}

/// The state of what was found. Takes long where there is much.
fn read(restored: &Restored) -> Result<Kept, String> {
    let (state, created_ns) = match restored {
        Restored::Parts { stamp, parts } => {
            let parts = parts.iter().map(|(number, part)| (*number, part.as_slice()));
            (upgrade::restore(stamp.domain_version, parts), stamp.created_ns)
        }
        Restored::Legacy { created_ns, bytes } => (upgrade::v1::restore(bytes), *created_ns),
    };
    Ok(Kept { state: state.map_err(|error| error.to_string())?, created_ns })
}
