//! Planning the next checkpoint: what is written, what stays where it is, and what is moved to bound garbage.

use super::manifest::{Manifest, Part, Stamp};
use super::name::{Name, Segment};
use super::segment::{self, Packer};
use super::{Changes, CheckpointError};
use std::collections::BTreeMap;

/// Segments below this size count as small: reading many of them is slow.
const SMALL_BYTES: u64 = 2 << 20;

/// When there are more small segments than this, their parts are moved together.
const SMALL_MAX: usize = 16;

/// An object to be stored, under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its name.
    pub name: Name,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A checkpoint that is ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its new segments: stored first, in any order.
    pub segments: Vec<Object>,
    /// Its manifest: stored once the segments are durable.
    pub manifest_object: Object,
    /// What the manifest says; the base of the next checkpoint once this one is stored.
    pub manifest: Manifest,
}

/// The next checkpoint of a partition, before its bytes are made.
#[derive(Debug)]
pub struct Plan {
    partition: u32,
    stamp: Stamp,
    changes: Changes,
    /// The checkpoint before, without what changed.
    base: Option<Manifest>,
    /// Segments of the base whose parts are moved.
    moved: Vec<Segment>,
}

impl Plan {
    /// The checkpoint of `partition` that stands at `stamp` and differs from `base` by `changes`.
    ///
    /// # Errors
    /// Where `changes` are not whole and there is no base, or one of another partition, stream or domain version, or a later one.
    pub fn new(
        base: Option<&Manifest>,
        partition: u32,
        stamp: Stamp,
        changes: Changes,
    ) -> Result<Self, CheckpointError> {
        if changes.is_whole {
            return Ok(Self { partition, stamp, changes, base: None, moved: Vec::new() });
        }
        let not_whole = |why: &str| CheckpointError::NotWhole(why.to_owned());
        let base = base.ok_or_else(|| not_whole("there is no earlier checkpoint"))?;
        if !base.is_base_for(partition, stamp) {
            return Err(not_whole("the earlier checkpoint is of another partition, stream or version, or a later one"));
        }
        let mut base = base.clone();
        base.parts
            .retain(|part| !changes.changed.contains_key(&part.number) && !changes.removed.contains(&part.number));
        let moved = moved(&base);
        Ok(Self { partition, stamp, changes, base: Some(base), moved })
    }

    /// The segments whose bytes [`Self::build`] needs, because parts of them are moved.
    pub fn needed(&self) -> &[Segment] {
        &self.moved
    }

    /// The name of a segment that is needed.
    pub fn name_of(&self, segment: Segment) -> Name {
        Name::Segment { partition: self.partition, segment }
    }

    /// What was asked for, to be tried again.
    pub fn into_changes(self) -> Changes {
        self.changes
    }

    /// Makes the bytes. `fetched` are those of [`Self::needed`], in that order.
    ///
    /// # Errors
    /// Where a segment that is needed is missing or damaged, or a part is too large.
    pub fn build(&self, fetched: &[impl AsRef<[u8]>]) -> Result<Written, CheckpointError> {
        let mut packer = Packer::default();
        for (number, part) in &self.changes.changed {
            packer.add(*number, part)?;
        }
        let mut kept = Vec::new();
        if let Some(base) = &self.base {
            for (at, segment) in self.moved.iter().enumerate() {
                let missing = || CheckpointError::damaged(&base.name_of(*segment), "it was not fetched");
                let bytes = fetched.get(at).ok_or_else(missing)?;
                for part in segment::stored(base, *segment, bytes.as_ref()) {
                    let (part, stored) = part?;
                    packer.add_stored(part, stored);
                }
            }
            let stays = |part: &&Part| !self.moved.contains(&base.segments[part.segment as usize]);
            kept = base.parts.iter().filter(stays).map(|part| (base.segments[part.segment as usize], *part)).collect();
        }
        let (new, parts) = packer.close(self.stamp.sequence);
        let placed = parts.into_iter().map(|part| (new[part.segment as usize].0, part)).chain(kept).collect();
        let manifest = manifest(self.partition, self.stamp, placed);
        let bytes = manifest.write();
        let name = Name::of_manifest(self.partition, self.stamp.sequence, &bytes);
        let segment = |(segment, bytes)| Object { name: self.name_of(segment), bytes };
        let segments = new.into_iter().map(segment).collect();
        Ok(Written { segments, manifest_object: Object { name, bytes }, manifest })
    }
}

/// The manifest of parts that lie in these segments.
fn manifest(partition: u32, stamp: Stamp, mut placed: Vec<(Segment, Part)>) -> Manifest {
    let mut places: BTreeMap<Segment, u32> = placed.iter().map(|(segment, _)| (*segment, 0)).collect();
    for (at, place) in places.values_mut().enumerate() {
        *place = at as u32;
    }
    placed.sort_unstable_by_key(|(_, part)| part.number);
    let parts = placed.iter().map(|(segment, part)| Part { segment: places[segment], ..*part }).collect();
    Manifest { partition, stamp, segments: places.into_keys().collect(), parts }
}

/// The segments whose living parts are to be moved: those that are mostly garbage, and small ones where there are too many.
/// What is moved is paid for by the garbage it frees, or is small.
fn moved(base: &Manifest) -> Vec<Segment> {
    let living = base.living(|_| true);
    let segments = || base.segments.iter().zip(&living).filter(|(_, living)| **living > 0);
    let is_small = |segment: &Segment| segment.bytes < SMALL_BYTES;
    let too_many = segments().filter(|(segment, _)| is_small(segment)).count() > SMALL_MAX;
    let is_garbage =
        |(segment, living): &(&Segment, &u64)| (**living + segment::MAGIC.len() as u64) * 2 < segment.bytes;
    let is_moved = |of: &(&Segment, &u64)| is_garbage(of) || too_many && is_small(of.0);
    segments().filter(is_moved).map(|(segment, _)| *segment).collect()
}
