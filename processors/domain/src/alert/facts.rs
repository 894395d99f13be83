//! What is known of whom an alert is about, when it is raised.

use crate::Profile;
use crate::alert::config::When;
use crate::config::Business;
use nexusflow_model::{Id, Label, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// By what alerts are told apart, grouped and held back. Nothing personal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named like what it labels")]
pub struct Labels {
    pub account: Option<Label>,
    pub customer_kind: Option<Label>,
    pub tier: Option<Label>,
    pub channel: Option<Label>,
    pub priority: Option<Label>,
    pub category: Option<Label>,
    pub carrier: Option<Label>,
    pub source: Option<Label>,
}

/// What is known of whom an alert is about.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The labels of the customer.
    pub labels: Labels,
    /// Who looks after them.
    pub owner: Option<Label>,
    /// Their name: personal.
    pub name: Option<Label>,
    /// What they have paid, in the currency of the business, or in the one that they use.
    pub value: Option<Money>,
    /// Their health, in thousandths of a point.
    pub health_milli: Option<i64>,
    /// When their subscription is renewed next.
    pub renewal_at: Option<Timestamp>,
}

impl Facts {
    /// Those of a profile, at `now`.
    pub(crate) fn of(business: &Business, profile: &Profile, now: Timestamp) -> Self {
        let identity = &profile.identity;
        let label = |id: &Id| Label::new(id.as_str()).ok();
        let labels = Labels {
            account: identity.account.get().and_then(label),
            customer_kind: identity.kind.get().cloned(),
            tier: identity.tier.get().cloned(),
            ..Labels::default()
        };
        let own = business.business.currency;
        let paid = &profile.commerce.paid;
        let value = match paid.get(own) {
            0 => paid.iter().next().map(|(currency, minor)| Money { minor, currency }),
            minor => Some(Money { minor, currency: own }),
        };
        Self {
            labels,
            owner: identity.owner.get().cloned(),
            name: identity.name.get().cloned(),
            value,
            health_milli: profile.health.score_milli,
            renewal_at: profile.watch.renewal_at(now),
        }
    }
}

impl When {
    /// Whether it is about such a customer, with the labels of what happened.
    pub fn holds(&self, labels: &Labels, health_milli: Option<i64>, renewal_in_days: Option<i64>) -> bool {
        let any =
            |of: &[Label], label: &Option<Label>| of.is_empty() || label.as_ref().is_some_and(|own| of.contains(own));
        any(&self.customer_kind, &labels.customer_kind)
            && any(&self.tier, &labels.tier)
            && any(&self.channel, &labels.channel)
            && any(&self.priority, &labels.priority)
            && any(&self.category, &labels.category)
            && self.health_below.is_none_or(|limit| health_milli.is_some_and(|own| own < i64::from(limit) * 1_000))
            && self.renewal_within_days.is_none_or(|days| renewal_in_days.is_some_and(|own| own <= i64::from(days)))
    }
}

impl Labels {
    /// These, and where one is not said, that of `other`.
    #[must_use]
    pub fn over(self, other: &Self) -> Self {
        Self {
            account: self.account.or_else(|| other.account.clone()),
            customer_kind: self.customer_kind.or_else(|| other.customer_kind.clone()),
            tier: self.tier.or_else(|| other.tier.clone()),
            channel: self.channel.or_else(|| other.channel.clone()),
            priority: self.priority.or_else(|| other.priority.clone()),
            category: self.category.or_else(|| other.category.clone()),
            carrier: self.carrier.or_else(|| other.carrier.clone()),
            source: self.source.or_else(|| other.source.clone()),
        }
    }
}
