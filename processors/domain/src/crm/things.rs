//! What an event is about beside a customer: orders, tickets, deals, bills. What several events say of one of them has to come
//! together in one profile.

use crate::Profile;
use crate::alert::{AlertKind, key};
use nexusflow_model::{Event, Id, partition};

/// A thing that has a life of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing<'a> {
    /// An order, and its deliveries.
    Order(&'a Id),
    Ticket(&'a Id),
    Deal(&'a Id),
    Invoice(&'a Id),
    Payment(&'a Id),
}

impl Thing<'_> {
    /// Its name in 64 bits.
    pub(crate) fn hash(self) -> u64 {
        let (class, id) = match self {
            Self::Order(id) => ("order", id),
            Self::Ticket(id) => ("ticket", id),
            Self::Deal(id) => ("deal", id),
            Self::Invoice(id) => ("invoice", id),
            Self::Payment(id) => ("payment", id),
        };
        partition::hash_of(&format!("{class} {id}"))
    }

    /// Whether the profile knows something of it.
    pub(crate) fn is_known_to(self, profile: &Profile) -> bool {
        let is_unpaid = |id: &Id| {
            let key = |cause| key(AlertKind::Payment, id.as_str(), cause);
            !profile.alerts.is_empty()
                && ["failed", "overdue"].into_iter().filter_map(key).any(|key| profile.alerts.get(&key).is_some())
        };
        match self {
            Self::Order(id) => profile.commerce.knows(id) || profile.delivery.parcel(id).is_some() || is_unpaid(id),
            Self::Ticket(id) => profile.tickets.iter().any(|(own, _)| own == id),
            Self::Deal(id) => profile.opportunities.deal(id).is_some(),
            Self::Invoice(id) | Self::Payment(id) => is_unpaid(id),
        }
    }
}

/// The things an event is about.
pub(crate) fn of(event: &Event) -> impl Iterator<Item = Thing<'_>> {
    let one = |thing| [Some(thing), None, None];
    let paid = |payment, order, invoice| [Some(Thing::Payment(payment)), order, invoice];
    let things = match event {
        Event::OrderPlaced(it) => one(Thing::Order(&it.order)),
        Event::OrderChanged(it) => one(Thing::Order(&it.order)),
        Event::OrderCancelled(it) => one(Thing::Order(&it.order)),
        Event::OrderReturned(it) => one(Thing::Order(&it.order)),
        Event::OrderRefunded(it) => one(Thing::Order(&it.order)),
        Event::DeliveryPromised(it) => one(Thing::Order(&it.order)),
        Event::DeliveryShipped(it) => one(Thing::Order(&it.order)),
        Event::DeliveryDelayed(it) => one(Thing::Order(&it.order)),
        Event::DeliveryDelivered(it) => one(Thing::Order(&it.order)),
        Event::DeliveryFailed(it) => one(Thing::Order(&it.order)),
        Event::TicketOpened(it) => one(Thing::Ticket(&it.ticket)),
        Event::TicketReplied(it) => one(Thing::Ticket(&it.ticket)),
        Event::TicketStatusChanged(it) => one(Thing::Ticket(&it.ticket)),
        Event::TicketAssigned(it) => one(Thing::Ticket(&it.ticket)),
        Event::TicketPriorityChanged(it) => one(Thing::Ticket(&it.ticket)),
        Event::TicketResolved(it) => one(Thing::Ticket(&it.ticket)),
        Event::TicketReopened(it) => one(Thing::Ticket(&it.ticket)),
        Event::SlaPaused(it) => one(Thing::Ticket(&it.ticket)),
        Event::SlaResumed(it) => one(Thing::Ticket(&it.ticket)),
        Event::OpportunityCreated(it) => one(Thing::Deal(&it.opportunity)),
        Event::OpportunityStageChanged(it) => one(Thing::Deal(&it.opportunity)),
        Event::OpportunityAmountChanged(it) => one(Thing::Deal(&it.opportunity)),
        Event::OpportunityCloseDateChanged(it) => one(Thing::Deal(&it.opportunity)),
        Event::OpportunityWon(it) => one(Thing::Deal(&it.opportunity)),
        Event::OpportunityLost(it) => one(Thing::Deal(&it.opportunity)),
        Event::OwnerChanged(it) => [it.opportunity.as_ref().map(Thing::Deal), None, None],
        Event::InvoiceIssued(it) => one(Thing::Invoice(&it.invoice)),
        Event::InvoiceOverdue(it) => one(Thing::Invoice(&it.invoice)),
        Event::InvoiceCredited(it) => one(Thing::Invoice(&it.invoice)),
        Event::PaymentReceived(it) | Event::PaymentReversed(it) => {
            paid(&it.payment, it.order.as_ref().map(Thing::Order), it.invoice.as_ref().map(Thing::Invoice))
        }
        Event::PaymentFailed(it) => {
            paid(&it.payment, it.order.as_ref().map(Thing::Order), it.invoice.as_ref().map(Thing::Invoice))
        }
        _ => [None; 3],
    };
    things.into_iter().flatten()
}
