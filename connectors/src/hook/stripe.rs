//! Stripe: invoices, payments, subscriptions, customers.

use super::message::Node;
use super::plain::settings;
use super::saying::{Dialect, Json, Saying};
use super::signature::{Encoding, Hash, is_of, is_recent};
use super::{Request, Unverified, Verify};
use crate::source::{Connector, Known, Named, Opened, Sample, Secrets, Way};
use nexusflow_model::{Currency, Id, Kind, Money, Reject, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

const SIGNATURE: &str = "stripe-signature";

macro_rules! sample {
    ($what:literal, $file:literal, $becomes:expr) => {
        Sample {
            what: $what,
            headers: &[("content-type", "application/json")],
            body: include_str!(concat!("samples/stripe/", $file)),
            becomes: &$becomes,
        }
    };
}

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "stripe",
    about: "Stripe: invoices, payments, subscriptions, customers",
    open,
    page: include_str!("../../../docs/connect/stripe.md"),
    example: "secret_file = \"secret\"",
    samples: &[
        sample!("an invoice went out", "invoice_finalized.json", ["invoice.issued"]),
        sample!("an invoice is overdue", "invoice_overdue.json", ["invoice.overdue"]),
        sample!("a credit note", "credit_note.json", ["invoice.credited"]),
        sample!("a card was charged", "charge_succeeded.json", ["payment.received"]),
        sample!("a card was refused", "charge_failed.json", ["payment.failed"]),
        sample!("a part of a charge was paid back", "charge_refunded.json", ["payment.reversed"]),
        sample!("a subscription began, with a trial", "subscription_created.json", ["subscription.started"]),
        sample!("a subscription got more seats", "subscription_updated.json", ["subscription.changed"]),
        sample!("a subscription was renewed, with the same terms", "subscription_renewed.json", []),
        sample!("a subscription is to end with its period", "subscription_to_end.json", ["subscription.cancelled"]),
        sample!("a subscription ended", "subscription_deleted.json", ["subscription.cancelled"]),
        sample!("a customer", "customer_updated.json", ["customer.identified"]),
        sample!("something that NexusFlow has no word for", "payout.json", []),
    ],
};

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let (secrets, customers) = settings(named, table)?;
    Ok(Opened { decoder: Arc::new(Json::new(named, customers, Stripe)), way: Way::Hook(Box::new(Signed { secrets })) })
}

/// `t=SECONDS,v1=HEX[,v1=HEX]`, over `t.body`.
#[derive(Debug)]
struct Signed {
    secrets: Secrets,
}

impl Verify for Signed {
    fn verify(&self, request: &Request<'_>) -> Result<(), Unverified> {
        let header = request.header(SIGNATURE).ok_or_else(|| Unverified::Missing(SIGNATURE.into()))?;
        let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
        let time = parts().find(|(name, _)| *name == "t").map(|(_, time)| time);
        let time = time.ok_or_else(|| Unverified::Unreadable(SIGNATURE.into()))?;
        is_recent(time, SIGNATURE, request.at)?;
        let mut signatures = parts().filter(|(name, _)| *name == "v1").filter_map(|(_, hex)| Encoding::Hex.decode(hex));
        let signed: [&[u8]; 3] = [time.as_bytes(), b".", request.body];
        let is_right = signatures.any(|signature| is_of(Hash::Sha256, &self.secrets.0, &signed, &signature));
        if is_right { Ok(()) } else { Err(Unverified::Wrong) }
    }
}

#[derive(Debug)]
struct Stripe;

/// A message: the object that it is about, and what its events have in common.
struct Message<'a> {
    object: Node<'a>,
    /// What the object was before, as far as it changed.
    before: Node<'a>,
    event: Id,
    subject: Id,
    at: Timestamp,
}

impl Dialect for Stripe {
    fn read(&self, message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let kind = message.at("type");
        let kind = kind.needed(kind.text()?)?;
        let say_it: fn(&Message<'_>, &mut Saying<'_>) -> Result<(), Reject> = match kind.as_str() {
            "invoice.finalized" => issued,
            "invoice.overdue" => overdue,
            "invoice.voided" => voided,
            "invoice.paid" => paid_elsewhere,
            "credit_note.created" => credited,
            "charge.succeeded" | "charge.captured" => charged,
            "charge.failed" => failed,
            "charge.refunded" => refunded,
            "charge.dispute.funds_withdrawn" => withdrawn,
            "customer.subscription.created" => started,
            "customer.subscription.updated" => changed,
            "customer.subscription.deleted" => ended,
            "customer.created" | "customer.updated" => customer,
            _ => return Ok(()),
        };
        say_it(&Message::read(message, say)?, say)
    }
}

impl<'a> Message<'a> {
    fn read(message: &Node<'a>, say: &Saying<'_>) -> Result<Self, Reject> {
        let object = message.at("data.object");
        let is_customer = object.at("object").text()?.as_deref() == Some("customer");
        let customer = if is_customer { object.at("id") } else { object.first(&["customer.id", "customer"]) };
        let customer = customer.text()?;
        let email = object.first(&["customer_email", "receipt_email", "billing_details.email", "email"]).text()?;
        let phone = object.first(&["customer_phone", "billing_details.phone", "phone"]).text()?;
        // Of a guest's payment and of a dispute only the order or the charge is known. What they are worth counts nevertheless.
        let order = object.first(&["metadata.order", "charge", "id"]).text()?;
        let known = Known {
            id: customer.as_deref(),
            email: email.as_deref(),
            phone: phone.as_deref(),
            order: order.as_deref(),
            ..Known::default()
        };
        let created = message.at("created");
        Ok(Self {
            before: message.at("data.previous_attributes"),
            event: message.at("id").needed_id()?,
            subject: say.subject(&known)?,
            at: created.needed(created.unix()?)?,
            object,
        })
    }

    fn id(&self) -> Result<Id, Reject> {
        self.object.at("id").needed_id()
    }

    fn money(&self, field: &str) -> Result<Money, Reject> {
        let field = self.object.at(field);
        field.needed(field.minor(self.currency()?)?)
    }

    fn currency(&self) -> Result<Currency, Reject> {
        self.object.at("currency").needed_currency()
    }

    fn say(&self, kind: Kind, data: &Value, say: &mut Saying<'_>) -> Result<(), Reject> {
        say.event(kind, self.event.as_str(), &self.subject, self.at, data);
        Ok(())
    }
}

fn issued(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let subscription = it.object.first(&["parent.subscription_details.subscription", "subscription"]);
    let data = json!({
        "invoice": it.id()?,
        "amount": it.money("amount_due")?,
        "due_at": it.object.at("due_date").unix()?,
        "subscription": subscription.id()?,
        "period_start": it.object.at("period_start").unix()?,
        "period_end": it.object.at("period_end").unix()?,
    });
    it.say(Kind::InvoiceIssued, &data, say)
}

fn overdue(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let due = it.object.at("due_date").unix()?.unwrap_or(it.at);
    let days = (it.at.ms_since(due) / 86_400_000).max(0);
    let data = json!({"invoice": it.id()?, "amount": it.money("amount_remaining")?, "days": days});
    it.say(Kind::InvoiceOverdue, &data, say)
}

fn voided(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let data = json!({"invoice": it.id()?, "amount": it.money("total")?, "reason": "voided"});
    it.say(Kind::InvoiceCredited, &data, say)
}

fn credited(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let data = json!({
        "invoice": it.object.at("invoice").needed_id()?,
        "amount": it.money("total")?,
        "reason": it.object.at("reason").label()?,
    });
    it.say(Kind::InvoiceCredited, &data, say)
}

/// An invoice that was paid without Stripe; what goes by Stripe is a charge as well, and counts as that.
fn paid_elsewhere(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    if !it.object.at("paid_out_of_band").flag()? {
        return Ok(());
    }
    let id = it.id()?;
    let data = json!({"payment": id, "invoice": id, "amount": it.money("total")?, "method": "out of band"});
    it.say(Kind::PaymentReceived, &data, say)
}

fn charged(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    // Authorised only: the money comes when it is captured, or never.
    if !it.object.at("captured").flag()? {
        return Ok(());
    }
    let captured = if it.object.at("amount_captured").is_there() { "amount_captured" } else { "amount" };
    let data = json!({
        "payment": it.id()?,
        "amount": it.money(captured)?,
        "invoice": it.object.at("invoice").id()?,
        "order": it.object.at("metadata.order").id()?,
        "method": it.object.at("payment_method_details.type").label()?,
    });
    it.say(Kind::PaymentReceived, &data, say)
}

fn failed(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let data = json!({
        "payment": it.id()?,
        "amount": it.money("amount")?,
        "invoice": it.object.at("invoice").id()?,
        "order": it.object.at("metadata.order").id()?,
        "reason": it.object.first(&["outcome.reason", "failure_code"]).label()?,
    });
    it.say(Kind::PaymentFailed, &data, say)
}

/// Says how much of a charge was paid back so far: what is new is the difference to what it was before.
fn refunded(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let so_far = it.money("amount_refunded")?;
    let before = it.before.at("amount_refunded").integer()?.unwrap_or(0);
    let amount = it.object.at("amount_refunded").sum(so_far.minor.checked_sub(before), so_far.currency)?;
    let data = json!({"payment": it.id()?, "amount": amount, "invoice": it.object.at("invoice").id()?});
    it.say(Kind::PaymentReversed, &data, say)
}

fn withdrawn(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let data =
        json!({"payment": it.object.at("charge").needed_id()?, "amount": it.money("amount")?, "method": "dispute"});
    it.say(Kind::PaymentReversed, &data, say)
}

fn started(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    // Its first payment is still to come: it begins when it is active, which another message says.
    if it.object.at("status").word()?.as_deref() == Some("incomplete") {
        return Ok(());
    }
    it.say(Kind::SubscriptionStarted, &terms(it)?, say)
}

fn changed(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let was = it.before.at("status").word()?;
    let is = it.object.at("status").word()?;
    match (was.as_deref(), is.as_deref()) {
        (_, Some("incomplete")) => return Ok(()),
        (Some("incomplete"), Some("incomplete_expired")) => return Ok(()),
        (Some("incomplete"), _) => return it.say(Kind::SubscriptionStarted, &terms(it)?, say),
        _ => {}
    }
    if it.before.at("cancel_at_period_end").is_there() && it.object.at("cancel_at_period_end").flag()? {
        return cancelled(it, say);
    }
    // A renewal changes periods and invoices, and no terms. One that is not to end after all says its terms again.
    let has_changed = |field: &str| it.before.at(field).is_there();
    let is_of_trial = [&was, &is].iter().any(|status| status.as_deref() == Some("trialing")) && was.is_some();
    if is_of_trial || ["items", "plan", "quantity", "cancel_at_period_end"].into_iter().any(has_changed) {
        return it.say(Kind::SubscriptionChanged, &terms(it)?, say);
    }
    Ok(())
}

fn ended(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    cancelled(it, say)
}

fn cancelled(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let data = json!({
        "subscription": it.id()?,
        "ends_at": it.object.first(&["ended_at", "cancel_at"]).unix()?,
        "reason": it.object.first(&["cancellation_details.feedback", "cancellation_details.reason"]).label()?,
    });
    it.say(Kind::SubscriptionCancelled, &data, say)
}

/// The terms of a subscription: the sum of its items, which are billed together.
fn terms(it: &Message<'_>) -> Result<Value, Reject> {
    let items = it.object.at("items.data");
    let all = items.list()?;
    let first = all.first().ok_or_else(|| items.reject("is missing: a subscription has an item at least"))?;
    let (interval, times) = interval(&first.at("price.recurring"))?;
    let currency = it.currency()?;
    let (mut sum, mut seats) = (Some(0_i64), Some(0_i64));
    for item in &all {
        let quantity = item.at("quantity").integer()?.unwrap_or(1);
        let price = item.at("price.unit_amount");
        let each =
            price.minor(currency)?.ok_or_else(|| price.reject("is missing: prices by tiers can't be read"))?.minor;
        let amount = each.checked_mul(quantity).and_then(|amount| amount.checked_mul(times));
        sum = sum.and_then(|sum| sum.checked_add(amount?));
        seats = seats.and_then(|seats| seats.checked_add(quantity));
    }
    Ok(json!({
        "subscription": it.id()?,
        "plan": first.first(&["price.nickname", "price.lookup_key", "price.product", "price.id"]).label()?,
        "amount": items.sum(sum, currency)?,
        "interval": interval,
        "seats": seats,
        "trial": it.object.at("status").word()?.as_deref() == Some("trialing"),
    }))
}

/// The interval in our words, and how many of theirs it has: half a year twice is a year.
fn interval(recurring: &Node<'_>) -> Result<(&'static str, i64), Reject> {
    let count = recurring.at("interval_count").integer()?.unwrap_or(1);
    let unit = recurring.at("interval");
    match (unit.needed(unit.word()?)?.as_str(), count) {
        ("month", 1) => Ok(("month", 1)),
        ("month", 3) => Ok(("quarter", 1)),
        ("month", 2 | 4 | 6 | 12) => Ok(("year", 12 / count)),
        ("year", 1) => Ok(("year", 1)),
        _ => Err(unit.reject("must make up a month, a quarter or a year: other intervals can't be told")),
    }
}

fn customer(it: &Message<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let [id, email, phone] = ["id", "email", "phone"].map(|name| it.object.at(name).text());
    let (id, email, phone) = (id?, email?, phone?);
    let traits = json!({
        "name": it.object.at("name").label()?,
        "email": it.object.at("email").label()?,
        "phone": it.object.at("phone").label()?,
        "country": it.object.at("address.country").label()?,
        "city": it.object.at("address.city").label()?,
        "since": it.object.at("created").unix()?,
    });
    let known = Known { id: id.as_deref(), email: email.as_deref(), phone: phone.as_deref(), ..Known::default() };
    say.identify(it.event.as_str(), &known, it.at, &traits);
    Ok(())
}
