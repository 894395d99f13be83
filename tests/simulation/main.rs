//! The engine in a world of chance: logs, clock and store in memory, the same engine code, and everything that can go wrong.
//!
//! A seed is a world: what a few customers do in some days, how late and how often it is published, when owners die, which
//! checkpoint they come back from, what the store loses. After it has settled, [`verdict`] asks for everything that is promised.
//! The remainder of a seed by four chooses 1, 2, 4 or 7 partitions.
//!
//! `NEXUSFLOW_SEEDS=0..100000` runs these seeds, `NEXUSFLOW_SEED=123` this one alone; a failing seed says so itself.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::print_stderr, reason = "a test says what it has seen")]

mod chance;
mod leave;
mod log;
mod owner;
mod plant;
mod save;
#[path = "../shown/mod.rs"]
mod shown;
mod store;
mod story;
mod sums;
mod trace;
mod verdict;
mod warehouse;
mod world;

use nexusflow_domain::Commerce;
use plant::Plant;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use sums::Sums;
use verdict::Simulated;
use world::{Ran, run};

const PARTITIONS: [u32; 4] = [1, 2, 4, 7];
/// The seeds of a run, unless others are asked for.
const SEEDS: Range<u64> = 0..800;

fn partitions(seed: u64) -> u32 {
    PARTITIONS[(seed % 4) as usize]
}

/// What is wrong with a seed, and how to run it again.
fn try_seed<D: Simulated>(seed: u64, plant: Plant) -> Result<Ran, String> {
    let ran = catch_unwind(AssertUnwindSafe(|| run::<D>(seed, partitions(seed), plant)));
    ran.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Err(format!("panicked: {}", text.unwrap_or("?")))
    })
}

fn seeds() -> Range<u64> {
    let number = |text: &str| text.trim().parse::<u64>().unwrap();
    if let Ok(seed) = std::env::var("NEXUSFLOW_SEED") {
        return number(&seed)..number(&seed) + 1;
    }
    let Ok(seeds) = std::env::var("NEXUSFLOW_SEEDS") else { return SEEDS };
    let (first, end) = seeds.split_once("..").expect("NEXUSFLOW_SEEDS is FIRST..END");
    number(first)..number(end)
}

/// Runs every seed that has so many partitions.
fn run_all(partitions: u32) {
    let mut all = Ran::default();
    let (began, mut count) = (std::time::Instant::now(), 0);
    for seed in seeds().filter(|seed| self::partitions(*seed) == partitions) {
        let ran = try_seed::<Commerce>(seed, Plant::Nothing).unwrap_or_else(|wrong| {
            panic!("seed {seed}, {partitions} partitions: {wrong}\nagain: NEXUSFLOW_SEED={seed} cargo nextest run --test simulation\n");
        });
        count += 1;
        all = Ran {
            trace: 0,
            crashes: all.crashes + ran.crashes,
            checkpoints: all.checkpoints + ran.checkpoints,
            set_aside: all.set_aside + ran.set_aside,
            duplicates: all.duplicates + ran.duplicates,
            late: all.late + ran.late,
            effects: all.effects + ran.effects,
            derived: all.derived + ran.derived,
            decisions: all.decisions + ran.decisions,
        };
    }
    eprintln!("{count} seeds with {partitions} partitions in {:.1?}: {all:?}", began.elapsed());
    if count >= 100 {
        let Ran { crashes, checkpoints, set_aside, duplicates, late, effects, derived, decisions, .. } = all;
        let rare = [crashes, checkpoints, 10 * set_aside, duplicates, late, effects, derived, decisions];
        assert!(rare.iter().all(|times| *times >= count), "too little goes wrong for this to say much: {all:?}");
    }
}

#[test]
fn one_partition() {
    run_all(1);
}

#[test]
fn two_partitions() {
    run_all(2);
}

#[test]
fn four_partitions() {
    run_all(4);
}

#[test]
fn seven_partitions() {
    run_all(7);
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in seeds().take(8) {
        let once = try_seed::<Commerce>(seed, Plant::Nothing).unwrap();
        assert_eq!(once, try_seed::<Commerce>(seed, Plant::Nothing).unwrap(), "seed {seed}");
        assert_ne!(once.trace, try_seed::<Commerce>(seed + 4, Plant::Nothing).unwrap().trace);
    }
}

/// How many seeds it takes until a planted bug is noticed.
fn notices<D: Simulated>(plant: Plant) {
    let wrong = (0..100).find_map(|seed| Some((seed, try_seed::<D>(seed, plant).err()?)));
    let (seed, wrong) = wrong.unwrap_or_else(|| panic!("{plant:?} is not noticed"));
    let wrong: String = wrong.lines().next().unwrap_or_default().chars().take(200).collect();
    eprintln!("{plant:?} is noticed at seed {seed}: {wrong}");
}

#[test]
fn planted_bugs_are_noticed() {
    let plants = [
        Plant::CursorIgnored,
        Plant::NothingSeen,
        Plant::CheckpointUnsettled,
        Plant::OutboxForgets,
        Plant::LateParts,
        Plant::EffectsFirst,
    ];
    plants.into_iter().for_each(notices::<Commerce>);
}

#[test]
fn money_in_floats_is_noticed_and_in_integers_is_not_blamed() {
    notices::<Sums<f64>>(Plant::Nothing);
    for seed in 0..100 {
        try_seed::<Sums<i64>>(seed, Plant::Nothing).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}"));
    }
}
