//! The world of a run: logs, store, clock, publishers, owners, and what goes wrong with them.

use crate::chance::Chance;
use crate::log::{Log, Output, Record, through_bytes};
use crate::owner::Owner;
use crate::plant::Plant;
use crate::store::Store;
use crate::story::{Story, What};
use crate::trace::Trace;
use crate::verdict::{self, Simulated};
use nexusflow_engine::Decision;
use nexusflow_model::event::control::ClockTicked;
use nexusflow_model::{Envelope, Event, Id, Reject, Source, Timestamp, partition};
use std::collections::{BTreeMap, VecDeque};

/// What owners share.
pub(crate) struct Shared {
    pub(crate) logs: Vec<Log>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) store: Store,
    pub(crate) now: Timestamp,
    pub(crate) chance: Chance,
    pub(crate) trace: Trace,
    pub(crate) plant: Plant,
    /// What callers were told, by partition and command.
    answers: BTreeMap<(u32, u64), Decision>,
    /// What callers should not have been told.
    pub(crate) contradictions: Vec<String>,
    /// From now on nothing goes wrong.
    is_calm: bool,
    /// Checkpoints written.
    pub(crate) checkpoints: u64,
    /// Checkpoints that could not be read.
    pub(crate) set_aside: u64,
}

impl Shared {
    /// Whether something goes wrong that does so once in `n` times.
    pub(crate) fn fails(&mut self, n: usize) -> bool {
        !self.is_calm && self.chance.one_in(n)
    }

    /// Appends a derived event to the log of its own partition; false where nobody knows whether it is stored.
    pub(crate) fn append_derived(&mut self, from: u32, event: &Envelope) -> bool {
        let (own, all) = (partition::of(&event.subject, self.logs.len() as u32), self.logs.len() as u32);
        let hearers = if event.event.kind().is_for_all() { 0..all } else { own..own + 1 };
        for to in hearers {
            if self.fails(15) {
                return false;
            }
            let sequence = self.logs[to as usize].append(vec![through_bytes(event)]);
            self.trace.step("a derived event", from, u64::from(to) << 32 | sequence);
        }
        !self.fails(15)
    }

    /// Tells a partition what time it is.
    pub(crate) fn tick(&mut self, id: u32, now: Timestamp) {
        let event = Event::ClockTicked(ClockTicked { now });
        let (source, subject) = (Source::new("/nexusflow/clock").unwrap(), Id::new("clock").unwrap());
        let tick = Id::new(&format!("tick-{id}-{}", now.as_ms())).unwrap();
        let envelope = Envelope { id: tick, source, subject, occurred_at: now, recorded_at: now, forwarded: 0, event };
        self.logs[id as usize].append(vec![Ok(envelope)]);
        self.trace.step("ticks", id, now.as_ms() as u64);
    }

    /// Somebody is told what was decided: whoever asks again, and whoever is asked, it is the same.
    pub(crate) fn answer(&mut self, id: u32, decision: &Decision) {
        let first = self.answers.entry((id, decision.identity)).or_insert_with(|| decision.clone());
        if first != decision {
            self.contradictions.push(format!("told {first:?}, and then {decision:?}"));
        }
    }

    pub(crate) fn answers(&self) -> impl Iterator<Item = (u32, &Decision)> {
        self.answers.iter().map(|((id, _), decision)| (*id, decision))
    }
}

/// How bad a world is: once in how many steps each happens.
struct Weather {
    crash: usize,
    second_owner: usize,
    harm: usize,
    outage: usize,
}

struct World<D: Simulated> {
    shared: Shared,
    owners: Vec<Vec<Owner<D>>>,
    weather: Weather,
    /// What is to be published, by when; what nobody knows to be stored is put there again.
    agenda: VecDeque<(Timestamp, What)>,
    crashes: u64,
}

/// What a run came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) trace: u64,
    pub(crate) crashes: u64,
    pub(crate) checkpoints: u64,
    pub(crate) set_aside: u64,
    pub(crate) duplicates: u64,
    pub(crate) late: u64,
    pub(crate) effects: u64,
    pub(crate) derived: u64,
    pub(crate) decisions: u64,
}

/// Runs the world of `seed` and judges what came of it.
///
/// # Errors
/// What is wrong, and the end of the trace.
pub(crate) fn run<D: Simulated>(seed: u64, partitions: u32, plant: Plant) -> Result<Ran, String> {
    let mut chance = Chance::of(seed);
    let story = Story::of(&mut chance);
    let weather = Weather {
        crash: *chance.pick(&[15, 60, 240]),
        second_owner: *chance.pick(&[40, 150, 10_000]),
        harm: *chance.pick(&[30, 150, 10_000]),
        outage: *chance.pick(&[100, 10_000]),
    };
    let all = |n: u32| (0..n).map(|_| ());
    let shared = Shared {
        logs: all(partitions).map(|()| Log::default()).collect(),
        outputs: all(partitions).map(|()| Output::default()).collect(),
        store: Store::default(),
        now: Timestamp::MIN,
        chance,
        trace: Trace::default(),
        plant,
        answers: BTreeMap::new(),
        contradictions: Vec::new(),
        is_calm: false,
        checkpoints: 0,
        set_aside: 0,
    };
    let owners = all(partitions).map(|()| Vec::new()).collect();
    let agenda = story.published.clone().into();
    let mut world: World<D> = World { shared, owners, weather, agenda, crashes: 0 };
    world.live();
    let verdict = world.settle(story.end).and_then(|kept| {
        let owners: Vec<&Owner<D>> = world.owners.iter().flatten().collect();
        verdict::judge(&story, &world.shared, &owners, &kept)
    });
    let ran = verdict.map_err(|wrong| format!("{wrong}\n{}", world.shared.trace))?;
    let Shared { trace, checkpoints, set_aside, .. } = &world.shared;
    Ok(Ran { trace: trace.hash(), crashes: world.crashes, checkpoints: *checkpoints, set_aside: *set_aside, ..ran })
}

impl<D: Simulated> World<D> {
    /// Until everything is published.
    fn live(&mut self) {
        while !self.agenda.is_empty() {
            if self.shared.chance.one_in(12) {
                self.publish();
            }
            self.go_wrong();
            let id = self.shared.chance.below(self.owners.len());
            if self.owners[id].is_empty() {
                self.take(id);
            }
            for owner in &mut self.owners[id] {
                owner.step(&mut self.shared);
            }
        }
    }

    fn take(&mut self, id: usize) {
        let skips = if self.shared.fails(4) { self.shared.chance.below(3) } else { 0 };
        self.owners[id].push(Owner::take(id as u32, skips, &mut self.shared));
    }

    fn go_wrong(&mut self) {
        let Weather { crash, second_owner, harm, outage } = self.weather;
        let id = self.shared.chance.below(self.owners.len());
        if self.shared.chance.one_in(crash) && !self.owners[id].is_empty() {
            let which = self.shared.chance.below(self.owners[id].len());
            self.owners[id].remove(which);
            self.crashes += 1;
            self.shared.trace.step("an owner is gone", id as u32, which as u64);
        }
        if self.shared.chance.one_in(second_owner) && self.owners[id].len() == 1 {
            self.take(id);
        }
        if self.shared.chance.one_in(harm)
            && let Some(what) = self.shared.store.harm(&mut self.shared.chance)
        {
            self.shared.trace.step(what, 0, 0);
        }
        // An outage ends sooner than it begins.
        let n = if self.shared.store.is_away { outage.min(30) } else { outage };
        if self.shared.chance.one_in(n) {
            self.shared.store.is_away ^= true;
            self.shared.trace.step("the store comes or goes", 0, u64::from(self.shared.store.is_away));
        }
    }

    /// Some of what is due, in a record a partition.
    fn publish(&mut self) {
        let Some((at, _)) = self.agenda.front() else { return };
        self.shared.now = self.shared.now.max(*at);
        let partitions = self.owners.len() as u32;
        let mut records: BTreeMap<u32, Record> = BTreeMap::new();
        for _ in 0..=self.shared.chance.below(8) {
            let Some((at, what)) = self.agenda.pop_front() else { break };
            self.shared.now = self.shared.now.max(at);
            match &what {
                What::Config(envelope) => self.configure(envelope),
                What::Event(envelope) => {
                    let to = partition::of(&envelope.subject, partitions);
                    // Gateways' clocks do not agree.
                    let recorded_at = self.shared.now.plus_ms(-self.shared.chance.between(0, 2_000));
                    let mut stored = Envelope { recorded_at, ..(**envelope).clone() };
                    if self.shared.chance.one_in(16) {
                        stored = through_bytes(&stored).unwrap();
                    }
                    // Nobody hears whether it is stored: the publisher sends it again, after a while.
                    let (is_lost, is_unheard) = (self.shared.chance.one_in(25), self.shared.chance.one_in(25));
                    if is_lost || is_unheard {
                        self.again(self.shared.now, what);
                    }
                    if !is_lost {
                        records.entry(to).or_default().push(Ok(stored));
                    }
                }
            }
        }
        for (to, mut record) in records {
            if self.shared.chance.one_in(50) {
                record.push(Err(Reject::new("data", "planted")));
            }
            let count = record.len() as u64;
            let sequence = self.shared.logs[to as usize].append(record);
            self.shared.trace.step("is published", to, sequence << 8 | count);
        }
    }

    fn again(&mut self, at: Timestamp, what: What) {
        let at = at.plus_ms(self.shared.chance.between(1, 600_000));
        let place = self.agenda.partition_point(|(other, _)| *other <= at);
        self.agenda.insert(place, (at, what));
    }

    /// Into every log; by two owners, now and then.
    fn configure(&mut self, envelope: &Envelope) {
        for log in &mut self.shared.logs {
            for _ in 0..=usize::from(log.last() > 0 && self.shared.chance.one_in(8)) {
                log.append(vec![through_bytes(envelope)]);
            }
        }
    }

    /// Nothing goes wrong any more: everything is folded, leaves, and is saved. Gives what each owner has saved.
    fn settle(&mut self, end: Timestamp) -> Result<Vec<Kept>, String> {
        self.shared.trace.step("calm", 0, end.as_ms() as u64);
        self.shared.is_calm = true;
        (self.shared.store.is_calm, self.shared.store.is_away) = (true, false);
        for id in 0..self.owners.len() {
            if self.owners[id].is_empty() {
                self.take(id);
            }
        }
        for round in 0..2 {
            // What one lets leave another one may have to fold.
            while self.owners.iter_mut().flatten().any(|owner| owner.drain(&mut self.shared)) {}
            if round == 0 {
                (0..self.owners.len() as u32).for_each(|id| self.shared.tick(id, end));
            }
        }
        let mut kept = Vec::new();
        for owner in self.owners.iter_mut().flatten() {
            let id = owner.partition.id();
            kept.push(owner.save(&mut self.shared).ok_or(format!("partition {id} can't be saved"))?);
        }
        Ok(kept)
    }
}

/// The parts of a checkpoint.
pub(crate) type Kept = BTreeMap<u32, Vec<u8>>;
