//! What a fold has at hand.

use crate::chunk::Timer;
use crate::counters::Counters;
use crate::decision::{Decision, Decisions, Outcome};
use crate::fold::{Domain, Folded, Key};
use crate::shared::Shared;
use crate::{Board, Effect, EffectId, Emission, Pane, Rollups};
use nexusflow_model::{Envelope, Event, Id, Place, Source, Timestamp};
use std::collections::BTreeSet;

/// The source of what partitions say to each other.
pub const DERIVED: &str = "/nexusflow/derived";

/// What became of an event, for the counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Folded,
    /// It waits until it is known whom it is about.
    Held,
    PassedOn,
    /// It had been passed on before.
    Repeated,
}

/// What a fold has beside the profile and the event.
pub struct Context<'a, D: Domain> {
    /// What is configured at this place in the log.
    pub config: &'a D::Config,
    /// Which configuration that is.
    pub config_version: &'a str,
    /// Where the event stands.
    pub place: Place,
    /// (source, id) as 64 bits: a tie-break that does not depend on the order of arrival. 0 where a timer fires.
    pub identity: u64,
    /// How far time has come in this partition.
    pub clock: Timestamp,
    /// Whether the profile did not exist before this event.
    pub is_new: bool,
    /// Whether this comes too late to act on: figures are corrected, and effects withheld.
    pub is_backfill: bool,
    pub(crate) key: &'a Key,
    pub(crate) rollups: &'a mut Rollups<D::Rollup>,
    pub(crate) board: &'a mut Board<D::Card>,
    pub(crate) shared: &'a mut Shared<D::Shared>,
    pub(crate) timers: &'a mut BTreeSet<Timer<D::Timer>>,
    pub(crate) decisions: &'a mut Decisions,
    pub(crate) counters: &'a mut Counters,
    pub(crate) fate: Fate,
    /// Whether the subject shall not remember the event.
    pub(crate) is_forgotten: bool,
    /// Whether a timer was set or taken back.
    pub(crate) is_timed: bool,
    pub(crate) folded: &'a mut Folded<D>,
    pub(crate) ordinal: &'a mut u32,
    /// A timer can be set for later than this only.
    pub(crate) not_before: Timestamp,
}

impl<D: Domain> Context<'_, D> {
    /// Whom the profile is of.
    pub fn subject(&self) -> &Id {
        &self.key.1
    }

    /// What the partition knows that is of no one subject.
    pub fn shared(&self) -> &D::Shared {
        self.shared.get()
    }

    /// The same, to change it.
    pub fn shared_mut(&mut self) -> &mut D::Shared {
        self.shared.change()
    }

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

    /// What this partition has counted in a pane.
    pub fn counted(&self, pane: Pane) -> Option<&D::Rollup> {
        self.rollups.panes().get(&pane)
    }

    /// Shows people a card of this profile, or another one in its place; of what is over only the newest stay.
    pub fn post(&mut self, name: String, card: D::Card, is_over: bool) {
        self.board.post((self.key.1.clone(), name), card, is_over);
    }

    /// Takes a card of this profile down.
    pub fn take_down(&mut self, name: &str) {
        self.board.take_down(&(self.key.1.clone(), name.to_owned()));
    }

    /// Asks for something to be done, once. Of a backfill it is withheld, and counted.
    pub fn emit(&mut self, body: D::Effect) {
        let id = self.next_id();
        if self.is_backfill {
            self.counters.withheld += 1;
        } else {
            self.folded.emissions.push(Emission::Effect(Effect { id, body }));
        }
    }

    /// Counts an effect that is not asked for, because it would come too late to act on.
    pub fn withhold(&mut self) {
        self.counters.withheld += 1;
    }

    /// Tells what just happened, to whoever looks at this moment.
    pub fn tell(&mut self, body: D::Note) {
        let id = self.next_id();
        self.folded.notes.push(Effect { id, body });
    }

    /// Says `event` of another subject, in the log of that subject's partition: for what has to be decided or known there.
    pub fn derive(&mut self, subject: Id, occurred_at: Timestamp, event: Event) {
        let effect = self.next_id();
        let Place { partition, sequence, index } = effect.place;
        let name = Id::new(&format!("{partition}.{sequence}.{index}.{}", effect.ordinal));
        let (Ok(id), Ok(source)) = (name, Source::new(DERIVED)) else { return };
        // Its own times, not those of its appending: it moves the other clock no further than ours has come.
        let envelope = Envelope { id, source, subject, occurred_at, recorded_at: self.clock, forwarded: 0, event };
        self.folded.emissions.push(Emission::Derived(effect, Box::new(envelope)));
    }

    /// Passes the event that is being folded on to the subject that it is about: it counts there and not here. It keeps its id and
    /// its times, so that it is known there however it came, and `forwarded` says how many have passed it on.
    pub fn pass_on(&mut self, subject: Id, forwarded: u8, envelope: &Envelope) {
        self.fate = Fate::PassedOn;
        let effect = self.next_id();
        let envelope = Envelope { subject, forwarded, ..envelope.clone() };
        self.folded.emissions.push(Emission::Derived(effect, Box::new(envelope)));
    }

    /// The event that is being folded is kept in the profile until it is known whom it is about: it counts as waiting.
    pub fn hold(&mut self) {
        self.fate = Fate::Held;
    }

    /// Passes on an event that was [held](Self::hold). It is heard of there when this is: what waited too long to be acted on raises
    /// no alert.
    pub fn release(&mut self, subject: Id, held: Envelope) {
        self.counters.waiting = self.counters.waiting.saturating_sub(1);
        self.counters.passed_on += 1;
        let effect = self.next_id();
        let envelope = Envelope { subject, recorded_at: self.clock.max(held.recorded_at), ..held };
        self.folded.emissions.push(Emission::Derived(effect, Box::new(envelope)));
    }

    /// The event that is being folded was passed on before: it counts as a duplicate.
    pub fn repeated(&mut self) {
        self.fate = Fate::Repeated;
    }

    /// The event that is being folded is not remembered as one of this subject: it may come back, from one who passed it on, and
    /// is new then.
    pub fn forget(&mut self) {
        self.is_forgotten = true;
    }

    /// Decides about the command that is being folded.
    pub fn decide(&mut self, outcome: Outcome) {
        self.decisions.keep(Decision { identity: self.identity, place: self.place, outcome });
    }

    /// Wakes this profile with `kind` when time has come to `due`: at once where it has. Setting the same again changes nothing.
    pub fn set_timer(&mut self, due: Timestamp, kind: D::Timer) {
        let due = due.max(self.not_before);
        self.is_timed = true;
        self.timers.insert(Timer { due, key: self.key.clone(), kind });
    }

    /// Takes back a timer that was set for `due`, if it has not fired.
    pub fn clear_timer(&mut self, due: Timestamp, kind: D::Timer) {
        self.is_timed = true;
        self.timers.remove(&Timer { due, key: self.key.clone(), kind });
    }

    fn next_id(&mut self) -> EffectId {
        let id = EffectId { place: self.place, ordinal: *self.ordinal };
        *self.ordinal += 1;
        id
    }
}
