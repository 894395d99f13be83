//! Cutting a partition's state into parts as of one record, while the fold goes on; and putting it together again.
//!
//! A cut begins at a record. What changed since the last one is pending from then on, and is written part by part, each as it was at
//! that record: before a profile of a pending chunk changes, it is kept as it was. So the fold stops for one part at a time.

use crate::board::Board;
use crate::chunk::{Before, CHUNKS, Chunk};
use crate::counters::Counters;
use crate::decision::Decisions;
use crate::fold::{Domain, Key, Partition};
use crate::pane::{Pane, Rollups};
use crate::shared::Shared;
use nexusflow_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The part that holds what is small: sequence, clock, configuration, counters, decisions.
const HEAD: u32 = 0;
/// The parts of the chunks of profiles, from here on.
const CHUNK_PARTS: u32 = 1;
/// The part that holds the cards.
const BOARD: u32 = (1 << 20) - 1;
/// The part that holds what is of no one subject.
const SHARED: u32 = (1 << 20) - 2;
/// The parts of the groups of panes, from here on.
const PANE_PARTS: u32 = 1 << 20;

/// A chunk without profiles and timers.
const NOTHING: [u8; 2] = [0, 0];

/// Why a state can't be put together from its parts. In each case it is rebuilt from the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// The parts are of a version that is not known.
    #[error("it has format {found}, this program reads up to {known}")]
    Version {
        /// What it says.
        found: u32,
        /// The latest one known.
        known: u32,
    },
    /// A part is missing.
    #[error("part {0} is missing")]
    Missing(u32),
    /// A part makes no sense.
    #[error("part {part} can't be read: {cause}")]
    Content {
        /// The part.
        part: u32,
        /// What was said.
        cause: String,
    },
}

/// What changed of a partition's state between two cuts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// The last record that is in it.
    pub sequence: u64,
    /// Parts that changed, whole, by their number.
    pub changed: BTreeMap<u32, Vec<u8>>,
    /// Parts that are gone.
    pub removed: BTreeSet<u32>,
}

impl Cut {
    /// This cut and then `newer`: what is to be stored where this one could not be.
    #[must_use]
    pub fn then(mut self, newer: Self) -> Self {
        for part in &newer.removed {
            self.changed.remove(part);
        }
        self.removed.retain(|part| !newer.changed.contains_key(part));
        self.removed.extend(newer.removed);
        self.changed.extend(newer.changed);
        Self { sequence: newer.sequence, ..self }
    }
}

/// Where the cutting stands.
#[derive(Debug, Default)]
pub(crate) struct Cutting {
    /// Chunks that changed since the last cut began.
    unwritten: BTreeSet<usize>,
    /// Chunks that the cut has yet to write, with what has changed in them since it began.
    pending: BTreeMap<usize, Before>,
    cut: Option<Cut>,
    /// Why the cut can't be completed.
    failed: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    id: u32,
    sequence: u64,
    clock: Timestamp,
    /// As JSON: it may hold what a compact format can't (optional parts, maps of unknown shape).
    config: String,
    config_version: String,
    decisions: Decisions,
    first_hour: i32,
    counters: Counters,
}

/// Whether a part is a chunk of profiles.
pub(crate) const fn is_chunk(part: u32) -> bool {
    (part.wrapping_sub(CHUNK_PARTS) as usize) < CHUNKS
}

impl<D: Domain> Partition<D> {
    /// A profile of a chunk is about to change, or to come, with its timers.
    pub(crate) fn touch(&mut self, at: usize, key: &Key) {
        self.cutting.unwritten.insert(at);
        let Some(before) = self.cutting.pending.get_mut(&at) else { return };
        let chunk = &self.chunks[at];
        let mut kept = Ok(());
        if !before.profiles.contains_key(key) {
            kept = chunk.write_profile(key).transpose().map(|bytes| drop(before.profiles.insert(key.clone(), bytes)));
        }
        if before.timers.is_none() {
            kept = kept.and(chunk.write_timers().map(|timers| before.timers = Some(timers)));
        }
        if let Err(error) = kept {
            self.cutting.failed = Some(error.to_string());
        }
    }

    /// All of a chunk is about to change.
    pub(crate) fn touch_all(&mut self, at: usize) {
        self.write_chunk(at);
        self.cutting.unwritten.insert(at);
    }

    /// What earlier cuts had is lost: the next one that begins has every part there is.
    pub fn mark_unwritten(&mut self) {
        let holds = |chunk: &Chunk<D>| !chunk.profiles.is_empty() || !chunk.timers.is_empty();
        let chunks = self.chunks.iter().enumerate();
        self.cutting.unwritten.extend(chunks.filter(|(_, chunk)| holds(chunk)).map(|(at, _)| at));
        self.rollups.mark_unwritten();
        self.board.is_unwritten |= !self.board.is_empty();
        self.shared.is_unwritten |= *self.shared.get() != D::Shared::default();
    }

    /// Begins a cut after the last record folded. One that was begun before and not finished is dropped, and what it had
    /// belongs to this one.
    pub fn begin_cut(&mut self) {
        let dropped = std::mem::take(&mut self.cutting);
        let mut pending = dropped.unwritten;
        pending.extend(dropped.pending.into_keys());
        if let Some(cut) = dropped.cut {
            self.board.is_unwritten |= cut.changed.contains_key(&BOARD) || cut.removed.contains(&BOARD);
            self.shared.is_unwritten |= cut.changed.contains_key(&SHARED) || cut.removed.contains(&SHARED);
            let parts = cut.changed.keys().chain(&cut.removed).filter(|part| is_chunk(**part));
            pending.extend(parts.map(|part| (part - CHUNK_PARTS) as usize));
        }
        self.cutting.pending = pending.into_iter().map(|at| (at, Before::default())).collect();
        self.rollups.begin_write();
        let mut cut = Cut { sequence: self.sequence, ..Cut::default() };
        match self.head() {
            Ok(head) => drop(cut.changed.insert(HEAD, head)),
            Err(error) => self.cutting.failed = Some(error),
        }
        if std::mem::take(&mut self.board.is_unwritten) {
            match self.board.write() {
                _ if self.board.is_empty() => drop(cut.removed.insert(BOARD)),
                Ok(bytes) => drop(cut.changed.insert(BOARD, bytes)),
                Err(error) => self.cutting.failed = Some(error.to_string()),
            }
        }
        if std::mem::take(&mut self.shared.is_unwritten) {
            match postcard::to_stdvec(self.shared.get()) {
                _ if *self.shared.get() == D::Shared::default() => drop(cut.removed.insert(SHARED)),
                Ok(bytes) => drop(cut.changed.insert(SHARED, bytes)),
                Err(error) => self.cutting.failed = Some(error.to_string()),
            }
        }
        self.cutting.cut = Some(cut);
    }

    fn head(&self) -> Result<Vec<u8>, String> {
        let head = Head {
            id: self.id,
            sequence: self.sequence,
            clock: self.clock,
            config: serde_json::to_string(&self.config).map_err(|error| error.to_string())?,
            config_version: self.config_version.clone(),
            decisions: self.decisions.clone(),
            first_hour: self.rollups.first_hour(),
            counters: self.counters,
        };
        postcard::to_stdvec(&head).map_err(|error| error.to_string())
    }

    /// Writes the next part of the cut that was begun; gives the cut when it was the last one. None where none is under way, too.
    ///
    /// # Errors
    /// Where a part of the state refuses to be written.
    pub fn cut_some(&mut self) -> Result<Option<Cut>, String> {
        if let Some(at) = self.cutting.pending.keys().next().copied() {
            self.write_chunk(at);
            return Ok(None);
        }
        if self.cutting.cut.is_none() || self.rollups.write_some() {
            return Ok(None);
        }
        if let Some(why) = self.cutting.failed.take() {
            return Err(why);
        }
        let Some(mut cut) = self.cutting.cut.take() else { return Ok(None) };
        for (group, bytes) in self.rollups.take_written() {
            if bytes.is_empty() {
                cut.removed.insert(PANE_PARTS + group);
            } else {
                cut.changed.insert(PANE_PARTS + group, bytes);
            }
        }
        Ok(Some(cut))
    }

    /// Whether a cut is under way.
    pub fn is_cutting(&self) -> bool {
        self.cutting.cut.is_some()
    }

    /// Begins a cut and writes it to the end.
    ///
    /// # Errors
    /// As [`cut_some`](Self::cut_some).
    pub fn cut_whole(&mut self) -> Result<Cut, String> {
        self.begin_cut();
        loop {
            if let Some(cut) = self.cut_some()? {
                return Ok(cut);
            }
        }
    }

    fn write_chunk(&mut self, at: usize) {
        let Some(before) = self.cutting.pending.remove(&at) else { return };
        let Some(cut) = &mut self.cutting.cut else { return };
        let part = CHUNK_PARTS + at as u32;
        match self.chunks[at].write(&before) {
            Ok(bytes) if bytes == NOTHING => drop(cut.removed.insert(part)),
            Ok(bytes) => drop(cut.changed.insert(part, bytes)),
            Err(error) => self.cutting.failed = Some(error),
        }
    }

    /// The state from its parts, which are of this version of the domain.
    ///
    /// # Errors
    /// Where one is missing or makes no sense.
    pub fn restore<'a>(parts: impl IntoIterator<Item = (u32, &'a [u8])>) -> Result<Self, RestoreError> {
        let (mut head, mut panes, mut chunks) = (None, BTreeMap::new(), BTreeMap::new());
        let (mut board, mut shared) = (Board::default(), Shared::default());
        for (part, bytes) in parts {
            let content = |error: postcard::Error| RestoreError::Content { part, cause: error.to_string() };
            match part {
                HEAD => head = Some(postcard::from_bytes::<Head>(bytes).map_err(content)?),
                BOARD => board = Board::read(bytes).map_err(content)?,
                SHARED => shared = Shared::stored(postcard::from_bytes(bytes).map_err(content)?),
                PANE_PARTS.. => {
                    panes.extend(postcard::from_bytes::<Vec<(Pane, D::Rollup)>>(bytes).map_err(content)?);
                }
                _ if (part - CHUNK_PARTS) as usize >= CHUNKS => {
                    return Err(RestoreError::Content { part, cause: "there is no such part".into() });
                }
                _ => {
                    let chunk = Chunk::<D>::read(bytes).map_err(|cause| RestoreError::Content { part, cause })?;
                    chunks.insert((part - CHUNK_PARTS) as usize, chunk);
                }
            }
        }
        let head = head.ok_or(RestoreError::Missing(HEAD))?;
        let config = serde_json::from_str(&head.config)
            .map_err(|error| RestoreError::Content { part: HEAD, cause: error.to_string() })?;
        let mut partition = Self {
            sequence: head.sequence,
            clock: head.clock,
            config,
            config_version: head.config_version,
            counters: head.counters,
            decisions: head.decisions,
            rollups: Rollups::restore(head.first_hour, panes),
            board,
            shared,
            ..Self::new(head.id)
        };
        for (at, chunk) in chunks {
            partition.len += chunk.profiles.len();
            partition.due.extend(chunk.due().map(|due| (due, at)));
            partition.chunks[at] = chunk;
        }
        Ok(partition)
    }
}
