//! Making keys and taking them back.

use super::{Key, Standing, hashed, hex};
use nexusflow_log::{Bucket, BucketError, Log};
use nexusflow_model::limits::KEY_PREFIX;
use nexusflow_model::{Timestamp, subject};
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// What the records of keys begin with in their bucket, and those that say when one was used.
pub(super) const KEY: &str = "key.";
pub(super) const USED: &str = "used.";

/// Longest name of a source.
const NAME_BYTES_MAX: usize = 40;

/// Why a key was not made or taken back.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No name of a source.
    #[error(
        "the name must be 1 to {NAME_BYTES_MAX} lower-case letters, digits and -, and not \"{}\"",
        crate::http::KIND
    )]
    Name,
    /// It would never hold.
    #[error("the key would have ended before it began")]
    Expired,
    /// The system gives no chance.
    #[error("the system gives no random numbers")]
    Random,
    /// There is none.
    #[error("there is no such key: `nexusflow keys list` names those there are")]
    Unknown,
    /// The bucket of keys can't be reached.
    #[error(transparent)]
    Bucket(#[from] BucketError),
}

/// A key that is to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// The name of the source that it lets in.
    pub name: String,
    /// Events a second; none: as many as anybody.
    pub events_per_s: Option<NonZeroU32>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Who makes it.
    pub by: String,
}

/// A key that is shown once.
#[derive(Clone)]
pub struct Shown(String);

impl Shown {
    /// The key, to be handed to who publishes.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown(...)")
    }
}

impl NewKey {
    pub(super) fn make(self, now: Timestamp) -> Result<(Key, Shown), KeyError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        // What comes without a key is counted under this name.
        let is_taken = self.name == crate::http::KIND;
        if is_taken || self.name.is_empty() || self.name.len() > NAME_BYTES_MAX || !self.name.bytes().all(plain) {
            return Err(KeyError::Name);
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(KeyError::Expired);
        }
        let (mut id, mut secret) = ([0; 6], [0; 32]);
        let random = SystemRandom::new();
        random.fill(&mut id).and_then(|()| random.fill(&mut secret)).map_err(|_| KeyError::Random)?;
        let (id, secret) = (hex(&id), hex(&secret));
        let shown = Shown(format!("{KEY_PREFIX}{id}_{secret}"));
        let key = Key {
            id,
            name: self.name,
            hash: hashed(&secret),
            events_per_s: self.events_per_s,
            created_at: now,
            created_by: self.by,
            expires_at: self.expires_at,
            revoked_at: None,
            revoked_by: None,
        };
        Ok((key, shown))
    }
}

/// The bucket of keys.
pub(super) async fn bucket(log: &Log) -> Result<Bucket, BucketError> {
    Bucket::open(log, subject::keys_bucket(log.prefix()), "keys for publishing, hashed").await
}

pub(super) fn read(value: &[u8]) -> Result<Key, BucketError> {
    serde_json::from_slice(value).map_err(|_| BucketError::Unavailable("a record among the keys is none".into()))
}

/// Makes a key.
pub(super) async fn create(bucket: &Bucket, new: NewKey, now: Timestamp) -> Result<(Key, Shown), KeyError> {
    let (key, shown) = new.make(now)?;
    let value = serde_json::to_vec(&key).unwrap_or_default();
    bucket.create(&format!("{KEY}{}", key.id), value).await?;
    Ok((key, shown))
}

/// Takes back the key of that id, or all that are live of the source of that name.
pub(super) async fn revoke(bucket: &Bucket, which: &str, by: &str, now: Timestamp) -> Result<Vec<Key>, KeyError> {
    let all = list(bucket).await?;
    let is_meant = |key: &Key| key.id == which || key.name == which && key.standing(now) == Standing::Live;
    let meant: Vec<String> = all.iter().filter(|(key, _)| is_meant(key)).map(|(key, _)| key.id.clone()).collect();
    if meant.is_empty() {
        return Err(KeyError::Unknown);
    }
    let mut revoked = Vec::with_capacity(meant.len());
    for id in meant {
        revoked.push(revoke_one(bucket, &id, by, now).await?);
    }
    Ok(revoked)
}

/// Who took it back first stays.
async fn revoke_one(bucket: &Bucket, id: &str, by: &str, now: Timestamp) -> Result<Key, KeyError> {
    let name = format!("{KEY}{id}");
    loop {
        let Some(entry) = bucket.get(&name).await? else { return Err(KeyError::Unknown) };
        let mut key = read(&entry.value)?;
        if key.revoked_at.is_some() {
            return Ok(key);
        }
        (key.revoked_at, key.revoked_by) = (Some(now), Some(by.to_owned()));
        match bucket.update(&name, serde_json::to_vec(&key).unwrap_or_default(), entry.revision).await {
            Ok(()) => return Ok(key),
            Err(BucketError::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// All keys there ever were, by name and age, each with when it was used last, to the minute.
pub(super) async fn list(bucket: &Bucket) -> Result<Vec<(Key, Option<Timestamp>)>, BucketError> {
    let (mut keys, mut used) = (Vec::new(), BTreeMap::new());
    for entry in bucket.all().await? {
        if entry.key.starts_with(KEY) {
            keys.push(read(&entry.value)?);
        } else if let Some(id) = entry.key.strip_prefix(USED) {
            used.insert(id.to_owned(), serde_json::from_slice(&entry.value).ok());
        }
    }
    keys.sort_by(|a: &Key, b| (&a.name, a.created_at, &a.id).cmp(&(&b.name, b.created_at, &b.id)));
    Ok(keys.into_iter().map(|key| (used.get(&key.id).copied().flatten(), key)).map(|(at, key)| (key, at)).collect())
}
