//! One file: from where it was left, batch by batch, and what becomes of it.

use super::After;
use super::batch::{Batch, Batches, Ended};
use super::lines;
use super::place::Place;
use super::watch::{DONE, Watch, stamp};
use crate::arrival::{Arrival, Decoder, Headers, Incoming};
use crate::files::{Format, Shape};
use crate::intake::Origin;
use crate::source::Site;
use bytes::Bytes;
use futures_util::StreamExt;
use nexusflow_log::Places;
use nexusflow_model::Reject;
use object_store::path::Path;
use object_store::{GetResultPayload, ObjectStore, ObjectStoreExt};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Seek, Write};
use tokio::sync::{mpsc, watch};
use xxhash_rust::xxh3::xxh3_64;

/// A file that is there.
#[derive(Debug)]
pub(super) struct Found {
    /// Its path below the place that is watched.
    pub(super) name: String,
    pub(super) location: Path,
    /// Changes when it does.
    pub(super) stamp: String,
    /// When it was changed.
    pub(super) at_ms: i64,
    pub(super) shape: Shape,
}

/// How far a file was read.
#[derive(Debug, Serialize, Deserialize)]
struct Far {
    file: String,
    stamp: String,
    rows: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Reading,
    Done,
    /// It is not what the mapping of this hash says.
    Refused(u64),
}

/// What came of a file.
pub(super) enum Taken {
    Done,
    Stopped,
}

/// Reads files.
pub(super) struct Take<'a> {
    pub(super) site: &'a Site,
    pub(super) decoder: &'a dyn Decoder,
    pub(super) store: &'a dyn ObjectStore,
    pub(super) places: Places,
    pub(super) watch: &'a Watch,
    pub(super) stop: watch::Receiver<bool>,
}

impl Take<'_> {
    /// Reads a file to its end, unless it was.
    pub(super) async fn file(&mut self, file: &Found) -> Result<Taken, String> {
        let key = format!("{:016x}", xxh3_64(file.name.as_bytes()));
        let known = self.places.get::<Far>(&key).await.map_err(|error| error.to_string())?;
        let known = known.filter(|far| far.file == file.name && far.stamp == file.stamp);
        let hash = self.watch.mapping.hash();
        let (skip, state) = known.map_or((0, State::Reading), |far| (far.rows, far.state));
        match state {
            State::Done => return self.put_away(file, &key).await,
            State::Refused(by) if by == hash => return Ok(Taken::Done),
            State::Reading | State::Refused(_) => {}
        }
        let (ended, rows) = match self.read(file, &key, skip).await? {
            Some(ended) => ended,
            None => return Ok(Taken::Stopped),
        };
        let state = match ended {
            Ok(()) => State::Done,
            Err(Ended::Refused(reason, begins)) => {
                tracing::warn!(source = %self.site.named.name, file = %file.name, %reason, "a file can't be understood");
                let reject = Reject::new(".", format!("{}: {reason}", file.name));
                if !self.bring(vec![Incoming { original: begins, event: Err(reject) }]).await {
                    return Ok(Taken::Stopped);
                }
                State::Refused(hash)
            }
            Err(Ended::Unreadable(error)) => return Err(error),
            Err(Ended::Gone) => return Ok(Taken::Stopped),
        };
        self.keep(file, &key, rows, state).await?;
        if state == State::Done {
            tracing::info!(source = %self.site.named.name, file = %file.name, rows, "a file was read");
            return self.put_away(file, &key).await;
        }
        Ok(Taken::Done)
    }

    /// Reads and stores. How it ended and how many rows were read; none where the process is to stop.
    async fn read(&mut self, file: &Found, key: &str, skip: u64) -> Result<Option<(Result<(), Ended>, u64)>, String> {
        let opened = fetch(self.store, &file.location).await?;
        // One batch waits while another is stored.
        let (to, mut from) = mpsc::channel::<Batch>(1);
        let batches = Batches::new(to, file.name.clone(), skip, file.shape.is_grouped);
        let shape = file.shape.clone();
        let reading = tokio::task::spawn_blocking(move || read_all(opened, &shape, batches));
        let mut rows = skip;
        while let Some(batch) = from.recv().await {
            let Batch { rows: good, bad, upto } = batch;
            let mut events = Vec::new();
            if !good.is_empty() {
                let body = serde_json::to_vec(&good).map_err(|error| error.to_string())?.into();
                events = self.decoder.decode(&Arrival { headers: Headers::new(), body, at: (self.site.now)() });
            }
            events.extend(bad.into_iter().map(|(original, reject)| Incoming { original, event: Err(reject) }));
            if !self.bring(events).await {
                return Ok(None);
            }
            rows = upto;
            self.keep(file, key, rows, State::Reading).await?;
        }
        // A library that gives up in the middle of a file says nothing of the next one.
        let ended = reading.await.unwrap_or_else(|_| Err(Ended::Refused("can't be read".into(), Bytes::new())));
        Ok(Some((ended, rows)))
    }

    /// Whether all was stored: else the process is to stop.
    async fn bring(&mut self, events: Vec<Incoming>) -> bool {
        let origin = Origin {
            source: self.site.named.name.clone(),
            kind: self.site.kind,
            headers: Headers::new(),
            at: (self.site.now)(),
        };
        self.site.intake.bring(&origin, events, &mut self.stop).await.is_ok()
    }

    async fn keep(&self, file: &Found, key: &str, rows: u64, state: State) -> Result<(), String> {
        let far = Far { file: file.name.clone(), stamp: file.stamp.clone(), rows, state };
        self.places.keep(key, &far).await.map_err(|error| error.to_string())
    }

    /// Moves a file that was read, where that is asked for.
    async fn put_away(&self, file: &Found, key: &str) -> Result<Taken, String> {
        if self.watch.after == After::Keep {
            return Ok(Taken::Done);
        }
        let mut to = Path::from(DONE);
        for part in file.location.parts() {
            to = to.join(part);
        }
        // One of that name that was read before stays.
        if self.store.head(&to).await.is_ok() {
            to = Path::from(format!("{to}.{}", file.at_ms));
        }
        let moved = self.put(file, &to).await;
        if moved.map_err(|error| format!("was read and can't be moved to {DONE}/: {error}"))? {
            self.places.forget(key).await.map_err(|error| error.to_string())?;
        }
        Ok(Taken::Done)
    }

    /// Whether a file was moved: one that was replaced since it was read stays, and is read.
    async fn put(&self, file: &Found, to: &Path) -> object_store::Result<bool> {
        let from = &file.location;
        if stamp(&self.store.head(from).await?) != file.stamp {
            return Ok(false);
        }
        match self.watch.place {
            Place::Folder(_) => {
                self.store.rename(from, to).await?;
                if stamp(&self.store.head(to).await?) == file.stamp {
                    return Ok(true);
                }
                self.store.rename_if_not_exists(to, from).await?;
                Ok(false)
            }
            Place::S3 { .. } => {
                self.store.copy(from, to).await?;
                let is_same = stamp(&self.store.head(from).await?) == file.stamp;
                if is_same {
                    self.store.delete(from).await?;
                }
                Ok(is_same)
            }
        }
    }
}

/// The file; one in a bucket is copied to this machine first, where nobody else sees it and it goes away by itself.
async fn fetch(store: &dyn ObjectStore, location: &Path) -> Result<File, String> {
    let text = |error: object_store::Error| error.to_string();
    match store.get(location).await.map_err(text)?.payload {
        GetResultPayload::File(file, _) => Ok(file),
        GetResultPayload::Stream(mut bytes) => {
            let text = |error: std::io::Error| format!("can't copy it to this machine: {error}");
            let mut file = tempfile::tempfile().map_err(text)?;
            while let Some(some) = bytes.next().await {
                let some = some.map_err(|error| error.to_string())?;
                file.write_all(&some).map_err(text)?;
            }
            file.rewind().map_err(text)?;
            Ok(file)
        }
    }
}

fn read_all(file: File, shape: &Shape, mut to: Batches) -> Result<(), Ended> {
    let ended = match shape.format {
        Format::Csv => lines::csv(file, shape, &mut to),
        Format::Jsonl => lines::jsonl(file, &mut to),
        #[cfg(feature = "parquet")]
        Format::Parquet => super::parquet::rows(file, &mut to),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Err(Ended::Unreadable("this program was built without Parquet".into())),
    };
    // Some rows of those that depend on one another would be events of their own.
    if shape.is_grouped && ended.is_err() {
        return ended;
    }
    to.send()?;
    ended
}
