//! How sure a figure is: intervals by resampling, from a seed.

/// A small generator of chance (SplitMix64, Steele et al. 2014): the same seed, the same numbers.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// From a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0. The bias of the multiplication is below n / 2^64.
    pub const fn below(&mut self, n: usize) -> usize {
        ((self.next() as u128 * n as u128) >> 64) as usize
    }

    /// Puts the items into an order of chance (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// The 95 % interval of a figure of `n` cases, by the percentile bootstrap (Efron 1979): `figure` is given the numbers of the cases
/// drawn, with repetitions. None where there is no case.
pub fn interval(n: usize, seed: u64, figure: impl Fn(&[usize]) -> f64) -> Option<(f64, f64)> {
    const TIMES: usize = 400;
    if n == 0 {
        return None;
    }
    let mut chance = Chance::new(seed);
    let mut seen: Vec<f64> = Vec::with_capacity(TIMES);
    let mut drawn = vec![0; n];
    for _ in 0..TIMES {
        drawn.fill_with(|| chance.below(n));
        seen.push(figure(&drawn));
    }
    seen.sort_by(f64::total_cmp);
    Some((seen[TIMES / 40], seen[TIMES - 1 - TIMES / 40]))
}

/// The mean over classes of F1, the harmonic mean of precision and recall, from (what it is, what was guessed). A class that neither is
/// nor was guessed counts nothing.
pub fn macro_f1(pairs: impl Iterator<Item = (usize, usize)>, classes: usize) -> f64 {
    let mut right = vec![0_u32; classes];
    let (mut are, mut guessed) = (right.clone(), right.clone());
    for (class, guess) in pairs {
        are[class] += 1;
        guessed[guess] += 1;
        right[class] += u32::from(class == guess);
    }
    let f1 = |at: usize| {
        let both = are[at] + guessed[at];
        (both > 0).then(|| f64::from(2 * right[at]) / f64::from(both))
    };
    let all: Vec<f64> = (0..classes).filter_map(f1).collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::{interval, macro_f1};

    #[test]
    fn macro_f1_is_that_of_the_textbook() {
        // Class 0: 2 of 2 found, 3 guessed: F1 .8. Class 1: 1 of 2 found, 1 guessed: F1 2/3. Class 2 is nowhere.
        let pairs = [(0, 0), (0, 0), (1, 0), (1, 1)];
        assert!((macro_f1(pairs.into_iter(), 3) - (0.8 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_interval_of_a_share_is_that_of_the_textbook() {
        // 80 of 100: 0.8 +- 1.96 * sqrt(0.8 * 0.2 / 100) = 0.72 to 0.88.
        let right = |drawn: &[usize]| drawn.iter().filter(|at| **at < 80).count() as f64 / drawn.len() as f64;
        let (low, high) = interval(100, 7, right).unwrap();
        assert!((low - 0.72).abs() < 0.02 && (high - 0.88).abs() < 0.02, "{low} to {high}");
        assert_eq!(interval(0, 7, right), None);
    }
}
