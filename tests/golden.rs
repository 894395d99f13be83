//! A checkpoint of every version that is read shows what today's code makes of the log it was folded from; the logs of all versions
//! stay readable for ever.
//!
//! `tests/golden` holds for version N `vN.log.jsonl`, a record a line, and from version 2 on the checkpoint of its last record: the
//! objects in the folder `vN`. Versions 1 to 5 are rebuilt from the log (`domain/src/upgrade` says why).
//! `NEXUSFLOW_WRITE_GOLDEN=1 cargo nextest run --test golden` writes those of the current version.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod shown;
#[path = "golden/story.rs"]
mod story;

use nexusflow_domain::{AlertEffect, Commerce, upgrade};
use nexusflow_engine::checkpoint::{self, Changes, Manifest, Name, Object, Plan, Stamp};
use nexusflow_engine::{Domain, Emission, Partition, RestoreError};
use nexusflow_model::event::control::ClockTicked;
use nexusflow_model::{Envelope, Event, Id, Source, cloudevents};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The first version whose checkpoints are read.
const READ_SINCE: u32 = 6;

/// When the log of the golden checkpoints was created.
const CREATED_NS: i64 = 1_767_571_200_000_000_000;

const HOUR_MS: i64 = 3_600_000;

type State = Partition<Commerce>;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The log of a version, folded with today's code.
fn folded_anew(version: u32) -> State {
    let text = std::fs::read_to_string(golden(&format!("v{version}.log.jsonl"))).unwrap();
    let mut state = Partition::new(0);
    for (sequence, record) in (1..).zip(text.lines()) {
        let folded = state.fold(sequence, cloudevents::decode_record(record.as_bytes()).unwrap());
        assert_eq!(folded.unreadable, [], "history must be readable for ever");
    }
    state
}

/// The checkpoint of a version: what it stands at and its parts, from its objects.
fn kept(version: u32) -> (Stamp, BTreeMap<u32, Vec<u8>>) {
    let folder = golden(&format!("v{version}"));
    let missing = format!("there is no golden checkpoint of version {version}: NEXUSFLOW_WRITE_GOLDEN=1 writes it");
    let objects: BTreeMap<String, Vec<u8>> = std::fs::read_dir(folder.join("000"))
        .expect(&missing)
        .map(|entry| entry.unwrap().path())
        .map(|path| (format!("000/{}", path.file_name().unwrap().to_str().unwrap()), std::fs::read(&path).unwrap()))
        .collect();
    let (name, bytes) = objects.iter().find(|(name, _)| name.ends_with(".manifest")).expect(&missing);
    let manifest = Manifest::read(&Name::parse(name, 0).unwrap(), bytes).unwrap();
    let read =
        |segment| checkpoint::read(&manifest, segment, &objects[&manifest.name_of(segment).to_string()]).unwrap();
    (manifest.stamp(), manifest.segments().iter().flat_map(|segment| read(*segment)).collect())
}

/// A checkpoint of any version, read by today's code.
fn restored(version: u32) -> State {
    let (stamp, parts) = kept(version);
    assert_eq!((stamp.domain_version, stamp.created_ns), (version, CREATED_NS));
    upgrade::restore(version, parts.iter().map(|(part, bytes)| (*part, bytes.as_slice()))).unwrap()
}

fn parts(state: &mut State) -> BTreeMap<u32, Vec<u8>> {
    state.mark_unwritten();
    state.cut_whole().unwrap().changed
}

/// What happens next, to whoever the log is of: some of it once more, some of it again under another id, and ten days.
fn goes_on(state: &State, version: u32) -> Vec<Envelope> {
    let text = std::fs::read_to_string(golden(&format!("v{version}.log.jsonl"))).unwrap();
    let all = text.lines().flat_map(|record| cloudevents::decode_record(record.as_bytes()).unwrap());
    let mut events = Vec::new();
    for (at, mut event) in (0_i64..).zip(all.map(Result::unwrap).skip(1).step_by(3)) {
        if at % 3 > 0 {
            event.id = Id::new(&format!("next-{at}")).unwrap();
            event.occurred_at = state.clock().plus_ms(at * HOUR_MS / 2);
        }
        event.recorded_at = state.clock().plus_ms(at * HOUR_MS / 2);
        events.push(event);
    }
    events.push(tick(state, 240));
    events
}

/// Time goes on.
fn tick(state: &State, hours: i64) -> Envelope {
    let now = state.clock().plus_ms(hours * HOUR_MS);
    let (id, source) = (Id::new("tick").unwrap(), Source::new("/clock").unwrap());
    let event = Event::ClockTicked(ClockTicked { now });
    Envelope { subject: id.clone(), id, source, occurred_at: now, recorded_at: now, forwarded: 0, event }
}

fn fold_on(state: &mut State, events: &[Envelope]) -> Vec<Emission<AlertEffect>> {
    let fold = |event: &Envelope| state.fold(state.sequence() + 1, vec![Ok(event.clone())]).emissions;
    events.iter().flat_map(fold).collect()
}

fn keys(state: &State) -> BTreeSet<(u8, Id)> {
    state.beginnings(|profile| profile.identity.clone()).map(|(key, _)| key.clone()).collect()
}

/// What two states have to tell is the same.
fn assert_same(version: u32, own: &State, fresh: &State) {
    assert_eq!((own.sequence(), own.clock(), own.len()), (fresh.sequence(), fresh.clock(), fresh.len()));
    assert_eq!(own.config_version(), fresh.config_version());
    assert_eq!((own.timers(), own.tick_due()), (fresh.timers(), fresh.tick_due()), "v{version}: timers");
    for (one, other) in shown::shown([own]).iter().zip(&shown::shown([fresh])) {
        assert_eq!(one, other, "v{version}");
    }
    assert!(own.rollups().panes() == fresh.rollups().panes(), "v{version}: panes");
    assert!(own.board().cards().eq(fresh.board().cards()), "v{version}: cards");
    assert_eq!(keys(own), keys(fresh), "v{version}");
    for (keyspace, id) in keys(own) {
        let (one, other) = (own.profile(keyspace, &id).unwrap(), fresh.profile(keyspace, &id).unwrap());
        assert_eq!(one.profile, other.profile, "v{version}: {id}");
        assert_eq!(one.seen, other.seen, "v{version}: {id}");
    }
}

#[test]
fn every_version_shows_what_its_log_says_and_folds_on() {
    for version in READ_SINCE..=Commerce::VERSION {
        let (mut own, mut fresh) = (restored(version), folded_anew(version));
        assert!(own.len() > 20 && own.timers() > 3, "v{version} says little");
        assert_eq!(own.counters(), fresh.counters(), "v{version}");
        assert_same(version, &own, &fresh);
        let next = goes_on(&fresh, version);
        let emissions = fold_on(&mut fresh, &next);
        assert!(!emissions.is_empty(), "v{version}: nothing follows from what happens next");
        assert_eq!(fold_on(&mut own, &next), emissions, "v{version}");
        assert_same(version, &own, &fresh);
    }
}

#[test]
fn a_version_that_is_not_read_says_so_and_its_log_tells_all() {
    let (stamp, parts) = kept(READ_SINCE - 1);
    let read = upgrade::restore(stamp.domain_version, parts.iter().map(|(part, bytes)| (*part, bytes.as_slice())));
    assert_eq!(read.err(), Some(RestoreError::Version { found: READ_SINCE - 1, known: Commerce::VERSION }));
    for version in 1..READ_SINCE {
        let fresh = folded_anew(version);
        assert!(fresh.len() > 20 && fresh.timers() > 3, "v{version} says little");
    }
}

#[test]
fn what_is_stored_changes_with_its_version_only() {
    let version = Commerce::VERSION;
    if std::env::var_os("NEXUSFLOW_WRITE_GOLDEN").is_some() {
        write(version);
    }
    let (mut state, (_, golden)) = (folded_anew(version), kept(version));
    let parts = parts(&mut state);
    let all: BTreeSet<&u32> = parts.keys().chain(golden.keys()).collect();
    let differ: Vec<&u32> = all.into_iter().filter(|part| parts.get(part) != golden.get(part)).collect();
    assert!(
        differ.is_empty(),
        "parts {differ:?} of the state are stored otherwise than in tests/golden/v{version}. If checkpoints of version {version} \
         are out there, raise Commerce::VERSION and let domain/src/upgrade read what was; then, or if the log is folded otherwise \
         on purpose, NEXUSFLOW_WRITE_GOLDEN=1 cargo nextest run --test golden"
    );
}

/// Writes the golden checkpoint of this version, and its log where there is none.
fn write(version: u32) {
    let log = golden(&format!("v{version}.log.jsonl"));
    if !log.exists() {
        std::fs::write(log, story::log()).unwrap();
    }
    let mut state = folded_anew(version);
    let stamp = Stamp { domain_version: version, created_ns: CREATED_NS, sequence: state.sequence() };
    let changes = Changes::whole(parts(&mut state).into_iter().collect());
    let plan = Plan::new(None, 0, stamp, changes).unwrap();
    let written = plan.build(&[] as &[Vec<u8>]).unwrap();
    let folder = golden(&format!("v{version}"));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(folder.join("000")).unwrap();
    for Object { name, bytes } in written.segments.iter().chain([&written.manifest_object]) {
        std::fs::write(folder.join(name.to_string()), bytes).unwrap();
    }
}
