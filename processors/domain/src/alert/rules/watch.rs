//! What rules have to remember of a customer.

use crate::{Fold, Profile};
use jiff::ToSpan;
use nexusflow_engine::Latest;
use nexusflow_model::event::finance::BillingInterval;
use nexusflow_model::{Envelope, Event, Timestamp};
use serde::{Deserialize, Serialize};

/// Days of health that are remembered at the most.
const DAYS_KEPT: usize = 32;
/// Renewals looked for at the most: centuries.
const RENEWALS_MAX: i64 = 1_000;

/// What rules have to remember of a customer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// The best health of each of the last days: (day since 1970-01-01, thousandths of a point).
    pub(super) highs: Vec<(i32, i32)>,
    /// What health has to be above, in thousandths of a point, for a fall to be over.
    pub(super) recovered_above: Option<i32>,
    /// How often a subscription is billed; none where it was cancelled.
    billed: Latest<Option<BillingInterval>>,
    /// When it began.
    began: Latest<()>,
}

impl Watch {
    /// Remembers today's health, and gives the best of the last `days`.
    pub(super) fn best_of(&mut self, today: i32, days: i32, score: i32) -> i32 {
        self.highs.retain(|(day, _)| today - *day <= days);
        match self.highs.last_mut() {
            Some((day, high)) if *day == today => *high = score.max(*high),
            _ => self.highs.push((today, score)),
        }
        if self.highs.len() > DAYS_KEPT {
            self.highs.remove(0);
        }
        self.highs.iter().map(|(_, high)| *high).max().unwrap_or(score)
    }

    /// When a subscription for longer than a month is renewed next.
    pub fn renewal_at(&self, now: Timestamp) -> Option<Timestamp> {
        let months = match (*self.billed.get()?)? {
            BillingInterval::Month => return None,
            BillingInterval::Quarter => 3,
            BillingInterval::Year => 12,
        };
        // Where nobody told of its beginning, the first that was told of it has to do.
        let began_at = self.began.at().or(self.billed.at())?;
        let began = began_at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC);
        let renewal = |n: i64| {
            let at = began.checked_add((n * months).months()).ok()?.timestamp().as_millisecond();
            Timestamp::from_ms(at).ok()
        };
        let ms = now.ms_since(began_at).max(0);
        // A month has 28 days at least: begin a little before.
        let first = (ms / (months * 31 * 86_400_000)).max(1);
        (first..RENEWALS_MAX).map_while(renewal).find(|at| *at > now)
    }
}

/// Remembers subscriptions.
pub(super) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    let (at, tie, watch) = (envelope.occurred_at, context.identity, &mut profile.watch);
    match &envelope.event {
        Event::SubscriptionStarted(it) => {
            watch.billed.say(at, tie, Some(it.interval));
            watch.began.say(at, tie, ());
        }
        // A change of terms does not move the renewal.
        Event::SubscriptionChanged(it) => watch.billed.say(at, tie, Some(it.interval)),
        Event::SubscriptionCancelled(_) => watch.billed.say(at, tie, None),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewal_is_the_next_one() {
        let mut watch = Watch::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(watch.renewal_at(at("2026-01-01T00:00:00Z")), None);
        watch.billed.say(at("2024-02-29T10:00:00Z"), 0, Some(BillingInterval::Year));
        watch.began.say(at("2024-02-29T10:00:00Z"), 0, ());
        assert_eq!(watch.renewal_at(at("2024-03-01T00:00:00Z")), Some(at("2025-02-28T10:00:00Z")));
        assert_eq!(watch.renewal_at(at("2026-11-22T00:00:00Z")), Some(at("2027-02-28T10:00:00Z")));
        // Billed otherwise from December on, and begun when it was.
        watch.billed.say(at("2024-12-01T10:00:00Z"), 0, Some(BillingInterval::Quarter));
        assert_eq!(watch.renewal_at(at("2025-01-01T00:00:00Z")), Some(at("2025-02-28T10:00:00Z")));
        watch.began.say(at("2024-12-15T10:00:00Z"), 0, ());
        assert_eq!(watch.renewal_at(at("2025-01-01T00:00:00Z")), Some(at("2025-03-15T10:00:00Z")));
        watch.billed.say(at("2025-12-01T10:00:00Z"), 0, None);
        assert_eq!(watch.renewal_at(at("2026-01-01T00:00:00Z")), None);
    }

    #[test]
    fn the_best_of_some_days_is_remembered() {
        let mut watch = Watch::default();
        assert_eq!(watch.best_of(10, 7, 80), 80);
        assert_eq!(watch.best_of(12, 7, 60), 80);
        assert_eq!(watch.best_of(17, 7, 50), 80);
        assert_eq!(watch.best_of(18, 7, 55), 60);
    }
}
