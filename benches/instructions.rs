//! How many instructions each step of an event's way takes: the same number whatever else the machine does, so that a slower one
//! is noticed though no clock would show it. Counted by callgrind (of valgrind, which has to be installed).
//!
//! Of the fold it says how many each facet takes, with all that it calls.
//!
//! `cargo bench --bench instructions -- [--write 1]` compares with `benches/instructions.csv`, and ends with 1 where a step takes
//! a twentieth more than there; with `--write 1` what was counted is what holds from now on.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic and speaks on standard output")]

mod parts;

use parts::steps::{STEPS, Step, Work};
use parts::{grouped, machine};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What held last.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.csv");
/// So many times what held is too many.
const TOO_MANY: f64 = 1.05;
/// The step of which is said where it goes.
const FOLD: &str = "fold an event";
/// What looks at an event beside the facets, by the end of its name.
const OTHERS: [(&str, &str); 5] = [
    ("health", "retention::health::assess"),
    ("voice", "voice::listen"),
    ("alerts: rules", "alert::rules::look"),
    ("alerts: commands", "alert::life::command::command"),
    ("ticker", "activity::tell"),
];
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
    let folder = tempfile::tempdir().unwrap();
    let file_of = |name: &str| folder.path().join(name.replace(' ', "-"));
    for name in STEPS {
        let counted = counted(name, &file_of(name));
        now += &format!("{name},{counted:.0}\n");
        let ratio = held.get(name).map(|held| counted / held);
        is_slower |= ratio.is_some_and(|ratio| ratio > TOO_MANY);
        let before = held.get(name).map_or("-".into(), |n| grouped(*n));
        let ratio = ratio.map_or("-".into(), |ratio| format!("{ratio:.3}"));
        println!("{name:24} {before:>12} {:>12} {ratio:>7}", grouped(counted));
    }
    println!("\nOf what folding an event takes, with all that it calls:");
    for (facet, share) in facets(&file_of(FOLD)) {
        println!("{facet:24} {share:>10.1} %");
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

/// Facets and what percentage of a step they take, the largest first. One that the compiler has merged into another is not there.
fn facets(file: &Path) -> Vec<(String, f64)> {
    let mut annotate = Command::new("callgrind_annotate");
    annotate.args(["--inclusive=yes", "--threshold=100", "--show-percs=no"]).arg(file);
    let said = annotate.output().expect("callgrind_annotate comes with valgrind").stdout;
    let said = String::from_utf8_lossy(&said).into_owned();
    let (mut whole, mut shares) = (0.0_f64, BTreeMap::<String, f64>::new());
    for line in said.lines() {
        // 1,234  file.rs:function [program]
        let Some((instructions, function)) = line.trim().split_once(' ') else { continue };
        let Ok(instructions) = instructions.replace(',', "").parse::<f64>() else { continue };
        let function = function.split(" [").next().unwrap_or_default();
        whole = whole.max(if function.ends_with("instructions::measured") { instructions } else { 0.0 });
        let facet = function.strip_suffix(" as nexusflow_domain::profile::Facet>::fold").and_then(|of| {
            let module = of.rsplit("::").nth(1)?;
            Some(module.to_owned())
        });
        let other = OTHERS.iter().find(|(_, end)| function.ends_with(end)).map(|(name, _)| (*name).to_owned());
        if let Some(name) = facet.or(other) {
            // A function has a line for each file of which something was put into it; the largest has all of it.
            let share = shares.entry(name).or_default();
            *share = share.max(instructions);
        }
    }
    let mut shares: Vec<(String, f64)> = shares.into_iter().map(|(name, own)| (name, own / whole * 100.0)).collect();
    shares.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    shares
}

/// How many instructions one item of a step takes, counted in a process of its own; where they go is in `file` then.
fn counted(name: &str, file: &Path) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*instructions*measured*"])
        .arg(format!("--callgrind-out-file={}", file.display()))
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
