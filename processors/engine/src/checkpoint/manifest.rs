//! The manifest: what a checkpoint consists of.
//!
//! All numbers little-endian: magic (8 bytes), container format (4), domain version (4), partition (4), creation time of the
//! stream (8), sequence (8), number of segments (4), number of parts (4); for each segment, in order of (sequence, number,
//! content): sequence (8), number (4), content (8), bytes (8); for each part, by number: number (4), place of its segment in
//! the list (4), offset (4), stored bytes (4), bytes (4), CRC-32 of what is stored (4), CRC-32 of the part (4). Last, the
//! CRC-32 of all that (4). Magic, format and the last four bytes stand in every format there will ever be.

use super::name::{Name, Segment};
use super::{CheckpointError, PART_BYTES_MAX, segment};

const MAGIC: &[u8; 8] = b"NFCHECK\n";
const FORMAT: u32 = 1;
const HEAD_BYTES: usize = 44;
const SEGMENT_ENTRY_BYTES: usize = 28;
const PART_ENTRY_BYTES: usize = 28;

/// What a state stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The version of what the parts hold.
    pub domain_version: u32,
    /// When the stream it was folded from was created, in nanoseconds since 1970.
    pub created_ns: i64,
    /// The last record that was folded.
    pub sequence: u64,
}

/// Where a part lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its number.
    pub number: u32,
    /// Which of [`Manifest::segments`] holds it.
    pub segment: u32,
    pub(super) offset: u32,
    /// How many bytes it has there.
    pub stored: u32,
    /// How many bytes it has.
    pub bytes: u32,
    pub(super) stored_crc: u32,
    pub(super) crc: u32,
}

/// A checkpoint: what it stands at, its segments and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub(super) partition: u32,
    pub(super) stamp: Stamp,
    pub(super) segments: Vec<Segment>,
    pub(super) parts: Vec<Part>,
}

impl Manifest {
    /// The partition.
    pub fn partition(&self) -> u32 {
        self.partition
    }

    /// What the state stands at.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The segments that are needed to read it, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The parts, by number.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether a checkpoint of `partition` at `stamp` may build on it: it is of the same partition, stream and domain version,
    /// and not later.
    pub fn is_base_for(&self, partition: u32, stamp: Stamp) -> bool {
        let Stamp { domain_version, created_ns, sequence } = self.stamp;
        (self.partition, domain_version, created_ns) == (partition, stamp.domain_version, stamp.created_ns)
            && sequence <= stamp.sequence
    }

    /// The name of one of its segments.
    pub fn name_of(&self, segment: Segment) -> Name {
        Name::Segment { partition: self.partition, segment }
    }

    /// How many bytes lie in each segment that are still of use, in the order of [`Self::segments`].
    pub(super) fn living(&self, is_alive: impl Fn(u32) -> bool) -> Vec<u64> {
        let mut living = vec![0; self.segments.len()];
        for part in self.parts.iter().filter(|part| is_alive(part.number)) {
            if let Some(bytes) = living.get_mut(part.segment as usize) {
                *bytes += u64::from(part.stored);
            }
        }
        living
    }

    /// As bytes: always the same for the same manifest.
    pub(super) fn write(&self) -> Vec<u8> {
        let entries = self.segments.len() * SEGMENT_ENTRY_BYTES + self.parts.len() * PART_ENTRY_BYTES;
        let mut bytes = Vec::with_capacity(HEAD_BYTES + entries + 4);
        bytes.extend_from_slice(MAGIC);
        for number in [FORMAT, self.stamp.domain_version, self.partition] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.stamp.created_ns.to_le_bytes());
        bytes.extend_from_slice(&self.stamp.sequence.to_le_bytes());
        bytes.extend_from_slice(&(self.segments.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&(self.parts.len() as u32).to_le_bytes());
        for Segment { sequence, number, content, bytes: size } in &self.segments {
            bytes.extend_from_slice(&sequence.to_le_bytes());
            bytes.extend_from_slice(&number.to_le_bytes());
            bytes.extend_from_slice(&content.to_le_bytes());
            bytes.extend_from_slice(&size.to_le_bytes());
        }
        for Part { number, segment, offset, stored, bytes: size, stored_crc, crc } in &self.parts {
            for number in [number, segment, offset, stored, size, stored_crc, crc] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        let crc = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// The manifest called `name` from its bytes.
    ///
    /// # Errors
    /// Where it is damaged, of another format, or not what its name says.
    pub fn read(name: &Name, bytes: &[u8]) -> Result<Self, CheckpointError> {
        let damaged = |what: &str| CheckpointError::damaged(name, what);
        let (body, crc) = bytes.split_last_chunk::<4>().ok_or_else(|| damaged("it is cut short"))?;
        if !body.starts_with(MAGIC) {
            return Err(damaged("it does not begin like a manifest"));
        }
        if crc32fast::hash(body) != u32::from_le_bytes(*crc) {
            return Err(damaged("its checksum does not match"));
        }
        let mut body = Numbers(&body[MAGIC.len()..]);
        let manifest = match body.u32() {
            Some(FORMAT) => body.manifest().ok_or_else(|| damaged("it holds more or less than it says"))?,
            Some(found) => return Err(CheckpointError::Version { object: name.to_string(), found, expected: FORMAT }),
            None => return Err(damaged("it is cut short")),
        };
        if *name != Name::of_manifest(manifest.partition, manifest.stamp.sequence, bytes) {
            return Err(damaged("it is not what its name says"));
        }
        manifest.check().map_err(|what| damaged(&what))?;
        Ok(manifest)
    }

    /// What no checksum says: that the numbers make sense together.
    fn check(&self) -> Result<(), String> {
        if !self.segments.is_sorted_by(|one, next| one < next) {
            return Err("its segments are not in order".to_owned());
        }
        if !self.parts.is_sorted_by(|one, next| one.number < next.number) {
            return Err("its parts are not in order".to_owned());
        }
        for part in &self.parts {
            let end = u64::from(part.offset) + u64::from(part.stored);
            let fits = self.segments.get(part.segment as usize).is_some_and(|segment| end <= segment.bytes);
            let is_plausible = part.bytes as usize <= PART_BYTES_MAX
                && u64::from(part.bytes) <= segment::BYTES_PER_STORED_MAX * u64::from(part.stored);
            if !fits || !is_plausible || (part.offset as usize) < segment::MAGIC.len() {
                return Err(format!("part {} has an impossible place or size", part.number));
            }
        }
        Ok(())
    }
}

/// Numbers, read one after another.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// Everything behind the format. None where the lists are not exactly as long as they say: nothing is allocated for more
    /// than there is.
    fn manifest(&mut self) -> Option<Manifest> {
        let (domain_version, partition) = (self.u32()?, self.u32()?);
        let created_ns = self.take().map(i64::from_le_bytes)?;
        let stamp = Stamp { domain_version, created_ns, sequence: self.u64()? };
        let (segments, parts) = (self.u32()? as u64, self.u32()? as u64);
        if segments * SEGMENT_ENTRY_BYTES as u64 + parts * PART_ENTRY_BYTES as u64 != self.0.len() as u64 {
            return None;
        }
        let segments = (0..segments).map(|_| self.segment()).collect::<Option<_>>()?;
        let parts = (0..parts).map(|_| self.part()).collect::<Option<_>>()?;
        Some(Manifest { partition, stamp, segments, parts })
    }

    fn segment(&mut self) -> Option<Segment> {
        Some(Segment { sequence: self.u64()?, number: self.u32()?, content: self.u64()?, bytes: self.u64()? })
    }

    fn part(&mut self) -> Option<Part> {
        Some(Part {
            number: self.u32()?,
            segment: self.u32()?,
            offset: self.u32()?,
            stored: self.u32()?,
            bytes: self.u32()?,
            stored_crc: self.u32()?,
            crc: self.u32()?,
        })
    }
}
