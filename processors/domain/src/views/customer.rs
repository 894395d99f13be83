//! One customer, whole.

use crate::experience::tickets::{State, Ticket};
use crate::money_by_currency::MoneyByCurrency;
use crate::retention::health::{self, Band};
use crate::revenue::deal::Deal;
use crate::views::table::time;
use crate::voice::satisfaction::{Mean, rounded_ratio};
use crate::voice::words;
use crate::{Business, Profile, headline};
use nexusflow_model::{Envelope, Id, Label, Place, Timestamp};
use serde_json::{Value, json};

/// How many tickets and deals a customer page lists; the newest are kept.
const ITEMS_MAX: usize = 50;

/// The customer 360: the object of `GET /api/v1/customers/{id}`. Holds personal data. `timeline` are the events that the
/// profile's timeline refers to, and `now` its partition and how far time has come there.
pub fn whole(
    business: &Business,
    id: &Id,
    profile: &Profile,
    now: (u32, Timestamp),
    timeline: &[(Place, Envelope)],
) -> Value {
    let identity = &profile.identity;
    let label = |latest: &nexusflow_engine::Latest<Label>| json!(latest.get());
    let mut activities: Vec<&(Place, Envelope)> = timeline.iter().collect();
    activities.sort_by(|(_, a), (_, b)| (b.occurred_at, &b.id).cmp(&(a.occurred_at, &a.id)));
    json!({
        "id": id,
        "name": label(&identity.name),
        "kind": label(&identity.kind),
        "segment": label(&identity.segment),
        "tier": label(&identity.tier),
        "country": label(&identity.country),
        "owner": label(&identity.owner),
        "email": label(&identity.email),
        "phone": label(&identity.phone),
        "account": json!(identity.account.get()),
        "since": time(identity.since.get().copied()),
        "first_event_at": time(identity.first_event_at),
        "last_event_at": time(identity.last_event_at),
        "events": identity.events,
        "merged_into": json!(survivor(id, profile)),
        "merged": profile.links.iter().flat_map(|links| links.merged(id)).collect::<Vec<_>>(),
        "health": health::explain::whole(business, id, profile, now, timeline),
        "commerce": commerce(profile),
        "delivery": delivery(profile),
        "tickets": tickets(profile),
        "satisfaction": satisfaction(profile),
        "sentiment": {
            "mean_milli": profile.sentiment.mean.milli(),
            "n": profile.sentiment.mean.n,
            "unknown": profile.sentiment.unknown,
            "last_milli": profile.sentiment.last.get(),
        },
        "opportunities": opportunities(profile),
        "timeline": activities.into_iter().map(|(place, envelope)| activity(*place, envelope)).collect::<Vec<_>>(),
    })
}

/// A customer as a line of a search result. Holds personal data.
pub fn line(id: &Id, profile: &Profile) -> Value {
    json!({
        "id": id,
        "name": profile.identity.name.get(),
        "kind": profile.identity.kind.get(),
        "country": profile.identity.country.get(),
        "health": {"score_milli": profile.health.score_milli, "band": profile.health.band.map_or("unknown", Band::as_str)},
        "merged_into": json!(survivor(id, profile)),
        "orders": profile.commerce.placed,
        "paid": money(&profile.commerce.paid),
        "last_event_at": time(profile.identity.last_event_at),
    })
}

/// Into whom the customer went.
fn survivor<'a>(id: &Id, profile: &'a Profile) -> Option<&'a Id> {
    profile.links.as_ref()?.survivor(id)
}

fn money(sums: &MoneyByCurrency) -> Value {
    sums.iter().map(|(currency, minor)| json!({"minor": minor, "currency": currency})).collect()
}

fn commerce(profile: &Profile) -> Value {
    let commerce = &profile.commerce;
    json!({
        "orders": commerce.placed,
        "cancelled": commerce.cancelled,
        "returned": commerce.returned,
        "value": money(&commerce.value),
        "paid": money(&commerce.paid),
        "first_order_at": time(commerce.placed_at().min()),
        "last_order_at": time(commerce.placed_at().max()),
    })
}

fn delivery(profile: &Profile) -> Value {
    let delivery = &profile.delivery;
    json!({
        "delivered": delivery.delivered,
        "late": delivery.late,
        "open": delivery.under_way(),
        "lead_time_mean_ms": rounded_ratio(delivery.lead_time_sum_ms, delivery.lead_times),
    })
}

fn tickets(profile: &Profile) -> Value {
    let mut tickets: Vec<(&Id, &Ticket)> =
        profile.tickets.iter().filter(|(_, ticket)| ticket.opened_at().is_some()).collect();
    tickets.sort_by_key(|(_, ticket)| std::cmp::Reverse((ticket.state() == State::Open, ticket.opened_at())));
    let item = |(id, ticket): &(&Id, &Ticket)| {
        json!({
            "ticket": id,
            "status": ticket.state(),
            "priority": Some(ticket.priority()).filter(|priority| !priority.is_empty()),
            "opened_at": time(ticket.opened_at()),
            "resolved_at": time(ticket.resolved_at()),
            "first_reply_ms": ticket.first_reply_ms(),
        })
    };
    json!({
        "open": profile.tickets.open,
        "opened": profile.tickets.opened,
        "resolved": profile.tickets.resolved,
        "items": tickets.iter().take(ITEMS_MAX).map(item).collect::<Vec<_>>(),
    })
}

fn satisfaction(profile: &Profile) -> Value {
    let satisfaction = &profile.satisfaction;
    let mean = |mean: &Mean| mean.milli().map(|milli| json!({"mean_milli": milli, "n": mean.n}));
    json!({
        "nps": satisfaction.nps_last.get().map(|last| json!({"last": last, "n": satisfaction.nps})),
        "csat": mean(&satisfaction.csat),
        "ces": mean(&satisfaction.ces),
        "reviews": mean(&satisfaction.reviews),
    })
}

fn opportunities(profile: &Profile) -> Value {
    let mut deals: Vec<(&Id, &Deal)> = profile.opportunities.iter().collect();
    deals.sort_by_key(|(_, deal)| deal.status());
    let item = |(id, deal): &(&Id, &Deal)| {
        json!({
            "opportunity": id,
            "pipeline": deal.pipeline(),
            "stage": deal.stage(),
            "amount": deal.amount(),
            "status": deal.status(),
        })
    };
    deals.iter().take(ITEMS_MAX).map(item).collect()
}

fn activity(place: Place, envelope: &Envelope) -> Value {
    let headline = headline::of(&envelope.event, None);
    json!({
        "place": health::explain::named(place),
        "kind": envelope.event.kind().as_str(),
        "id": envelope.id,
        "source": envelope.source,
        "occurred_at": envelope.occurred_at,
        "what": headline.what,
        "amount": headline.amount,
        "good": headline.good,
        "text": words::of(&envelope.event),
        "data": envelope.event,
    })
}
