//! Who lives and who owns what: workers share the partitions through two key-value buckets of NATS.
//!
//! `PREFIX-workers` has a key a living worker. It is written every beat, and the server forgets it after the lease. It is kept in
//! memory: nothing of it is worth a disk's time, and after a restart of the server the next beat brings it back.
//!
//! `PREFIX-owners` has a key a partition, written with compare and set when the owner changes. The revision of that write is the
//! **term**: it grows with every owner, and whoever hears two owners believes the higher one. It is kept on disk, because terms
//! must not begin anew when the server does.
//!
//! The lease on a partition is worth as much as its worker's beat: a partition whose worker is silent for longer than the
//! lease is free. So many partitions cost no more to keep than one.

use crate::connect::Log;
use crate::layout::{LayoutError, bucket, jetstream_error, patiently};
use crate::watching::{Of, Watching};
use async_nats::jetstream::kv::{self, CreateErrorKind, Store, UpdateErrorKind};
use async_nats::jetstream::stream::StorageType;
use async_nats::{RequestErrorKind, Subscriber};
use futures_util::StreamExt;
use nexusflow_model::subject;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

/// How long a change of a lease may take before it is tried again.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// All keys of a bucket.
const EVERY_KEY: &str = ">";
/// The key in the bucket of owners that is no partition: it makes sure that there is always something to hear.
const ABOUT: &str = "about";

/// A worker that lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Unique to one life of a worker.
    pub id: String,
    /// What people see: `host:pid`.
    pub name: String,
    /// When it began, in milliseconds since the epoch by its own clock.
    pub since_ms: i64,
    /// Whether it is handing over what it owns and wants nothing more.
    #[serde(default)]
    pub is_leaving: bool,
}

/// A partition that is owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Which partition.
    pub partition: u32,
    /// The id of its owner.
    pub worker: String,
    /// Its name.
    pub name: String,
    /// Grows with every owner of the partition.
    pub term: u64,
    /// What is known of the key: its next writer must know the same.
    pub revision: u64,
    /// Why the partition is not folded, where it can't be.
    pub trouble: Option<String>,
}

/// A holding as it is written.
#[derive(Serialize, Deserialize)]
pub(crate) struct Written {
    worker: String,
    name: String,
    /// Where another revision than this one began the term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    term: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

/// What a watcher hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A worker lives.
    Lives(Member),
    /// A worker left.
    Left(String),
    /// A partition has an owner.
    Owned(Holding),
    /// A partition was let go, at a revision.
    Free(u32, u64),
}

/// Why a lease was not had.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Somebody else was faster.
    #[error("somebody else has it")]
    Taken,
    /// NATS does not answer or refuses.
    #[error("the leases can't be reached: {0}")]
    Unavailable(String),
}

/// The leases of a log.
#[derive(Debug, Clone)]
pub struct Leases {
    log: Log,
    workers: Store,
    owners: Store,
    /// How the bucket of workers is made.
    members: kv::Config,
}

/// What there is of leases at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The workers that live, by name.
    pub workers: Vec<Member>,
    /// The partitions that are owned, whether their owner lives or not.
    pub owners: BTreeMap<u32, Holding>,
}

impl Snapshot {
    /// What is held of a partition by a worker that lives.
    pub fn holding(&self, partition: u32) -> Option<&Holding> {
        let lives = |holding: &&Holding| self.workers.iter().any(|member| member.id == holding.worker);
        self.owners.get(&partition).filter(lives)
    }
}

pub(crate) fn unavailable(cause: impl Display) -> LeaseError {
    LeaseError::Unavailable(cause.to_string())
}

async fn soon<T, E: Display>(asked: impl Future<Output = Result<T, E>>) -> Result<T, LeaseError> {
    match tokio::time::timeout(ANSWER_WITHIN, asked).await {
        Ok(answer) => answer.map_err(unavailable),
        Err(_) => Err(unavailable("no answer in time")),
    }
}

impl Leases {
    /// The leases on the partitions of `log`, made if they are not there; a worker's life is believed in for `lease` after its
    /// last beat, which is at least 100 ms. A cluster that is forming or electing is given as long as `patience`.
    ///
    /// # Errors
    /// Where JetStream does not answer or refuses.
    pub async fn open(log: &Log, lease: Duration, patience: Duration) -> Result<Self, LayoutError> {
        patiently(patience, || Self::try_open(log, lease)).await
    }

    async fn try_open(log: &Log, lease: Duration) -> Result<Self, LayoutError> {
        let members = members(log, lease);
        let workers = bucket(log, members.clone()).await?;
        let owners = kv::Config {
            bucket: subject::owners_bucket(log.prefix()),
            description: "which worker owns which partition".into(),
            num_replicas: log.settings().replicas as usize,
            ..kv::Config::default()
        };
        let owners = bucket(log, owners).await?;
        match owners.create(ABOUT, "{\"version\":1}".into()).await {
            Err(error) if error.kind() != CreateErrorKind::AlreadyExists => {
                Err(jetstream_error("making the buckets of the leases")(&error))
            }
            _ => Ok(Self { log: log.clone(), workers, owners, members }),
        }
    }

    /// The leases on the partitions of `log`, where a worker ever ran there.
    ///
    /// # Errors
    /// Where JetStream does not answer.
    pub async fn existing(log: &Log) -> Result<Option<Self>, LeaseError> {
        use async_nats::jetstream::context::KeyValueErrorKind::GetBucket;
        let find = async |bucket| match log.jetstream().get_key_value(bucket).await {
            Ok(store) => Ok(Some(store)),
            // A bucket that isn't there, or a server that does not answer: told apart by whether it answers at all.
            Err(error) if error.kind() == GetBucket => {
                log.jetstream().query_account().await.map(|_| None).map_err(unavailable)
            }
            Err(error) => Err(unavailable(error)),
        };
        let Some(workers) = find(subject::workers_bucket(log.prefix())).await? else { return Ok(None) };
        let Some(owners) = find(subject::owners_bucket(log.prefix())).await? else { return Ok(None) };
        // Who only looks makes nothing, and this is of no use to them.
        let members = members(log, Duration::ZERO);
        Ok(Some(Self { log: log.clone(), workers, owners, members }))
    }

    /// For how long a worker is believed to live after its last beat, as the workers have agreed.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn lease(&self) -> Result<Duration, LeaseError> {
        Ok(soon(self.workers.status()).await?.max_age())
    }

    /// Says that a worker lives. Where the bucket is gone, as it is when a server that stands alone starts again, it is made anew.
    ///
    /// # Errors
    /// Where it was not stored in time.
    pub async fn beat(&self, member: &Member) -> Result<(), LeaseError> {
        let value = serde_json::to_vec(member).unwrap_or_default();
        let stored = soon(self.workers.put(&member.id, value.clone().into())).await;
        let Err(LeaseError::Unavailable(_)) = &stored else { return stored.map(drop) };
        // No answer, or no bucket: only the second makes this succeed at once.
        soon(Box::pin(bucket(&self.log, self.members.clone()))).await?;
        soon(self.workers.put(&member.id, value.into())).await.map(drop)
    }

    /// Says that a worker is gone.
    ///
    /// # Errors
    /// Where it was not stored in time: the others then notice by its silence.
    pub async fn leave(&self, id: &str) -> Result<(), LeaseError> {
        soon(self.workers.delete(id)).await
    }

    /// Takes a partition for a worker: over the revision `over` of an owner that is gone, or where nobody has it. This begins a term.
    ///
    /// # Errors
    /// [`LeaseError::Taken`] where what is there is something else.
    pub async fn claim(&self, partition: u32, member: &Member, over: Option<u64>) -> Result<Holding, LeaseError> {
        self.write(partition, &member.id, &member.name, (None, None), over).await
    }

    /// Begins another term of a holding.
    ///
    /// # Errors
    /// [`LeaseError::Taken`] where it is lost.
    pub async fn renew(&self, holding: &Holding) -> Result<Holding, LeaseError> {
        let over = Some(holding.revision);
        self.write(holding.partition, &holding.worker, &holding.name, (None, None), over).await
    }

    /// Says why a partition that is owned is not folded.
    ///
    /// # Errors
    /// [`LeaseError::Taken`] where it is lost.
    pub async fn complain(&self, holding: &Holding, trouble: String) -> Result<Holding, LeaseError> {
        let say = (Some(holding.term), Some(trouble));
        self.write(holding.partition, &holding.worker, &holding.name, say, Some(holding.revision)).await
    }

    async fn write(
        &self,
        partition: u32,
        worker: &str,
        name: &str,
        (term, trouble): (Option<u64>, Option<String>),
        over: Option<u64>,
    ) -> Result<Holding, LeaseError> {
        let written = Written { worker: worker.into(), name: name.into(), term, trouble };
        let value = serde_json::to_vec(&written).unwrap_or_default().into();
        let key = partition.to_string();
        let stored = async {
            match over {
                Some(revision) => self.owners.update(&key, value, revision).await.map_err(|error| match error.kind() {
                    UpdateErrorKind::WrongLastRevision => LeaseError::Taken,
                    _ => unavailable(error),
                }),
                None => self.owners.create(&key, value).await.map_err(|error| match error.kind() {
                    CreateErrorKind::AlreadyExists => LeaseError::Taken,
                    _ => unavailable(error),
                }),
            }
        };
        match tokio::time::timeout(ANSWER_WITHIN, stored).await {
            Ok(revision) => Ok(written.held(partition, revision?)),
            Err(_) => Err(unavailable("no answer in time")),
        }
    }

    /// Lets a partition go, so that another worker takes it at once.
    ///
    /// # Errors
    /// Where it is not ours any more, or NATS does not answer.
    pub async fn release(&self, holding: &Holding) -> Result<(), LeaseError> {
        soon(self.owners.delete_expect_revision(holding.partition.to_string(), Some(holding.revision))).await
    }

    /// Listens for those who ask whether a worker is there.
    ///
    /// # Errors
    /// Where the connection is closed.
    pub async fn listen(&self, id: &str) -> Result<Subscriber, LeaseError> {
        self.log.client().subscribe(subject::worker(self.log.prefix(), id)).await.map_err(unavailable)
    }

    /// Whether nobody listens under that id any more: the server knows at once when a process is gone. A worker that is slow is not.
    pub async fn is_gone(&self, id: &str) -> bool {
        let asked = self.log.client().request(subject::worker(self.log.prefix(), id), "".into());
        match tokio::time::timeout(ANSWER_WITHIN, asked).await {
            Ok(Err(error)) => error.kind() == RequestErrorKind::NoResponders,
            _ => false,
        }
    }

    /// Hears everything that is, then everything that changes.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn watch(&self) -> Result<Watching, LeaseError> {
        let workers = soon(self.workers.watch_with_history(EVERY_KEY)).await?.map(|entry| (Of::Workers, entry));
        let owners = soon(self.owners.watch_with_history(EVERY_KEY)).await?.map(|entry| (Of::Owners, entry));
        let entries = futures_util::stream::select(workers, owners);
        Ok(Watching { entries: Box::pin(entries), waits_for: (true, true) })
    }

    /// What there is now.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn look(&self) -> Result<Snapshot, LeaseError> {
        // Somebody who only looks does not beat: the bucket of workers may be empty, and then has nothing to tell.
        let info = soon(self.workers.status()).await?;
        let mut watching = self.watch().await?;
        watching.waits_for.0 = info.values() > 0;
        let mut snapshot = Snapshot::default();
        let listening = async {
            while !watching.is_current() {
                match watching.next().await? {
                    Some(Change::Lives(member)) => snapshot.workers.push(member),
                    Some(Change::Owned(holding)) => drop(snapshot.owners.insert(holding.partition, holding)),
                    _ => {}
                }
            }
            Ok::<(), LeaseError>(())
        };
        // A worker's key may be forgotten between the count and the look.
        match tokio::time::timeout(ANSWER_WITHIN, listening).await {
            Ok(heard) => heard?,
            Err(_) if !watching.waits_for.1 => {}
            Err(_) => return Err(unavailable("no answer in time")),
        }
        snapshot.workers.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        Ok(snapshot)
    }
}

/// How the bucket of workers is made.
fn members(log: &Log, lease: Duration) -> kv::Config {
    kv::Config {
        bucket: subject::workers_bucket(log.prefix()),
        description: "the workers of NexusFlow that live".into(),
        storage: StorageType::Memory,
        max_age: lease,
        num_replicas: log.settings().replicas as usize,
        ..kv::Config::default()
    }
}

impl Written {
    pub(crate) fn held(self, partition: u32, revision: u64) -> Holding {
        let Self { worker, name, term, trouble } = self;
        Holding { partition, worker, name, term: term.unwrap_or(revision), revision, trouble }
    }
}
