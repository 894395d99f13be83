//! Keys by which a customer is known where their id is not: what is said of such a key waits until a customer claims it.
//!
//! An event belongs to who had claimed the key last by the event's own time, before anybody had to who did first; and to whom the
//! first event about the same order, ticket or deal went, so that what begins with one customer ends with them. What was handed
//! over is not taken back when somebody else turns out to have claimed the key earlier.

use crate::Fold;
use crate::crm::things;
use nexusflow_model::event::identity::{AliasClaimed, CustomerMerged};
use nexusflow_model::{Envelope, Event, Id, Label, Timestamp, alias, cloudevents};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// Who claimed it, and when first.
    claims: BTreeMap<Id, Timestamp>,
    /// Events that wait for somebody to claim it, whole, as the log has them. There may be any number: nothing is lost.
    waiting: Vec<String>,
    /// To whom the first event about a thing went.
    begun: BTreeMap<u64, Id>,
    /// Customers of whom it was said that they are one with who claimed it first.
    said: BTreeSet<Id>,
}

/// Looks at an event about a key.
pub(crate) fn fold(context: &mut Fold<'_>, alias: &mut Alias, envelope: &Envelope) {
    match &envelope.event {
        Event::AliasClaimed(it) => alias.claimed(context, it, envelope.occurred_at),
        event => match alias.owner_of(event, envelope.occurred_at) {
            Some(customer) => context.pass_on(customer, 0, envelope),
            None => {
                context.hold();
                alias.waiting.push(String::from_utf8_lossy(&cloudevents::encode(envelope)).into_owned());
            }
        },
    }
}

impl Alias {
    /// How many events wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Who claimed it, and when first.
    pub fn claims(&self) -> impl Iterator<Item = (&Id, Timestamp)> {
        self.claims.iter().map(|(customer, at)| (customer, *at))
    }

    /// Whom an event is about that happened at `at`; none where nobody claimed the key.
    fn owner_of(&mut self, event: &Event, at: Timestamp) -> Option<Id> {
        let things: Vec<u64> = things::of(event).map(|thing| thing.hash()).collect();
        let begun = things.iter().find_map(|thing| self.begun.get(thing));
        let owner = begun.or_else(|| self.last_claim_by(at)).or_else(|| self.first_claim())?.clone();
        for thing in things {
            self.begun.entry(thing).or_insert_with(|| owner.clone());
        }
        Some(owner)
    }

    fn last_claim_by(&self, at: Timestamp) -> Option<&Id> {
        let by_then = self.claims.iter().filter(|(_, claimed)| **claimed <= at);
        by_then.max_by_key(|(customer, claimed)| (**claimed, *customer)).map(|(customer, _)| customer)
    }

    fn first_claim(&self) -> Option<&Id> {
        self.claims.iter().min_by_key(|(customer, claimed)| (**claimed, *customer)).map(|(customer, _)| customer)
    }

    fn claimed(&mut self, context: &mut Fold<'_>, it: &AliasClaimed, at: Timestamp) {
        let first = self.claims.entry(it.customer.clone()).or_insert(at);
        *first = at.min(*first);
        for held in std::mem::take(&mut self.waiting) {
            let envelope = cloudevents::decode_stored(held.as_bytes());
            let owner = envelope.as_ref().ok().and_then(|held| self.owner_of(&held.event, held.occurred_at));
            match (envelope, owner) {
                (Ok(envelope), Some(owner)) => context.release(owner, envelope),
                // What was written here is read here.
                _ => self.waiting.push(held),
            }
        }
        self.say_who_is_one(context);
    }

    /// Says that those who claimed it are one, where it counts as evidence for that: who claimed it first stays.
    pub(crate) fn say_who_is_one(&mut self, context: &mut Fold<'_>) {
        let Some(alias) = alias::Alias::of(context.subject()).filter(|_| self.claims.len() > 1) else { return };
        if !context.config.identity.as_ref().is_some_and(|identity| identity.takes_for_one(alias)) {
            return;
        }
        let Some(survivor) = self.first_claim().cloned() else { return };
        let evidence = Label::new(&format!("same {}", alias.name())).ok();
        for (customer, at) in self.claims.iter().filter(|(customer, _)| **customer != survivor) {
            if self.said.insert(customer.clone()) {
                let (merged, evidence, by) = (customer.clone(), evidence.clone(), Label::new("NexusFlow").ok());
                let merged = CustomerMerged { merged, evidence, by };
                context.derive(survivor.clone(), *at, Event::CustomerMerged(merged));
            }
        }
    }
}
