//! What stands in the fields of examples.

use serde_json::{Value, json};

/// Texts, by the name of their field.
const TEXTS: &[(&str, &str)] = &[
    ("action", "refunded the freight"),
    ("activity", "reference call"),
    ("actor", "Ana Ruiz"),
    ("assignee", "Ben Ito"),
    ("author", "Ben Ito"),
    ("author_kind", "agent"),
    ("basis", "consent"),
    ("benefit", "free delivery for a year"),
    ("by", "Ana Ruiz"),
    ("carrier", "DHL"),
    ("category", "coffee beans"),
    ("cause", "carrier lost the parcel"),
    ("channel", "web"),
    ("city", "Madrid"),
    ("code", "solved"),
    ("competitor", "Beans & Co"),
    ("content", "TmV4dXNGbG93"),
    ("countries", "ES"),
    ("country", "ES"),
    ("direction", "inbound"),
    ("document", "price list 2026"),
    ("email", "ann@example.org"),
    ("event", "barista day Madrid"),
    ("evidence", "same e-mail"),
    ("feature", "reorder"),
    ("form", "contact"),
    ("group", "customer care"),
    ("industry", "hospitality"),
    ("interval", "month"),
    ("kind", "consumer"),
    ("landing_page", "/office-coffee"),
    ("lane", "Madrid-Barcelona"),
    ("language", "es"),
    ("link", "/offers/january"),
    ("map", "first order"),
    ("matches", "kind=delay,carrier=DHL"),
    ("measures", "nps"),
    ("method", "card"),
    ("metric", "on_time_share"),
    ("name", "Ann Example"),
    ("note", "called back, all is well"),
    ("origin", "search"),
    ("outcome", "completed"),
    ("owner", "Carla Vega"),
    ("page", "/products/espresso-1kg"),
    ("phone", "+34 600 000 000"),
    ("pipeline", "new business"),
    ("plan", "Office 20"),
    ("previous", "silver"),
    ("priority", "high"),
    ("product", "Espresso 1 kg"),
    ("programme", "Coffee Club"),
    ("purpose", "marketing"),
    ("reason", "arrived too late"),
    ("role", "buyer"),
    ("scale", "nps"),
    ("segment", "small business"),
    ("segments", "small business"),
    ("signal", "asked for a price"),
    ("site", "Madrid"),
    ("source_name", "Industry report"),
    ("stage", "Proposal"),
    ("status", "in progress"),
    ("step", "delivery"),
    ("team", "Sales Iberia"),
    ("template", "order-confirmation"),
    ("text", "The coffee is excellent, but the parcel came two days late."),
    ("themes", "delivery time"),
    ("tier", "gold"),
    ("title", "Excellent beans"),
    ("topic", "Where is my parcel?"),
    ("touchpoint", "delivery"),
    ("variant", "short form"),
    ("version", "2026-01"),
    ("winner", "short form"),
];

/// The text of a field; its name where nobody thought of one.
pub(super) fn text(name: &str) -> &str {
    TEXTS.iter().find(|(own, _)| *own == name).map_or(name, |(_, text)| text)
}

/// Ids that several events name.
pub(super) fn shared_id(name: &str) -> Option<&'static str> {
    Some(match name {
        "account" | "parent" => "acme",
        "anonymous_id" => "device-7f3a91",
        "campaign" => "january-offers",
        "customer" => "customer-42",
        "experiment" => "checkout-2026",
        "item" => "item-2001",
        "merged" | "unmerged" => "customer-43",
        "referred" => "customer-77",
        "seller" => "partner-3",
        "sku" => "sku-espresso-1kg",
        "survey" => "nps-2026",
        _ => return None,
    })
}

/// When something is, in hours from the time of the event: what is due lies ahead, what was lies behind.
pub(super) fn hours_from_now(name: &str) -> i64 {
    const DAY: i64 = 24;
    match name {
        "promised_at" => 2 * DAY,
        "estimated_at" => 3 * DAY,
        "due_at" | "valid_until" | "wanted_by" => 14 * DAY,
        "expected_close_at" => 45 * DAY,
        "expires_at" | "ends_at" => 365 * DAY,
        "until" => 8,
        "period_end" => 30 * DAY,
        "since" => -200 * DAY,
        "asked_at" => -DAY,
        _ => 0,
    }
}

/// Amounts in minor units: an order of two bags with its freight.
pub(super) fn minor(name: &str) -> i64 {
    match name {
        "freight" => 495,
        "balance" => 18_234_000,
        "annual_revenue" => 420_000_000,
        _ => 3_780,
    }
}

/// Counts, shares and scores.
pub(super) fn number(name: &str) -> i64 {
    match name {
        "quantity" | "instalments" => 2,
        "seconds" => 185,
        "score" => 9,
        "min" => 0,
        "max" => 10,
        "probability_bp" | "importance" => 6_000,
        "share_bp" => 10_000,
        "weight_bp" => 5_000,
        "sentiment" => 400,
        "strength" | "expected" => 8,
        "baseline_milli" | "value_milli" => 450,
        "target_milli" => 600,
        "points" => 120,
        "on_hand" => 240,
        "hours" => 160,
        "employees" => 85,
        "seats" => 20,
        "days" => 12,
        "year" => 2_026,
        "n" => 1_200,
        "pages" | "count" | "priority" => 3,
        "lag_ms" => 850,
        "hour" => 491_000,
        "judged" => 40,
        "negative" => 6,
        "total" => 7,
        _ => 1,
    }
}

/// Whether something is usually so.
pub(super) fn is_usually(name: &str) -> bool {
    !matches!(name, "abandoned" | "hold_out" | "trial" | "pending" | "closed" | "by_customer")
}

/// What a type says otherwise than others do in a field of that name. Null leaves the field out.
pub(super) fn own(kind: &str, name: &str) -> Option<Value> {
    Some(match (kind, name) {
        ("order.placed", "total") => json!({"minor": 4_275, "currency": "EUR"}),
        ("order.placed", "status") => json!("paid"),
        ("order.placed" | "order.changed" | "quote.line_added", "name") => json!("Espresso 1 kg"),
        ("order.placed", "site") => json!("web shop"),
        ("order.refunded", "reason") => json!("arrived damaged"),
        ("account.updated", "name") => json!("Acme Hotels"),
        ("account.updated", "parent") => Value::Null,
        ("opportunity.created", "name") => json!("Coffee for 20 offices"),
        ("opportunity.created" | "opportunity.won" | "opportunity.amount_changed" | "booking.signed", "amount") => {
            json!({"minor": 1_850_000, "currency": "EUR"})
        }
        ("quota.set" | "forecast.submitted", "amount") => json!({"minor": 25_000_000, "currency": "EUR"}),
        ("opportunity.stage_changed", "stage") => json!("Negotiation"),
        ("opportunity.lost", "reason") => json!("price"),
        ("experiment.started", "name") => json!("A shorter checkout"),
        ("experiment.started", "metric") => json!("orders"),
        ("experiment.started", "variants") => {
            json!([{"name": "control", "weight_bp": 5_000}, {"name": "short form", "weight_bp": 5_000}])
        }
        ("experiment.stopped", "reason") => json!("the result is clear"),
        ("initiative.started", "name") => json!("Faster delivery"),
        ("backlog.item_created", "title") => json!("Choose the hour of delivery"),
        ("backlog.item_created" | "backlog.status_changed", "status") => json!("in development"),
        ("backlog.item_created", "team") => json!("Logistics"),
        ("benchmark.loaded", "metric") => json!("nps"),
        ("campaign.sent", "amount") => Value::Null,
        ("call.logged" | "email.sent" | "sms.message", "direction") => json!("outbound"),
        ("email.sent", "text") => json!("Your order is on its way."),
        ("email.opened", "link") => Value::Null,
        ("chat.message" | "sms.message", "channel") => json!(kind.split('.').next()),
        ("consent.granted" | "consent.withdrawn" | "recovery.contacted", "channel") => json!("email"),
        ("delivery.delayed" | "delivery.failed", "reason") => json!("nobody was at home"),
        ("survey.requested" | "survey.delivered" | "survey.started" | "survey.answered", "template") => {
            json!("nps-after-delivery")
        }
        ("review.posted", "scale") => json!({"min": 1, "max": 5}),
        ("review.posted", "score") => json!(4),
        ("review.posted" | "mention.detected", "site") => json!("Trustpilot"),
        ("reply.sent", "text") => json!("Thank you! The carrier has apologised, and so do we."),
        ("silence.set", "reason") => json!("strike at the carrier"),
        ("sla.paused", "reason") => json!("waiting for the carrier"),
        ("ticket.opened", "category") => json!("delivery"),
        ("ticket.opened", "channel") => json!("email"),
        ("ticket.opened", "text") => json!("My parcel was promised for yesterday. Where is it?"),
        ("ticket.replied", "text") => json!("It left our warehouse this morning and comes tomorrow."),
        ("ticket.replied", "template") => json!("delivery-status"),
        ("ticket.reopened", "reason") => json!("still not here"),
        ("ticket.priority_changed", "priority") => json!("urgent"),
        ("payment.failed", "reason") => json!("card declined"),
        ("subscription.cancelled", "reason") => json!("office closed"),
        ("referral.flagged", "reason") => json!("same address as the advocate"),
        ("recovery.opened", "cause") => json!("late delivery"),
        ("recovery.closed", "cause") => json!("late delivery"),
        ("lead.created", "owner") => json!("Carla Vega"),
        ("payment.received" | "payment.reversed", "instalments") => json!(1),
        ("access.requested" | "erasure.requested" | "erasure.completed", "by") => json!("portal"),
        _ => return None,
    })
}
