//! A partition and its fold.

use crate::pane::Rollups;
use crate::seen::Seen;
use crate::{Effect, Merge, Pane};
use nexusflow_model::{Envelope, Event, Id, Kind, Place, Reject, Timestamp, partition};
use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What the business asks of the fold.
pub trait Domain: Sized + 'static {
    /// What is configured; part of the state, changed by `config.changed` events only.
    type Config: Clone + Default + Serialize + DeserializeOwned;
    /// What is known of one subject.
    type Profile: Default + Serialize + DeserializeOwned;
    /// What is counted in a pane.
    type Rollup: Merge + Clone + PartialEq + Serialize + DeserializeOwned;
    /// What may be asked to be done.
    type Effect;
    /// The version of all these as they are stored: raise it when one of them changes.
    const VERSION: u32;

    /// Which kind of thing the subject of such an event is, so that a customer and a SKU of the same name stay apart.
    fn keyspace(kind: Kind) -> u8;
    /// Which day and hour of the business `at` lies in: (days since 1970-01-01, hour of that day).
    fn day_and_hour(config: &Self::Config, at: Timestamp) -> (i32, i32);
    /// Folds one event, which is new, into its subject's profile and the rollups.
    fn fold(context: &mut Context<'_, Self>, profile: &mut Self::Profile, envelope: &Envelope);
    /// Computes anew what depends on the configuration.
    fn reconfigured(context: &mut Context<'_, Self>, profile: &mut Self::Profile);
}

/// What a fold has beside the profile and the event.
pub struct Context<'a, D: Domain> {
    /// What is configured at this place in the log.
    pub config: &'a D::Config,
    /// Where the event stands.
    pub place: Place,
    /// (source, id) as 64 bits: a tie-break that does not depend on the order of arrival.
    pub identity: u64,
    /// How far time has come in this partition.
    pub clock: Timestamp,
    /// Whether the profile did not exist before this event.
    pub is_new: bool,
    rollups: &'a mut Rollups<D::Rollup>,
    effects: &'a mut Vec<Effect<D::Effect>>,
    ordinal: u16,
}

impl<D: Domain> Context<'_, D> {
    /// Counts in the panes of `at` (all time, its day, its hour).
    pub fn count_at(&mut self, at: Timestamp, mut count: impl FnMut(&mut D::Rollup)) {
        let (day, hour) = D::day_and_hour(self.config, at);
        for pane in [Pane::All, Pane::Day(day), Pane::Hour(day * 24 + hour)] {
            if let Some(rollup) = self.rollups.pane(pane) {
                count(rollup);
            }
        }
    }

    /// Counts in the pane of all time only: for what is true now, not at some time.
    pub fn count_now(&mut self, count: impl FnOnce(&mut D::Rollup)) {
        if let Some(rollup) = self.rollups.pane(Pane::All) {
            count(rollup);
        }
    }

    /// Counts in the day of `at` only, not in the total.
    pub fn count_day(&mut self, at: Timestamp, count: impl FnOnce(&mut D::Rollup)) {
        let (day, _) = D::day_and_hour(self.config, at);
        if let Some(rollup) = self.rollups.pane(Pane::Day(day)) {
            count(rollup);
        }
    }

    /// Asks for something to be done.
    pub fn emit(&mut self, body: D::Effect) {
        self.effects.push(Effect { place: self.place, ordinal: self.ordinal, body });
        self.ordinal += 1;
    }
}

/// What a partition has counted of its own work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Events folded.
    pub events: u64,
    /// Events that had been folded before.
    pub duplicates: u64,
    /// Events of the log that could not be read.
    pub unreadable: u64,
}

/// A profile and the events it is made of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Slot<P> {
    /// Which events it has seen.
    pub seen: Seen,
    /// What is known.
    pub profile: P,
}

/// The key of a profile: the kind of subject, and its id.
pub type Key = (u8, Id);

/// An ordered shard of the log, folded.
pub struct Partition<D: Domain> {
    pub(crate) id: u32,
    pub(crate) sequence: u64,
    pub(crate) clock: Timestamp,
    pub(crate) config: D::Config,
    pub(crate) config_version: String,
    pub(crate) counters: Counters,
    pub(crate) rollups: Rollups<D::Rollup>,
    pub(crate) profiles: FxHashMap<Key, Slot<D::Profile>>,
}

impl<D: Domain> Partition<D> {
    /// An empty partition.
    pub fn new(id: u32) -> Self {
        Self {
            id,
            sequence: 0,
            clock: Timestamp::MIN,
            config: D::Config::default(),
            config_version: String::new(),
            counters: Counters::default(),
            rollups: Rollups::default(),
            profiles: FxHashMap::default(),
        }
    }

    /// Folds the record that follows. What the log holds and can't be read is counted and returned with its index, never
    /// silently skipped.
    ///
    /// # Panics
    /// Where `sequence` isn't the next one: folding a log with a hole would be wrong for ever.
    pub fn fold(&mut self, sequence: u64, events: Vec<Result<Envelope, Reject>>) -> Folded<D> {
        assert_eq!(sequence, self.sequence + 1, "a record was skipped or repeated");
        self.sequence = sequence;
        let mut folded = Folded { effects: Vec::new(), unreadable: Vec::new() };
        for (index, event) in events.into_iter().enumerate() {
            let place = Place { partition: self.id, sequence, index: index as u16 };
            match event {
                Ok(envelope) => self.fold_event(place, &envelope, &mut folded),
                Err(reject) => {
                    self.counters.unreadable += 1;
                    folded.unreadable.push((place, reject));
                }
            }
        }
        folded
    }

    fn fold_event(&mut self, place: Place, envelope: &Envelope, folded: &mut Folded<D>) {
        self.clock = self.clock.max(envelope.recorded_at);
        let (day, hour) = D::day_and_hour(&self.config, self.clock);
        self.rollups.advance(day * 24 + hour);
        if let Event::ConfigChanged(change) = &envelope.event {
            self.configure(place, change, folded);
            return;
        }
        let kind = envelope.event.kind();
        if kind == Kind::ClockTicked {
            return;
        }
        let identity = partition::identity_hash(envelope);
        let slot = self.profiles.entry((D::keyspace(kind), envelope.subject.clone())).or_default();
        let is_new = slot.seen.is_empty();
        if !slot.seen.insert(identity) {
            self.counters.duplicates += 1;
            return;
        }
        self.counters.events += 1;
        let mut context = Context {
            config: &self.config,
            place,
            identity,
            clock: self.clock,
            is_new,
            rollups: &mut self.rollups,
            effects: &mut folded.effects,
            ordinal: 0,
        };
        D::fold(&mut context, &mut slot.profile, envelope);
    }

    fn configure(
        &mut self,
        place: Place,
        change: &nexusflow_model::event::control::ConfigChanged,
        folded: &mut Folded<D>,
    ) {
        let config = match serde_json::from_value::<D::Config>(change.content.clone()) {
            Ok(config) => config,
            Err(error) => {
                self.counters.unreadable += 1;
                folded.unreadable.push((place, Reject::new("data.content", error.to_string())));
                return;
            }
        };
        self.config = config;
        self.config_version = change.version.as_str().to_owned();
        let mut keys: Vec<Key> = self.profiles.keys().cloned().collect();
        keys.sort_unstable();
        for key in keys {
            let Some(slot) = self.profiles.get_mut(&key) else { continue };
            let mut context = Context {
                config: &self.config,
                place,
                identity: 0,
                clock: self.clock,
                is_new: false,
                rollups: &mut self.rollups,
                effects: &mut folded.effects,
                ordinal: 0,
            };
            D::reconfigured(&mut context, &mut slot.profile);
        }
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

    /// Its rollups.
    pub fn rollups(&self) -> &Rollups<D::Rollup> {
        &self.rollups
    }

    /// Its rollups, to take what changed.
    pub fn rollups_mut(&mut self) -> &mut Rollups<D::Rollup> {
        &mut self.rollups
    }

    /// What is known of a subject.
    pub fn profile(&self, keyspace: u8, id: &Id) -> Option<&Slot<D::Profile>> {
        self.profiles.get(&(keyspace, id.clone()))
    }

    /// Every profile, in no particular order: for a search that orders its findings itself.
    pub fn profiles(&self) -> impl Iterator<Item = (&Key, &Slot<D::Profile>)> {
        self.profiles.iter()
    }

    /// How many subjects it knows.
    pub fn len(&self) -> usize {
        self.profiles.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }
}

/// What came of folding a record.
pub struct Folded<D: Domain> {
    /// What is to be done, in order.
    pub effects: Vec<Effect<D::Effect>>,
    /// What could not be read.
    pub unreadable: Vec<(Place, Reject)>,
}
