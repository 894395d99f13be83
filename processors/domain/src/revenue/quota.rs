//! What sellers and teams have to sell.

use crate::Fold;
use crate::revenue::counts::{QuotaKey, count_under};
use nexusflow_engine::Latest;
use nexusflow_model::{Envelope, Event, Label, Money, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How much, and the team it adds to, as was said last.
type Quota = Latest<(Money, Option<Label>)>;

/// A seller or team: what they have to sell in each period, by its start and end, as was said last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Seller {
    quotas: BTreeMap<(Timestamp, Timestamp), Quota>,
}

impl Seller {
    /// Takes in an event about a seller or team.
    pub(crate) fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let Event::QuotaSet(it) = &envelope.event else { return };
        let period = (it.period_start, it.period_end);
        let before = self.quotas.get(&period).cloned().unwrap_or_default();
        let mut quota = before.clone();
        quota.say(envelope.occurred_at, context.identity, (it.amount, it.team.clone()));
        count(context, period, &before, -1);
        count(context, period, &quota, 1);
        self.quotas.insert(period, quota);
    }
}

fn count(context: &mut Fold<'_>, (from, until): (Timestamp, Timestamp), quota: &Quota, times: i64) {
    let Some((amount, team)) = quota.get() else { return };
    let key = QuotaKey {
        subject: context.subject().as_str().to_owned(),
        team: team.as_ref().map_or_else(String::new, |team| team.as_str().to_owned()),
        from_ms: from.as_ms(),
        until_ms: until.as_ms(),
    };
    context.count_day(from, |rollup| count_under(&mut rollup.pipeline.quotas, &key, |sum| sum.add(*amount, times)));
}
