//! What can be seen of a partition.

use crate::board::Board;
use crate::chunk;
use crate::counters::Counters;
use crate::decision::Decision;
use crate::fold::{Domain, Key, Partition, Slot};
use crate::held::Held;
use crate::pane::Rollups;
use nexusflow_model::{Id, Timestamp};
use serde::de::DeserializeOwned;

impl<D: Domain> Partition<D> {
    /// When the log should say what time it is, if nothing else happens before: a timer is due, or an hour of the business ends.
    /// None where no time is known at all.
    pub fn tick_due(&self) -> Option<Timestamp> {
        const QUARTER_MS: i64 = 900_000; // every zone's hours begin at a quarter of an hour of UTC
        if self.clock == Timestamp::MIN {
            return None;
        }
        let hour = D::day_and_hour(&self.config, self.clock);
        let mut next = self.clock.plus_ms(QUARTER_MS - self.clock.as_ms().rem_euclid(QUARTER_MS));
        for _ in 0..8 {
            if D::day_and_hour(&self.config, next) != hour {
                break;
            }
            next = next.plus_ms(QUARTER_MS);
        }
        Some(self.due.first().map_or(next, |(due, _)| next.min(due)))
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The last record it has folded.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// How far time has come: the latest `recorded_at`.
    pub fn clock(&self) -> Timestamp {
        self.clock
    }

    /// What is configured.
    pub fn config(&self) -> &D::Config {
        &self.config
    }

    /// Which configuration that is.
    pub fn config_version(&self) -> &str {
        &self.config_version
    }

    /// What it has counted of its own work.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// What people have to see.
    pub fn board(&self) -> &Board<D::Card> {
        &self.board
    }

    /// What people have to see, to take what changed.
    pub fn board_mut(&mut self) -> &mut Board<D::Card> {
        &mut self.board
    }

    /// What it knows that is of no one subject.
    pub fn shared(&self) -> &D::Shared {
        self.shared.get()
    }

    /// Its rollups.
    pub fn rollups(&self) -> &Rollups<D::Rollup> {
        &self.rollups
    }

    /// Its rollups, to take what changed.
    pub fn rollups_mut(&mut self) -> &mut Rollups<D::Rollup> {
        &mut self.rollups
    }

    /// What was decided about the command of that identity, as 64 bits of (source, id).
    pub fn decision(&self, identity: u64) -> Option<&Decision> {
        self.decisions.of(identity)
    }

    /// What is known of a subject.
    pub fn profile(&self, keyspace: u8, id: &Id) -> Option<Slot<D::Profile>> {
        self.chunks[chunk::of(id.as_str())].profiles.get(&(keyspace, id.clone())).map(Held::copy)
    }

    /// What every profile begins with, in no particular order: for a search that orders its findings itself. `B` is the type of its
    /// first field, which `of` gives, or a tuple of its first fields: to look at those, nobody has to read the rest.
    pub fn beginnings<'a, B: DeserializeOwned>(
        &'a self,
        of: impl Fn(&D::Profile) -> B + Copy + 'a,
    ) -> impl Iterator<Item = (&'a Key, B)> {
        let every = self.chunks.iter().flat_map(|chunk| &chunk.profiles);
        every.filter_map(move |(key, held)| Some((key, held.beginning(of)?)))
    }

    /// The same of one chunk of the [`CHUNKS`](crate::chunk::CHUNKS) there are, so that who looks at every profile need not keep the fold
    /// waiting for longer than one takes.
    pub fn beginnings_in<'a, B: DeserializeOwned>(
        &'a self,
        chunk: usize,
        of: impl Fn(&D::Profile) -> B + Copy + 'a,
    ) -> impl Iterator<Item = (&'a Key, B)> {
        let every = self.chunks.get(chunk).into_iter().flat_map(|chunk| &chunk.profiles);
        every.filter_map(move |(key, held)| Some((key, held.beginning(of)?)))
    }

    /// Into how many chunks the profiles are cut.
    pub fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// How many timers are set.
    pub fn timers(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.timers.len()).sum()
    }

    /// How many subjects it knows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}
