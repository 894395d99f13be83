//! Shopify: orders, fulfilments, refunds, customers.

use super::message::Node;
use super::plain::{OfBody, settings};
use super::saying::{Dialect, Json, Saying};
use super::signature::{Encoding, Hash};
use crate::source::{Connector, Known, Named, Opened, Sample, Way};
use nexusflow_model::{Currency, Id, Kind, Money, Reject, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

const TOPIC: &str = "x-shopify-topic";
/// Whether Shopify made the message up, because somebody pressed the button for it.
const TEST: &str = "x-shopify-test";

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "shopify",
    about: "Shopify: orders, fulfilments, refunds, customers",
    open,
    page: include_str!("../../../docs/connect/shopify.md"),
    example: "secret_file = \"secret\"",
    samples: &[
        Sample {
            what: "an order of a customer with an account",
            headers: &[(TOPIC, "orders/create")],
            body: include_str!("samples/shopify/order.json"),
            becomes: &["order.placed", "customer.identified"],
        },
        Sample {
            what: "an order of a guest, in yen",
            headers: &[(TOPIC, "orders/create")],
            body: include_str!("samples/shopify/order_of_guest.json"),
            becomes: &["order.placed"],
        },
        Sample {
            what: "the order was changed",
            headers: &[(TOPIC, "orders/updated")],
            body: include_str!("samples/shopify/order.json"),
            becomes: &["order.changed"],
        },
        Sample {
            what: "the order was paid",
            headers: &[(TOPIC, "orders/paid")],
            body: include_str!("samples/shopify/order.json"),
            becomes: &["payment.received"],
        },
        Sample {
            what: "the order was cancelled",
            headers: &[(TOPIC, "orders/cancelled")],
            body: include_str!("samples/shopify/order_cancelled.json"),
            becomes: &["order.cancelled"],
        },
        Sample {
            what: "a parcel left",
            headers: &[(TOPIC, "fulfillments/create")],
            body: include_str!("samples/shopify/fulfillment.json"),
            becomes: &["delivery.shipped"],
        },
        Sample {
            what: "the parcel arrived",
            headers: &[(TOPIC, "fulfillments/update")],
            body: include_str!("samples/shopify/fulfillment_delivered.json"),
            becomes: &["delivery.delivered"],
        },
        Sample {
            what: "a refund, with goods that came back",
            headers: &[(TOPIC, "refunds/create")],
            body: include_str!("samples/shopify/refund.json"),
            becomes: &["order.returned", "order.refunded"],
        },
        Sample {
            what: "a new customer",
            headers: &[(TOPIC, "customers/create")],
            body: include_str!("samples/shopify/customer.json"),
            becomes: &["customer.identified"],
        },
        Sample {
            what: "an order that Shopify made up, to try the webhook",
            headers: &[(TOPIC, "orders/create"), (TEST, "true")],
            body: include_str!("samples/shopify/order.json"),
            becomes: &[],
        },
    ],
};

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let (secrets, customers) = settings(named, table)?;
    let verify = OfBody {
        secrets,
        header: "x-shopify-hmac-sha256",
        prefix: "",
        hash: Hash::Sha256,
        encoding: Encoding::Base64,
        headers: &[TOPIC, TEST],
        answers_head: false,
    };
    Ok(Opened { decoder: Arc::new(Json::new(named, customers, Shopify)), way: Way::Hook(Box::new(verify)) })
}

#[derive(Debug)]
struct Shopify;

impl Dialect for Shopify {
    fn read(&self, message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        if say.header(TEST) == Some("true") {
            return Ok(());
        }
        let topic = say.header(TOPIC).ok_or_else(|| Reject::new(TOPIC, "is missing: it says what the message is"))?;
        match topic {
            "orders/create" => Order::read(message, say)?.placed(say),
            "orders/updated" => Order::read(message, say)?.changed(say),
            "orders/paid" => Order::read(message, say)?.paid(say),
            "orders/cancelled" => Order::read(message, say)?.cancelled(say),
            "fulfillments/create" | "fulfillments/update" => fulfilment(message, say),
            "refunds/create" => refund(message, say),
            "customers/create" | "customers/update" => customer(message, say),
            _ => Ok(()),
        }
    }
}

/// An order, as far as all that is said of it needs it.
struct Order<'a> {
    message: &'a Node<'a>,
    id: Id,
    subject: Id,
    currency: Currency,
}

impl<'a> Order<'a> {
    fn read(message: &'a Node<'a>, say: &Saying<'_>) -> Result<Self, Reject> {
        let id = message.at("id").needed_id()?;
        let customer = message.at("customer.id").text()?;
        let email = message.first(&["email", "contact_email", "customer.email"]).text()?;
        let phone = message.first(&["phone", "customer.phone"]).text()?;
        let known = Known {
            id: customer.as_deref(),
            email: email.as_deref(),
            phone: phone.as_deref(),
            order: Some(id.as_str()),
            ..Known::default()
        };
        let subject = say.subject(&known)?;
        Ok(Self { message, id, subject, currency: message.at("currency").needed_currency()? })
    }

    fn total(&self) -> Result<Money, Reject> {
        let total = self.message.at("total_price");
        total.needed(total.decimal(self.currency)?)
    }

    fn lines(&self) -> Result<Vec<Value>, Reject> {
        self.message.at("line_items").list()?.iter().map(|line| self.line(line)).collect()
    }

    /// The price of a line is that of one piece, and its discounts are of the whole of it.
    fn line(&self, line: &Node<'_>) -> Result<Value, Reject> {
        let quantity = line.at("quantity").integer()?.unwrap_or(1);
        let price = line.at("price");
        let price_minor = price.needed(price.decimal(self.currency)?)?.minor;
        let mut amount = price_minor.checked_mul(quantity);
        for discount in line.at("discount_allocations").list()? {
            let off = discount.at("amount").decimal(self.currency)?.map_or(0, |off| off.minor);
            amount = amount.and_then(|amount| amount.checked_sub(off));
        }
        Ok(json!({
            "sku": line.first(&["sku", "variant_id", "product_id"]).id()?,
            "name": line.first(&["name", "title"]).label()?,
            "quantity": quantity,
            "amount": price.sum(amount, self.currency)?,
        }))
    }

    fn placed(&self, say: &mut Saying<'_>) -> Result<(), Reject> {
        let at = needed_time(&self.message.at("created_at"))?;
        let mut freight = Some(0_i64);
        for shipping in self.message.at("shipping_lines").list()? {
            let price = shipping.at("price").decimal(self.currency)?.map_or(0, |price| price.minor);
            freight = freight.and_then(|freight| freight.checked_add(price));
        }
        let data = json!({
            "order": self.id,
            "total": self.total()?,
            "lines": self.lines()?,
            "freight": self.message.at("shipping_lines").sum(freight, self.currency)?,
            "channel": self.message.at("source_name").label()?,
            "status": self.status()?,
        });
        say.event(Kind::OrderPlaced, &format!("order:{}:placed", self.id), &self.subject, at, &data);
        let customer = self.message.at("customer");
        if customer.at("id").is_there() {
            identify(&customer, &format!("order:{}:customer", self.id), at, say)?;
        }
        Ok(())
    }

    fn changed(&self, say: &mut Saying<'_>) -> Result<(), Reject> {
        let at = needed_time(&self.message.at("updated_at"))?;
        let data = json!({"order": self.id, "total": self.total()?, "lines": self.lines()?, "status": self.status()?});
        let id = format!("order:{}:changed:{}", self.id, at.as_ms());
        say.event(Kind::OrderChanged, &id, &self.subject, at, &data);
        Ok(())
    }

    /// What stands highest of how far it is: whether it was fulfilled, else whether it was paid.
    fn status(&self) -> Result<Option<String>, Reject> {
        self.message.first(&["fulfillment_status", "financial_status"]).label()
    }

    fn paid(&self, say: &mut Saying<'_>) -> Result<(), Reject> {
        let at = needed_time(&self.message.first(&["processed_at", "updated_at"]))?;
        let method = self.message.at("payment_gateway_names").list()?;
        let method = method.first().map(Node::label).transpose()?.flatten();
        let data = json!({"payment": self.id, "amount": self.total()?, "order": self.id, "method": method});
        say.event(Kind::PaymentReceived, &format!("order:{}:paid", self.id), &self.subject, at, &data);
        Ok(())
    }

    fn cancelled(&self, say: &mut Saying<'_>) -> Result<(), Reject> {
        let at = needed_time(&self.message.first(&["cancelled_at", "updated_at"]))?;
        let reason = self.message.at("cancel_reason").label()?;
        let by_customer = reason.as_deref().map(|reason| reason == "customer");
        let data = json!({"order": self.id, "reason": reason, "by_customer": by_customer});
        say.event(Kind::OrderCancelled, &format!("order:{}:cancelled", self.id), &self.subject, at, &data);
        Ok(())
    }
}

/// A fulfilment knows its order and not whose it is.
fn of_order(message: &Node<'_>, say: &Saying<'_>) -> Result<(Id, Id), Reject> {
    let order = message.at("order_id").needed_id()?;
    let subject = say.subject(&Known { order: Some(order.as_str()), ..Known::default() })?;
    Ok((order, subject))
}

fn fulfilment(message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let (order, subject) = of_order(message, say)?;
    let id = message.at("id").needed_id()?;
    let carrier = message.at("tracking_company").label()?;
    let status = message.at("shipment_status").word()?;
    let (created_at, updated_at) = (message.at("created_at"), message.at("updated_at"));
    if message.at("status").word()?.as_deref() == Some("cancelled") {
        let data = json!({"delivery": id, "order": order, "reason": "cancelled", "abandoned": true});
        say.event(
            Kind::DeliveryFailed,
            &format!("fulfillment:{id}:cancelled"),
            &subject,
            needed_time(&updated_at)?,
            &data,
        );
        return Ok(());
    }
    match status.as_deref() {
        Some("delivered") => {
            let data = json!({"delivery": id, "order": order});
            let at = needed_time(&updated_at)?;
            say.event(Kind::DeliveryDelivered, &format!("fulfillment:{id}:delivered"), &subject, at, &data);
        }
        Some("failure" | "attempted_delivery") => {
            let at = needed_time(&updated_at)?;
            let data = json!({"delivery": id, "order": order, "reason": status, "abandoned": false});
            say.event(Kind::DeliveryFailed, &format!("fulfillment:{id}:failed:{}", at.as_ms()), &subject, at, &data);
        }
        // Every other word of a parcel means that it is under way: it left once, whichever message says so first.
        _ => {
            let data = json!({"delivery": id, "order": order, "carrier": carrier});
            let at = needed_time(&created_at)?;
            say.event(Kind::DeliveryShipped, &format!("fulfillment:{id}:shipped"), &subject, at, &data);
        }
    }
    Ok(())
}

/// A refund is money that went back, and goods where they were sent back and not merely taken off the order.
fn refund(message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let (order, subject) = of_order(message, say)?;
    let id = message.at("id").needed_id()?;
    let at = needed_time(&message.first(&["processed_at", "created_at"]))?;
    let reason = message.at("note").label()?;
    let mut returned: Option<Money> = None;
    for line in message.at("refund_line_items").list()? {
        if line.at("restock_type").word()?.as_deref() == Some("return") {
            add(
                &mut returned,
                &line.at("subtotal_set.shop_money.amount"),
                &line.at("subtotal_set.shop_money.currency_code"),
            )?;
        }
    }
    if let Some(amount) = returned {
        let data = json!({"order": order, "amount": amount, "reason": reason});
        say.event(Kind::OrderReturned, &format!("refund:{id}:returned"), &subject, at, &data);
    }
    let mut paid: Option<Money> = None;
    for transaction in message.at("transactions").list()? {
        let word = |name: &str| transaction.at(name).word();
        if word("kind")?.as_deref() == Some("refund") && word("status")?.as_deref() == Some("success") {
            add(&mut paid, &transaction.at("amount"), &transaction.at("currency"))?;
        }
    }
    if let Some(amount) = paid {
        let data = json!({"order": order, "amount": amount, "reason": reason});
        say.event(Kind::OrderRefunded, &format!("refund:{id}:refunded"), &subject, at, &data);
    }
    Ok(())
}

/// Adds an amount to a sum.
fn add(sum: &mut Option<Money>, amount: &Node<'_>, currency: &Node<'_>) -> Result<(), Reject> {
    let code = currency.needed_currency()?;
    let more = amount.needed(amount.decimal(code)?)?;
    let before = sum.unwrap_or(Money { minor: 0, currency: code });
    if before.currency != code {
        return Err(currency.reject("must be that of the other amounts of the refund"));
    }
    *sum = Some(amount.sum(before.minor.checked_add(more.minor), code)?);
    Ok(())
}

fn customer(message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let id = message.at("id").needed_id()?;
    let at = needed_time(&message.first(&["updated_at", "created_at"]))?;
    identify(message, &format!("customer:{id}:{}", at.as_ms()), at, say)
}

fn identify(customer: &Node<'_>, id: &str, at: Timestamp, say: &mut Saying<'_>) -> Result<(), Reject> {
    let [customer_id, email, phone] = ["id", "email", "phone"].map(|name| customer.at(name).text());
    let (customer_id, email, phone) = (customer_id?, email?, phone?);
    let names = [customer.at("first_name").label()?, customer.at("last_name").label()?];
    let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let traits = json!({
        "name": super::message::one_line(&name),
        "email": customer.at("email").label()?,
        "phone": customer.at("phone").label()?,
        "country": customer.at("default_address.country_code").label()?,
        "city": customer.at("default_address.city").label()?,
        "since": customer.at("created_at").time()?,
    });
    let known =
        Known { id: customer_id.as_deref(), email: email.as_deref(), phone: phone.as_deref(), ..Known::default() };
    say.identify(id, &known, at, &traits);
    Ok(())
}

fn needed_time(node: &Node<'_>) -> Result<Timestamp, Reject> {
    node.needed(node.time()?)
}
