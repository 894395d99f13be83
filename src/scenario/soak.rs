//! A soak: one run after the other on the same system, so that no run has to remember a day's events.

use crate::out;
use nexusflow_loadtest::{Part, Settings, Target, Watch, run};
use std::error::Error;
use std::time::{Duration, Instant};

/// A day.
pub(crate) const WHOLE: Duration = Duration::from_secs(24 * 3_600);
/// What `--short` makes of it.
pub(crate) const SHORT: Duration = Duration::from_secs(600);
/// The longest run, and how many there are at least, if they have a second each.
const RUN_MAX: Duration = Duration::from_secs(600);
const RUNS_MIN: u32 = 5;

/// Runs until `all` of it was measured.
pub(super) async fn soak(
    target: &Target,
    settings: &Settings,
    all: Duration,
    watch: Watch<'_>,
) -> Result<Vec<Part>, Box<dyn Error>> {
    let (runs, each) = cut(all);
    let (began, mut parts) = (Instant::now(), Vec::new());
    for number in 1..=runs {
        // What is warm stays so.
        let warmup = if number == 1 { settings.warmup } else { Duration::ZERO };
        let settings = Settings { measured: each, warmup, ..settings.clone() };
        let (mut report, ()) = run(target, &settings, watch, async |_| ()).await?;
        report.over_time.clear();
        let part = Part { name: format!("run {number} of {runs}"), incidents: Vec::new(), report };
        out::say(&format!("{:>7.1} min  {part}", began.elapsed().as_secs_f64() / 60.0));
        parts.push(part);
    }
    Ok(parts)
}

/// How many runs, and how long each is measured.
fn cut(all: Duration) -> (u32, Duration) {
    let each = (all / RUNS_MIN).clamp(Duration::from_secs(1), RUN_MAX);
    ((all.as_secs_f64() / each.as_secs_f64()).ceil() as u32, each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soak_is_cut_into_runs() {
        let seconds = Duration::from_secs;
        assert_eq!([cut(WHOLE), cut(SHORT)], [(144, seconds(600)), (5, seconds(120))]);
        assert_eq!([cut(seconds(2)), cut(seconds(1))], [(2, seconds(1)), (1, seconds(1))]);
    }
}
