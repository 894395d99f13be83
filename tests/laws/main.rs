//! The laws that everything else rests on: rollups are a commutative monoid, what a partition tells arrives as it is, and what is
//! cut is put together again.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod arbitrary;
#[path = "../shown/mod.rs"]
mod shown;

use arbitrary::Source;
use nexusflow_connectors::demo::{Company, Profile};
use nexusflow_domain::alert::Card;
use nexusflow_domain::rollup::ROLLUPS;
use nexusflow_domain::views::deals::list;
use nexusflow_domain::{Activity, Business, Commerce, Rollup};
use nexusflow_engine::contribution::{Absorbed, Assembly, Standing};
use nexusflow_engine::{Contribution, Cut, Domain, Merge, Merged, Pane, Partition};
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::{Envelope, Event, Timestamp};
use proptest::prelude::*;
use serde::Deserialize;
use std::fmt::Debug;
use std::sync::OnceLock;

const DAY_MS: i64 = 86_400_000;

/// Twelve days of a small company; some of what it promised never comes.
fn events() -> &'static [Envelope] {
    static EVENTS: OnceLock<Vec<Envelope>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let start: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        let is_lost = |event: &Envelope| match &event.event {
            Event::DeliveryDelivered(it) => it.order.as_str().ends_with('3'),
            _ => false,
        };
        let mut company = Company::new(Profile { customers: 250, ..Profile::new(start) });
        company.until(start.plus_ms(12 * DAY_MS)).filter(|event| !is_lost(event)).collect()
    })
}

/// A partition that folds some of the events, one in `n`, in records of various sizes; many of them happened long before they were
/// recorded. `between` is called after each record.
fn folded(
    chance: &mut Source,
    n: u64,
    mut between: impl FnMut(&mut Partition<Commerce>, &mut Source),
) -> Partition<Commerce> {
    let mut partition = Partition::new(0);
    let alerting = toml::from_str(include_str!("../../config/alerts.toml")).unwrap();
    let content = serde_json::to_value(Business { alerting, ..shown::business() }).unwrap();
    let configuration = ConfigChanged::envelope("v1", "a test", content, events()[0].occurred_at).unwrap();
    partition.fold(1, vec![Ok(configuration)]);
    let mut some = events().iter().filter(|_| chance.below(n) == 0).cloned().collect::<Vec<_>>().into_iter().peekable();
    while some.peek().is_some() {
        let mut record = Vec::new();
        for mut event in some.by_ref().take(1 + chance.below(60) as usize) {
            if chance.below(2) == 0 {
                event.occurred_at = event.occurred_at.plus_ms(-DAY_MS * chance.below(300) as i64);
            }
            record.push(Ok(event));
        }
        partition.fold(partition.sequence() + 1, record);
        between(&mut partition, chance);
    }
    partition
}

/// Rollups of a company: panes of all time, days and hours. Each field of each is filled in some.
fn real() -> &'static [Rollup] {
    static REAL: OnceLock<Vec<Rollup>> = OnceLock::new();
    REAL.get_or_init(|| {
        let partitions = (0..3).map(|seed| folded(&mut Source::of(seed), 2 + seed, |_, _| ()));
        partitions.flat_map(|partition| partition.rollups().panes().values().cloned().collect::<Vec<_>>()).collect()
    })
}

fn merged<T: Merge + Clone>(one: &T, other: &T) -> T {
    let mut merged = one.clone();
    merged.merge(other);
    merged
}

/// Merging is associative and commutative, and the default is its identity.
fn is_monoid<T: Merge + Clone + PartialEq + Debug>(name: &str, a: &T, b: &T, c: &T) {
    let nothing = T::default();
    assert_eq!(merged(a, &nothing), *a, "{name}: nothing on the right");
    assert_eq!(merged(&nothing, a), *a, "{name}: nothing on the left");
    assert_eq!(merged(a, b), merged(b, a), "{name}: order");
    assert_eq!(merged(&merged(a, b), c), merged(a, &merged(b, c)), "{name}: grouping");
}

/// The list of rollups, once more: one that is missing here does not compile.
macro_rules! each {
    ($($name:ident),+ $(,)?) => {
        const EACH: &[&str] = &[$(stringify!($name)),+];

        fn all_are_monoids(a: &Rollup, b: &Rollup, c: &Rollup) {
            let Rollup { $($name: _),+ } = a;
            $(is_monoid(stringify!($name), &a.$name, &b.$name, &c.$name);)+
            is_monoid("all together", a, b, c);
        }

        /// Those that have counted nothing.
        fn empty(of: &Rollup) -> Vec<&'static str> {
            let nothing = Rollup::default();
            [$((stringify!($name), of.$name == nothing.$name)),+]
                .into_iter().filter(|(_, is_empty)| *is_empty).map(|(name, _)| name).collect()
        }
    };
}

each!(customers, commerce, delivery, tickets, sla, satisfaction, sentiment, voice, deals, pipeline, alerting, health);

fn any_rollup(seed: u64) -> Rollup {
    Rollup::deserialize(&mut Source::of(seed)).unwrap()
}

#[test]
fn every_rollup_is_asked_and_every_one_has_counted_something() {
    assert_eq!(EACH, ROLLUPS);
    // What is of days has nothing in the pane of all time, and the other way round.
    let is_counted = |name: &str| real().iter().any(|rollup| !empty(rollup).contains(&name));
    let left_empty: Vec<&&str> = EACH.iter().filter(|name| !is_counted(name)).collect();
    assert!(left_empty.is_empty(), "events of the company leave {left_empty:?} empty");
    let full = (0..200).filter(|seed| empty(&any_rollup(*seed)).is_empty()).count();
    assert!(full > 20, "{full} of 200 values of any kind have something everywhere");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_company_counts_is_a_monoid(a: prop::sample::Index, b: prop::sample::Index, c: prop::sample::Index) {
        all_are_monoids(a.get(real()), b.get(real()), c.get(real()));
    }

    #[test]
    fn what_may_ever_be_counted_is_a_monoid(a: u64, b: u64, c: u64) {
        all_are_monoids(&any_rollup(a), &any_rollup(b), &any_rollup(c));
    }
}

type Told = Contribution<Rollup, Activity, Card>;

/// What changed of a partition since version `from`; everything there is for 0.
fn told(partition: &mut Partition<Commerce>, from: u64) -> Told {
    let everything = (from == 0).then(|| partition.rollups().panes().keys().copied().collect::<Vec<_>>());
    let changed: Vec<(Pane, Option<Rollup>)> =
        partition.rollups_mut().take_changed().into_iter().map(|(pane, rollup)| (pane, rollup.cloned())).collect();
    let panes = match everything {
        Some(panes) => panes.into_iter().map(|pane| (pane, partition.rollups().panes().get(&pane).cloned())).collect(),
        None => changed,
    };
    let cards = match from {
        0 => partition.board().cards().map(|(key, card)| (key.clone(), Some(card.clone()))).collect(),
        _ => partition.board_mut().take_changed(),
    };
    let standing =
        Standing { sequence: partition.sequence(), clock_ms: partition.clock().as_ms(), ..Standing::default() };
    Contribution {
        format: Commerce::VERSION,
        partition: partition.id(),
        epoch: 1,
        from,
        version: from + 1,
        part: (0, 1),
        panes,
        cards,
        config: None,
        effects: Vec::new(),
        standing,
    }
}

/// Over the wire: in parts, as bytes. Says how many parts it took.
fn hear(merged: &mut Merged<Rollup, Card>, told: Told) -> usize {
    let mut assembly = Assembly::default();
    let parts: Vec<Vec<u8>> = told.split().iter().map(|part| postcard::to_stdvec(part).unwrap()).collect();
    let heard: Vec<Told> = parts.iter().filter_map(|part| assembly.take(postcard::from_bytes(part).unwrap())).collect();
    let [whole]: [Told; 1] = heard.try_into().unwrap();
    assert_eq!(merged.absorb(whole), Absorbed::Taken);
    parts.len()
}

/// Where two things that should be the same are not, for people.
fn difference(own: &impl Debug, other: &impl Debug) -> String {
    let (own, other) = (format!("{own:?}"), format!("{other:?}"));
    let same = own.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let about = |text: &str| text.get(same.saturating_sub(160)..(same + 80).min(text.len())).unwrap_or(text).to_owned();
    format!("{}\n{}", about(&own), about(&other))
}

fn cut_everything(partition: &mut Partition<Commerce>) -> Cut {
    partition.mark_unwritten();
    partition.cut_whole().unwrap()
}

fn restored(cut: &Cut) -> Partition<Commerce> {
    Partition::restore(cut.changed.iter().map(|(part, bytes)| (*part, bytes.as_slice()))).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// absorb(encode(s)) = s, told change by change and as a whole.
    #[test]
    fn what_is_told_is_what_is_heard(seed: u64, n in 2_u64..8) {
        let (mut by_change, mut version, mut parts) = (Merged::default(), 0, 0);
        let mut partition = folded(&mut Source::of(seed), n, |partition, chance| {
            if chance.below(4) == 0 {
                parts = parts.max(hear(&mut by_change, told(partition, version)));
                version += 1;
            }
        });
        hear(&mut by_change, told(&mut partition, version));
        let mut at_once = Merged::default();
        parts = parts.max(hear(&mut at_once, told(&mut partition, 0)));
        prop_assert!(parts > 1, "nothing was told in parts");
        for merged in [&mut by_change, &mut at_once] {
            merged.settle();
            let heard: Vec<_> = merged.range(Pane::All, Pane::Hour(i32::MAX)).collect();
            let own: Vec<_> = partition.rollups().panes().iter().map(|(pane, rollup)| (*pane, rollup)).collect();
            prop_assert!(heard == own);
        }
    }

    /// What was cut while the fold went on, one cut on top of the other, is the state: the same bytes, the same profiles, the same
    /// timers; and what is folded from there on is the same.
    #[test]
    fn what_is_cut_is_the_state(seed: u64, n in 2_u64..8) {
        let mut stored = Cut::default();
        let mut partition = folded(&mut Source::of(seed), n, |partition, chance| {
            match chance.below(6) {
                0 => partition.begin_cut(),
                1..5 => for _ in 0..chance.below(80) {
                    if let Some(cut) = partition.cut_some().unwrap() {
                        stored = std::mem::take(&mut stored).then(cut);
                    }
                },
                _ => {}
            }
        });
        stored = stored.then(partition.cut_whole().unwrap());
        let whole = cut_everything(&mut partition);
        prop_assert_eq!((stored.sequence, &stored.changed), (whole.sequence, &whole.changed));
        let mut again = restored(&stored);
        prop_assert!(cut_everything(&mut again).changed == whole.changed);
        prop_assert_eq!((again.len(), again.timers()), (partition.len(), partition.timers()));
        prop_assert_eq!((again.clock(), again.tick_due()), (partition.clock(), partition.tick_due()));
        for ((keyspace, id), _) in partition.beginnings(|profile| profile.identity.clone()) {
            let (own, other) = (partition.profile(*keyspace, id).unwrap(), again.profile(*keyspace, id).unwrap());
            prop_assert!(own.profile == other.profile && own.seen == other.seen, "{}", difference(&own, &other));
        }
        // What is read of the beginning of a packed profile is what an open one has there.
        let deals = |of: &Partition<Commerce>| list::find(of, &list::Wanted::default(), 50);
        prop_assert_eq!(deals(&partition), deals(&again));
        prop_assert!(partition.rollups().panes() == again.rollups().panes());
        prop_assert!(shown::shown([&partition]) == shown::shown([&again]));
        for sequence in 1.. {
            let Some(event) = events().get(sequence * 97) else { break };
            let after = |of: &mut Partition<Commerce>| of.fold(of.sequence() + 1, vec![Ok(event.clone())]).emissions;
            prop_assert_eq!(after(&mut partition), after(&mut again));
        }
        prop_assert!(cut_everything(&mut partition).changed == cut_everything(&mut again).changed);
    }
}

/// Not a monoid: the last word counts, so that order matters.
#[derive(Debug, Clone, Default, PartialEq)]
struct LastWord(i64);

impl Merge for LastWord {
    fn merge(&mut self, other: &Self) {
        if other.0 != 0 {
            self.0 = other.0;
        }
    }
}

#[test]
#[should_panic(expected = "the last word: order")]
fn what_is_no_monoid_is_noticed() {
    is_monoid("the last word", &LastWord(1), &LastWord(2), &LastWord(3));
}
