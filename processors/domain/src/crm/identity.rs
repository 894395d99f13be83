//! Who the customer is.

use crate::Fold;
use crate::profile::Facet;
use nexusflow_engine::{Latest, merge_fields};
use nexusflow_model::{Envelope, Event, Id, Label, Timestamp};
use serde::{Deserialize, Serialize};

/// Who the customer is, trait by trait; of each the latest word counts. Personal traits are kept as text here and leave only
/// towards people who may see them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Name.
    pub name: Latest<Label>,
    /// E-mail.
    pub email: Latest<Label>,
    /// Telephone.
    pub phone: Latest<Label>,
    /// The company they belong to.
    pub account: Latest<Id>,
    /// Kind of customer.
    pub kind: Latest<Label>,
    /// Market segment.
    pub segment: Latest<Label>,
    /// Tier.
    pub tier: Latest<Label>,
    /// Country.
    pub country: Latest<Label>,
    /// Who looks after them.
    pub owner: Latest<Label>,
    /// Customer since, where a source says so.
    pub since: Latest<Timestamp>,
    /// The first event, by its own time.
    pub first_event_at: Option<Timestamp>,
    /// The last event, by its own time.
    pub last_event_at: Option<Timestamp>,
    /// How many events.
    pub events: u64,
}

/// Customers, and when they were last heard of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomerCounts {
    /// In the pane of all time: customers known.
    pub known: i64,
    /// In a day's pane: customers whose latest event lies in it. The sum over the days up to now is how many were active in them.
    pub last_heard: i64,
}

merge_fields!(CustomerCounts { known, last_heard });

impl Facet for Identity {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        self.events += 1;
        if self.events == 1 {
            context.count_now(|rollup| rollup.customers.known += 1);
        }
        self.heard_at(context, envelope.occurred_at);
        let (at, tie) = (envelope.occurred_at, context.identity);
        match &envelope.event {
            Event::CustomerIdentified(it) => {
                let personal =
                    |field: &Option<nexusflow_model::Personal<Label>>| field.as_ref().map(|p| p.reveal().clone());
                say(&mut self.name, at, tie, personal(&it.name));
                say(&mut self.email, at, tie, personal(&it.email));
                say(&mut self.phone, at, tie, personal(&it.phone));
                say(&mut self.account, at, tie, it.account.clone());
                say(&mut self.kind, at, tie, it.kind.clone());
                say(&mut self.segment, at, tie, it.segment.clone());
                say(&mut self.tier, at, tie, it.tier.clone());
                say(&mut self.country, at, tie, it.country.clone());
                say(&mut self.owner, at, tie, it.owner.clone());
                say(&mut self.since, at, tie, it.since);
            }
            Event::AccountGrouped(it) => self.account.say(at, tie, it.account.clone()),
            Event::OwnerChanged(it) if it.opportunity.is_none() => self.owner.say(at, tie, it.owner.clone()),
            Event::TierChanged(it) => self.tier.say(at, tie, it.tier.clone()),
            _ => {}
        }
    }
}

fn say<T>(latest: &mut Latest<T>, at: Timestamp, tie: u64, value: Option<T>) {
    if let Some(value) = value {
        latest.say(at, tie, value);
    }
}

impl Identity {
    fn heard_at(&mut self, context: &mut Fold<'_>, at: Timestamp) {
        self.first_event_at = Some(self.first_event_at.map_or(at, |first| first.min(at)));
        if self.last_event_at.is_some_and(|last| at <= last) {
            return;
        }
        let before = self.last_event_at.replace(at);
        // Most are heard of again on the same day, for which they count already.
        let zone = &context.config.business.time_zone;
        if before.is_some_and(|before| zone.day_and_hour(before).0 == zone.day_and_hour(at).0) {
            return;
        }
        if let Some(before) = before {
            context.count_day(before, |rollup| rollup.customers.last_heard -= 1);
        }
        context.count_day(at, |rollup| rollup.customers.last_heard += 1);
    }
}
