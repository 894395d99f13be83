//! What was due and is not folded yet: a rate is sustainable only while that does not grow.

use crate::publisher::Answer;
use serde::Serialize;
use std::time::{Duration, Instant};

/// A backlog may grow by so much of what came in meanwhile: less can't be told from chance in seconds.
const GROWTH_MAX: f64 = 0.05;

/// How old the news of the fold may be: it comes twice a second.
const NEWS_EVERY: Duration = Duration::from_millis(600);

/// Events that are on their way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Due, and not accepted yet: they wait for a connection, or for the answer.
    pub for_acceptance: i64,
    /// Accepted, and not folded yet. Below zero where the fold is quicker than the answer.
    pub for_the_fold: i64,
}

/// What waited early and late in the measured time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// In the first third, on average.
    pub early: Waiting,
    /// In the last third, on average.
    pub late: Waiting,
    /// Events that came due from the middle of the first third to the middle of the last.
    pub due_meanwhile: u64,
}

impl Waiting {
    /// All that are on their way.
    pub fn events(&self) -> i64 {
        self.for_acceptance + self.for_the_fold
    }
}

impl Backlog {
    /// Whether more wait late than early, and by more than chance.
    pub fn grew(&self) -> bool {
        (self.late.events() - self.early.events()) as f64 > self.due_meanwhile as f64 * GROWTH_MAX
    }

    /// Whether it grew before the door rather than behind it.
    pub fn grew_before_acceptance(&self) -> bool {
        self.late.for_acceptance - self.early.for_acceptance > self.late.for_the_fold - self.early.for_the_fold
    }
}

/// What waited, by how many events were `folded` when; `before` of them before the test.
pub(crate) fn backlog(answers: &[Answer], folded: &[(Instant, i64)], before: i64) -> Backlog {
    let measured = || answers.iter().filter(|answer| answer.is_measured).map(|answer| answer.due_at);
    let (Some(from), Some(to)) = (measured().min(), measured().max()) else { return Backlog::default() };
    let due = Count::of(answers.iter().map(|answer| (answer.due_at, answer.events())));
    let accepted = Count::of(answers.iter().map(|answer| (answer.answered_at, answer.accepted)));
    let third = (to - from) / 3;
    let within = |from: Instant, to: Instant| {
        let seen = folded.partition_point(|(at, _)| *at <= to);
        // Where the fold stood still all the time there is no news of it: what was known before still holds.
        let first = folded.partition_point(|(at, _)| *at < from).min(seen.saturating_sub(1));
        let known = &folded[first..seen];
        let at = |at: Instant, folded: i64| {
            let accepted_then = accepted.until(at);
            Waiting { for_acceptance: due.until(at) - accepted_then, for_the_fold: accepted_then - (folded - before) }
        };
        match known {
            [] => at(to - NEWS_EVERY, before),
            [(seen_at, folded)] => at((*seen_at).max(to - NEWS_EVERY), *folded),
            all => average(all.iter().map(|(seen_at, folded)| at(*seen_at, *folded))),
        }
    };
    Backlog {
        early: within(from, from + third),
        late: within(to - third, to),
        due_meanwhile: (due.until(to - third / 2) - due.until(from + third / 2)) as u64,
    }
}

fn average(all: impl ExactSizeIterator<Item = Waiting>) -> Waiting {
    let n = all.len().max(1) as i64;
    let (for_acceptance, for_the_fold) =
        all.fold((0, 0), |sum, one| (sum.0 + one.for_acceptance, sum.1 + one.for_the_fold));
    Waiting { for_acceptance: for_acceptance / n, for_the_fold: for_the_fold / n }
}

/// How many there were until when.
struct Count(Vec<(Instant, i64)>);

impl Count {
    fn of(events: impl Iterator<Item = (Instant, u64)>) -> Self {
        let mut sums: Vec<(Instant, i64)> = events.map(|(at, events)| (at, events as i64)).collect();
        sums.sort_unstable();
        let mut sum = 0;
        for (_, events) in &mut sums {
            sum += *events;
            *events = sum;
        }
        Self(sums)
    }

    fn until(&self, at: Instant) -> i64 {
        let there = self.0.partition_point(|(then, _)| *then <= at);
        there.checked_sub(1).map_or(0, |last| self.0[last].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publisher::tests::answer;
    use std::time::Duration;

    /// Three seconds of 1,000 events/s, accepted after 10 ms; of what was accepted a share is folded, known twice a second.
    fn with_a_fold_of(share: f64) -> Backlog {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let answers: Vec<Answer> = (0..3_000).map(|ms| answer(at(ms), at(ms + 10))).collect();
        let folded = |ms: u64| (at(ms), 70 + (ms.saturating_sub(10) as f64 * share) as i64);
        backlog(&answers, &(0..=6).map(|half| folded(half * 500)).collect::<Vec<_>>(), 70)
    }

    #[test]
    fn a_fold_that_keeps_up_has_a_backlog_that_stays() {
        let backlog = with_a_fold_of(1.0);
        assert!((9..=11).contains(&backlog.late.for_acceptance) && backlog.late.for_the_fold <= 2, "{backlog:?}");
        assert!(backlog.due_meanwhile.abs_diff(2_000) < 5 && !backlog.grew(), "{backlog:?}");
    }

    #[test]
    fn a_fold_that_is_a_tenth_too_slow_is_noticed_within_three_seconds() {
        let backlog = with_a_fold_of(0.9);
        assert!(backlog.grew() && !backlog.grew_before_acceptance(), "{backlog:?}");
    }

    #[test]
    fn a_fold_that_stands_still_is_noticed_though_it_says_nothing() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let answers: Vec<Answer> = (0..3_000).map(|ms| answer(at(ms), at(ms))).collect();
        assert!(backlog(&answers, &[(at(0), 0), (at(900), 900)], 0).grew());
        assert!(backlog(&answers, &[], 0).grew());
    }

    #[test]
    fn a_step_that_is_over_before_there_is_news_is_not_taken_for_a_backlog() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let answers: Vec<Answer> = (0..1_000).map(|ms| answer(at(ms), at(ms))).collect();
        assert!(!backlog(&answers, &[(at(500), 490)], 0).grew());
    }

    #[test]
    fn a_door_that_is_too_slow_is_told_from_the_fold() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let answers: Vec<Answer> = (0..3_000).map(|ms| answer(at(ms), at(ms * 5 / 4))).collect();
        let folded: Vec<(Instant, i64)> = (0..=6).map(|half| (at(half * 500), half as i64 * 400)).collect();
        let backlog = backlog(&answers, &folded, 0);
        assert!(backlog.grew() && backlog.grew_before_acceptance(), "{backlog:?}");
    }
}
