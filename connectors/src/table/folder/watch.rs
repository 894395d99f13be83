//! Looking for files, again and again: that works on network shares and in buckets, which tell nobody what changes.

use super::After;
use super::place::Place;
use super::take::{Found, Take, Taken};
use crate::arrival::Decoder;
use crate::files::Mapping;
use crate::source::{Read, Running, Site};
use futures_util::TryStreamExt;
use nexusflow_log::{Places, raised};
use object_store::{ObjectMeta, ObjectStore};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// The folder below the one that is watched into which files are moved that were read.
pub(super) const DONE: &str = "done";

/// A place that is watched.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) place: Place,
    pub(super) mapping: Mapping,
    pub(super) after: After,
    /// Between two looks.
    pub(super) poll: Duration,
    /// A file that did not change for so long is complete.
    pub(super) settle: Duration,
}

/// What is known of a file that is there.
struct Seen {
    stamp: String,
    since: Instant,
    is_done: bool,
}

impl Read for Watch {
    fn run<'a>(&'a self, site: &'a Site, decoder: &'a dyn Decoder) -> Running<'a> {
        Box::pin(self.watch(site, decoder))
    }
}

impl Watch {
    async fn watch(&self, site: &Site, decoder: &dyn Decoder) -> Result<(), String> {
        let store = self.place.open()?;
        let places = Places::of(&site.log, &site.named.name).await.map_err(|error| error.to_string())?;
        let mut take = Take { site, decoder, store: &*store, places, watch: self, stop: site.shutdown.clone() };
        let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
        let mut stop = site.shutdown.clone();
        loop {
            let found = self.look(&*store).await?;
            seen.retain(|file, _| found.iter().any(|found| found.name == *file));
            let mut failed = None;
            for file in found {
                let known = seen.entry(file.name.clone()).or_insert_with(|| Seen::new(&file));
                if known.stamp != file.stamp {
                    *known = Seen::new(&file);
                }
                if known.is_done || known.since.elapsed() < self.settle {
                    continue;
                }
                match take.file(&file).await {
                    Ok(Taken::Done) => known.is_done = true,
                    Ok(Taken::Stopped) => return Ok(()),
                    // The others are not to wait for it.
                    Err(error) => failed = failed.or(Some(format!("{}: {error}", file.name))),
                }
            }
            if let Some(error) = failed {
                return Err(error);
            }
            tokio::select! {
                () = tokio::time::sleep(self.poll) => {}
                () = raised(&mut stop) => return Ok(()),
            }
        }
    }

    /// The files that the mapping means, those that were changed first before the others.
    async fn look(&self, store: &dyn ObjectStore) -> Result<Vec<Found>, String> {
        let found = store.list(None).try_filter_map(async |meta| Ok(self.found(meta)));
        let mut found: Vec<Found> = found.try_collect().await.map_err(|error| format!("can't list: {error}"))?;
        found.sort_by(|a, b| (a.at_ms, &a.name).cmp(&(b.at_ms, &b.name)));
        Ok(found)
    }

    fn found(&self, meta: ObjectMeta) -> Option<Found> {
        let mut parts = meta.location.parts();
        let is_ours = parts.next().is_some_and(|first| first.as_ref() == DONE);
        let is_hidden = meta.location.filename().is_none_or(|name| name.starts_with('.'));
        if is_ours || is_hidden {
            return None;
        }
        let name = meta.location.to_string();
        let shape = self.mapping.shape_of(&name)?;
        let at_ms = meta.last_modified.timestamp_millis();
        let stamp = stamp(&meta);
        Some(Found { name, location: meta.location, stamp, at_ms, shape })
    }
}

/// What changes when a file does.
pub(super) fn stamp(meta: &ObjectMeta) -> String {
    match (&meta.version, &meta.e_tag) {
        (Some(version), _) => version.clone(),
        (None, Some(tag)) => tag.clone(),
        (None, None) => format!("{}-{}", meta.last_modified.timestamp_millis(), meta.size),
    }
}

impl Seen {
    fn new(file: &Found) -> Self {
        Self { stamp: file.stamp.clone(), since: Instant::now(), is_done: false }
    }
}
