//! The highest rate that the system sustains: doubled until it is too much, then halved in between.

use crate::LoadtestError;
use crate::progress::Watch;
use crate::report::Verdict;
use crate::run::run;
use crate::settings::Settings;
use crate::shape::Shape;
use crate::step::Step;
use crate::target::Target;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// The search ends when the lowest rate that is too high is at most so many times the highest that is not.
const CLOSE: f64 = 1.1;
/// Below that many events a second there is nothing to look for.
const RATE_MIN: f64 = 1.0;

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The load of a step; its rate is where the search begins.
    pub settings: Settings,
    /// How long 99 of 100 events may take from accepted to a client on the WebSocket.
    pub p99_max: Duration,
    /// No more events a second than that.
    pub rate_max: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// The highest rate that was good; none where none was.
    pub sustainable_per_s: Option<f64>,
    /// Why not more.
    pub limited_by: String,
    /// How long 99 of 100 events were allowed to take from accepted to a client on the WebSocket, in milliseconds.
    pub p99_max_ms: u64,
    /// The rates that were tried, in order.
    pub steps: Vec<Step>,
}

/// Looks for the highest rate that `target` sustains; `watch` hears every second how it goes, `tell` of each step when it is done.
///
/// # Errors
/// Where a step has no result, or the settings make no search.
pub async fn search(
    target: &Target,
    search: &Search,
    watch: Watch<'_>,
    tell: impl Fn(&Step),
) -> Result<Found, LoadtestError> {
    if !(RATE_MIN..=search.rate_max).contains(&search.settings.rate) {
        return Err(LoadtestError::Settings(
            "a search begins at --rate, which has to be from 1 to --rate-max events a second",
        ));
    }
    if search.settings.shape != Shape::Steady {
        return Err(LoadtestError::Settings("a search needs a steady rate: leave --shape out"));
    }
    let mut bracket = Bracket { start: search.settings.rate, max: search.rate_max, good: None, bad: None };
    let mut steps = Vec::new();
    while let Some(rate) = bracket.next() {
        let alerts_per_s = search.settings.alerts_per_s.min(rate);
        let settings = Settings { rate, alerts_per_s, ..search.settings.clone() };
        let (report, ()) = run(target, &settings, watch, async |_| ()).await?;
        let step = Step::judge(report, search.p99_max);
        tell(&step);
        bracket.note(rate, step.is_good());
        steps.push(step);
    }
    Ok(Found::new(&bracket, search.p99_max, steps))
}

/// Between which rates the truth lies.
#[derive(Debug)]
struct Bracket {
    start: f64,
    max: f64,
    /// The highest that was good.
    good: Option<f64>,
    /// The lowest that was not.
    bad: Option<f64>,
}

impl Bracket {
    /// What to try next; none where the search is over.
    fn next(&self) -> Option<f64> {
        match (self.good, self.bad) {
            (None, None) => Some(self.start),
            (Some(good), None) => (good < self.max).then(|| (good * 2.0).min(self.max)),
            (None, Some(bad)) => Some(bad / 2.0).filter(|rate| *rate >= RATE_MIN),
            (Some(good), Some(bad)) => (bad > good * CLOSE).then(|| f64::midpoint(good, bad)),
        }
    }

    fn note(&mut self, rate: f64, is_good: bool) {
        *(if is_good { &mut self.good } else { &mut self.bad }) = Some(rate);
    }
}

impl Found {
    fn new(bracket: &Bracket, p99_max: Duration, steps: Vec<Step>) -> Self {
        let too_high = steps.iter().filter(|step| Some(step.rate) == bracket.bad);
        let mut limited_by =
            too_high.filter_map(|step| Some(format!("at {:.0}/s {}", step.rate, step.limited_by.as_ref()?)));
        let limited_by =
            limited_by.next_back().unwrap_or_else(|| format!("no more than {:.0}/s were tried", bracket.max));
        Self { sustainable_per_s: bracket.good, limited_by, p99_max_ms: p99_max.as_millis() as u64, steps }
    }

    /// Whether everything that was accepted was visible, once, at every rate: too much load is no excuse for less.
    pub fn is_complete(&self) -> bool {
        self.steps.iter().all(|step| step.report.verdict() == Verdict::Complete)
    }
}

/// The result for people.
impl fmt::Display for Found {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sustainable_per_s {
            Some(rate) => write!(out, "Sustained: {rate:.0} events/s, p99 within {} ms", self.p99_max_ms)?,
            None => write!(out, "NOTHING SUSTAINED with p99 within {} ms", self.p99_max_ms)?,
        }
        write!(out, ". Not more, as {}.", self.limited_by)?;
        if !self.is_complete() {
            write!(out, "\nLOST OR COUNTED TWICE: see the steps.")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches a system that sustains `capacity`; gives what was tried and what was found.
    fn searched(start: f64, max: f64, capacity: f64) -> (Vec<f64>, Option<f64>) {
        let mut bracket = Bracket { start, max, good: None, bad: None };
        let mut tried = Vec::new();
        while let Some(rate) = bracket.next() {
            tried.push(rate);
            bracket.note(rate, rate <= capacity);
        }
        (tried, bracket.good)
    }

    #[test]
    fn it_doubles_and_then_halves_what_is_left() {
        let (tried, found) = searched(1_000.0, 1e6, 3_100.0);
        assert_eq!(tried, [1_000.0, 2_000.0, 4_000.0, 3_000.0, 3_500.0, 3_250.0]);
        assert_eq!(found, Some(3_000.0));
    }

    #[test]
    fn it_goes_down_where_the_start_is_too_much_and_gives_up_where_nothing_is_left() {
        assert_eq!(
            searched(1_000.0, 1e6, 240.0),
            (vec![1_000.0, 500.0, 250.0, 125.0, 187.5, 218.75, 234.375], Some(234.375))
        );
        let (tried, found) = searched(8.0, 1e6, 0.0);
        assert_eq!((tried, found), (vec![8.0, 4.0, 2.0, 1.0], None));
    }

    #[test]
    fn it_stops_at_the_highest_rate_it_may_try() {
        assert_eq!(searched(1_000.0, 3_000.0, 1e9), (vec![1_000.0, 2_000.0, 3_000.0], Some(3_000.0)));
    }

    #[test]
    fn what_it_finds_is_within_a_tenth_of_the_truth() {
        for capacity in 1..2_000 {
            let capacity = f64::from(capacity) * 37.0;
            let (tried, found) = searched(1_000.0, 1e6, capacity);
            let found = found.unwrap();
            assert!(found <= capacity && capacity < found * CLOSE, "{found} of {capacity}");
            assert!(tried.len() < 16, "{tried:?}");
        }
    }

    #[test]
    fn the_reason_is_that_of_the_lowest_rate_that_was_too_high() {
        let step = |rate: f64, limited_by: Option<&str>| Step {
            rate,
            accepted_to_websocket: crate::Quantiles::default(),
            limited_by: limited_by.map(str::to_owned),
            report: crate::report::tests::report(),
        };
        let steps = vec![step(100.0, None), step(200.0, Some("it burns")), step(110.0, Some("it smokes"))];
        let bracket = Bracket { start: 100.0, max: 1e3, good: Some(100.0), bad: Some(110.0) };
        let found = Found::new(&bracket, Duration::from_millis(500), steps);
        assert_eq!(found.to_string(), "Sustained: 100 events/s, p99 within 500 ms. Not more, as at 110/s it smokes.");
        let bracket = Bracket { start: 100.0, max: 100.0, good: Some(100.0), bad: None };
        let found = Found::new(&bracket, Duration::from_millis(500), vec![step(100.0, None)]);
        assert_eq!(found.limited_by, "no more than 100/s were tried");
    }
}
