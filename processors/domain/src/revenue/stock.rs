//! The stock of one product, and who may have it: decided in one place, so that what is promised never exceeds what is there.

use crate::Fold;
use nexusflow_engine::{Latest, Outcome};
use nexusflow_model::event::logistics::{InventoryRequest, ReservationDecided};
use nexusflow_model::{Envelope, Event, Id, Label};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The stock of one product.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Stock {
    /// How many were counted, by site.
    on_hand: BTreeMap<Label, Latest<i64>>,
    /// How many are set aside, by reservation; 0 where it was given back.
    reserved: BTreeMap<Id, Latest<i64>>,
}

impl Stock {
    /// How many can still be promised: what is there less what is set aside. Negative where more was sold than there is.
    pub fn available(&self) -> i64 {
        let sum = |all: &mut dyn Iterator<Item = &Latest<i64>>| all.filter_map(Latest::get).sum::<i64>();
        sum(&mut self.on_hand.values()) - sum(&mut self.reserved.values())
    }

    /// How many are set aside for a reservation.
    pub fn reserved(&self, reservation: &Id) -> i64 {
        self.reserved.get(reservation).and_then(Latest::get).copied().unwrap_or(0)
    }

    pub(crate) fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let (at, tie) = (envelope.occurred_at, context.identity);
        match &envelope.event {
            Event::InventoryLevelSet(it) => {
                let counted_at = it.counted_at.unwrap_or(at);
                self.on_hand.entry(it.site.clone()).or_default().say(counted_at, tie, it.on_hand.get());
            }
            // What another system has set aside is a fact; what is asked of us is decided.
            Event::InventoryReserved(it) => {
                self.reserved.entry(it.reservation.clone()).or_default().say(at, tie, it.quantity.get());
            }
            Event::InventoryReleased(it) => {
                self.reserved.entry(it.reservation.clone()).or_default().say(at, tie, 0);
            }
            Event::InventoryRequested(it) => {
                let outcome = self.decide(it);
                if outcome.accepted {
                    let reserved = self.reserved.entry(it.reservation.clone()).or_default();
                    // Decided now, whatever the clocks of others said of an earlier release.
                    let after = reserved.at().map_or(at, |before| at.max(before.plus_ms(1)));
                    reserved.say(after, tie, it.quantity.get());
                }
                if let Some(customer) = &it.customer {
                    let decided = ReservationDecided {
                        reservation: it.reservation.clone(),
                        sku: envelope.subject.clone(),
                        quantity: it.quantity,
                        granted: outcome.accepted,
                    };
                    context.derive(customer.clone(), at, Event::ReservationDecided(decided));
                }
                context.decide(outcome);
            }
            _ => {}
        }
    }

    fn decide(&self, asked: &InventoryRequest) -> Outcome {
        let (available, wanted) = (self.available(), asked.quantity.get());
        let outcome = |accepted, code: &str, message| Outcome { accepted, code: code.to_owned(), message };
        if self.reserved(&asked.reservation) > 0 {
            outcome(false, "already_reserved", "the reservation holds stock already: release it first".into())
        } else if wanted > available {
            outcome(false, "not_enough", format!("{wanted} asked for, {} available", available.max(0)))
        } else {
            outcome(true, "reserved", format!("{wanted} set aside, {} left", available - wanted))
        }
    }
}
