//! The laws of the format: what was written is read, damage is noticed, garbage is bounded, what is needed is not removed.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

type State = BTreeMap<u32, Vec<u8>>;

const PARTITION: u32 = 3;

fn stamp(sequence: u64) -> Stamp {
    Stamp { domain_version: 7, created_ns: -5, sequence }
}

/// A store in memory, and what the checkpoints in it must give.
#[derive(Default, Clone)]
struct Store {
    objects: BTreeMap<String, Vec<u8>>,
    base: Option<Manifest>,
    checkpoints: BTreeMap<Name, State>,
}

impl Store {
    fn get(&self, name: &Name) -> Result<&[u8], CheckpointError> {
        let bytes = self.objects.get(&name.to_string());
        bytes.map(Vec::as_slice).ok_or_else(|| CheckpointError::damaged(name, "it is missing"))
    }

    fn plan(&self, sequence: u64, changes: Changes) -> Result<Written, CheckpointError> {
        let plan = Plan::new(self.base.as_ref(), PARTITION, stamp(sequence), changes)?;
        let fetched =
            plan.needed().iter().map(|needed| self.get(&plan.name_of(*needed))).collect::<Result<Vec<_>, _>>()?;
        plan.build(&fetched)
    }

    fn write(&mut self, sequence: u64, changes: Changes, state: &State) -> Name {
        let written = self.plan(sequence, changes).unwrap();
        let name = written.manifest_object.name;
        for object in written.segments.into_iter().chain([written.manifest_object]) {
            self.objects.insert(object.name.to_string(), object.bytes);
        }
        self.base = Some(written.manifest);
        self.checkpoints.insert(name, state.clone());
        name
    }

    fn read(&self, name: &Name) -> Result<State, CheckpointError> {
        let manifest = Manifest::read(name, self.get(name)?)?;
        let mut state = State::new();
        for segment in manifest.segments() {
            state.extend(read(&manifest, *segment, self.get(&manifest.name_of(*segment))?)?);
        }
        assert_eq!(manifest.parts().len(), state.len());
        Ok(state)
    }

    fn names(&self) -> Vec<Name> {
        self.objects.iter().map(|(name, bytes)| Name::parse(name, bytes.len() as u64).unwrap()).collect()
    }

    /// Removes what is not needed when `proven` is good; says how many manifests are left.
    fn tidy(&mut self, proven: &Name) -> usize {
        let names = self.names();
        let manifest = |name: &Name| Some((*name, Manifest::read(name, self.get(name).ok()?).ok()?));
        let manifests: Vec<_> = names.iter().filter_map(manifest).collect();
        let of_proven = manifest(proven).unwrap().1;
        let removable = removable(&names, &manifests, (proven, &of_proven), 2);
        for name in removable.manifests.iter().chain(&removable.segments).chain(&removable.orphans) {
            self.objects.remove(&name.to_string()).unwrap();
        }
        manifests.len() - removable.manifests.len()
    }

    fn segment_bytes(&self, manifest: &Manifest) -> u64 {
        manifest.segments().iter().map(|segment| self.get(&manifest.name_of(*segment)).unwrap().len() as u64).sum()
    }
}

fn living_bytes(manifest: &Manifest) -> u64 {
    manifest.parts().iter().map(|part| u64::from(part.stored)).sum()
}

/// What happens between two checkpoints, and whether the attempt to write the second fails.
#[derive(Debug, Clone)]
struct Step {
    set: Vec<(u32, Vec<u8>)>,
    removed: Vec<u32>,
    is_whole: bool,
    fails: bool,
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..60),
        (any::<u8>(), 0..2_000_usize).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let set = proptest::collection::vec((0..12_u32, content()), 0..6);
    let removed = proptest::collection::vec(0..12_u32, 0..4);
    let step = (set, removed, proptest::bool::weighted(0.05), proptest::bool::weighted(0.2));
    let step = step.prop_map(|(set, removed, is_whole, fails)| Step { set, removed, is_whole, fails });
    proptest::collection::vec(step, 1..40)
}

/// Plays a history: every checkpoint reads as what the state was, and so do both that are kept.
fn play(steps: &[Step]) -> (Store, Name) {
    let (mut store, mut state) = (Store::default(), State::new());
    let mut pending = Changes::whole(Vec::new());
    let mut last = None;
    for (at, step) in steps.iter().enumerate() {
        for part in &step.removed {
            state.remove(part);
        }
        state.extend(step.set.iter().cloned());
        let changes = if step.is_whole {
            Changes::whole(state.clone().into_iter().collect())
        } else {
            Changes::since(step.set.clone(), step.removed.clone())
        };
        pending = std::mem::take(&mut pending).then(changes);
        if step.fails {
            // Everything but the manifest gets there.
            for object in store.plan(at as u64, pending.clone()).unwrap().segments {
                store.objects.insert(object.name.to_string(), object.bytes);
            }
            continue;
        }
        let name = store.write(at as u64, std::mem::take(&mut pending), &state);
        assert_eq!(store.read(&name).unwrap(), state);
        assert!(store.tidy(&name) <= 2);
        for kept in [Some(name), last].into_iter().flatten() {
            assert_eq!(store.read(&kept).unwrap(), store.checkpoints[&kept]);
        }
        last = Some(name);
    }
    let last = last.unwrap_or_else(|| store.write(steps.len() as u64, pending, &state));
    (store, last)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_was_written_is_read(steps in steps()) {
        play(&steps);
    }

    #[test]
    fn failed_attempts_lose_nothing(steps in steps()) {
        let calm: Vec<Step> = steps.iter().cloned().map(|step| Step { fails: false, ..step }).collect();
        let last = |(store, name): (Store, Name)| store.checkpoints[&name].clone();
        let mut rough = steps;
        rough.last_mut().unwrap().fails = false;
        prop_assert_eq!(last(play(&rough)), last(play(&calm)));
    }

    #[test]
    fn damage_is_noticed_or_does_not_matter(
        steps in steps(), which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        flip in 1..=255_u8, cuts in any::<bool>(),
    ) {
        let (mut store, last) = play(&steps);
        let which = which.index(store.objects.len());
        let object = store.objects.values_mut().nth(which).unwrap();
        let at = at.index(object.len());
        if cuts { object.truncate(at) } else { object[at] ^= flip }
        if let Ok(state) = store.read(&last) {
            prop_assert_eq!(&state, &store.checkpoints[&last]);
        }
    }

    #[test]
    fn names_are_read_as_they_are_written(partition in 0..1000_u32, sequence: u64, number in 0..5000_u32, content: u64, bytes: u64) {
        for name in [
            Name::Manifest { partition, sequence, content },
            Name::Segment { partition, segment: Segment { sequence, number, content, bytes } },
        ] {
            prop_assert_eq!(Name::parse(&name.to_string(), bytes), Some(name));
        }
    }
}

/// A checkpoint of a few parts, one of which compresses, one does not, and one is empty.
fn small() -> (Store, Name) {
    let mut store = Store::default();
    let state: State = [(0, vec![9; 300]), (4, (0..40).collect()), (5, Vec::new())].into();
    let name = store.write(12, Changes::whole(state.clone().into_iter().collect()), &state);
    (store, name)
}

#[test]
fn every_bit_and_every_length_of_a_new_checkpoint_is_checked() {
    let (store, name) = small();
    for (object, bytes) in &store.objects {
        let refused = |damaged: Vec<u8>, what: &str| {
            let mut store = store.clone();
            store.objects.insert(object.clone(), damaged);
            match store.read(&name).unwrap_err() {
                CheckpointError::Damaged { object: named, .. } => assert_eq!(&named, object, "{what}"),
                other => panic!("{what}: {other}"),
            }
        };
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                refused(flipped, &format!("bit {bit} of byte {at}"));
            }
            refused(bytes[..at].to_vec(), &format!("cut to {at}"));
        }
        refused([bytes.as_slice(), &[0]].concat(), "a byte too many");
    }
}

#[test]
fn an_object_in_place_of_another_is_noticed() {
    let (mut store, name) = small();
    let other = store.write(13, Changes::since(vec![(0, vec![1])], []), &State::new());
    let bytes = store.objects[&other.to_string()].clone();
    store.objects.insert(name.to_string(), bytes);
    let error = store.read(&name).unwrap_err().to_string();
    assert!(error.contains("not what its name says"), "{error}");
}

#[test]
fn a_length_that_lies_asks_for_no_memory() {
    let (store, name) = small();
    let good = Manifest::read(&name, store.get(&name).unwrap()).unwrap();
    let refused = |bytes: Vec<u8>| {
        let name = Name::of_manifest(PARTITION, 12, &bytes);
        Manifest::read(&name, &bytes).unwrap_err().to_string()
    };
    let lies: [fn(&mut Part); 4] =
        [|part| part.bytes = u32::MAX, |part| part.stored = u32::MAX, |part| part.offset = 0, |part| part.segment = 9];
    for lie in lies {
        let mut bad = good.clone();
        lie(&mut bad.parts[0]);
        let error = refused(bad.write());
        assert!(error.contains("part 0 has an impossible place or size"), "{error}");
    }
    // Numbers of segments and parts that are not there, under a checksum that matches.
    for at in [36, 40] {
        let mut bytes = good.write();
        bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let end = bytes.len() - 4;
        let crc = crc32fast::hash(&bytes[..end]);
        bytes[end..].copy_from_slice(&crc.to_le_bytes());
        let error = refused(bytes);
        assert!(error.contains("more or less than it says"), "{error}");
    }
}

#[test]
fn another_format_is_named_as_such() {
    let (store, name) = small();
    let mut bytes = store.get(&name).unwrap().to_vec();
    bytes[8] = 2;
    let end = bytes.len() - 4;
    let crc = crc32fast::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(&crc.to_le_bytes());
    let error = Manifest::read(&name, &bytes).unwrap_err();
    assert_eq!(error, CheckpointError::Version { object: name.to_string(), found: 2, expected: 1 });
}

#[test]
fn changes_without_a_base_that_fits_are_refused() {
    let (store, _) = small();
    let base = store.base.as_ref();
    let changes = || Changes::since(vec![(0, vec![1])], []);
    let refused = |base, partition, stamp| {
        let error = Plan::new(base, partition, stamp, changes()).unwrap_err();
        assert!(matches!(error, CheckpointError::NotWhole(_)), "{error}");
    };
    refused(None, PARTITION, stamp(13));
    refused(base, PARTITION + 1, stamp(13));
    refused(base, PARTITION, Stamp { domain_version: 8, ..stamp(13) });
    refused(base, PARTITION, Stamp { created_ns: 0, ..stamp(13) });
    refused(base, PARTITION, stamp(11));
    Plan::new(base, PARTITION, stamp(13), changes()).unwrap();
}

/// Bytes that do not compress, other ones for every seed.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    (0..length as u64 / 8)
        .flat_map(|at| xxhash_rust::xxh3::xxh3_64_with_seed(&at.to_le_bytes(), seed).to_le_bytes())
        .collect()
}

#[test]
fn garbage_stays_bounded_in_large_segments_and_small_ones() {
    let (mut store, mut state) = (Store::default(), State::new());
    let mut changes = Changes::whole((0..40).map(|part| (part, noise(u64::from(part), 250_000))).collect());
    let mut moved_bytes = 0;
    for round in 1..=60_u64 {
        state.extend(changes.changed.clone());
        let before = store.base.clone();
        let changed: u64 = changes.changed.values().map(|part| part.len() as u64).sum();
        let name = store.write(round, changes, &state);
        store.tidy(&name);
        let manifest = store.base.clone().unwrap();
        let (all, living) = (store.segment_bytes(&manifest), living_bytes(&manifest));
        assert!(all <= 2 * living, "round {round}: {all} bytes for {living} that live");
        assert!(manifest.segments().len() <= 24, "round {round}: {} segments", manifest.segments().len());
        let is_new = |segment: &&Segment| before.as_ref().is_some_and(|before| !before.segments().contains(segment));
        let new: u64 = manifest.segments().iter().filter(is_new).map(|segment| segment.bytes).sum();
        moved_bytes += new.saturating_sub(changed);
        // A few parts again and again, now and then one of the others, small ones and large ones.
        let part = (round * 7 % 40) as u32;
        let length = if round % 3 == 0 { 250_000 } else { 8_000 };
        changes = Changes::since(vec![(part, noise(round * 100, length)), (0, noise(round, 4_000))], []);
    }
    assert_eq!(store.read(store.checkpoints.keys().next_back().unwrap()).unwrap(), state);
    let written = 60 / 3 * 250_000;
    assert!(moved_bytes < 3 * written, "{moved_bytes} bytes were moved for {written} that were written");
}

#[test]
fn a_large_part_has_a_segment_of_its_own_and_many_parts_share_few() {
    let mut store = Store::default();
    let mut state: State = (0..1_000).map(|part| (part, noise(u64::from(part), 20_000))).collect();
    state.insert(500, noise(1, SEGMENT_BYTES + 1_000));
    let name = store.write(1, Changes::whole(state.clone().into_iter().collect()), &state);
    assert_eq!(store.read(&name).unwrap(), state);
    let segments = store.base.as_ref().unwrap().segments();
    assert_eq!(segments.len(), 5);
    assert_eq!(segments.iter().filter(|segment| segment.bytes > SEGMENT_BYTES as u64).count(), 1);
}

#[test]
fn what_another_worker_wrote_later_is_left_alone() {
    let (mut ours, first) = small();
    let mut theirs = ours.clone();
    let second = ours.write(20, Changes::since(vec![(0, vec![1])], []), &State::new());
    let third = ours.write(30, Changes::since(vec![(0, vec![2])], []), &State::new());
    let same = theirs.write(20, Changes::since(vec![(4, vec![3])], []), &State::new());
    let later = theirs.write(40, Changes::since(vec![(4, vec![4])], []), &State::new());
    // Both have written to one place, and nothing of one is hidden by the other.
    ours.objects.extend(theirs.objects);
    for name in [first, second, third, same, later] {
        ours.read(&name).unwrap();
    }
    assert_eq!(ours.tidy(&third), 3);
    assert!(ours.read(&third).is_ok() && ours.read(&later).is_ok());
    assert!(ours.read(&second).is_ok() ^ ours.read(&same).is_ok());
    assert!(ours.read(&first).is_err());
}

#[test]
fn a_checkpoint_without_its_segments_is_no_reason_to_remove_older_ones() {
    let (mut store, first) = small();
    let second = store.write(20, Changes::since(vec![(0, vec![1])], []), &State::new());
    let third = store.write(30, Changes::since(vec![(0, vec![2])], []), &State::new());
    let is_of =
        |other: &Name, name: &Name| matches!(other, Name::Segment { .. }) && other.sequence() == name.sequence();
    let lost = store.names().into_iter().find(|name| is_of(name, &second)).unwrap();
    store.objects.remove(&lost.to_string());
    store.tidy(&third);
    assert!(store.read(&first).is_ok() && store.read(&third).is_ok());
    // Nor is the one itself, when it turns out not to be there.
    let lost = store.names().into_iter().find(|name| is_of(name, &third)).unwrap();
    store.objects.remove(&lost.to_string());
    let before = store.objects.clone();
    store.tidy(&third);
    assert_eq!(store.objects, before);
}
