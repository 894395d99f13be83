//! What was accepted against what was seen.

use crate::backlog::{Backlog, backlog};
use crate::latency::{Latency, Quantiles};
use crate::publisher::Answer;
use crate::report::Latencies;
use crate::screen::{Sightings, Standing};
use crate::stages::Stages;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Sums and latencies of a run.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) accepted: u64,
    pub(crate) orders: u64,
    pub(crate) refused: u64,
    pub(crate) unknown: u64,
    /// Why not all were accepted, as it was said first.
    pub(crate) why_not: Option<String>,
    /// Requests that were sent again.
    pub(crate) repeated: u64,
    /// Accepted events that belong on the ticker, warm-up included, and those of them that were there.
    pub(crate) news: u64,
    pub(crate) news_seen: u64,
    /// Seen before the publisher had its answer.
    pub(crate) seen_before_answer: u64,
    /// Accepted events a second while it was measured.
    pub(crate) per_s: f64,
    pub(crate) backlog: Backlog,
    pub(crate) latencies: Latencies,
    /// When what the screen showed was accepted, and how long it took from then: lines of the ticker or, where nothing is followed
    /// there, orders.
    pub(crate) on_screen: Vec<(Instant, Duration)>,
}

/// Puts together what the publishers were told and what the screen showed; `before` is what it showed at the start.
pub(crate) fn tally<'a>(answers: &'a [Answer], seen: &Sightings, before: Standing, stages: Stages) -> Tally {
    let sum = |of: fn(&Answer) -> u64| answers.iter().map(of).sum();
    let mut before_answer = 0;
    let (to_released, to_sent, to_accepted) = until_answered(answers);
    let (mut lines, mut to_gateway, mut to_ticker) = (Vec::new(), Latency::new(), Latency::new());
    let (mut news, mut news_seen) = (0, 0);
    let places = |answer: &'a Answer| answer.places.iter().map(move |place| (answer, place));
    for (answer, place) in answers.iter().flat_map(places) {
        news += 1;
        let Some((at, taken_in_us)) = seen.items.get(place) else { continue };
        news_seen += 1;
        if answer.is_measured {
            before_answer += u64::from(*at < answer.answered_at);
            lines.push((answer.answered_at, at.saturating_duration_since(answer.answered_at)));
            to_ticker.record(answer.due_at, *at, 1);
            if let Some(clock) = stages.clock {
                to_gateway.record(answer.due_at, clock.when(taken_in_us * 1_000), 1);
            }
        }
    }
    let counted = until_counted(answers, &seen.orders, before.orders.unwrap_or_default());
    let quantiles = |times: &[(Instant, Duration)]| Latency::of(times.iter().map(|(_, time)| *time)).quantiles();
    Tally {
        accepted: sum(|answer| answer.accepted),
        orders: sum(|answer| answer.orders),
        refused: sum(|answer| answer.refused),
        unknown: sum(|answer| answer.unknown),
        why_not: answers.iter().find_map(|answer| answer.why.clone()),
        repeated: sum(|answer| answer.repeats),
        news,
        news_seen,
        seen_before_answer: before_answer,
        per_s: rate(answers),
        backlog: backlog(answers, &seen.folded, before.events.unwrap_or_default()),
        latencies: Latencies {
            due_to_released: to_released.quantiles(),
            due_to_sent: to_sent.quantiles(),
            due_to_log: stages.to_log,
            due_to_accepted: to_accepted.quantiles(),
            due_to_folded: stages.to_folded,
            due_to_gateway: to_gateway.quantiles(),
            accepted_to_ticker: quantiles(&lines),
            due_to_ticker: to_ticker.quantiles(),
            accepted_to_figure: quantiles(&counted),
        },
        on_screen: if lines.is_empty() { counted } else { lines },
    }
}

/// Quantiles of each second from the first that was accepted.
pub(crate) fn by_second(times: &[(Instant, Duration)]) -> Vec<(u64, Quantiles)> {
    let Some(first) = times.iter().map(|(at, _)| *at).min() else { return Vec::new() };
    let mut seconds: BTreeMap<u64, Latency> = BTreeMap::new();
    for (at, time) in times {
        let latency = seconds.entry(at.duration_since(first).as_secs()).or_default();
        latency.record_time(*time, 1);
    }
    seconds.iter().map(|(second, latency)| (*second, latency.quantiles())).collect()
}

/// How long until the schedule let it go, until a connection was free, and until the answer was there.
fn until_answered(answers: &[Answer]) -> (Latency, Latency, Latency) {
    let (mut released, mut sent, mut accepted) = (Latency::new(), Latency::new(), Latency::new());
    for answer in answers.iter().filter(|answer| answer.is_measured) {
        released.record(answer.due_at, answer.released_at, answer.events());
        sent.record(answer.due_at, answer.sent_at, answer.accepted);
        accepted.record(answer.due_at, answer.answered_at, answer.accepted);
    }
    (released, sent, accepted)
}

/// When the k-th order was accepted, and how long from when the k-th order was accepted until k orders were shown.
fn until_counted(answers: &[Answer], shown: &[(Instant, i64)], before: i64) -> Vec<(Instant, Duration)> {
    let accepted = answers
        .iter()
        .flat_map(|answer| std::iter::repeat_n((answer.answered_at, answer.is_measured), answer.orders as usize));
    let mut accepted: Vec<(Instant, bool)> = accepted.collect();
    accepted.sort_unstable();
    let mut counted = Vec::new();
    let mut shown = shown.iter().peekable();
    for (number, (at, is_measured)) in (1..).zip(accepted) {
        while shown.next_if(|(_, orders)| orders - before < number).is_some() {}
        let Some((seen_at, _)) = shown.peek() else { break };
        if is_measured {
            counted.push((at, seen_at.saturating_duration_since(at)));
        }
    }
    counted
}

/// Accepted events a second, from the first that was due to the last answer.
fn rate(answers: &[Answer]) -> f64 {
    let measured = || answers.iter().filter(|answer| answer.is_measured);
    let (Some(from), Some(to)) =
        (measured().map(|answer| answer.due_at).min(), measured().map(|answer| answer.answered_at).max())
    else {
        return 0.0;
    };
    let accepted: u64 = measured().map(|answer| answer.accepted).sum();
    accepted as f64 / to.duration_since(from).as_secs_f64().max(0.001)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publisher::tests::answer;

    #[test]
    fn each_second_has_its_own_quantiles() {
        let start = Instant::now();
        let seen = |ms: u64, took: u64| (start + Duration::from_millis(ms), Duration::from_millis(took));
        let seconds = by_second(&[seen(100, 5), seen(1_000, 7), seen(3_200, 9)]);
        let told: Vec<_> =
            seconds.iter().map(|(second, quantiles)| (*second, quantiles.n, quantiles.max_us / 1_000)).collect();
        assert_eq!(told, [(0, 2, 7), (3, 1, 9)]);
    }

    #[test]
    fn each_event_is_matched_with_its_own_line_and_each_order_with_the_frame_that_counts_it() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let answer = |due: u64, answered: u64, place: &str| Answer {
            orders: 1,
            places: vec![place.to_owned()],
            ..answer(at(due), at(answered))
        };
        let answers = [answer(0, 10, "0:1:0"), answer(5, 30, "0:1:1"), answer(10, 20, "1:1:0")];
        let seen = Sightings {
            items: [("0:1:0".to_owned(), (at(15), 1)), ("0:1:1".to_owned(), (at(25), 1))].into(),
            folded: Vec::new(),
            server: String::new(),
            orders: vec![(at(0), 7), (at(18), 8), (at(40), 10)],
            resyncs: 0,
        };
        let before = Standing { events: Some(0), orders: Some(7) };
        let tally = tally(&answers, &seen, before, Stages::default());
        assert_eq!((tally.accepted, tally.orders, tally.news, tally.news_seen), (3, 3, 3, 2));
        assert_eq!(tally.seen_before_answer, 1);
        let max = |quantiles: Quantiles| (quantiles.n, quantiles.max_us / 1_000);
        assert_eq!(max(tally.latencies.due_to_accepted), (3, 25));
        assert_eq!(max(tally.latencies.accepted_to_ticker), (2, 5));
        assert_eq!(max(tally.latencies.due_to_ticker), (2, 20));
        // The first was shown after 8 ms, the second (accepted at 20) and the third (at 30) in the frame at 40.
        assert_eq!(max(tally.latencies.accepted_to_figure), (3, 20));
        assert!((tally.per_s - 100.0).abs() < 1.0);
    }
}
