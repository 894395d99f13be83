//! Objects of checkpoints in a folder or a bucket.

use super::place::Place;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use nexusflow_engine::checkpoint::{CheckpointError, Name, Object};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use std::sync::Arc;

/// Objects on their way to or from the store at a time.
pub(super) const AT_ONCE: usize = 4;

/// Objects of a partition that are kept for somebody to look at.
const ASIDE_MAX: usize = 8;

/// Why a checkpoint could not be written or looked for. The log has everything.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The place can't be used.
    #[error("the checkpoints in {place} can't be opened: {cause}")]
    Open {
        /// Where they are.
        place: String,
        /// What the store says.
        cause: object_store::Error,
    },
    /// The store refused or did not answer.
    #[error("{object} in {place}: {cause}")]
    Refused {
        /// What it was about.
        object: String,
        /// Where.
        place: String,
        /// What the store says.
        cause: object_store::Error,
    },
    /// What is there can't be used, or what was given can't be written.
    #[error(transparent)]
    Content(#[from] CheckpointError),
    /// The work was broken off.
    #[error("a checkpoint was not finished: {0}")]
    BrokenOff(String),
}

/// An object that is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    pub(super) name: Name,
    /// In the store's time, in seconds.
    pub(super) modified_s: i64,
}

/// An opened place.
#[derive(Debug, Clone)]
pub(super) struct Store {
    objects: Arc<dyn ObjectStore>,
    pub(super) place: Place,
}

impl Store {
    pub(super) fn open(place: Place) -> Result<Self, StoreError> {
        let objects = place.open().map_err(|cause| StoreError::Open { place: place.to_string(), cause })?;
        Ok(Self { objects, place })
    }

    #[cfg(test)]
    pub(super) fn of(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects, place: Place::Folder("memory".into()) }
    }

    fn refused(&self, object: &impl ToString) -> impl Fn(object_store::Error) -> StoreError {
        let (object, place) = (object.to_string(), self.place.to_string());
        move |cause| StoreError::Refused { object: object.clone(), place: place.clone(), cause }
    }

    /// What there is of a partition, in no order.
    pub(super) async fn list(&self, partition: u32) -> Result<Vec<Listed>, StoreError> {
        let folder = format!("{partition:03}");
        let found: Vec<ObjectMeta> =
            self.objects.list(Some(&Path::from(folder.as_str()))).try_collect().await.map_err(self.refused(&folder))?;
        let listed = |meta: &ObjectMeta| {
            let name = Name::parse(meta.location.as_ref(), meta.size)?;
            Some(Listed { name, modified_s: meta.last_modified.timestamp() })
        };
        Ok(found.iter().filter_map(listed).collect())
    }

    /// An object's bytes. One that is missing is a damaged one.
    pub(super) async fn get(&self, name: &Name) -> Result<Bytes, StoreError> {
        let get = async { self.objects.get(&Path::from(name.to_string())).await?.bytes().await };
        match get.await {
            Ok(bytes) => Ok(bytes),
            Err(object_store::Error::NotFound { .. }) => {
                let (object, what) = (name.to_string(), "it is missing".to_owned());
                Err(CheckpointError::Damaged { object, what }.into())
            }
            Err(cause) => Err(self.refused(name)(cause)),
        }
    }

    /// The same, for a future that goes its own way.
    pub(super) async fn get_owned(self, name: Name) -> Result<Bytes, StoreError> {
        self.get(&name).await
    }

    /// Stores an object: when this returns it is there for good, whole; until then it is not there at all.
    pub(super) async fn put(&self, name: &Name, bytes: Vec<u8>) -> Result<(), StoreError> {
        let put = self.objects.put(&Path::from(name.to_string()), bytes.into()).await;
        put.map(drop).map_err(self.refused(name))
    }

    /// The same, for a future that goes its own way.
    pub(super) async fn put_owned(self, object: Object) -> Result<(), StoreError> {
        self.put(&object.name, object.bytes).await
    }

    /// Removes objects, one after another in the order of `names`. One that is not there is removed already.
    pub(super) async fn remove(&self, names: &[Name]) -> Result<(), StoreError> {
        for name in names {
            match self.objects.delete(&Path::from(name.to_string())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(cause) => return Err(self.refused(name)(cause)),
            }
        }
        Ok(())
    }

    /// Puts an object under `damaged/`, where it is no checkpoint any more.
    pub(super) async fn set_aside(&self, name: &Name) -> Result<(), StoreError> {
        let (from, to) = (Path::from(name.to_string()), Path::from(format!("damaged/{name}")));
        self.objects.rename(&from, &to).await.map_err(self.refused(name))?;
        self.forget_what_is_long_aside(name.partition()).await
    }

    /// Puts a copy of an object under `damaged/`: an older checkpoint may still live by what is good of it.
    pub(super) async fn copy_aside(&self, name: &str) -> Result<(), StoreError> {
        let (from, to) = (Path::from(name), Path::from(format!("damaged/{name}")));
        self.objects.copy(&from, &to).await.map_err(self.refused(&name))
    }

    async fn forget_what_is_long_aside(&self, partition: u32) -> Result<(), StoreError> {
        let folder = Path::from(format!("damaged/{partition:03}"));
        let mut aside: Vec<ObjectMeta> =
            self.objects.list(Some(&folder)).try_collect().await.map_err(self.refused(&folder))?;
        aside.sort_by_key(|meta| std::cmp::Reverse(meta.last_modified));
        let old = aside.into_iter().skip(ASIDE_MAX).map(|meta| Ok(meta.location));
        let removed = self.objects.delete_stream(futures_util::stream::iter(old.collect::<Vec<_>>()).boxed());
        removed.try_for_each(|_| async { Ok(()) }).await.map_err(self.refused(&folder))
    }
}

/// Runs what takes the processor for long on a thread of its own.
pub(super) async fn computing<T: Send + 'static>(
    compute: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(compute).await.map_err(|error| StoreError::BrokenOff(error.to_string()))
}
