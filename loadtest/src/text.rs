//! The report for people, in a terminal.

use crate::consoles::AlertsSeen;
use crate::latency::Quantiles;
use crate::machine::{Machine, Memory};
use crate::report::{Report, Verdict};
use std::fmt;

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_head(self, out)?;
        write_stages(self, out)?;
        write_counts(self, out)?;
        match self.verdict() {
            Verdict::Complete => write!(out, "\nEverything that was accepted is visible, once."),
            Verdict::Lost(events) => write!(out, "\nLOST: {events} that were accepted are not visible."),
            Verdict::CountedTwice(events) => write!(out, "\nCOUNTED TWICE: {events} more are visible than were sent."),
        }
    }
}

fn write_head(report: &Report, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Machine { cpu, cores, .. } = &report.machine;
    let nats = report.nats_version.as_ref().map_or_else(String::new, |version| format!(", NATS {version}"));
    writeln!(out, "NexusFlow {} ({} build){nats}, {cores} cores of {cpu}", report.version, report.build)?;
    writeln!(
        out,
        "{} events/s, {}, for {} s after {} s of warm-up; {} in a request, {} connections ({}), {} viewers, {} consoles",
        report.rate,
        report.shape,
        report.measured_ms as f64 / 1e3,
        report.warmup_ms as f64 / 1e3,
        report.batch,
        report.connections,
        report.via,
        report.viewers,
        report.alerts.consoles
    )?;
    writeln!(out, "about {}", report.about())
}

fn write_stages(report: &Report, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let header = ["p50", "p90", "p99", "p99.9", "max"].map(|name| format!("{name:>10}")).concat();
    writeln!(out, "\n{:<38}{header}{:>10}", "milliseconds", "n")?;
    for (name, quantiles) in report.stages() {
        let Quantiles { n, p50_us, p90_us, p99_us, p999_us, max_us, .. } = *quantiles;
        let ms = |us: u64| if n == 0 { "-".to_owned() } else { format!("{:.2}", us as f64 / 1e3) };
        let times = [p50_us, p90_us, p99_us, p999_us, max_us].map(|us| format!("{:>10}", ms(us))).concat();
        writeln!(out, "{name:<38}{times}{n:>10}")?;
    }
    Ok(())
}

fn write_counts(report: &Report, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(out, "\naccepted   {} events, {:.1}/s", report.accepted, report.achieved_per_s)?;
    writeln!(
        out,
        "refused    {}, without a clear answer {}; {} requests sent again",
        report.refused, report.unknown, report.repeated
    )?;
    if let Some(why) = &report.why_not {
        writeln!(out, "           said first: {why}")?;
    }
    writeln!(out, "backlog    {} events early, {} late", report.backlog.early.events(), report.backlog.late.events())?;
    writeln!(out, "visible    {} events", report.visible)?;
    writeln!(out, "orders     {} accepted, {} visible", report.orders_accepted, report.orders_visible)?;
    writeln!(
        out,
        "ticker     {} of {} lines seen, {} of those measured before the answer; skipped {} times",
        report.news_seen, report.news_accepted, report.news_before_answer, report.ticker_resyncs
    )?;
    if let Some(slow) = &report.slow_viewers {
        writeln!(out, "slow       {slow}")?;
    }
    if report.alerts.consoles > 0 {
        let AlertsSeen { consoles, raised, lost, twice, .. } = &report.alerts;
        writeln!(
            out,
            "alerts     {raised} raised, on {consoles} consoles; {lost} sightings missing, {twice} too many"
        )?;
    }
    if let Some(Memory { resident_kib, peak_kib }) = report.server_memory {
        writeln!(out, "server     {} MiB resident, {} MiB at most", resident_kib / 1_024, peak_kib / 1_024)?;
    }
    Ok(())
}
