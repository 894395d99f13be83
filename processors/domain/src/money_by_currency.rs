//! Sums of money, each currency for itself: nothing is ever converted.

use nexusflow_engine::Merge;
use nexusflow_model::{Currency, Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Minor units by currency; no zeros.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyByCurrency(BTreeMap<Currency, i64>);

impl MoneyByCurrency {
    /// Adds `money` `times` times; negative to take it back.
    pub fn add(&mut self, money: Money, times: i64) {
        self.add_minor(money.currency, money.minor * times);
    }

    /// Adds minor units of a currency.
    pub(crate) fn add_minor(&mut self, currency: Currency, minor: i64) {
        if minor == 0 {
            return;
        }
        let sum = self.0.entry(currency).or_default();
        *sum += minor;
        if *sum == 0 {
            self.0.remove(&currency);
        }
    }

    /// The sum in one currency.
    pub fn get(&self, currency: Currency) -> i64 {
        self.0.get(&currency).copied().unwrap_or(0)
    }

    /// Every currency with its sum.
    pub fn iter(&self) -> impl Iterator<Item = (Currency, i64)> {
        self.0.iter().map(|(currency, minor)| (*currency, *minor))
    }
}

impl Merge for MoneyByCurrency {
    fn merge(&mut self, other: &Self) {
        for (currency, minor) in other.iter() {
            self.add_minor(currency, minor);
        }
    }
}
