//! Who a customer is one with, and by which keys they are known.
//!
//! A merge is an event: from it on, what is said of the customer that was merged goes to the one that stays, but for what is about an
//! order, a ticket, a deal or a bill that the merged one knows, which ends where it began. What was counted before stays where it
//! is. When the merge is taken back, what was begun with the survivor ends there, and all else is the customer's own again.

use crate::crm::things;
use crate::{Fold, Profile};
use nexusflow_engine::Latest;
use nexusflow_engine::context::DERIVED;
use nexusflow_model::alias::Alias;
use nexusflow_model::event::identity::{AliasClaimed, CustomerAbsorbed};
use nexusflow_model::{Envelope, Event, Id, Kind, Timestamp, partition};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many customers may pass an event on, one to the next: where three say of each other in a circle that they go into the next
/// one, it stays with whom it has come to.
pub const PASSED_ON_MAX: u8 = 8;

/// What a customer is known by, and who they are one with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Links {
    /// The keys the customer is known by, as 64 bits: when they were first.
    claims: BTreeMap<u64, Timestamp>,
    /// Who went into this customer, and whether that holds.
    absorbed: BTreeMap<Id, Latest<bool>>,
    /// Into whom this customer went, and whether that holds.
    into: BTreeMap<Id, Latest<bool>>,
    /// To whom the first event about a thing was passed on.
    begun: BTreeMap<u64, Id>,
    /// What was passed on, by event and by how often it had been before.
    passed: BTreeSet<u64>,
    /// Whether the customer is no longer counted among those known.
    is_counted_out: bool,
}

impl Links {
    /// Into whom `own`, whose links these are, went.
    pub fn survivor(&self, own: &Id) -> Option<&Id> {
        let holds = self.into.iter().filter(|(other, said)| said.get() == Some(&true) && !self.is_reversed(own, other));
        holds.max_by_key(|(other, said)| (said.at(), *other)).map(|(other, _)| other)
    }

    /// Who went into `own`, whose links these are.
    pub fn merged<'a>(&'a self, own: &'a Id) -> impl Iterator<Item = &'a Id> {
        let holds = self.absorbed.iter().filter(|(_, said)| said.get() == Some(&true));
        let survivor = self.survivor(own);
        holds.map(|(other, _)| other).filter(move |other| survivor != Some(*other))
    }

    /// Two that went into one another: the later word counts, and of two at once the lesser id stays.
    fn is_reversed(&self, own: &Id, other: &Id) -> bool {
        let (into, back) = (self.into.get(other), self.absorbed.get(other));
        back.filter(|back| back.get() == Some(&true))
            .is_some_and(|back| (back.at(), other) > (into.and_then(Latest::at), own))
    }

    /// To whom an event goes that is not this customer's to keep.
    fn recipient(&self, own: &Id, profile: &Profile, event: &Event) -> Option<Id> {
        let survivor = self.survivor(own);
        if survivor.is_none() && self.begun.is_empty() {
            return None;
        }
        let begun = things::of(event).find_map(|thing| self.begun.get(&thing.hash()));
        if let Some(begun) = begun {
            return Some(begun.clone());
        }
        let is_known = things::of(event).any(|thing| thing.is_known_to(profile));
        survivor.filter(|_| !is_known).cloned()
    }
}

/// Looks at an event of a customer before it is folded into the profile; false where it is not for this profile to fold.
pub(crate) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) -> bool {
    match &envelope.event {
        Event::CustomerAbsorbed(it) => {
            let into = profile.links.get_or_insert_default().into.entry(it.survivor.clone()).or_default();
            into.say(envelope.occurred_at, u64::from(it.is_over), !it.is_over);
            count(context, profile);
            return false;
        }
        Event::CustomerMerged(it) => return merge(context, profile, envelope, &it.merged, false),
        Event::CustomerUnmerged(it) => return merge(context, profile, envelope, &it.unmerged, true),
        Event::CustomerIdentified(it) if envelope.forwarded == 0 && context.config.identity.is_some() => {
            let email = it.email.as_ref().and_then(|email| Alias::Email.key(email.reveal().as_str()));
            let phone = it.phone.as_ref().and_then(|phone| Alias::Phone.key(phone.reveal().as_str()));
            let device = it.anonymous_id.as_ref().and_then(|device| Alias::Device.key(device.as_str()));
            for key in [email, phone, device].into_iter().flatten() {
                claim(context, profile, key, envelope.occurred_at);
            }
        }
        Event::OrderPlaced(it) if envelope.forwarded == 0 && claims_orders(context) => {
            if let Some(key) = Alias::Order.key(it.order.as_str()) {
                claim(context, profile, key, envelope.occurred_at);
            }
        }
        _ => {}
    }
    let Some(links) = &profile.links else { return true };
    let kind = envelope.event.kind();
    if kind.is_command() || kind.is_control() || envelope.forwarded >= PASSED_ON_MAX {
        return true;
    }
    match links.recipient(context.subject(), profile, &envelope.event) {
        Some(to) => {
            pass_on(context, profile, envelope, to);
            false
        }
        None => !is_repeated(context, profile, envelope),
    }
}

fn claims_orders(context: &Fold<'_>) -> bool {
    context.config.identity.as_ref().is_some_and(|identity| identity.orders)
}

/// An event that was passed on before comes again, now that it would not be.
fn is_repeated(context: &mut Fold<'_>, profile: &Profile, envelope: &Envelope) -> bool {
    let name = name(context.identity, envelope.forwarded);
    let is_repeated = profile.links.as_ref().is_some_and(|links| links.passed.contains(&name));
    if is_repeated {
        context.repeated();
        context.forget();
    }
    is_repeated
}

/// An event that comes here after so many have passed it on.
fn name(identity: u64, forwarded: u8) -> u64 {
    identity.rotate_left(u32::from(forwarded))
}

fn pass_on(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope, to: Id) {
    let links = profile.links.get_or_insert_default();
    context.forget();
    if !links.passed.insert(name(context.identity, envelope.forwarded)) {
        return context.repeated();
    }
    for thing in things::of(&envelope.event) {
        links.begun.entry(thing.hash()).or_insert_with(|| to.clone());
    }
    context.pass_on(to, envelope.forwarded + 1, envelope);
}

/// Another customer went into this one, or comes out again.
fn merge(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope, other: &Id, is_over: bool) -> bool {
    let own = context.subject().clone();
    if *other == own {
        return true;
    }
    if Alias::of(other).is_some() {
        if !is_over {
            claim(context, profile, other.clone(), envelope.occurred_at);
        }
        return true;
    }
    let links = profile.links.get_or_insert_default();
    // What we conclude ourselves never turns round what somebody said: it is about who the customer went into.
    if envelope.source.as_str() == DERIVED
        && let Some(survivor) = links.survivor(&own)
    {
        let survivor = survivor.clone();
        if survivor != *other && envelope.forwarded < PASSED_ON_MAX {
            pass_on(context, profile, envelope, survivor);
            return false;
        }
        return true;
    }
    let said = links.absorbed.entry(other.clone()).or_default();
    let before = said.clone();
    said.say(envelope.occurred_at, u64::from(is_over), !is_over);
    if *said != before {
        let absorbed = CustomerAbsorbed { survivor: own, is_over };
        context.derive(other.clone(), envelope.occurred_at, Event::CustomerAbsorbed(absorbed));
    }
    true
}

/// Says that the customer is known by a key, unless that was said of an earlier time.
fn claim(context: &mut Fold<'_>, profile: &mut Profile, key: Id, at: Timestamp) {
    let claims = &mut profile.links.get_or_insert_default().claims;
    let known = claims.entry(partition::hash_of(key.as_str()));
    let is_known = matches!(&known, std::collections::btree_map::Entry::Occupied(known) if *known.get() <= at);
    if !is_known {
        known.and_modify(|known| *known = at).or_insert(at);
        let customer = context.subject().clone();
        context.derive(key, at, Event::AliasClaimed(AliasClaimed { customer }));
    }
}

/// Claims what is known already: keys were not asked for when it was said.
pub(crate) fn reconfigured(context: &mut Fold<'_>, profile: &mut Profile) {
    if context.config.identity.is_none() {
        return;
    }
    let said = |alias: Alias, latest: &Latest<nexusflow_model::Label>| {
        Some((alias.key(latest.get()?.as_str())?, latest.at()?))
    };
    let identity = &profile.identity;
    let mut keys: Vec<(Id, Timestamp)> =
        [said(Alias::Email, &identity.email), said(Alias::Phone, &identity.phone)].into_iter().flatten().collect();
    if claims_orders(context) {
        let orders = profile.commerce.orders_placed();
        keys.extend(orders.filter_map(|(order, at)| Some((Alias::Order.key(order.as_str())?, at))));
    }
    for (key, at) in keys {
        let claims = profile.links.as_ref().map(|links| &links.claims);
        if claims.is_none_or(|claims| !claims.contains_key(&partition::hash_of(key.as_str()))) {
            claim(context, profile, key, at);
        }
    }
}

/// Counts the customer among those known, unless they are one with another.
pub(crate) fn count(context: &mut Fold<'_>, profile: &mut Profile) {
    let Some(links) = &mut profile.links else { return };
    let is_out = profile.identity.events > 0 && links.survivor(context.subject()).is_some();
    if is_out != links.is_counted_out {
        links.is_counted_out = is_out;
        let difference = if is_out { -1 } else { 1 };
        context.count_now(|rollup| rollup.customers.known += difference);
    }
}

/// Whether an event of a customer may be about a key instead: what people decide and what we say of ourselves is not.
pub(crate) const fn may_wait(kind: Kind) -> bool {
    !kind.is_command() && (!kind.is_control() || matches!(kind, Kind::AliasClaimed))
}
