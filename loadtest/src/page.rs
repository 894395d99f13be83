//! The report as one HTML file that needs nothing from outside.

use crate::latency::Quantiles;
use crate::played::{Part, Played};
use crate::plot::{Line, Mark, plot};
use crate::report::{Report, Verdict};
use crate::search::Found;

/// Between two marks of the axis of time there are at least so many pixels' worth: so many marks at most.
const MARKS_MAX: usize = 8;

impl Report {
    /// One HTML file for people: readable on a phone, in the dark, and without a network.
    pub fn html(&self) -> String {
        page(&format!("<h1>Load test {}</h1>{}", escape(&self.run), body(self)))
    }
}

impl Found {
    /// One HTML file for people: the steps, and the report of the highest rate that is sustained, or of the last that was tried.
    pub fn html(&self) -> String {
        let rows: String = self.steps.iter().map(|step| {
            let (class, why) = step.limited_by.as_ref().map_or(("good", "good"), |why| ("bad", why));
            let (seen, backlog) = (&step.accepted_to_websocket, &step.report.backlog);
            format!(
                "<tr><td>{:.0}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"why {class}\">{}</td></tr>",
                step.rate,
                ms(seen, seen.p50_us),
                ms(seen, seen.p99_us),
                backlog.early.events(),
                backlog.late.events(),
                escape(why)
            )
        }).collect();
        let shown = self.steps.iter().rfind(|step| Some(step.rate) == self.sustainable_per_s).or(self.steps.last());
        let shown = shown.map(|step| format!("<h1>At {:.0} events/s</h1>{}", step.rate, body(&step.report)));
        let class = if self.sustainable_per_s.is_some() { "good" } else { "bad" };
        page(&format!(
            "<h1>The rate that is sustained</h1><p class=\"{class}\">{}</p>\
             <h2>Steps</h2><div class=\"wide\"><table><tr><th>events/s</th><th>p50 ms</th><th>p99 ms</th><th>backlog early</th>\
             <th>late</th><th></th></tr>{rows}</table></div><p class=\"soft\">From accepted to a client on the WebSocket.</p>{}",
            escape(&self.to_string()),
            shown.unwrap_or_default()
        ))
    }
}

impl Played {
    /// One HTML file for people: every run, or of many the first and the last; a line for each of the others.
    pub fn html(&self) -> String {
        let class = if self.is_complete() { "good" } else { "bad" };
        let last = self.parts.len().saturating_sub(1);
        let whole = |at: usize, part: &Part| -> String {
            let incidents = part.incidents.iter().map(|incident| format!("<p>{}</p>", escape(&incident.to_string())));
            let incidents: String = incidents.collect();
            if at == 0 || at == last {
                // A scenario of one run has its name at the top.
                let name = if last == 0 { String::new() } else { format!("<h1>{}</h1>", escape(&part.name)) };
                format!("{name}{incidents}{}", body(&part.report))
            } else {
                format!("<p>{}</p>{incidents}", escape(&part.to_string()))
            }
        };
        let parts: String = self.parts.iter().enumerate().map(|(at, part)| whole(at, part)).collect();
        let (scenario, result) = (escape(&self.scenario), escape(&self.to_string()));
        page(&format!("<h1>{scenario}</h1><p class=\"{class}\">{result}</p>{parts}"))
    }
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><title>NexusFlow load test</title><style>{}</style></head><body>{body}</body></html>\n",
        include_str!("page.css")
    )
}

fn body(report: &Report) -> String {
    let (class, verdict) = match report.verdict() {
        Verdict::Complete => ("good", "Everything that was accepted is visible, once.".to_owned()),
        Verdict::Lost(events) => ("bad", format!("Lost: {events} that were accepted are not visible.")),
        Verdict::CountedTwice(events) => ("bad", format!("Counted twice: {events} more are visible than were sent.")),
    };
    let stages = report.stages();
    let measured = || stages.iter().enumerate().filter(|(_, (_, quantiles))| quantiles.n > 0);
    let rows: String = measured()
        .map(|(colour, (name, quantiles))| {
            let Quantiles { n, p50_us, p90_us, p99_us, p999_us, max_us, .. } = **quantiles;
            let times =
                [p50_us, p90_us, p99_us, p999_us, max_us].map(|us| format!("<td>{}</td>", ms(quantiles, us))).concat();
            format!("<tr><td><span class=\"key c{colour}\"></span>{}</td>{times}<td>{n}</td></tr>", escape(name))
        })
        .collect();
    let lines: Vec<Line> = measured()
        .map(|(colour, (_, quantiles))| Line {
            colour,
            points: quantiles.curve.iter().map(|at| (nines(at.0), at.1)).collect(),
        })
        .collect();
    let deepest = lines.iter().flat_map(|line| &line.points).map(|point| point.0).fold(1.0, f64::max);
    let marks: Vec<Mark> = [50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 99.9999]
        .into_iter()
        .map(|percent: f64| (nines(percent / 100.0), format!("{percent} %")))
        .filter(|mark| mark.0 <= deepest + 1e-9)
        .collect();
    format!(
        "<p class=\"{class}\">{verdict}</p>{}\
         <h2>How long it took, in milliseconds</h2><div class=\"wide\"><table><tr><th></th><th>p50</th><th>p90</th><th>p99</th>\
         <th>p99.9</th><th>max</th><th>n</th></tr>{rows}</table></div>\
         <h2>By percentile</h2>{}{}",
        facts(report),
        plot("latency by percentile, a line a stage", &lines, &marks, "so many took at most so long"),
        over_time(report)
    )
}

fn over_time(report: &Report) -> String {
    let Some(last) = report.over_time.last() else { return String::new() };
    let line = |colour, of: fn(&Quantiles) -> u64| {
        let points = report.over_time.iter().map(|(second, quantiles)| (*second as f64, of(quantiles))).collect();
        Line { colour, points }
    };
    let apart = (last.0 as usize / MARKS_MAX + 1).max(1);
    let marks: Vec<Mark> = (0..=last.0).step_by(apart).map(|second| (second as f64, format!("{second} s"))).collect();
    let lines = [
        line(0, |quantiles| quantiles.max_us),
        line(5, |quantiles| quantiles.p99_us),
        line(2, |quantiles| quantiles.p50_us),
    ];
    format!(
        "<h2>Over time: from accepted to the screen</h2><p><span class=\"key c2\"></span>p50 &emsp;<span class=\"key c5\"></span>p99 &emsp;\
         <span class=\"key c0\"></span>max, of each second</p>{}",
        plot("latency over time", &lines, &marks, "of the measured time")
    )
}

fn facts(report: &Report) -> String {
    let machine = &report.machine;
    let mut facts = vec![
        (
            "Machine",
            format!(
                "{}, {} cores, {} MiB of memory, {}",
                machine.cpu, machine.cores, machine.memory_mib, machine.system
            ),
        ),
        ("Load test", format!("NexusFlow {}, {} build", report.version, report.build)),
        ("Gateway", format!("NexusFlow {}", report.gateway_version)),
        ("NATS", report.nats_version.clone().unwrap_or_else(|| "unknown: the log could not be read".to_owned())),
        ("Commit", report.commit.clone().unwrap_or_else(|| "unknown: it did not run in a working copy".to_owned())),
        (
            "Load",
            format!(
                "{} events/s, {}, for {} s after {} s of warm-up",
                report.rate,
                report.shape,
                report.measured_ms as f64 / 1e3,
                report.warmup_ms as f64 / 1e3
            ),
        ),
        (
            "Publishers",
            format!("{}, {} connections, {} events in a request", report.via, report.connections, report.batch),
        ),
        ("Customers", report.about()),
        ("Viewers", format!("{} viewers, {} consoles", report.viewers, report.alerts.consoles)),
        (
            "Events",
            format!(
                "{} accepted ({:.1}/s), {} refused, {} without a clear answer, {} requests sent again, {} visible",
                report.accepted, report.achieved_per_s, report.refused, report.unknown, report.repeated, report.visible
            ),
        ),
        ("Backlog", format!("{} events early, {} late", report.backlog.early.events(), report.backlog.late.events())),
        (
            "Ticker",
            format!(
                "{} of {} lines seen, skipped {} times",
                report.news_seen, report.news_accepted, report.ticker_resyncs
            ),
        ),
    ];
    if let Some(slow) = &report.slow_viewers {
        facts.push(("Slow viewers", slow.to_string()));
    }
    if let Some(memory) = report.server_memory {
        let (resident, peak) = (memory.resident_kib / 1_024, memory.peak_kib / 1_024);
        facts.push(("Server", format!("{resident} MiB resident, {peak} MiB at most")));
    }
    let entries = facts.iter().map(|(name, fact)| format!("<dt>{name}</dt><dd>{}</dd>", escape(fact)));
    let configuration = report.configuration.as_ref().map_or_else(String::new, |configuration| {
        format!("<details><summary>Configuration</summary><pre>{}</pre></details>", escape(configuration))
    });
    format!("<h2>What ran where</h2><dl>{}</dl>{configuration}", entries.collect::<String>())
}

/// Where a share stands on the axis of percentiles: every nine is as wide as the one before.
fn nines(share: f64) -> f64 {
    -(1.0 - share).log10()
}

fn ms(quantiles: &Quantiles, us: u64) -> String {
    if quantiles.n == 0 { "-".to_owned() } else { format!("{:.2}", us as f64 / 1e3) }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;
    use crate::report::tests::report;

    #[test]
    fn the_page_needs_nothing_from_outside_and_has_everything_inside() {
        let html = report().html();
        for outside in ["http:", "https:", "src=", "href=", "url(", "@import", "<script"] {
            assert!(!html.contains(outside), "{outside}: {html}");
        }
        for inside in [
            "A Processor, 2 cores",
            "0.0.0, debug build",
            "abc123",
            "64 connections",
            "due -&gt; accepted",
            "9.00",
            "99.9 %",
            "<dd>2.12.0</dd>",
            "<pre>[log]\npartitions = 4",
        ] {
            assert!(html.contains(inside), "{inside}: {html}");
        }
        assert_eq!(html.matches("<svg").count(), 2, "{html}");
    }

    #[test]
    fn what_comes_from_outside_is_text() {
        let machine = Machine { cpu: "<script>alert('1')</script> & \"co\"".into(), ..report().machine };
        let html = Report { machine, gateway_version: "<b>".into(), ..report() }.html();
        assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;co&quot;"), "{html}");
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
    }

    #[test]
    fn what_is_lost_is_said_at_the_top() {
        assert!(Report { visible: 990, ..report() }.html().contains("<p class=\"bad\">Lost: 10 that were accepted"));
    }
}
