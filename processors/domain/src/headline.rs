//! An event in a few words, without anything personal.

use crate::Profile;
use crate::activity::Headline;
use nexusflow_model::event::voice::SurveyKind;
use nexusflow_model::{Event, Id, Kind, Money};

/// Whether an event of `kind` is worth a line on the wall.
pub const fn is_news(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::OrderPlaced
            | Kind::OrderCancelled
            | Kind::OrderReturned
            | Kind::DeliveryDelayed
            | Kind::DeliveryDelivered
            | Kind::DeliveryFailed
            | Kind::TicketOpened
            | Kind::TicketResolved
            | Kind::TicketReopened
            | Kind::PaymentFailed
            | Kind::SubscriptionStarted
            | Kind::SubscriptionCancelled
            | Kind::OpportunityCreated
            | Kind::OpportunityStageChanged
            | Kind::OpportunityWon
            | Kind::OpportunityLost
            | Kind::SurveyAnswered
            | Kind::ReviewPosted
            | Kind::MentionDetected
    )
}

/// The event in a few words. With a profile, a delivery says how late it was, and a won deal what it is worth.
pub fn of(event: &Event, profile: Option<&Profile>) -> Headline {
    let line = |what: String, amount: Option<Money>, good: Option<bool>| Headline { what, amount, good };
    match event {
        Event::OrderPlaced(it) => line("Order placed".into(), Some(it.total), None),
        Event::OrderCancelled(_) => line("Order cancelled".into(), None, Some(false)),
        Event::OrderReturned(it) => line("Goods returned".into(), it.amount, Some(false)),
        Event::OrderRefunded(it) => line("Refunded".into(), Some(it.amount), None),
        Event::DeliveryDelivered(it) => delivered(it.delivery.as_ref().unwrap_or(&it.order), profile),
        Event::DeliveryDelayed(_) => line("Delivery delayed".into(), None, Some(false)),
        Event::DeliveryFailed(_) => line("Delivery failed".into(), None, Some(false)),
        Event::TicketOpened(it) => line(
            it.priority.as_ref().map_or("Ticket opened".into(), |p| format!("Ticket opened, priority {p}")),
            None,
            None,
        ),
        Event::TicketResolved(it) if it.closed => line("Ticket closed".into(), None, None),
        Event::TicketResolved(_) => line("Ticket resolved".into(), None, Some(true)),
        Event::TicketReopened(_) => line("Ticket reopened".into(), None, Some(false)),
        Event::TicketStatusChanged(it) => line(format!("Ticket is now {}", it.status), None, None),
        Event::PaymentReceived(it) => line("Payment received".into(), Some(it.amount), None),
        Event::PaymentFailed(it) => line("Payment failed".into(), Some(it.amount), Some(false)),
        Event::InvoiceIssued(it) => line("Invoice issued".into(), Some(it.amount), None),
        Event::SubscriptionStarted(it) => line(format!("Subscribed to {}", it.plan), Some(it.amount), Some(true)),
        Event::SubscriptionCancelled(_) => line("Subscription cancelled".into(), None, Some(false)),
        Event::OpportunityCreated(it) => line(format!("New deal in {}", it.stage), it.amount, None),
        Event::OpportunityStageChanged(it) => line(format!("Deal moved to {}", it.stage), None, None),
        Event::OpportunityWon(it) => {
            let known = || profile.and_then(|profile| profile.opportunities.deal(&it.opportunity)?.amount());
            line("Deal won".into(), it.amount.or_else(known), Some(true))
        }
        Event::OpportunityLost(_) => line("Deal lost".into(), None, Some(false)),
        Event::SurveyAnswered(it) => {
            let (name, (min, max), score) = (survey_name(it.measures), it.ends(), i32::from(it.score.get()));
            let place = (score - i32::from(min)) * 10 / i32::from(max - min).max(1);
            line(format!("{name}: {score} of {max}"), None, mood(place, it.measures == SurveyKind::Nps))
        }
        Event::ReviewPosted(it) => {
            let (min, max, score) =
                (i32::from(it.scale.min.get()), i32::from(it.scale.max.get()), i32::from(it.score.get()));
            line(format!("Review: {score} of {max}"), None, mood((score - min) * 10 / (max - min).max(1), false))
        }
        Event::ReservationDecided(it) if it.granted => {
            line(format!("{} of {} reserved", it.quantity.get(), it.sku), None, Some(true))
        }
        Event::ReservationDecided(it) => {
            line(format!("{} of {} refused", it.quantity.get(), it.sku), None, Some(false))
        }
        Event::MentionDetected(it) => line(format!("Mentioned on {}", it.site), None, None),
        other => line(plain(other.kind()), None, None),
    }
}

const fn survey_name(kind: SurveyKind) -> &'static str {
    match kind {
        SurveyKind::Nps => "NPS answer",
        SurveyKind::Csat => "Satisfaction",
        SurveyKind::Ces => "Ease",
    }
}

/// Good, bad or neither, from a place on the scale in tenths.
const fn mood(tenths: i32, is_nps: bool) -> Option<bool> {
    match (tenths, is_nps) {
        (9.., true) | (7.., false) => Some(true),
        (..=6, true) | (..=3, false) => Some(false),
        _ => None,
    }
}

fn delivered(id: &Id, profile: Option<&Profile>) -> Headline {
    let lateness = profile.and_then(|profile| profile.delivery.parcel(id)?.lateness_ms());
    let (what, good) = match lateness {
        Some(ms) if ms > 0 => match ms / 86_400_000 {
            0 => ("Delivered late".to_owned(), Some(false)),
            1 => ("Delivered 1 day late".to_owned(), Some(false)),
            days => (format!("Delivered {days} days late"), Some(false)),
        },
        Some(_) => ("Delivered on time".to_owned(), Some(true)),
        None => ("Delivered".to_owned(), None),
    };
    Headline { what, amount: None, good }
}

/// `order.placed` -> `Order placed`.
fn plain(kind: Kind) -> String {
    let mut words = kind.as_str().replace(['.', '_'], " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
