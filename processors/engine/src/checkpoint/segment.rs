//! A segment: eight bytes of magic, then parts, each compressed on its own.
//!
//! LZ4 blocks, because a checkpoint is written while the fold wants the cores: some hundred MB/s a core, in safe Rust, without
//! a C library. A part that does not get smaller is stored as it is.

use super::manifest::{Manifest, Part};
use super::name::Segment;
use super::{CheckpointError, PART_BYTES_MAX, SEGMENT_BYTES};
use lz4_flex::block;
use xxhash_rust::xxh3::xxh3_64;

pub(super) const MAGIC: &[u8; 8] = b"NFPARTS\n";

/// LZ4 says at most 255 bytes with one.
pub(super) const BYTES_PER_STORED_MAX: u64 = 255;

/// Segments in the making.
#[derive(Default)]
pub(super) struct Packer {
    closed: Vec<Vec<u8>>,
    open: Vec<u8>,
    /// The parts; `segment` counts those made here.
    pub(super) parts: Vec<Part>,
}

impl Packer {
    /// Compresses a part and puts it behind the others.
    pub(super) fn add(&mut self, number: u32, part: &[u8]) -> Result<(), CheckpointError> {
        if part.len() > PART_BYTES_MAX {
            return Err(CheckpointError::TooLarge { part: number, bytes: part.len() });
        }
        let compressed = block::compress(part);
        let stored = if compressed.len() < part.len() { &compressed } else { part };
        let (bytes, crc) = (part.len() as u32, crc32fast::hash(part));
        self.add_stored(Part { number, bytes, crc, ..Part::stored(stored) }, stored);
        Ok(())
    }

    /// Puts a part that is compressed already behind the others.
    pub(super) fn add_stored(&mut self, part: Part, stored: &[u8]) {
        if !self.open.is_empty() && self.open.len() + stored.len() > SEGMENT_BYTES {
            self.closed.push(std::mem::take(&mut self.open));
        }
        if self.open.is_empty() {
            self.open.extend_from_slice(MAGIC);
        }
        self.parts.push(Part { segment: self.closed.len() as u32, offset: self.open.len() as u32, ..part });
        self.open.extend_from_slice(stored);
    }

    /// The segments, as those of a checkpoint at `sequence`.
    pub(super) fn close(mut self, sequence: u64) -> (Vec<(Segment, Vec<u8>)>, Vec<Part>) {
        if !self.open.is_empty() {
            self.closed.push(self.open);
        }
        let name = |(number, bytes): (usize, Vec<u8>)| {
            let (content, size) = (xxh3_64(&bytes), bytes.len() as u64);
            (Segment { sequence, number: number as u32, content, bytes: size }, bytes)
        };
        (self.closed.into_iter().enumerate().map(name).collect(), self.parts)
    }
}

impl Part {
    fn stored(stored: &[u8]) -> Self {
        let stored_crc = crc32fast::hash(stored);
        Self { number: 0, segment: 0, offset: 0, stored: stored.len() as u32, bytes: 0, stored_crc, crc: 0 }
    }
}

/// The parts of `manifest` that lie in `segment`, as they are stored, with their checksum verified.
pub(super) fn stored<'a>(
    manifest: &'a Manifest,
    segment: Segment,
    bytes: &'a [u8],
) -> impl Iterator<Item = Result<(Part, &'a [u8]), CheckpointError>> + 'a {
    let at = manifest.segments.iter().position(|other| *other == segment).map_or(u32::MAX, |at| at as u32);
    let damaged = move |what: String| CheckpointError::damaged(&manifest.name_of(segment), what);
    let fault = if bytes.len() as u64 != segment.bytes {
        Some(damaged(format!("it has {} bytes instead of {}", bytes.len(), segment.bytes)))
    } else if !bytes.starts_with(MAGIC) {
        Some(damaged("it does not begin like a segment".to_owned()))
    } else {
        None
    };
    let parts = manifest.parts.iter().filter(move |part| part.segment == at).map(move |part| {
        let start = part.offset as usize;
        let stored = bytes.get(start..start + part.stored as usize);
        match stored.filter(|stored| crc32fast::hash(stored) == part.stored_crc) {
            Some(stored) => Ok((*part, stored)),
            None => Err(damaged(format!("the checksum of part {} does not match", part.number))),
        }
    });
    fault.map(Err).into_iter().chain(parts)
}

/// The parts of `manifest` that lie in `segment`, verified, from that segment's bytes.
///
/// # Errors
/// Where anything that is needed is damaged. What lies in a segment and is no longer needed is not looked at.
pub fn read(manifest: &Manifest, segment: Segment, bytes: &[u8]) -> Result<Vec<(u32, Vec<u8>)>, CheckpointError> {
    let part = |found: Result<(Part, &[u8]), CheckpointError>| {
        let (part, stored) = found?;
        let content = if part.stored == part.bytes {
            stored.to_vec()
        } else {
            // The length is bounded by what is stored: the manifest was refused otherwise.
            let mut content = vec![0; part.bytes as usize];
            let length = block::decompress_into(stored, &mut content).unwrap_or(0);
            content.truncate(length);
            content
        };
        if content.len() != part.bytes as usize || crc32fast::hash(&content) != part.crc {
            let what = format!("part {} does not decompress to what was written", part.number);
            return Err(CheckpointError::damaged(&manifest.name_of(segment), what));
        }
        Ok((part.number, content))
    };
    stored(manifest, segment, bytes).map(part).collect()
}
