//! How many instructions each step of an event's way takes: the same number whatever else the machine does, so that a slower one
//! is noticed though no clock would show it. Counted by callgrind (of valgrind, which has to be installed).
//!
//! `cargo bench --bench instructions -- [--write 1]` compares with `benches/instructions.csv`, and ends with 1 where a step takes
//! a twentieth more than there; with `--write 1` what was counted is what holds from now on.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic and speaks on standard output")]

mod parts;

use parts::steps::{STEPS, Step, Work};
use parts::{grouped, machine};
use std::collections::BTreeMap;
use std::process::{Command, ExitCode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What held last.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.csv");
/// So many times what held is too many.
const TOO_MANY: f64 = 1.05;
/// How often a step is done: the same ten works every time.
const WORKS: usize = 10;

fn main() -> ExitCode {
    if let Some(name) = parts::text("count") {
        count(&name);
        return ExitCode::SUCCESS;
    }
    println!("{}\n\n{:24} {:>12} {:>12} {:>7}", machine::here(), "instructions", "held", "now", "ratio");
    let held = std::fs::read_to_string(FILE).unwrap_or_default();
    let held: BTreeMap<&str, f64> = held
        .lines()
        .filter_map(|line| line.split_once(','))
        .filter_map(|(of, n)| Some((of, n.parse().ok()?)))
        .collect();
    let mut now = String::from("step,instructions\n");
    let mut is_slower = false;
    for name in STEPS {
        let counted = counted(name);
        now += &format!("{name},{counted:.0}\n");
        let ratio = held.get(name).map(|held| counted / held);
        is_slower |= ratio.is_some_and(|ratio| ratio > TOO_MANY);
        let (before, ratio) = (held.get(name).map_or("-".into(), |n| grouped(*n)), ratio.unwrap_or(f64::NAN));
        println!("{name:24} {before:>12} {:>12} {ratio:>7.3}", grouped(counted));
    }
    if parts::number("write", 0) > 0 {
        std::fs::write(FILE, now).unwrap();
    } else if is_slower {
        println!(
            "\nA step takes more than {TOO_MANY} times the instructions that held. Where that is meant: --write 1."
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// How many instructions one item of a step takes, counted in a process of its own.
fn counted(name: &str) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*instructions*measured*"])
        .arg(std::env::current_exe().unwrap())
        .args(["--count", name])
        .output()
        .expect("valgrind can be started: install it");
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse::<f64>().ok());
    let items = String::from_utf8_lossy(&output.stdout).trim().parse::<f64>();
    match (collected, items) {
        (Some(collected), Ok(items)) if collected > 0.0 => collected / items,
        _ => panic!("valgrind counted nothing: {said}"),
    }
}

/// What valgrind looks at.
fn count(name: &str) {
    let mut step = Step::named(name);
    let works: Vec<Work> = (0..WORKS).map(|_| (step.next)()).collect();
    measured(works);
    println!("{}", step.items * WORKS);
}

#[inline(never)]
fn measured(works: Vec<Work>) {
    for work in works {
        work();
    }
}
