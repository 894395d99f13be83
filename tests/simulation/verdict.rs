//! What must hold after everything has settled.

use crate::log::Log;
use crate::owner::Owner;
use crate::story::{Story, What};
use crate::world::{Kept, Ran, Shared};
use nexusflow_domain::{AlertEffect, Business, Commerce};
use nexusflow_engine::pane::HOURS_KEPT;
use nexusflow_engine::{Domain, Effect, Emission, Partition};
use nexusflow_model::alias::Alias;
use nexusflow_model::event::control::ClockTicked;
use nexusflow_model::{Envelope, Event, Id, Kind, Place, Timestamp, partition};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A domain that can be simulated.
pub(crate) trait Simulated: Domain<Config = Business, Effect = AlertEffect> {
    /// Whether it decides about commands, and knows by what customers are known.
    const DECIDES: bool;

    /// What is shown of all partitions, by name.
    fn shown(partitions: &[&Partition<Self>]) -> Vec<(String, Vec<Vec<Value>>)>;
}

impl Simulated for Commerce {
    const DECIDES: bool = true;

    fn shown(partitions: &[&Partition<Self>]) -> Vec<(String, Vec<Vec<Value>>)> {
        crate::shown::shown(partitions.iter().copied())
    }
}

macro_rules! ensure {
    ($holds:expr, $($wrong:tt)+) => {
        if !$holds {
            return Err(format!($($wrong)+));
        }
    };
}

/// Judges a world that has settled; `kept` is what each owner has saved.
///
/// # Errors
/// The first thing that does not hold.
pub(crate) fn judge<D: Simulated>(
    story: &Story,
    shared: &Shared,
    owners: &[&Owner<D>],
    kept: &[Kept],
) -> Result<Ran, String> {
    ensure!(shared.contradictions.is_empty(), "callers are told different things: {:?}", shared.contradictions);
    let mut ran = Ran::default();
    let mut derived: BTreeMap<(Id, u64), Envelope> = BTreeMap::new();
    let mut fresh: Vec<Partition<D>> = Vec::new();
    for (id, log) in (0..).zip(&shared.logs) {
        let (mut partition, emissions) = fold_anew::<D>(id, log);
        let (effects, events) = parted(emissions);
        output_is(shared, id, &effects)?;
        derived.extend(events.into_iter().map(|event| (name(&event), event)));
        ran.effects += effects.len() as u64;
        let expected = partition.cut_whole()?.changed;
        for (_, kept) in owners.iter().zip(kept).filter(|(owner, _)| owner.partition.id() == id) {
            same_parts(id, &expected, kept)?;
        }
        if D::DECIDES {
            ran.decisions += decisions_are_right(id, log, &partition, shared)?;
        }
        let counters = partition.counters();
        (ran.duplicates, ran.late) = (ran.duplicates + counters.duplicates, ran.late + counters.late);
        fresh.push(partition);
    }
    for owner in owners {
        let (id, counters) = (owner.partition.id(), owner.partition.counters());
        let counted = Counted::of(id, &shared.logs[id as usize], D::DECIDES);
        let found = (counters.events, counters.duplicates, counters.unreadable, counters.late);
        let expected = (counted.events, counted.duplicates, counted.unreadable, counted.late);
        let (waiting, passed_on) = (counters.waiting, counters.passed_on);
        ensure!(
            waiting + passed_on == counted.of_keys,
            "of {} events of keys {waiting} wait and {passed_on} were passed on",
            counted.of_keys
        );
        ensure!(
            found == expected,
            "partition {id} has counted (events, duplicates, unreadable, late) {found:?}, not {expected:?}"
        );
    }
    ran.derived = derived.len() as u64;
    nothing_is_lost::<D>(story, shared, &derived, fresh.iter().map(|partition| partition.counters().events).sum())?;
    let undisturbed = D::shown(&[&undisturbed::<D>(story)]);
    // One owner a partition: the last that came.
    let last: BTreeMap<u32, &Partition<D>> =
        owners.iter().map(|owner| (owner.partition.id(), &owner.partition)).collect();
    let shown = D::shown(&last.into_values().collect::<Vec<_>>());
    for ((name, rows), (_, expected)) in shown.iter().zip(&undisturbed) {
        ensure!(rows == expected, "{name} shows {rows:?}, undisturbed {expected:?}");
    }
    Ok(ran)
}

/// The log of a partition, folded from its beginning without a stop, and all that follows from it.
fn fold_anew<D: Simulated>(id: u32, log: &Log) -> (Partition<D>, Vec<Emission<AlertEffect>>) {
    let (mut partition, mut emissions) = (Partition::new(id), Vec::new());
    for (sequence, record) in log.records() {
        emissions.extend(partition.fold(sequence, record.clone()).emissions);
    }
    (partition, emissions)
}

fn parted(emissions: Vec<Emission<AlertEffect>>) -> (Vec<Effect<AlertEffect>>, Vec<Envelope>) {
    let (mut effects, mut events) = (Vec::new(), Vec::new());
    for emission in emissions {
        match emission {
            Emission::Effect(effect) => effects.push(effect),
            Emission::Derived(_, event) => events.push(*event),
        }
    }
    (effects, events)
}

/// The output log has exactly these effects, each once, in order.
fn output_is(shared: &Shared, id: u32, expected: &[Effect<AlertEffect>]) -> Result<(), String> {
    let output: Vec<Effect<AlertEffect>> =
        shared.outputs[id as usize].entries().flat_map(|entry| entry.effects).collect();
    let names: BTreeSet<_> = output.iter().map(|effect| effect.id).collect();
    ensure!(names.len() == output.len(), "an effect stands twice in the output log of partition {id}: {output:?}");
    ensure!(output == expected, "partition {id} has let leave {output:?}, not {expected:?}");
    Ok(())
}

fn same_parts(id: u32, expected: &Kept, kept: &Kept) -> Result<(), String> {
    let parts: BTreeSet<&u32> = expected.keys().chain(kept.keys()).collect();
    let differ: Vec<&&u32> = parts.iter().filter(|part| expected.get(part) != kept.get(part)).collect();
    ensure!(differ.is_empty(), "the state of partition {id} is not that of its log: parts {differ:?} differ");
    Ok(())
}

/// Every command was decided as a warehouse on paper would have, at its first place in the log, and callers were told so.
fn decisions_are_right<D: Simulated>(
    id: u32,
    log: &Log,
    partition: &Partition<D>,
    shared: &Shared,
) -> Result<u64, String> {
    let mut warehouse = crate::warehouse::Warehouse::default();
    let mut decided: BTreeMap<u64, (Place, bool)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (place, event) in log.events(id) {
        let identity = partition::identity_hash(event);
        if seen.insert(identity)
            && let Some(accepted) = warehouse.hear(identity, event)?
        {
            decided.insert(identity, (place, accepted));
        }
    }
    for (identity, (place, accepted)) in &decided {
        let decision = partition.decision(*identity).ok_or(format!("nothing was decided at {place:?}"))?;
        let found = (decision.place, decision.outcome.accepted);
        ensure!(found == (*place, *accepted), "decided {found:?}, where a warehouse says {accepted} at {place:?}");
    }
    for (_, told) in shared.answers().filter(|(of, _)| *of == id) {
        let decision = partition.decision(told.identity);
        ensure!(decision == Some(told), "a caller was told {told:?}, the log says {decision:?}");
    }
    Ok(decided.len() as u64)
}

/// What a log holds, counted without the engine.
#[derive(Default)]
struct Counted {
    events: u64,
    duplicates: u64,
    unreadable: u64,
    late: u64,
    /// Events about what a customer is known by: they count where they are passed on to.
    of_keys: u64,
}

impl Counted {
    fn of(id: u32, log: &Log, knows_keys: bool) -> Self {
        let mut counted = Self::default();
        let zone = crate::shown::business().business.time_zone;
        let hour = |at: Timestamp| zone.day_and_hour(at).0 * 24 + zone.day_and_hour(at).1;
        let (mut clock, mut first_hour, mut seen) = (Timestamp::MIN, i32::MIN, BTreeSet::new());
        for (_, event) in log.events(id) {
            if event.event.kind() == Kind::ConfigChanged {
                continue;
            }
            if event.recorded_at > clock {
                clock = event.recorded_at;
                first_hour = first_hour.max(hour(clock) - HOURS_KEPT);
            }
            if event.event.kind() == Kind::ClockTicked {
                continue;
            }
            let counts = u64::from(!event.event.kind().is_own());
            if !seen.insert((&event.subject, &event.source, &event.id)) {
                counted.duplicates += counts;
                continue;
            }
            if knows_keys && Alias::of(&event.subject).is_some() {
                counted.of_keys += counts;
                continue;
            }
            counted.events += counts;
            counted.late += counts * u64::from(hour(event.occurred_at) < first_hour);
        }
        counted.unreadable = log.records().flat_map(|(_, record)| record).filter(|event| event.is_err()).count() as u64;
        counted
    }
}

/// Which event of whom.
fn name(event: &Envelope) -> (Id, u64) {
    (event.subject.clone(), partition::identity_hash(event))
}

/// What was published or derived is in the logs, nothing else is, and each of it was folded once, unless it waits.
fn nothing_is_lost<D: Simulated>(
    story: &Story,
    shared: &Shared,
    derived: &BTreeMap<(Id, u64), Envelope>,
    folded: u64,
) -> Result<(), String> {
    let of = |what: &What| match what {
        What::Event(event) => Some((name(event), event.event.kind())),
        What::Config(_) => None,
    };
    let mut expected: BTreeMap<(Id, u64), Kind> = story.in_order.iter().filter_map(of).collect();
    for (name, event) in derived {
        let is_new = expected.insert(name.clone(), event.event.kind()).is_none();
        ensure!(is_new, "a derived event has the id of another one");
    }
    let mut found = BTreeSet::new();
    for (id, log) in (0..).zip(&shared.logs) {
        for (place, event) in log.events(id) {
            if matches!(event.event.kind(), Kind::ConfigChanged | Kind::ClockTicked) {
                continue;
            }
            let name = name(event);
            ensure!(expected.contains_key(&name), "{event:?} at {place:?} follows from nothing");
            let same = derived.get(&name).is_none_or(|derived| derived == event);
            ensure!(same, "{event:?} at {place:?} was derived otherwise");
            found.insert(name);
        }
    }
    ensure!(
        found.iter().eq(expected.keys()),
        "{} events were published or derived, {} are in the logs",
        expected.len(),
        found.len()
    );
    // What NexusFlow says to itself is folded, and does not count; what is said of a key counts with the customer who claimed it.
    let counts = |(name, kind): &(&(Id, u64), &Kind)| !(kind.is_own() || D::DECIDES && Alias::of(&name.0).is_some());
    let expected = expected.iter().filter(counts).count() as u64;
    ensure!(folded == expected, "{folded} of {expected} events were folded");
    Ok(())
}

/// Everything once and in order, in one partition that nothing happens to.
fn undisturbed<D: Simulated>(story: &Story) -> Partition<D> {
    let (mut partition, mut sequence) = (Partition::new(0), 0);
    let tick = |end| {
        let event = Event::ClockTicked(ClockTicked { now: end });
        let (source, id) = (nexusflow_model::Source::new("/clock").unwrap(), Id::new("end").unwrap());
        Envelope { subject: id.clone(), id, source, occurred_at: end, recorded_at: end, forwarded: 0, event }
    };
    let told = story.in_order.iter().map(|what| match what {
        What::Event(event) | What::Config(event) => (**event).clone(),
    });
    for event in told.chain([tick(story.end)]) {
        let mut next = VecDeque::from([event]);
        while let Some(event) = next.pop_front() {
            sequence += 1;
            let (_, events) = parted(partition.fold(sequence, vec![Ok(event)]).emissions);
            next.extend(events);
        }
    }
    partition
}
