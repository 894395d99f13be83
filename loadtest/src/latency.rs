//! Latencies.

use hdrhistogram::Histogram;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Longest latency that is told apart, in microseconds.
const MAX_US: u64 = 600_000_000;
/// Significant digits.
const DIGITS: u8 = 3;

/// Points of a curve until what is left of all is halved.
const STEPS_A_HALVING: f64 = 4.0;

/// Latencies in microseconds.
#[derive(Debug, Clone)]
pub(crate) struct Latency(Histogram<u64>);

/// What is told of latencies.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Quantiles {
    /// How many were measured.
    pub n: u64,
    /// Half took at most so long, in microseconds.
    pub p50_us: u64,
    /// Nine of ten took at most so long.
    pub p90_us: u64,
    /// 99 of 100 took at most so long.
    pub p99_us: u64,
    /// 999 of 1,000 took at most so long.
    pub p999_us: u64,
    /// The longest.
    pub max_us: u64,
    /// Which share took at most how many microseconds, ever closer to all of them, as far as so many tell.
    pub curve: Vec<(f64, u64)>,
}

impl Default for Latency {
    fn default() -> Self {
        Self::new()
    }
}

impl Latency {
    pub(crate) fn new() -> Self {
        // These bounds are good for any input: 1 or more, at least twice the lowest, at most five digits.
        #[expect(clippy::expect_used, reason = "see above")]
        Self(Histogram::new_with_bounds(1, MAX_US, DIGITS).expect("the bounds of a histogram"))
    }

    /// All of `times`.
    pub(crate) fn of(times: impl Iterator<Item = Duration>) -> Self {
        let mut latency = Self::new();
        times.for_each(|time| latency.record_time(time, 1));
        latency
    }

    /// Notes how long it took from `from` to `to`, for `events`; nothing where it was there before.
    pub(crate) fn record(&mut self, from: Instant, to: Instant, events: u64) {
        self.record_time(to.saturating_duration_since(from), events);
    }

    pub(crate) fn record_time(&mut self, time: Duration, events: u64) {
        self.0.saturating_record_n(time.as_micros() as u64, events);
    }

    pub(crate) fn quantiles(&self) -> Quantiles {
        let at = |quantile: f64| if self.0.is_empty() { 0 } else { self.0.value_at_quantile(quantile) };
        Quantiles {
            n: self.0.len(),
            p50_us: at(0.5),
            p90_us: at(0.9),
            p99_us: at(0.99),
            p999_us: at(0.999),
            max_us: self.0.max(),
            curve: self.curve(),
        }
    }

    fn curve(&self) -> Vec<(f64, u64)> {
        let shares = (0..).map(|step| 1.0 - 0.5_f64.powf(f64::from(step) / STEPS_A_HALVING));
        let told = shares.take_while(|share| (1.0 - share) * self.0.len() as f64 >= 1.0);
        told.map(|share| (share, self.0.value_at_quantile(share))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_what_was_recorded() {
        assert_eq!(Latency::new().quantiles(), Quantiles::default());
        let mut latency = Latency::new();
        for ms in 1..=1_000 {
            latency.record_time(Duration::from_millis(ms), 2);
        }
        let Quantiles { n, p50_us, p90_us, p99_us, p999_us, max_us, curve } = latency.quantiles();
        assert!(
            curve.is_sorted() && curve.len() == 44 && curve.last().is_some_and(|last| last.1 > p999_us),
            "{curve:?}"
        );
        let near = |got: u64, ms: u64| got.abs_diff(ms * 1_000) <= ms;
        assert!(
            n == 2_000
                && near(p50_us, 500)
                && near(p90_us, 900)
                && near(p99_us, 990)
                && near(p999_us, 999)
                && near(max_us, 1_000)
        );
    }
}
