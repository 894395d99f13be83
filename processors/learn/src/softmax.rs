//! Chances from logits, in whole numbers: the same on every machine.

/// The parts of one that a logit is told in.
pub(crate) const LOGIT: i32 = 1024;

/// 2^(-1/64) in 2^32-ths.
const ROOT: u64 = 4_248_701_965;

/// 2^(-i/64) in 2^24-ths.
const POWERS: [u32; 64] = {
    let mut powers = [0_u32; 64];
    let mut value: u64 = 1 << 56;
    let mut at = 0;
    while at < 64 {
        powers[at] = (value >> 32) as u32;
        value = ((value as u128 * ROOT as u128) >> 32) as u64;
        at += 1;
    }
    powers
};

/// e^(-x) for x >= 0 in 1024ths, in 2^24-ths.
fn exp_of_minus(x: i64) -> u64 {
    // x / 1024 * log2(e) * 64, with log2(e) in 2^20-ths.
    let sixty_fourths = (x * 1_512_775 / (1 << 24)).min(40 * 64);
    let (whole, part) = (sixty_fourths / 64, sixty_fourths % 64);
    u64::from(POWERS[part as usize]) >> whole
}

/// The chances of some outcomes in thousandths, from their logits in 1024ths; they sum to a thousand but for what is cut off.
pub(crate) fn chances(logits: &[i32], chances: &mut [u16]) {
    let best = i64::from(logits.iter().copied().max().unwrap_or(0));
    let sum: u64 = logits.iter().map(|logit| exp_of_minus(best - i64::from(*logit))).sum();
    for (chance, logit) in chances.iter_mut().zip(logits) {
        let own = exp_of_minus(best - i64::from(*logit));
        *chance = ((own * 1_000 + sum / 2) / sum.max(1)) as u16;
    }
}

/// x * 1024 / sqrt(n), where x is in `unit`-ths: a sum over n features as a logit.
pub(crate) fn scaled(x: i64, n: u32, unit: i64) -> i32 {
    let root = (u64::from(n.max(1)) << 16).isqrt() as i64;
    (x * i64::from(LOGIT) * 256 / (unit * root.max(1))).clamp(-64 * 1024, 64 * 1024) as i32
}

#[cfg(test)]
mod tests {
    use super::{chances, scaled};

    #[test]
    fn chances_are_those_of_the_formula() {
        for logits in [[0, 0, 0], [1024, 0, -1024], [3000, -200, 100], [60_000, 0, 0], [-500, 2_048, 2_000]] {
            let mut own = [0_u16; 3];
            chances(&logits, &mut own);
            let e = logits.map(|logit| (f64::from(logit) / 1024.0).exp());
            for (chance, e_own) in own.iter().zip(e) {
                assert!(
                    (f64::from(*chance) / 1000.0 - e_own / e.iter().sum::<f64>()).abs() < 0.01,
                    "{logits:?}: {own:?}"
                );
            }
        }
    }

    #[test]
    fn a_sum_is_divided_by_the_root_of_how_many() {
        assert_eq!(scaled(64, 4, 64), 512);
        assert_eq!(scaled(-64, 1, 64), -1024);
        assert_eq!(scaled(0, 0, 64), 0);
    }
}
