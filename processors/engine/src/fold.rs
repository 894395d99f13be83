//! A partition and its fold.

use crate::board::Board;
use crate::chunk::{self, CHUNKS, Chunk};
use crate::context::Fate;
use crate::cut::Cutting;
use crate::decision::Decisions;
use crate::due::Due;
use crate::held::{Held, OPEN_MAX, Opened};
use crate::pane::Rollups;
use crate::seen::Seen;
use crate::shared::Shared;
use crate::{Context, Counters, Effect, Emission, Merge};
use nexusflow_model::{Envelope, Event, Id, Kind, Place, Reject, Timestamp, partition};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What the business asks of the fold.
pub trait Domain: Sized + 'static {
    /// What is configured; part of the state, changed by `config.changed` events only.
    type Config: Clone + Default + Serialize + DeserializeOwned;
    /// What a partition knows that is of no one subject: a model that was learned, the newest of all.
    type Shared: Default + Clone + PartialEq + Serialize + DeserializeOwned;
    /// What is known of one subject.
    type Profile: Default + Clone + Serialize + DeserializeOwned;
    /// What is counted in a pane.
    type Rollup: Merge + Clone + PartialEq + Serialize + DeserializeOwned;
    /// What may be asked to be done, once: an alert, a task.
    type Effect;
    /// What may be told as it happens, to whoever looks.
    type Note;
    /// What people have to see until it is over.
    type Card: Clone + PartialEq + Serialize + DeserializeOwned;
    /// What a profile may be woken for.
    type Timer: Clone + Ord + Serialize + DeserializeOwned;
    /// The version of all these as they are stored: raise it when one of them changes, and keep reading the one before.
    const VERSION: u32;

    /// Which kind of thing the subject of an event is, so that a customer and a SKU of the same name stay apart.
    fn keyspace(envelope: &Envelope) -> u8;
    /// Which day and hour of the business `at` lies in: (days since 1970-01-01, hour of that day).
    fn day_and_hour(config: &Self::Config, at: Timestamp) -> (i32, i32);
    /// How late, in milliseconds, something may be heard of and still be acted on.
    fn backfill_after_ms(config: &Self::Config) -> i64;
    /// Folds one event, which is new, into its subject's profile and the rollups.
    fn fold(context: &mut Context<'_, Self>, profile: &mut Self::Profile, envelope: &Envelope);
    /// A timer of the profile is due. One that was set for something that has changed since may be ignored.
    fn fire(context: &mut Context<'_, Self>, profile: &mut Self::Profile, timer: &Self::Timer);
    /// The configuration that holds from `at` on, with what is still to be known of the one before it.
    fn succeed(before: &Self::Config, after: Self::Config, at: Timestamp) -> Self::Config {
        let (_, _) = (before, at);
        after
    }
    /// Computes anew what depends on the configuration.
    fn reconfigured(context: &mut Context<'_, Self>, profile: &mut Self::Profile);
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
    pub(crate) decisions: Decisions,
    pub(crate) rollups: Rollups<D::Rollup>,
    pub(crate) board: Board<D::Card>,
    pub(crate) shared: Shared<D::Shared>,
    pub(crate) chunks: Vec<Chunk<D>>,
    /// When the first timer of each chunk that has one is due.
    pub(crate) due: Due,
    pub(crate) opened: Opened,
    /// How many profiles are open at the most.
    pub(crate) open_max: usize,
    /// How many profiles there are.
    pub(crate) len: usize,
    pub(crate) cutting: Cutting,
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
            decisions: Decisions::default(),
            rollups: Rollups::default(),
            board: Board::default(),
            shared: Shared::default(),
            chunks: (0..CHUNKS).map(|_| Chunk::default()).collect(),
            due: Due::default(),
            opened: Opened::new(),
            open_max: OPEN_MAX,
            len: 0,
            cutting: Cutting::default(),
        }
    }

    /// Keeps at most so many profiles open: what that costs is memory, 10 KB each, and what it saves is time.
    pub fn keep_open(&mut self, profiles: usize) {
        self.open_max = profiles;
    }

    /// Folds the record that follows. What the log holds and can't be read is counted and returned with its index, never
    /// silently skipped.
    ///
    /// # Panics
    /// Where `sequence` isn't the next one: folding a log with a hole would be wrong for ever.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "to move each event out of the list costs more than to look at it there"
    )]
    pub fn fold(&mut self, sequence: u64, events: Vec<Result<Envelope, Reject>>) -> Folded<D> {
        assert_eq!(sequence, self.sequence + 1, "a record was skipped or repeated");
        self.sequence = sequence;
        let mut folded = Folded::default();
        for (index, event) in events.iter().enumerate() {
            let place = Place { partition: self.id, sequence, index: index as u16 };
            match event {
                Ok(envelope) => self.fold_event(place, envelope, &mut folded),
                Err(reject) => {
                    self.counters.unreadable += 1;
                    folded.unreadable.push((place, reject.clone()));
                }
            }
        }
        folded
    }

    fn fold_event(&mut self, place: Place, envelope: &Envelope, folded: &mut Folded<D>) {
        let mut ordinal = 0;
        // A configuration holds from its place in the log on, at whatever time it was written there: it moves no clock.
        if let Event::ConfigChanged(change) = &envelope.event {
            self.configure(place, change, envelope.occurred_at, folded);
            return;
        }
        if envelope.recorded_at > self.clock {
            self.clock = envelope.recorded_at;
            self.fire_due(place, true, &mut ordinal, folded);
            let (day, hour) = D::day_and_hour(&self.config, self.clock);
            self.rollups.advance(day * 24 + hour);
        }
        if envelope.event.kind() == Kind::ClockTicked {
            return;
        }
        self.fold_subject(place, envelope, &mut ordinal, folded);
        // What the event set a timer for may be past already.
        self.fire_due(place, false, &mut ordinal, folded);
        self.pack_surplus();
    }

    /// Packs profiles that were not used for a while, until few enough are open.
    fn pack_surplus(&mut self) {
        while self.opened.len() > self.open_max
            && let Some((at, key)) = self.opened.pop_front()
        {
            let rests = self.chunks[at].profiles.get_mut(&key).is_none_or(Held::rest);
            if !rests {
                self.opened.push_back((at, key));
            }
        }
    }

    fn fold_subject(&mut self, place: Place, envelope: &Envelope, ordinal: &mut u32, folded: &mut Folded<D>) {
        let identity = partition::identity_hash(envelope);
        let at = chunk::of(envelope.subject.as_str());
        let key = (D::keyspace(envelope), envelope.subject.clone());
        self.touch(at, &key);
        let chunk = &mut self.chunks[at];
        let held = chunk.profiles.entry(key.clone()).or_insert_with(|| Held::new(Slot::default()));
        let (slot, is_opened) = held.open();
        let is_new = slot.seen.is_empty();
        if is_new || is_opened {
            self.opened.push_back((at, key.clone()));
        }
        let counts = u64::from(!envelope.event.kind().is_own());
        if !slot.seen.insert(identity) {
            self.counters.duplicates += counts;
            return;
        }
        self.len += usize::from(is_new);
        let delay_ms = envelope.recorded_at.ms_since(envelope.occurred_at);
        let mut context = Context {
            config: &self.config,
            config_version: &self.config_version,
            place,
            identity,
            clock: self.clock,
            is_new,
            is_backfill: delay_ms > D::backfill_after_ms(&self.config),
            key: &key,
            rollups: &mut self.rollups,
            board: &mut self.board,
            shared: &mut self.shared,
            timers: &mut chunk.timers,
            decisions: &mut self.decisions,
            counters: &mut self.counters,
            fate: Fate::Folded,
            is_forgotten: false,
            is_timed: false,
            folded,
            ordinal,
            not_before: Timestamp::MIN,
        };
        D::fold(&mut context, &mut slot.profile, envelope);
        let (fate, is_forgotten, is_timed) = (context.fate, context.is_forgotten, context.is_timed);
        match fate {
            Fate::Folded => {
                self.counters.events += counts;
                let (day, hour) = D::day_and_hour(&self.config, envelope.occurred_at);
                self.counters.late += counts * u64::from(day * 24 + hour < self.rollups.first_hour());
            }
            Fate::Held => self.counters.waiting += 1,
            Fate::PassedOn => self.counters.passed_on += 1,
            Fate::Repeated => self.counters.duplicates += counts,
        }
        if is_forgotten {
            slot.seen.remove(identity);
        }
        if is_timed {
            self.due.set(at, chunk.due());
        }
    }

    /// Fires what is due, in order. `passing`: time has just come to it; else it was past when it was set.
    fn fire_due(&mut self, place: Place, passing: bool, ordinal: &mut u32, folded: &mut Folded<D>) {
        while let Some((due, at)) = self.due.first().filter(|(due, _)| *due <= self.clock) {
            let Some(key) = self.chunks[at].timers.first().map(|timer| timer.key.clone()) else { break };
            self.touch(at, &key);
            let chunk = &mut self.chunks[at];
            if let Some(timer) = chunk.timers.pop_first()
                && let Some(held) = chunk.profiles.get_mut(&key)
            {
                let (slot, is_opened) = held.open();
                if is_opened {
                    self.opened.push_back((at, key.clone()));
                }
                let late_ms = self.clock.ms_since(due);
                let mut context = Context {
                    config: &self.config,
                    config_version: &self.config_version,
                    place,
                    identity: 0,
                    clock: if passing { due } else { self.clock },
                    is_new: false,
                    is_backfill: !passing && late_ms > D::backfill_after_ms(&self.config),
                    key: &timer.key,
                    rollups: &mut self.rollups,
                    board: &mut self.board,
                    shared: &mut self.shared,
                    timers: &mut chunk.timers,
                    decisions: &mut self.decisions,
                    counters: &mut self.counters,
                    fate: Fate::Folded,
                    is_forgotten: false,
                    is_timed: false,
                    folded,
                    ordinal,
                    not_before: due.plus_ms(1),
                };
                D::fire(&mut context, &mut slot.profile, &timer.kind);
            }
            self.due.set(at, self.chunks[at].due());
        }
    }

    fn configure(
        &mut self,
        place: Place,
        change: &nexusflow_model::event::control::ConfigChanged,
        at: Timestamp,
        folded: &mut Folded<D>,
    ) {
        match serde_json::from_value::<D::Config>(change.content.clone()) {
            Ok(config) => {
                self.config = D::succeed(&self.config, config, at);
                self.config_version = change.version.as_str().to_owned();
                self.visit(place, folded, D::reconfigured);
            }
            Err(error) => {
                self.counters.unreadable += 1;
                folded.unreadable.push((place, Reject::new("data.content", error.to_string())));
            }
        }
    }

    /// Changes every profile, in the order of chunks and keys.
    pub(crate) fn visit(
        &mut self,
        place: Place,
        folded: &mut Folded<D>,
        change: fn(&mut Context<'_, D>, &mut D::Profile),
    ) {
        let mut ordinal = 0;
        for at in 0..self.chunks.len() {
            if self.chunks[at].profiles.is_empty() {
                continue;
            }
            self.touch_all(at);
            let chunk = &mut self.chunks[at];
            for key in chunk.keys() {
                let Some(held) = chunk.profiles.get_mut(&key) else { continue };
                let (slot, is_opened) = held.open();
                let mut context = Context {
                    config: &self.config,
                    config_version: &self.config_version,
                    place,
                    identity: 0,
                    clock: self.clock,
                    is_new: false,
                    is_backfill: false,
                    key: &key,
                    rollups: &mut self.rollups,
                    board: &mut self.board,
                    shared: &mut self.shared,
                    timers: &mut chunk.timers,
                    decisions: &mut self.decisions,
                    counters: &mut self.counters,
                    fate: Fate::Folded,
                    is_forgotten: false,
                    is_timed: false,
                    folded,
                    ordinal: &mut ordinal,
                    not_before: Timestamp::MIN,
                };
                change(&mut context, &mut slot.profile);
                if is_opened {
                    held.pack();
                }
            }
            self.due.set(at, chunk.due());
        }
        self.fire_due(place, false, &mut ordinal, folded);
    }
}

/// What came of folding a record.
pub struct Folded<D: Domain> {
    /// What must be done, in order.
    pub emissions: Vec<Emission<D::Effect>>,
    /// What may be told, in order.
    pub notes: Vec<Effect<D::Note>>,
    /// What could not be read.
    pub unreadable: Vec<(Place, Reject)>,
}

impl<D: Domain> Default for Folded<D> {
    fn default() -> Self {
        Self { emissions: Vec::new(), notes: Vec::new(), unreadable: Vec::new() }
    }
}
