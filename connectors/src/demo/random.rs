//! Chance, from a seed. Everything here is made of additions, multiplications, divisions and comparisons, which IEEE 754 rounds
//! alike on every machine: the logarithm of the system's own library may differ in its last bit, and one bit is enough to put
//! two events in another order.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Above this mean a Poisson count is drawn from the normal distribution: the difference does not show, the cost does.
const POISSON_NORMAL_FROM: f64 = 40.0;

/// A stream of chance: the same seed and stream always fall alike.
#[derive(Clone, Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of that number under `seed`; streams are independent of each other.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut chacha = ChaCha8Rng::seed_from_u64(seed);
        chacha.set_stream(stream);
        Self(chacha)
    }

    /// Uniform in [0, 1), in steps of 2^-53.
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with probability `p`.
    pub(super) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Uniform in 0..`n`; 0 where there is nothing to choose from.
    pub(super) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    /// Uniform in `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// Exponential with that mean.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -ln(1.0 - self.unit()) * mean
    }

    /// Exponential with that mean, in whole milliseconds.
    pub(super) fn wait(&mut self, mean_ms: i64) -> i64 {
        self.exponential(mean_ms as f64) as i64
    }

    /// Normal, as the sum of twelve uniforms (Irwin-Hall): within six standard deviations, which is plenty here.
    pub(super) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        mean + (sum - 6.0) * deviation
    }

    /// Poisson with that mean: how many unit exponentials fit into it.
    pub(super) fn poisson(&mut self, mean: f64) -> u32 {
        if mean > POISSON_NORMAL_FROM {
            return self.normal(mean, mean.sqrt()).max(0.0) as u32;
        }
        let mut left = mean;
        let mut count = 0;
        loop {
            left -= self.exponential(1.0);
            if left < 0.0 {
                return count;
            }
            count += 1;
        }
    }

    /// One of them, each as likely; they must not be empty.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, of: &'a [&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// One of them, each as likely; nothing where there is nothing.
    pub(super) fn any<'a>(&mut self, of: &'a [String]) -> &'a str {
        let index = self.below(of.len());
        of.get(index).map_or("", String::as_str)
    }

    /// The index of one of the weights, each as likely as it is heavy.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: u64 = weights.clone().map(u64::from).sum();
        let mut at = self.below(total as usize) as u64;
        for (index, weight) in weights.enumerate() {
            if at < u64::from(weight) {
                return index;
            }
            at -= u64::from(weight);
        }
        0
    }
}

/// The natural logarithm of a positive, normal number, by the series of atanh: ln m = 2 (s + s^3/3 + s^5/5 ...) with
/// s = (m - 1) / (m + 1). Good to about 1e-14, and the same on every machine.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as f64 - 1_023.0;
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let series = (0..14).rev().fold(0.0, |sum, k| sum * square + 1.0 / f64::from(2 * k + 1));
    2.0 * s * series + exponent * std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_logarithm_is_the_logarithm(x in 1e-15_f64..1e6) {
            prop_assert!((ln(x) - x.ln()).abs() < 1e-12 * x.ln().abs().max(1.0));
        }
    }

    #[test]
    fn the_distributions_have_their_means_and_spreads() {
        let mut dice = Dice::new(1, 1);
        let moments = |mut draw: Box<dyn FnMut() -> f64 + '_>| {
            let drawn: Vec<f64> = (0..20_000).map(|_| draw()).collect();
            let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
            (mean, drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / drawn.len() as f64)
        };
        let (mean, variance) = moments(Box::new(|| dice.exponential(3.0)));
        assert!((mean - 3.0).abs() < 0.1 && (variance - 9.0).abs() < 0.7, "{mean} {variance}");
        let (mean, variance) = moments(Box::new(|| dice.normal(10.0, 2.0)));
        assert!((mean - 10.0).abs() < 0.1 && (variance - 4.0).abs() < 0.2, "{mean} {variance}");
        for of in [2.5, 300.0] {
            let (mean, variance) = moments(Box::new(|| f64::from(dice.poisson(of))));
            assert!((mean / of - 1.0).abs() < 0.03 && (variance / of - 1.0).abs() < 0.06, "{mean} {variance}");
        }
        let (mean, _) = moments(Box::new(|| dice.weighted([1, 0, 3].into_iter()) as f64));
        assert!((mean - 1.5).abs() < 0.03, "{mean}");
    }

    #[test]
    fn streams_of_one_seed_differ_and_repeat() {
        let drawn = |seed, stream| {
            let mut dice = Dice::new(seed, stream);
            [dice.below(1_000), dice.below(1_000), dice.below(1_000)]
        };
        assert_eq!(drawn(7, 1), drawn(7, 1));
        assert_ne!(drawn(7, 1), drawn(7, 2));
        insta::assert_compact_debug_snapshot!(drawn(7, 1), @"[992, 9, 721]");
    }
}
