//! What became of a scenario.

use crate::report::{Report, Verdict};
use serde::Serialize;
use std::fmt;

/// Something that was done to the system while it was under load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    /// How long after it began to be measured, in milliseconds.
    pub at_ms: u64,
    /// What was done, or seen.
    pub what: String,
}

/// A run of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Which one.
    pub name: String,
    /// What was done meanwhile.
    pub incidents: Vec<Incident>,
    /// What it found.
    pub report: Report,
}

/// What became of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Played {
    /// Its name.
    pub scenario: String,
    /// Its runs, in order.
    pub parts: Vec<Part>,
}

impl Part {
    /// Whether everything is known to be accepted or refused, and everything that was accepted is visible, once; and that is not nothing.
    pub fn is_complete(&self) -> bool {
        let Report { accepted, unknown, .. } = self.report;
        self.report.verdict() == Verdict::Complete && unknown == 0 && accepted > 0
    }
}

impl Played {
    /// Whether all of its runs are complete.
    pub fn is_complete(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(Part::is_complete)
    }
}

/// A line for people.
impl fmt::Display for Incident {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "after {:>8.2} s  {}", self.at_ms as f64 / 1e3, self.what)
    }
}

/// A line for people, of the most that matters.
impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { latencies, accepted, unknown, server_memory, .. } = &self.report;
        let ms = |us: u64| us as f64 / 1e3;
        let (to_accepted, to_ticker) = (&latencies.due_to_accepted, &latencies.due_to_ticker);
        write!(out, "{:<24}{accepted:>10} accepted, {unknown} unclear", self.name)?;
        write!(out, "   accepted p50 {:.2} p99 {:.2} ms", ms(to_accepted.p50_us), ms(to_accepted.p99_us))?;
        write!(out, "   on the ticker p50 {:.2} p99 {:.2} ms", ms(to_ticker.p50_us), ms(to_ticker.p99_us))?;
        if let Some(memory) = server_memory {
            write!(out, "   worker {} MiB", memory.resident_kib / 1_024)?;
        }
        match self.report.verdict() {
            Verdict::Complete if self.is_complete() => write!(out, "   complete"),
            Verdict::Complete => write!(out, "   NOT COMPLETE"),
            Verdict::Lost(events) => write!(out, "   LOST {events}"),
            Verdict::CountedTwice(events) => write!(out, "   COUNTED TWICE {events}"),
        }
    }
}

/// The result for people.
impl fmt::Display for Played {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_complete(), self.parts.len()) {
            (true, 1) => write!(out, "{}: everything that was accepted is visible, once.", self.scenario),
            (true, runs) => {
                write!(out, "{}: in {runs} runs everything that was accepted is visible, once.", self.scenario)
            }
            (false, _) => write!(out, "{}: LOST, COUNTED TWICE OR NEVER ACCEPTED, see above.", self.scenario),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::report;

    fn part(name: &str, visible: i64) -> Part {
        let incidents = vec![Incident { at_ms: 1_500, what: "a worker was <killed>".into() }];
        Part { name: name.into(), incidents, report: Report { visible, ..report() } }
    }

    #[test]
    fn a_scenario_is_complete_when_all_of_its_runs_are() {
        let played = |parts| Played { scenario: "backfill".into(), parts };
        let good = played(vec![part("without", 1_000), part("with", 1_000)]);
        assert_eq!(good.to_string(), "backfill: in 2 runs everything that was accepted is visible, once.");
        let bad = played(vec![part("without", 1_000), part("with", 999)]);
        assert!(!bad.is_complete() && bad.to_string().contains("LOST"));
        assert!(bad.parts[1].to_string().ends_with("LOST 1"), "{}", bad.parts[1]);
        assert!(!played(Vec::new()).is_complete());
        let unclear = Part { report: Report { unknown: 1, ..report() }, ..part("without", 1_000) };
        let nothing = Part { report: Report { accepted: 0, visible: 0, ..report() }, ..part("without", 0) };
        assert!(unclear.to_string().ends_with("NOT COMPLETE") && !nothing.is_complete(), "{unclear}");
    }

    #[test]
    fn the_page_has_every_run_and_what_was_done() {
        let html =
            Played { scenario: "backfill".into(), parts: vec![part("without", 1_000), part("with", 1_000)] }.html();
        for inside in ["<h1>backfill</h1>", "<h1>without</h1>", "<h1>with</h1>", "1.50 s  a worker was &lt;killed&gt;"]
        {
            assert!(html.contains(inside), "{inside}: {html}");
        }
    }
}
