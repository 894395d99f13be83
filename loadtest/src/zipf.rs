//! Zipf's law: of many things the k-th is chosen a k-th as often as the first.

/// Chooses among the first `n` numbers by Zipf's law with exponent 1, whatever `n` is, by rejection-inversion: W. Hörmann and
/// G. Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", ACM Transactions on Modeling and
/// Computer Simulation 6(3), 1996.
#[derive(Debug, Clone)]
pub(crate) struct Zipf {
    n: u32,
    /// The integral of 1/x at the ends of what is chosen from.
    from: f64,
    to: f64,
    /// So near to a whole number a choice is always right.
    near: f64,
}

impl Zipf {
    /// Among 1 to `n`; `n` must not be 0.
    pub(crate) fn new(n: u32) -> Self {
        Self { n, from: 1.5_f64.ln() - 1.0, to: (f64::from(n) + 0.5).ln(), near: 2.0 - (2.5_f64.ln() - 0.5).exp() }
    }

    /// One of 1 to `n`.
    pub(crate) fn draw(&self, chance: &mut Chance) -> u32 {
        loop {
            let area = self.to + chance.unit() * (self.from - self.to);
            let x = area.exp();
            let k = x.round().clamp(1.0, f64::from(self.n));
            if k - x <= self.near || area >= (k + 0.5).ln() - 1.0 / k {
                return k as u32;
            }
        }
    }
}

/// Chance from a seed: SplitMix64 of G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Evenly in [0, 1).
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWN: u32 = 200_000;

    fn counts(n: u32) -> Vec<u32> {
        let (zipf, mut chance) = (Zipf::new(n), Chance::new(7));
        let mut counts = vec![0; n as usize + 1];
        (0..DRAWN).for_each(|_| counts[zipf.draw(&mut chance) as usize] += 1);
        counts
    }

    #[test]
    fn the_kth_is_chosen_a_kth_as_often_as_the_first() {
        let n = 1_000;
        let harmonic: f64 = (1..=n).map(|k| 1.0 / f64::from(k)).sum();
        let counts = counts(n);
        assert_eq!(counts[0], 0);
        // Pearson's statistic over the numbers, those that are expected rarely taken together: 150 classes or so.
        let (mut statistic, mut classes, mut expected, mut found) = (0.0, 0.0, 0.0, 0.0);
        for k in 1..=n {
            expected += f64::from(DRAWN) / harmonic / f64::from(k);
            found += f64::from(counts[k as usize]);
            if expected >= 200.0 || k == n {
                statistic += (found - expected).powi(2) / expected;
                classes += 1.0;
                (expected, found) = (0.0, 0.0);
            }
        }
        // Its mean is the number of classes less one, its deviation the root of twice that: five of them are never chance.
        let deviation = (2.0_f64 * (classes - 1.0)).sqrt();
        assert!((statistic - (classes - 1.0)).abs() < 5.0 * deviation, "{statistic} of {classes} classes");
    }

    #[test]
    fn one_of_one_and_one_of_millions_are_within_bounds() {
        assert_eq!(counts(1), [0, DRAWN]);
        let (zipf, mut chance) = (Zipf::new(5_000_000), Chance::new(1));
        let drawn: Vec<u32> = (0..10_000).map(|_| zipf.draw(&mut chance)).collect();
        assert!(drawn.iter().all(|k| (1..=5_000_000).contains(k)), "{drawn:?}");
        // The logarithm of what is drawn is spread evenly: half lies below the root.
        let below = drawn.iter().filter(|k| **k < 2_236).count();
        assert!((4_800..6_000).contains(&below), "{below}");
    }
}
