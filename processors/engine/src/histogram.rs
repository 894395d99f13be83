//! A log-linear histogram of non-negative integers that merges and takes back.

use crate::Merge;
use serde::{Deserialize, Serialize};

/// Bits of precision: values below 128 are exact, larger ones fall into buckets 1/128 of their size wide, so that a quantile
/// (the middle of its bucket) is within 0.4 % of the true one.
const BITS: u32 = 7;

/// Counts of values in log-linear buckets (the layout of HdrHistogram), sparse. Counts may go down again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// (bucket, count), by bucket; no zero counts.
    buckets: Vec<(u16, i64)>,
}

fn bucket_of(value: u64) -> u16 {
    let bits = 64 - value.leading_zeros();
    let shift = bits.saturating_sub(BITS + 1);
    ((shift << BITS) as u64 + (value >> shift)) as u16
}

fn middle_of(bucket: u16) -> i64 {
    let (bucket, exact) = (u64::from(bucket), 1_u64 << (BITS + 1));
    if bucket < exact {
        return bucket as i64;
    }
    let shift = (bucket >> BITS) - 1;
    let low = (bucket - (shift << BITS)) << shift;
    (low + (1 << shift) / 2) as i64
}

impl Histogram {
    /// Counts `value` `times` times; negative to take it back. Values below zero count as zero.
    pub fn add(&mut self, value: i64, times: i64) {
        self.add_to(bucket_of(value.max(0) as u64), times);
    }

    fn add_to(&mut self, bucket: u16, times: i64) {
        match self.buckets.binary_search_by_key(&bucket, |(own, _)| *own) {
            Ok(at) => {
                self.buckets[at].1 += times;
                if self.buckets[at].1 == 0 {
                    self.buckets.remove(at);
                }
            }
            Err(at) if times != 0 => self.buckets.insert(at, (bucket, times)),
            Err(_) => {}
        }
    }

    /// How many values it holds.
    pub fn count(&self) -> i64 {
        self.buckets.iter().map(|(_, count)| count).sum()
    }

    /// The value below which `share_bp` of 10,000 of the values lie (nearest rank); none of nothing.
    pub fn quantile(&self, share_bp: i64) -> Option<i64> {
        let count = self.count();
        if count <= 0 {
            return None;
        }
        let rank = ((count * share_bp + 9_999) / 10_000).clamp(1, count);
        let mut below = 0;
        for (bucket, times) in &self.buckets {
            below += times;
            if below >= rank {
                return Some(middle_of(*bucket));
            }
        }
        None
    }
}

impl Merge for Histogram {
    fn merge(&mut self, other: &Self) {
        for (bucket, times) in &other.buckets {
            self.add_to(*bucket, *times);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bucket_is_within_half_a_percent_of_its_values(value in 0_u64..1 << 45) {
            let middle = middle_of(bucket_of(value)) as f64;
            prop_assert!((middle - value as f64).abs() <= value as f64 / 256.0 + f64::EPSILON, "{value} -> {middle}");
        }

        #[test]
        fn quantiles_are_those_of_the_values(mut values in prop::collection::vec(0_i64..1_000_000, 1..200), share in 0_i64..=10_000) {
            let mut histogram = Histogram::default();
            values.iter().for_each(|value| histogram.add(*value, 1));
            values.sort_unstable();
            let rank = ((values.len() as i64 * share + 9_999) / 10_000).clamp(1, values.len() as i64);
            let exact = values[rank as usize - 1];
            prop_assert!((histogram.quantile(share).unwrap() - exact).abs() <= exact / 256 + 1);
        }

        #[test]
        fn what_is_taken_back_leaves_nothing(values in prop::collection::vec(0_i64..1_000_000, 0..50)) {
            let mut histogram = Histogram::default();
            values.iter().for_each(|value| histogram.add(*value, 1));
            values.iter().for_each(|value| histogram.add(*value, -1));
            prop_assert_eq!(histogram, Histogram::default());
        }
    }
}
