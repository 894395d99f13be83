//! What is known of a customer. `README.md` defines it; the programs of the peers compute the same in their own ways.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// What the windows move by.
const QUARTER_MS: i64 = 15 * 60 * 1_000;
/// Quarters of an hour in an hour.
const HOUR: i64 = 4;
/// Quarters of an hour in a day.
const DAY: i64 = 96;
/// Of a customer with fewer payments nobody says what is usual.
const USUAL_MIN: u64 = 10;

/// Payments: how many, and how much in cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// How much.
    pub sum: i64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
    }

    fn subtract(&mut self, other: Self) {
        self.count -= other.count;
        self.sum -= other.sum;
    }
}

/// A customer's payments, kept up to date payment by payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    all: Tally,
    day: Tally,
    is_at_risk: bool,
    last_ms: i64,
    last_amount: i64,
    /// The quarters of an hour of the last day that have payments, in order.
    quarters: VecDeque<(i64, Tally)>,
}

impl Account {
    /// Takes in a payment of `amount` cents at `ms`, in whatever order they come.
    pub fn add(&mut self, ms: i64, amount: i64) {
        if self.all.count == 0 || ms > self.last_ms {
            (self.last_ms, self.last_amount) = (ms, amount);
        }
        let one = Tally { count: 1, sum: amount };
        self.all.add(one);
        let before = self.newest() - DAY;
        while let Some((quarter, tally)) = self.quarters.front().copied()
            && quarter <= before
        {
            self.day.subtract(tally);
            self.quarters.pop_front();
        }
        let quarter = ms.div_euclid(QUARTER_MS);
        if quarter > before {
            self.day.add(one);
            self.add_to_quarter(quarter, one);
        }
        self.is_at_risk = self.all.count >= USUAL_MIN && self.day.sum * 20 < self.all.sum;
    }

    fn add_to_quarter(&mut self, quarter: i64, one: Tally) {
        // Nearly always it is the last one.
        let at = self.quarters.iter().rposition(|(other, _)| *other <= quarter);
        match at.and_then(|at| self.quarters.get_mut(at)) {
            Some((other, tally)) if *other == quarter => tally.add(one),
            _ => self.quarters.insert(at.map_or(0, |at| at + 1), (quarter, one)),
        }
    }

    fn newest(&self) -> i64 {
        self.last_ms.div_euclid(QUARTER_MS)
    }

    /// All payments.
    pub fn all(&self) -> Tally {
        self.all
    }

    /// Those of the last day.
    pub fn day(&self) -> Tally {
        self.day
    }

    /// Those of the last hour.
    pub fn hour(&self) -> Tally {
        let mut hour = Tally::default();
        let before = self.newest() - HOUR;
        self.quarters.iter().rev().take_while(|(quarter, _)| *quarter > before).for_each(|(_, tally)| hour.add(*tally));
        hour
    }

    /// When the last payment was, and how much.
    pub fn last(&self) -> (i64, i64) {
        (self.last_ms, self.last_amount)
    }

    /// Whether the last day brought less than a twentieth of all there ever was.
    pub fn is_at_risk(&self) -> bool {
        self.is_at_risk
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_roll_by_quarters_behind_the_last_payment_in_whatever_order_payments_come() {
        let payments = [(0, 1), (3_600_000, 2), (DAY * QUARTER_MS - 1, 4), (DAY * QUARTER_MS, 8)];
        let mut turned = payments;
        turned.reverse();
        for payments in [payments, turned] {
            let mut account = Account::default();
            payments.iter().for_each(|(ms, amount)| account.add(*ms, *amount));
            assert_eq!(account.all(), Tally { count: 4, sum: 15 });
            assert_eq!(account.day(), Tally { count: 3, sum: 14 });
            assert_eq!(account.hour(), Tally { count: 2, sum: 12 });
            assert_eq!(account.last(), (DAY * QUARTER_MS, 8));
        }
    }
}
