//! The small algebra that rollups obey.

use std::collections::BTreeMap;

/// A commutative monoid: `Default` is its neutral element, and merging is associative and commutative. Rollups hold integers
/// only, so that this is exact; counts go down as well as up, when an event corrects what an earlier one said.
pub trait Merge: Default {
    /// Adds what `other` has counted.
    fn merge(&mut self, other: &Self);
}

impl Merge for i64 {
    fn merge(&mut self, other: &Self) {
        *self += other;
    }
}

impl<T: Merge + Copy, const N: usize> Merge for [T; N]
where
    [T; N]: Default,
{
    fn merge(&mut self, other: &Self) {
        for (own, others) in self.iter_mut().zip(other) {
            own.merge(others);
        }
    }
}

impl<K: Ord + Clone, V: Merge> Merge for BTreeMap<K, V> {
    fn merge(&mut self, other: &Self) {
        for (key, value) in other {
            match self.get_mut(key) {
                Some(own) => own.merge(value),
                None => {
                    let mut fresh = V::default();
                    fresh.merge(value);
                    self.insert(key.clone(), fresh);
                }
            }
        }
    }
}

/// Implements [`Merge`] field by field.
#[macro_export]
macro_rules! merge_fields {
    ($type:ty { $($field:ident),+ $(,)? }) => {
        impl $crate::Merge for $type {
            fn merge(&mut self, other: &Self) {
                $($crate::Merge::merge(&mut self.$field, &other.$field);)+
            }
        }
    };
}
