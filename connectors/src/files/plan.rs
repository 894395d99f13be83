//! A data set read with a mapping: every event it holds, in the order of time.

use super::decode;
use super::error::{ReadError, Rejection};
use super::mapping::{EventMap, Inner, Mapping};
use super::table::{Reading, Table};
use super::tables::{At, Tables};
use nexusflow_model::{Envelope, Kind, Reject, Timestamp};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

/// The events of a data set, ordered by time; those of the same instant by file, row and event as the mapping lists them. Holds
/// the files and where each event stands in them: an event is made when it is asked for.
#[derive(Debug)]
pub struct Plan {
    mapping: Arc<Inner>,
    tables: Tables,
    places: Vec<Place>,
    rejections: Vec<Rejection>,
    rows: u64,
    duplicates: u64,
    fingerprint: u64,
}

/// One event. The order of the fields is the order of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: Timestamp,
    file: u16,
    rank: u32,
    event: u16,
    id_hash: u64,
}

impl Plan {
    /// Reads the files of `mapping` in the folder `data`. `progress` is told the name of the file at hand and how many rows of it
    /// were read.
    ///
    /// # Errors
    /// Where a file or a column is missing or a file can't be read. A row that can't be understood is no error but a
    /// [rejection](Self::rejections).
    pub fn read(mapping: &Mapping, data: &Path, progress: &mut dyn FnMut(&str, u64)) -> Result<Self, ReadError> {
        let mapping = Arc::clone(&mapping.inner);
        let (mut rejections, mut hash) = (Vec::new(), Xxh3Default::new());
        hash.update(&mapping.hash.to_le_bytes());
        let mut tables = Vec::with_capacity(mapping.files.len());
        for file in &mapping.files {
            let mut reading = Reading { rejections: &mut rejections, hash: &mut hash, progress };
            tables.push(Table::read(file, data, &mut reading)?);
        }
        let rows = tables.iter().map(|table| table.len() as u64).sum::<u64>() + rejections.len() as u64;
        let tables = Tables::new(&mapping, tables);
        let mut plan =
            Self { mapping, tables, places: Vec::new(), rejections, rows, duplicates: 0, fingerprint: hash.digest() };
        plan.find_events();
        plan.drop_duplicates();
        Ok(plan)
    }

    fn find_events(&mut self) {
        let mapping = Arc::clone(&self.mapping);
        for (number, event) in mapping.events.iter().enumerate() {
            for rank in 0..self.tables.rows_of(event.file) {
                if !decode::applies(&mapping, &self.tables, event, rank) {
                    continue;
                }
                let at = self.tables.at_rank(event.file, rank);
                let place = decode::time(&mapping, &self.tables, event, at).and_then(|time| {
                    let id_hash = xxh3_64(decode::id(&self.tables, event, at)?.as_str().as_bytes());
                    Ok(Place { at: time, file: event.file as u16, rank, event: number as u16, id_hash })
                });
                match place {
                    Ok(place) => self.places.push(place),
                    Err(rejection) => self.rejections.push(rejection),
                }
            }
        }
        self.places.sort_unstable();
    }

    /// An id that occurs again with the same content is counted and left out; with another content it is rejected: to the log
    /// both would be one event.
    fn drop_duplicates(&mut self) {
        let mut seen: FxHashMap<u64, Place> = FxHashMap::default();
        let mut places = std::mem::take(&mut self.places);
        places.retain(|place| {
            let earlier = match seen.entry(place.id_hash) {
                Entry::Vacant(entry) => {
                    entry.insert(*place);
                    return true;
                }
                Entry::Occupied(entry) => *entry.get(),
            };
            match (self.decode(earlier), self.decode(*place)) {
                (Ok(first), Ok(second)) if first.id != second.id => true,
                (Ok(first), Ok(second)) if first == second => {
                    self.duplicates += 1;
                    false
                }
                (Ok(_), Ok(_)) => {
                    let (event, at) = self.find(*place);
                    let reason = "is used twice with different content: an event's id is its own for ever";
                    self.rejections.push(decode::reject(&self.tables, event, at, Reject::new("id", reason)));
                    false
                }
                // What can't be read is rejected in its turn and takes no id.
                (Err(_), _) => {
                    seen.insert(place.id_hash, *place);
                    true
                }
                (_, Err(_)) => true,
            }
        });
        self.places = places;
    }

    fn find(&self, place: Place) -> (&EventMap, At) {
        let event = &self.mapping.events[usize::from(place.event)];
        (event, self.tables.at_rank(event.file, place.rank))
    }

    fn decode(&self, place: Place) -> Result<Envelope, Rejection> {
        let (event, at) = self.find(place);
        decode::envelope(&self.mapping, &self.tables, event, at)
    }

    /// A rejection of the event at a place in the order of time, for a reason that showed later.
    pub(super) fn rejection(&self, index: usize, reason: String) -> Rejection {
        let (event, at) = self.find(self.places[index]);
        decode::reject(&self.tables, event, at, Reject::new(".", reason))
    }

    /// The mapping's name.
    pub fn name(&self) -> &str {
        &self.mapping.name
    }

    /// How many events there are, those included that turn out to be wrong when they are made.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The event at a place in the order of time.
    ///
    /// # Errors
    /// Where it is not what an event of its type must be.
    ///
    /// # Panics
    /// Beyond [`len`](Self::len).
    pub fn event(&self, index: usize) -> Result<Envelope, Rejection> {
        self.decode(self.places[index])
    }

    /// Every event in the order of time, or what is wrong with it.
    pub fn events(&self) -> impl Iterator<Item = Result<Envelope, Rejection>> {
        self.places.iter().map(|place| self.decode(*place))
    }

    /// When an event happened, without making it.
    ///
    /// # Panics
    /// Beyond [`len`](Self::len).
    pub fn time(&self, index: usize) -> Timestamp {
        self.places[index].at
    }

    /// The places of the events from `from` up to, and without, `to`.
    pub fn between(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> Range<usize> {
        let start = from.map_or(0, |from| self.places.partition_point(|place| place.at < from));
        let end = to.map_or(self.len(), |to| self.places.partition_point(|place| place.at < to));
        start..end.max(start)
    }

    /// How many events of each type, in the order in which the mapping first names them.
    pub fn counts(&self) -> Vec<(Kind, u64)> {
        let mut counts: Vec<(Kind, u64)> = Vec::new();
        for event in &self.mapping.events {
            if !counts.iter().any(|(kind, _)| *kind == event.kind) {
                counts.push((event.kind, 0));
            }
        }
        for place in &self.places {
            let kind = self.mapping.events[usize::from(place.event)].kind;
            if let Some((_, count)) = counts.iter_mut().find(|(other, _)| *other == kind) {
                *count += 1;
            }
        }
        counts
    }

    /// Rows read, those that could not be understood included.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Events left out because they were there already, id and content.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// What could not be understood while reading. Events may still turn out to be wrong when they are made.
    pub fn rejections(&self) -> &[Rejection] {
        &self.rejections
    }

    /// What the mapping and the data were, in a number: another text or another byte makes another one.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
}
