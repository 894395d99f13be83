//! The judge: folds the log from its beginning in one go, as a run that nobody disturbed would have, and compares.

use crate::effects::OutputLog;
use crate::harness::{Nexusflow, SOON, eventually};
use crate::shown;
use nexusflow_domain::{AlertEffect, Commerce};
use nexusflow_engine::{Counters, Decision, Effect, Emission, Partition};
use nexusflow_log::{Log, LogSettings, NatsSettings, Reader};
use nexusflow_model::{Envelope, Kind, Place, cloudevents, partition};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Names an event for ever: (source, id).
pub(crate) type Name = (String, String);

/// Who says events that follow from others.
const DERIVED: &str = "/nexusflow/derived";

pub(crate) struct Judge {
    runtime: Runtime,
    log: Log,
    calm: Vec<Calm>,
    output: OutputLog,
    /// Where each event stands in the log, those of NexusFlow itself left out.
    stored: BTreeMap<Name, Vec<Place>>,
    /// What follows from events and has to stand in the log of another partition.
    derived: BTreeMap<Name, Envelope>,
    /// What does stand there.
    arrived: BTreeMap<Name, Envelope>,
    /// What is decided about each command.
    decisions: BTreeMap<Name, Decision>,
}

/// A partition, folded by nobody who was ever disturbed.
struct Calm {
    reader: Reader,
    partition: Partition<Commerce>,
    effects: Vec<Effect<AlertEffect>>,
}

/// What the judge has found to be so.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Events counted, those that follow from others included.
    pub(crate) events: u64,
    /// Events that stand in the log once more.
    pub(crate) duplicates: u64,
    /// Effects that left.
    pub(crate) effects: usize,
    /// Events that followed from others.
    pub(crate) derived: usize,
}

impl Judge {
    /// One who looks into the log of this NexusFlow.
    pub(crate) fn new(nexusflow: &Nexusflow) -> Self {
        // A thread of its own looks after the connection while this one folds.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let nats = NatsSettings {
            url: format!("nats://127.0.0.1:{}", nexusflow.nats_port),
            token_file: Some(nexusflow.folder().join(".nexusflow/nats/token")),
            ..NatsSettings::default()
        };
        let settings = LogSettings::default();
        let partitions = settings.partitions;
        let log = runtime.block_on(Log::connect_patiently(&nats, settings, "judge", Duration::from_secs(20))).unwrap();
        let calm = |id| Calm { reader: Reader::new(&log, id, 0), partition: Partition::new(id), effects: Vec::new() };
        let calm = (0..partitions).map(calm).collect();
        let (stored, derived, arrived, decisions) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { runtime, log, calm, output: OutputLog::new(partitions), stored, derived, arrived, decisions }
    }

    /// Waits until all that is in the log is folded, shown and has left, as it should; says what differs where that does not
    /// happen.
    pub(crate) fn verdict(&mut self, nexusflow: &Nexusflow) -> Verdict {
        eventually(SOON * 4, "the log is read", || self.read_on());
        eventually(SOON * 2, "everything is as if nobody had disturbed it", || {
            let checked = self.read_on().and_then(|()| self.check(nexusflow));
            checked.map_err(|why| format!("{why}\n{}", nexusflow.logs()))
        });
        let counters = self.counters();
        Verdict {
            events: counters.events,
            duplicates: counters.duplicates,
            effects: self.calm.iter().map(|calm| calm.effects.len()).sum(),
            derived: self.derived_from_the_world(),
        }
    }

    /// Makes sure that what publishers were told is stored is in the log, all of it, and nothing else.
    pub(crate) fn knows_exactly(&self, told: &BTreeSet<Name>) {
        let lost: Vec<&Name> = told.iter().filter(|name| !self.stored.contains_key(name)).take(10).collect();
        assert!(lost.is_empty(), "acknowledged and not in the log, among others: {lost:?}");
        let is_unknown = |name: &&Name| name.0 != DERIVED && !told.contains(*name);
        let more: Vec<&Name> = self.stored.keys().filter(is_unknown).take(10).collect();
        assert!(more.is_empty(), "in the log and never acknowledged, among others: {more:?}");
        let counters = self.counters();
        assert_eq!(counters.events as usize, told.len() + self.derived_from_the_world(), "each once");
        let records: usize = self.stored.values().map(Vec::len).sum();
        assert_eq!((counters.events + counters.duplicates) as usize, records);
    }

    /// Where an event stands.
    pub(crate) fn places(&self, name: &Name) -> &[Place] {
        self.stored.get(name).map_or(&[], Vec::as_slice)
    }

    /// What a run that nobody disturbed decides about a command.
    pub(crate) fn decision(&self, command: &Name) -> Option<&Decision> {
        self.decisions.get(command)
    }

    /// Events that follow from others and count as such.
    fn derived_from_the_world(&self) -> usize {
        self.derived.values().filter(|event| !event.event.kind().is_own()).count()
    }

    fn counters(&self) -> Counters {
        self.calm.iter().fold(Counters::default(), |sum, calm| {
            let own = calm.partition.counters();
            Counters {
                events: sum.events + own.events,
                duplicates: sum.duplicates + own.duplicates,
                unreadable: sum.unreadable + own.unreadable,
                late: sum.late + own.late,
                withheld: sum.withheld + own.withheld,
                waiting: sum.waiting + own.waiting,
                passed_on: sum.passed_on + own.passed_on,
            }
        })
    }

    /// Folds what the log holds by now.
    fn read_on(&mut self) -> Result<(), String> {
        for at in 0..self.calm.len() {
            let origin = self.runtime.block_on(self.log.origin(at as u32)).map_err(|error| error.to_string())?;
            while self.calm[at].partition.sequence() < origin.last {
                let next = self.runtime.block_on(self.calm[at].reader.next());
                let records = next.map_err(|error| error.to_string())?;
                for record in records {
                    self.fold(at, record.sequence, &record.payload);
                }
            }
        }
        self.runtime.block_on(self.output.read_on(&self.log))
    }

    fn fold(&mut self, at: usize, sequence: u64, payload: &[u8]) {
        let events = cloudevents::decode_record(payload).unwrap();
        let mut commands = Vec::new();
        for (index, event) in events.iter().enumerate() {
            let event = event.as_ref().unwrap();
            let (kind, name) = (event.event.kind(), name_of(event));
            if matches!(kind, Kind::ConfigChanged | Kind::ClockTicked) {
                continue;
            }
            if kind.is_command() {
                commands.push((name.clone(), partition::identity_hash(event)));
            }
            if name.0 == DERIVED {
                self.arrived.insert(name.clone(), event.clone());
            }
            if kind.is_own() {
                continue;
            }
            let place = Place { partition: at as u32, sequence, index: index as u16 };
            self.stored.entry(name).or_default().push(place);
        }
        let calm = &mut self.calm[at];
        let folded = calm.partition.fold(sequence, events);
        assert_eq!(folded.unreadable, []);
        for (name, identity) in commands {
            let decision = calm.partition.decision(identity).unwrap().clone();
            self.decisions.insert(name, decision);
        }
        for emission in folded.emissions {
            match emission {
                Emission::Effect(effect) => calm.effects.push(effect),
                Emission::Derived(_, envelope) => drop(self.derived.insert(name_of(&envelope), *envelope)),
            }
        }
    }

    fn check(&self, nexusflow: &Nexusflow) -> Result<(), String> {
        let rows = nexusflow.view("partitions");
        for calm in &self.calm {
            let (id, sequence) = (calm.partition.id(), calm.partition.sequence());
            let row = rows.get(&id.to_string()).cloned().unwrap_or_default();
            if row["applied_seq"] != sequence || row["state"] != "live" {
                return Err(format!("partition {id} should be folded up to {sequence}: {row}"));
            }
        }
        let operator = nexusflow.view("operator");
        let Counters { events, duplicates, unreadable, .. } = self.counters();
        for (key, expected) in [("events", events), ("duplicates", duplicates), ("unreadable", unreadable)] {
            let shown = operator.get(key).map(|row| row["value"].clone()).unwrap_or_default();
            if shown != expected {
                return Err(format!("{key}: {shown} instead of {expected}"));
            }
        }
        if let Some(name) = self.derived.keys().find(|name| self.arrived.get(*name) != self.derived.get(*name)) {
            return Err(format!("{:?} instead of {:?}", self.arrived.get(name), self.derived[name]));
        }
        if self.arrived.len() != self.derived.len() {
            return Err("events stand in the log that follow from nothing".into());
        }
        if let Some(difference) = shown::difference(nexusflow, self.calm.iter().map(|calm| &calm.partition)) {
            return Err(difference);
        }
        for (calm, left) in self.calm.iter().zip(&self.output.effects) {
            let (id, expected) = (calm.partition.id(), &calm.effects);
            if let Some(at) = (0..left.len().max(expected.len())).find(|at| left.get(*at) != expected.get(*at)) {
                let (left, expected) = (left.get(at), expected.get(at));
                return Err(format!("effect {at} of partition {id}: {left:?} instead of {expected:?}"));
            }
        }
        Ok(())
    }
}

fn name_of(event: &Envelope) -> Name {
    (event.source.as_str().to_owned(), event.id.as_str().to_owned())
}
