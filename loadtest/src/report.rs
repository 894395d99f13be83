//! What a run found.

use crate::backlog::Backlog;
use crate::consoles::AlertsSeen;
use crate::introduce::Introduced;
use crate::latency::Quantiles;
use crate::machine::{Machine, Memory, commit};
use crate::screen::Sightings;
use crate::settings::Settings;
use crate::shape::Shape;
use crate::slow::SlowViewers;
use crate::tally::{Tally, by_second};
use crate::target::Target;
use serde::Serialize;

/// What a run found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Of the load test.
    pub version: &'static str,
    /// Whether it was built to be measured: `release` or `debug`.
    pub build: &'static str,
    /// Of the gateway, as it says itself.
    pub gateway_version: String,
    /// Of the server of NATS; none where the log could not be read.
    pub nats_version: Option<String>,
    /// How the system is configured, as TOML, without secrets; none where the log could not be read.
    pub configuration: Option<String>,
    /// Of the working copy the load test ran in; none where it ran elsewhere.
    pub commit: Option<String>,
    /// Where it ran.
    pub machine: Machine,
    /// Names this run; its events have the source `/loadtest/RUN`.
    pub run: String,
    /// Events a second that were asked for.
    pub rate: f64,
    /// How they were spread over the measured time.
    pub shape: Shape,
    /// Accepted events a second, from the first that was due to the last answer.
    pub achieved_per_s: f64,
    /// How long was measured, in milliseconds.
    pub measured_ms: u64,
    /// How long it was warmed up, in milliseconds.
    pub warmup_ms: u64,
    /// Events in a request.
    pub batch: usize,
    /// How it was published: `HTTP`, or the subject on NATS.
    pub via: String,
    /// Connections that published, or messages that were under way at once.
    pub connections: usize,
    /// Viewers, the one that measures included.
    pub viewers: usize,
    /// How many customers events were about, met by Zipf's law; none: the demonstration company's own.
    pub customers: Option<u32>,
    /// What came of introducing them before; none where they were not.
    pub introduced: Option<Introduced>,
    /// Old events a second that came in beside the load.
    pub old_per_s: f64,
    /// Events the system promised to keep, warm-up included.
    pub accepted: u64,
    /// Events it said it did not take.
    pub refused: u64,
    /// Events of which it said nothing, or not for sure.
    pub unknown: u64,
    /// Why not all were accepted, as the system said first.
    pub why_not: Option<String>,
    /// Requests that were sent again because their answer was not clear.
    pub repeated: u64,
    /// What was due and not folded yet, early and late in the measured time.
    pub backlog: Backlog,
    /// By how much the events it has folded grew.
    pub visible: i64,
    /// Accepted orders.
    pub orders_accepted: u64,
    /// By how much the orders it shows grew.
    pub orders_visible: i64,
    /// Accepted events that belong on the ticker and of which it is known where they stand: those that were sent alone, or all where the
    /// log could be read.
    pub news_accepted: u64,
    /// Those of them that were on it.
    pub news_seen: u64,
    /// Those that were on it before their publisher had its answer: their latency counts as nothing.
    pub news_before_answer: u64,
    /// How often the ticker skipped, because its viewer was too far behind.
    pub ticker_resyncs: u64,
    /// What became of viewers that read far too slowly; none where there were none.
    pub slow_viewers: Option<SlowViewers>,
    /// What became of alerts on consoles.
    pub alerts: AlertsSeen,
    /// How long things took.
    pub latencies: Latencies,
    /// From accepted to the screen of the viewer that measures, by second.
    pub over_time: Vec<(u64, Quantiles)>,
    /// Of the server's process, if it was named.
    pub server_memory: Option<Memory>,
}

/// How long things took. `due` is the instant fixed in advance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Latencies {
    /// Until the schedule let it go: what the load test itself held back.
    pub due_to_released: Quantiles,
    /// Until a connection was free: what the load test itself, or a stall, held back.
    pub due_to_sent: Quantiles,
    /// Until JetStream took it in, by JetStream's own time: before it was synced.
    pub due_to_log: Quantiles,
    /// Until the publisher knew that the event is stored: synced, acknowledged by the log, and answered.
    pub due_to_accepted: Quantiles,
    /// Until the owner of its partition told on NATS that it is folded; owners tell at most every 5 ms, or 2 where a card changed.
    pub due_to_folded: Quantiles,
    /// Until the gateway had heard that, by its own clock: events that belong on the ticker.
    pub due_to_gateway: Quantiles,
    /// From then until it was on the ticker.
    pub accepted_to_ticker: Quantiles,
    /// Until it was on the ticker.
    pub due_to_ticker: Quantiles,
    /// From when the k-th order was accepted until a figure counted k orders; figures come at most every 50 ms.
    pub accepted_to_figure: Quantiles,
}

/// Whether what was accepted is what is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All of it, once.
    Complete,
    /// Less is seen than was accepted.
    Lost(i64),
    /// More is seen than was sent.
    CountedTwice(i64),
}

impl Report {
    pub(crate) fn new(
        target: &Target,
        settings: &Settings,
        run: String,
        tally: &Tally,
        (visible, orders_visible): (i64, i64),
        seen: &Sightings,
        alerts: AlertsSeen,
    ) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
            gateway_version: seen.server.clone(),
            nats_version: target.log().map(|log| log.client().server_info().version),
            configuration: target.configuration().map(str::to_owned),
            commit: commit(),
            machine: Machine::this(),
            run,
            rate: settings.rate,
            shape: settings.shape,
            achieved_per_s: tally.per_s,
            measured_ms: settings.measured.as_millis() as u64,
            warmup_ms: settings.warmup.as_millis() as u64,
            batch: settings.batch,
            via: target.subject().map_or_else(|| "HTTP".to_owned(), |subject| format!("NATS, {}", subject.name)),
            connections: settings.connections,
            viewers: settings.viewers + 1,
            customers: settings.customers,
            introduced: None,
            old_per_s: settings.old_per_s,
            accepted: tally.accepted,
            refused: tally.refused,
            why_not: tally.why_not.clone(),
            unknown: tally.unknown,
            repeated: tally.repeated,
            backlog: tally.backlog,
            visible,
            orders_accepted: tally.orders,
            orders_visible,
            news_accepted: tally.news,
            news_seen: tally.news_seen,
            news_before_answer: tally.seen_before_answer,
            ticker_resyncs: seen.resyncs,
            slow_viewers: None,
            alerts,
            latencies: tally.latencies.clone(),
            over_time: by_second(&tally.on_screen),
            server_memory: settings.server.and_then(Memory::of),
        }
    }

    /// The stages that an event goes through, with how long they took.
    pub(crate) fn stages(&self) -> [(&'static str, &Quantiles); 12] {
        let Latencies {
            due_to_released,
            due_to_sent,
            due_to_log,
            due_to_accepted,
            due_to_folded,
            due_to_gateway,
            accepted_to_ticker,
            due_to_ticker,
            accepted_to_figure,
        } = &self.latencies;
        [
            ("due -> let go (the load test's own)", due_to_released),
            ("due -> sent", due_to_sent),
            ("due -> in the log (before its sync)", due_to_log),
            ("due -> accepted (stored, answered)", due_to_accepted),
            ("due -> folded, and told", due_to_folded),
            ("due -> on the gateway", due_to_gateway),
            ("due -> on a WebSocket (the ticker)", due_to_ticker),
            ("accepted -> on the ticker", accepted_to_ticker),
            ("k-th order accepted -> k orders shown", accepted_to_figure),
            ("accepted -> alert on a console", &self.alerts.accepted_to_console),
            ("accepted -> alert on every console", &self.alerts.accepted_to_every_console),
            ("due -> alert on a console", &self.alerts.due_to_console),
        ]
    }

    /// Whom events were about, for people.
    pub(crate) fn about(&self) -> String {
        let about = match self.customers {
            None => "the demonstration company's own customers".to_owned(),
            Some(customers) => format!("{customers} customers, by Zipf's law"),
        };
        let introduced = self.introduced.map_or_else(String::new, |Introduced { customers, took_ms }| {
            format!(", {customers} of them introduced before, in {:.1} s", took_ms as f64 / 1e3)
        });
        let old =
            if self.old_per_s > 0.0 { format!(", {} old events/s beside", self.old_per_s) } else { String::new() };
        about + &introduced + &old
    }

    /// Whether what was accepted is what is seen. Events without a clear answer may be seen or not.
    pub fn verdict(&self) -> Verdict {
        let judge = |accepted: u64, seen: i64| {
            let more = seen - accepted as i64;
            match more {
                ..0 => Verdict::Lost(-more),
                _ if more > self.unknown as i64 => Verdict::CountedTwice(more - self.unknown as i64),
                _ => Verdict::Complete,
            }
        };
        match judge(self.accepted, self.visible) {
            Verdict::Complete => {}
            wrong => return wrong,
        }
        match (judge(self.orders_accepted, self.orders_visible), self.alerts.lost, self.alerts.twice) {
            (Verdict::Complete, 0, 0) => Verdict::Complete,
            (Verdict::Complete, 0, twice) => Verdict::CountedTwice(twice as i64),
            (Verdict::Complete, lost, _) => Verdict::Lost(lost as i64),
            (wrong, ..) => wrong,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// One of a run in which all went well.
    pub(crate) fn report() -> Report {
        let quick = || Quantiles {
            n: 100,
            p50_us: 2_000,
            p90_us: 4_000,
            p99_us: 9_000,
            p999_us: 11_000,
            max_us: 12_000,
            curve: vec![(0.0, 1_000), (0.99, 9_000), (0.999, 11_000)],
        };
        Report {
            version: "0.0.0",
            build: "debug",
            gateway_version: "0.0.0".into(),
            nats_version: Some("2.12.0".into()),
            configuration: Some("[log]\npartitions = 4\n".into()),
            commit: Some("abc123".into()),
            machine: Machine { cpu: "A Processor".into(), cores: 2, memory_mib: 4_096, system: "Linux 1.0".into() },
            run: "r1".into(),
            rate: 100.0,
            shape: Shape::Steady,
            achieved_per_s: 100.0,
            measured_ms: 10_000,
            warmup_ms: 0,
            batch: 1,
            via: "HTTP".into(),
            connections: 64,
            viewers: 1,
            customers: None,
            introduced: None,
            old_per_s: 0.0,
            accepted: 1_000,
            refused: 0,
            why_not: None,
            unknown: 0,
            repeated: 0,
            backlog: Backlog::default(),
            visible: 1_000,
            orders_accepted: 50,
            orders_visible: 50,
            news_accepted: 100,
            news_seen: 100,
            news_before_answer: 0,
            ticker_resyncs: 0,
            slow_viewers: None,
            alerts: AlertsSeen::default(),
            latencies: Latencies {
                due_to_released: quick(),
                due_to_sent: quick(),
                due_to_log: quick(),
                due_to_accepted: quick(),
                due_to_folded: quick(),
                due_to_gateway: quick(),
                accepted_to_ticker: quick(),
                due_to_ticker: quick(),
                accepted_to_figure: quick(),
            },
            over_time: vec![(0, quick()), (1, quick())],
            server_memory: None,
        }
    }

    #[test]
    fn what_is_missing_is_lost_and_what_is_too_much_was_counted_twice() {
        let verdict = |visible, unknown| Report { visible, unknown, ..report() }.verdict();
        assert_eq!(verdict(1_000, 0), Verdict::Complete);
        assert_eq!(verdict(1_002, 2), Verdict::Complete);
        assert_eq!((verdict(998, 5), verdict(1_003, 2)), (Verdict::Lost(2), Verdict::CountedTwice(1)));
    }
}
