//! Checkpoints: a partition's state and the place in the log it stands at, in a folder or in a bucket.
//!
//! What they consist of is the engine's ([`nexusflow_engine::checkpoint`]); here is where they go, and in which order.

mod newest;
mod place;
mod removal;
#[cfg(feature = "s3")]
mod s3;
mod store;
#[cfg(test)]
mod tests;
mod write;

pub use newest::{Found, Restored};
pub use nexusflow_engine::checkpoint::{Changes, Stamp};
pub use place::{Place, PlaceError};
pub use store::StoreError;
pub use write::Stored;

use nexusflow_engine::checkpoint::Manifest;
use removal::Known;
use std::sync::Arc;
use store::Store;
use tokio::sync::OnceCell;

/// The checkpoints of all partitions in a place, which is made when it is first used.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    place: Place,
    store: Arc<OnceCell<Store>>,
}

/// The checkpoints of a partition, for the one who owns it. It remembers the checkpoint that the next one builds on, and
/// what a failed attempt did not store.
#[derive(Debug)]
pub struct PartitionCheckpoints {
    checkpoints: Checkpoints,
    partition: u32,
    /// The newest one, known to be readable.
    base: Option<Manifest>,
    /// The one that was restored, until another is written.
    restored: Option<nexusflow_engine::checkpoint::Name>,
    /// What changed since `base` and was not stored.
    pending: Changes,
    known: Known,
}

impl Checkpoints {
    /// Those in `place`.
    pub fn new(place: Place) -> Self {
        Self { place, store: Arc::default() }
    }

    /// Where they are.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Those of a partition.
    pub fn of(&self, partition: u32) -> PartitionCheckpoints {
        PartitionCheckpoints {
            checkpoints: self.clone(),
            partition,
            base: None,
            restored: None,
            pending: Changes::default(),
            known: Known::new(),
        }
    }

    async fn store(&self) -> Result<&Store, StoreError> {
        let open = || {
            let place = self.place.clone();
            async { store::computing(|| Store::open(place)).await? }
        };
        self.store.get_or_try_init(open).await
    }
}
