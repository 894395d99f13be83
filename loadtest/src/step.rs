//! One rate that was tried, and whether the system sustains it.

use crate::latency::Quantiles;
use crate::report::{Latencies, Report, Verdict};
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// A load test that lets its own events go later than that measures itself.
const OWN_DELAY_MAX: Duration = Duration::from_millis(100);

/// One rate that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Events a second.
    pub rate: f64,
    /// From when an event was accepted until a client on the WebSocket had it: its line on the ticker, or in batches the figure
    /// that counts it.
    pub accepted_to_websocket: Quantiles,
    /// Why the rate is too high; none where it is sustainable.
    pub limited_by: Option<String>,
    /// All of what the run found.
    pub report: Report,
}

impl Step {
    /// Judges a run by how long 99 of 100 events may take from accepted to the WebSocket.
    pub(crate) fn judge(report: Report, p99_max: Duration) -> Self {
        let Latencies { accepted_to_ticker, accepted_to_figure, .. } = &report.latencies;
        let seen = if report.batch == 1 { accepted_to_ticker } else { accepted_to_figure }.clone();
        let limited_by = limit(&report, &seen, p99_max);
        Self { rate: report.rate, accepted_to_websocket: seen, limited_by, report }
    }

    /// Whether the system sustains the rate.
    pub fn is_good(&self) -> bool {
        self.limited_by.is_none()
    }
}

fn limit(report: &Report, seen: &Quantiles, p99_max: Duration) -> Option<String> {
    match report.verdict() {
        Verdict::Complete => {}
        Verdict::Lost(events) => return Some(format!("{events} accepted events are not visible")),
        Verdict::CountedTwice(events) => return Some(format!("{events} more are visible than were sent")),
    }
    if report.refused + report.unknown > 0 {
        let why = report.why_not.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        return Some(format!("{} events were not accepted{why}", report.refused + report.unknown));
    }
    let own = Duration::from_micros(report.latencies.due_to_released.p99_us);
    if own > OWN_DELAY_MAX {
        return Some(format!("the load test itself is {} ms late: it can't send as fast", own.as_millis()));
    }
    let backlog = report.backlog;
    if backlog.grew() {
        let (early, late) = (backlog.early.events(), backlog.late.events());
        let place = if backlog.grew_before_acceptance() {
            format!("before they are accepted, on {} connections", report.connections)
        } else {
            "between accepted and folded".to_owned()
        };
        return Some(format!("the backlog grows: from {early} to {late} events, {place}"));
    }
    let missing = report.news_accepted - report.news_seen;
    // In batches it may be more than a ticker shows.
    if report.batch == 1 && missing * 100 > report.news_accepted {
        return Some(format!("{missing} of {} lines never came to the ticker", report.news_accepted));
    }
    if seen.n == 0 {
        return Some("nothing of it was seen on the WebSocket".to_owned());
    }
    let p99 = Duration::from_micros(seen.p99_us);
    (p99 > p99_max).then(|| format!("p99 is above {} ms", p99_max.as_millis()))
}

/// A line for people.
impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |us: u64| us as f64 / 1e3;
        let (seen, backlog) = (&self.accepted_to_websocket, &self.report.backlog);
        write!(out, "{:>9.0}/s   p50 {:>8.2} ms   p99 {:>8.2} ms", self.rate, ms(seen.p50_us), ms(seen.p99_us))?;
        write!(out, "   backlog {:>6} -> {:<6}", backlog.early.events(), backlog.late.events())?;
        match &self.limited_by {
            None => write!(out, "  good"),
            Some(why) => write!(out, "  bad: {why}"),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::backlog::{Backlog, Waiting};

    fn limited_by(change: impl FnOnce(&mut Report)) -> String {
        let mut report = crate::report::tests::report();
        change(&mut report);
        Step::judge(report, Duration::from_millis(500)).limited_by.unwrap_or_default()
    }

    #[test]
    fn a_step_is_good_when_all_of_it_arrived_in_time_and_nothing_piled_up() {
        assert_eq!(limited_by(|_| {}), "");
        assert_eq!(limited_by(|report| report.visible -= 1), "1 accepted events are not visible");
        assert_eq!(limited_by(|report| report.unknown = 3), "3 events were not accepted");
        assert_eq!(
            limited_by(|report| report.latencies.due_to_released.p99_us = 250_000),
            "the load test itself is 250 ms late: it can't send as fast"
        );
        assert_eq!(limited_by(|report| report.news_seen = 98), "2 of 100 lines never came to the ticker");
        assert_eq!(limited_by(|report| report.latencies.accepted_to_ticker.p99_us = 500_001), "p99 is above 500 ms");
        let nothing = |report: &mut Report| report.latencies.accepted_to_ticker = Quantiles::default();
        assert_eq!(limited_by(nothing), "nothing of it was seen on the WebSocket");
    }

    #[test]
    fn a_backlog_that_grows_says_where() {
        let waiting = |for_acceptance, for_the_fold| Waiting { for_acceptance, for_the_fold };
        let grown = |late| Backlog { early: waiting(5, 5), late, due_meanwhile: 1_000 };
        assert_eq!(
            limited_by(|report| report.backlog = grown(waiting(6, 94))),
            "the backlog grows: from 10 to 100 events, between accepted and folded"
        );
        assert_eq!(
            limited_by(|report| report.backlog = grown(waiting(94, 6))),
            "the backlog grows: from 10 to 100 events, before they are accepted, on 64 connections"
        );
    }

    #[test]
    fn batches_are_judged_by_the_figures() {
        let in_batches = |report: &mut Report| {
            (report.batch, report.latencies.accepted_to_ticker) = (20, Quantiles::default());
        };
        assert_eq!(limited_by(in_batches), "");
    }
}
