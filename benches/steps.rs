//! Each step of an event's way alone: how long it takes on the clock.
//!
//! `cargo bench --bench steps -- [part of a name]`; with `--help` what else divan takes.

mod parts;

use divan::Bencher;
use divan::counter::ItemsCount;
use parts::steps::{STEPS, Step};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

#[divan::bench(args = STEPS)]
fn step(bencher: Bencher<'_, '_>, name: &str) {
    let mut step = Step::named(name);
    bencher.counter(ItemsCount::new(step.items)).with_inputs(|| (step.next)()).bench_local_values(|work| work());
}
