//! The keys as a process that takes events in knows them: all of them, in memory, kept up to date.

use super::manage::{self, KEY, USED};
use super::{Key, KeyError, NewKey, Shown};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use nexusflow_log::{Bucket, BucketError, Entry, Log, raised};
use nexusflow_model::Timestamp;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;

/// How exactly the last use of a key is known.
const USED_MS: i64 = 60_000;
/// How long until a watch that ended is begun anew.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// A key that is known, with what has been taken in with it.
pub(super) struct Known {
    pub(super) key: Key,
    pub(super) name: Arc<str>,
    pub(super) limiter: DefaultDirectRateLimiter,
    pub(super) events_per_s: NonZeroU32,
    used_at_ms: AtomicI64,
}

/// All keys.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    bucket: Bucket,
    known: RwLock<BTreeMap<String, Arc<Known>>>,
    /// What is taken with a key that says nothing of it.
    events_per_s: NonZeroU32,
    now: fn() -> Timestamp,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

impl Keys {
    /// Those of `log`, as they stand now; `events_per_s` may be published with one that says nothing of it.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn open(log: &Log, events_per_s: NonZeroU32, now: fn() -> Timestamp) -> Result<Self, BucketError> {
        let bucket = manage::bucket(log).await?;
        let keys = Self(Arc::new(Inner { bucket, known: RwLock::default(), events_per_s, now }));
        for entry in keys.0.bucket.all().await? {
            keys.hear(&entry);
        }
        Ok(keys)
    }

    /// Keeps what is known up to date until `shutdown`. What was taken back lets nobody in as soon as it is heard; while NATS can't be
    /// reached nothing is heard, and nothing is stored either.
    pub async fn watch(&self, mut shutdown: watch::Receiver<bool>) {
        loop {
            let ended = tokio::select! {
                () = raised(&mut shutdown) => return,
                ended = self.0.bucket.watch(|entry| self.hear(&entry)) => ended,
            };
            tracing::debug!(?ended, "the keys are watched anew");
            tokio::select! {
                () = raised(&mut shutdown) => return,
                () = tokio::time::sleep(AGAIN_AFTER) => {}
            }
        }
    }

    fn hear(&self, entry: &Entry) {
        let Some(id) = entry.key.strip_prefix(KEY) else { return };
        let Ok(key) = manage::read(&entry.value) else {
            return tracing::warn!(id, "a record among the keys can't be read, and lets nobody in");
        };
        let events_per_s = key.events_per_s.unwrap_or(self.0.events_per_s);
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.get(id).is_some_and(|before| before.key == key) {
            return;
        }
        let limiter = RateLimiter::direct(Quota::per_second(events_per_s));
        let name = Arc::from(key.name.as_str());
        let used_at_ms = AtomicI64::new(i64::MIN);
        known.insert(id.to_owned(), Arc::new(Known { key, name, limiter, events_per_s, used_at_ms }));
    }

    pub(super) fn get(&self, id: &str) -> Option<Arc<Known>> {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Whether there ever was one, also where all were taken back since.
    pub(super) fn are_in_use(&self) -> bool {
        !self.0.known.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.0.now)()
    }

    /// Notes that a key was used, once a minute at the most.
    pub(super) fn note_use(&self, known: &Known) {
        let now = self.now();
        let before = known.used_at_ms.load(Ordering::Relaxed);
        let is_due = before.saturating_add(USED_MS) <= now.as_ms();
        let swapped = || known.used_at_ms.compare_exchange(before, now.as_ms(), Ordering::Relaxed, Ordering::Relaxed);
        if is_due && swapped().is_ok() {
            let (bucket, name) = (self.0.bucket.clone(), format!("{USED}{}", known.key.id));
            tokio::spawn(async move {
                if let Err(error) = bucket.put(&name, serde_json::to_vec(&now).unwrap_or_default()).await {
                    tracing::debug!(%error, "could not note that a key was used");
                }
            });
        }
    }

    /// Makes one. The second part is shown once.
    ///
    /// # Errors
    /// Where its name or its end can't be, or NATS does not answer.
    pub async fn create(&self, new: NewKey) -> Result<(Key, Shown), KeyError> {
        manage::create(&self.0.bucket, new, self.now()).await
    }

    /// Takes back the key of that id, or all that are live of the source of that name.
    ///
    /// # Errors
    /// Where there is none, or NATS does not answer.
    pub async fn revoke(&self, which: &str, by: &str) -> Result<Vec<Key>, KeyError> {
        manage::revoke(&self.0.bucket, which, by, self.now()).await
    }

    /// All there ever were, by name and age, each with when it was used last, to the minute.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn list(&self) -> Result<Vec<(Key, Option<Timestamp>)>, BucketError> {
        manage::list(&self.0.bucket).await
    }
}
