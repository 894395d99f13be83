//! Segment: identify, track, group, page, screen, alias.

use super::message::{Node, one_line};
use super::plain::OfBody;
use super::saying::{Dialect, Json, Saying};
use super::signature::{Encoding, Hash};
use crate::source::{Connector, Customers, Known, Named, Opened, Sample, Way, read_secrets};
use nexusflow_model::{Currency, Id, Kind, Reject, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

macro_rules! sample {
    ($what:literal, $file:literal, $becomes:expr) => {
        Sample {
            what: $what,
            headers: &[("content-type", "application/json")],
            body: include_str!(concat!("samples/segment/", $file)),
            becomes: &$becomes,
        }
    };
}

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "segment",
    about: "Segment: identify, track, group, page, screen, alias",
    open,
    page: include_str!("../../../docs/connect/segment.md"),
    example: r#"secret_file = "secret"
currency = "EUR"
events = { "Newsletter Joined" = "form.submitted", "Heartbeat" = "ignored" }"#,
    samples: &[
        sample!("who somebody is", "identify.json", ["customer.identified"]),
        sample!("an order, as the ecommerce specification says it", "order_completed.json", ["order.placed"]),
        sample!("an order was refunded", "order_refunded.json", ["order.refunded"]),
        sample!("an event by a name of one's own", "report_exported.json", ["product.used"]),
        sample!("an event that the settings name", "newsletter.json", ["form.submitted"]),
        sample!("an event that the settings leave out", "heartbeat.json", []),
        sample!("a page, of somebody who is not known", "page.json", ["page.viewed"]),
        sample!("a company", "group.json", ["account.grouped", "account.updated"]),
        sample!("two ids are one customer", "alias.json", ["customer.merged", "customer.merged"]),
    ],
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    #[serde(default)]
    customers: Customers,
    /// Of amounts that say none.
    currency: Option<String>,
    #[serde(default)]
    events: BTreeMap<String, Word>,
}

/// What an event of `track` can become.
#[derive(Debug, Clone, Copy, Deserialize)]
enum Word {
    #[serde(rename = "order.placed")]
    OrderPlaced,
    #[serde(rename = "order.changed")]
    OrderChanged,
    #[serde(rename = "order.cancelled")]
    OrderCancelled,
    #[serde(rename = "order.refunded")]
    OrderRefunded,
    #[serde(rename = "form.submitted")]
    FormSubmitted,
    #[serde(rename = "document.viewed")]
    DocumentViewed,
    #[serde(rename = "event.attended")]
    EventAttended,
    #[serde(rename = "page.viewed")]
    PageViewed,
    #[serde(rename = "product.used")]
    ProductUsed,
    #[serde(rename = "ignored")]
    Ignored,
}

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let settings: Settings = table.try_into().map_err(|e: toml::de::Error| e.to_string())?;
    let secrets = read_secrets(&named.folder, settings.secret_file.as_deref(), settings.secret_env.as_deref())?;
    let currency = settings.currency.as_deref().map(Currency::new).transpose();
    let currency = currency.map_err(|error| format!("currency: {error}"))?;
    let verify = OfBody {
        secrets,
        header: "x-signature",
        prefix: "",
        hash: Hash::Sha1,
        encoding: Encoding::Hex,
        headers: &["content-type"],
        answers_head: false,
    };
    let dialect = Segment { currency, events: settings.events };
    Ok(Opened { decoder: Arc::new(Json::new(named, settings.customers, dialect)), way: Way::Hook(Box::new(verify)) })
}

#[derive(Debug)]
struct Segment {
    currency: Option<Currency>,
    events: BTreeMap<String, Word>,
}

/// A call, and what all calls have.
struct Call<'a> {
    message: &'a Node<'a>,
    id: Id,
    at: Timestamp,
    user: Option<String>,
    device: Option<String>,
}

impl Dialect for Segment {
    fn read(&self, message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let kind = message.at("type");
        let kind = kind.needed(kind.word()?)?;
        let say_it: fn(&Self, &Call<'_>, &mut Saying<'_>) -> Result<(), Reject> = match kind.as_str() {
            "identify" => |_, it, say| identify(it, say),
            "track" => Self::track,
            "page" | "screen" => |_, it, say| page(it, say),
            "group" => Self::group,
            "alias" => |_, it, say| alias(it, say),
            _ => return Ok(()),
        };
        say_it(self, &Call::read(message)?, say)
    }
}

impl<'a> Call<'a> {
    fn read(message: &'a Node<'a>) -> Result<Self, Reject> {
        let at = message.first(&["timestamp", "originalTimestamp", "receivedAt"]);
        Ok(Self {
            message,
            id: message.at("messageId").needed_id()?,
            at: at.needed(at.time()?)?,
            user: message.at("userId").text()?,
            device: message.at("anonymousId").text()?,
        })
    }

    fn known<'k>(&'k self, email: Option<&'k str>, phone: Option<&'k str>) -> Known<'k> {
        Known { id: self.user.as_deref(), device: self.device.as_deref(), email, phone, order: None }
    }

    fn subject(&self, say: &Saying<'_>) -> Result<Id, Reject> {
        let email = self.message.first(&["context.traits.email", "properties.email"]).text()?;
        say.subject(&self.known(email.as_deref(), None))
    }

    fn say(&self, kind: Kind, data: &Value, say: &mut Saying<'_>) -> Result<(), Reject> {
        let subject = self.subject(say)?;
        say.event(kind, self.id.as_str(), &subject, self.at, data);
        Ok(())
    }
}

fn identify(it: &Call<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let traits = it.message.at("traits");
    let (email, phone) = (traits.at("email").text()?, traits.at("phone").text()?);
    let names =
        [traits.first(&["firstName", "first_name"]).label()?, traits.first(&["lastName", "last_name"]).label()?];
    let parts = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let data = json!({
        "name": traits.at("name").label()?.or_else(|| one_line(&parts)),
        "email": traits.at("email").label()?,
        "phone": traits.at("phone").label()?,
        "anonymous_id": it.device,
        "country": traits.at("address.country").label()?,
        "city": traits.at("address.city").label()?,
        "tier": traits.at("plan").label()?,
        "segment": traits.at("industry").label()?,
        "since": traits.at("createdAt").time()?,
    });
    let subject = say.subject(&it.known(email.as_deref(), phone.as_deref()))?;
    say.event(Kind::CustomerIdentified, it.id.as_str(), &subject, it.at, &data);
    Ok(())
}

fn page(it: &Call<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let page = it.message.first(&["properties.path", "name", "properties.name", "properties.title"]);
    it.say(Kind::PageViewed, &json!({"page": page.needed(page.label()?)?}), say)
}

fn alias(it: &Call<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let previous = it.message.at("previousId");
    let previous = previous.needed(previous.text()?)?;
    // It does not say whether that was an id of theirs or a device: both become one with the new id.
    let merged =
        |known: &Known<'_>| say.subject(known).map(|goes| json!({"merged": goes, "evidence": "alias of Segment"}));
    let device = merged(&Known { device: Some(&previous), ..Known::default() })?;
    let own = merged(&Known { id: Some(&previous), device: Some(&previous), ..Known::default() })?;
    it.say(Kind::CustomerMerged, &device, say)?;
    if own != device {
        let subject = it.subject(say)?;
        say.event(Kind::CustomerMerged, &format!("{}:id", it.id), &subject, it.at, &own);
    }
    Ok(())
}

impl Segment {
    fn group(&self, it: &Call<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let group = it.message.at("groupId");
        let group = group.needed(group.text()?)?;
        // Where ids say nothing, an account can't be told from any other.
        let Ok(account) = say.subject(&Known { id: Some(&group), ..Known::default() }) else { return Ok(()) };
        let traits = it.message.at("traits");
        it.say(Kind::AccountGrouped, &json!({"account": account, "role": traits.at("role").label()?}), say)?;
        let data = json!({
            "name": traits.at("name").label()?,
            "industry": traits.at("industry").label()?,
            "country": traits.at("address.country").label()?,
            "employees": traits.at("employees").integer()?,
        });
        say.event(Kind::AccountUpdated, &format!("{}:account", it.id), &account, it.at, &data);
        Ok(())
    }

    fn track(&self, it: &Call<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let event = it.message.at("event");
        let name = event.needed(event.label()?)?;
        let properties = it.message.at("properties");
        match self.word(&name) {
            Word::Ignored => Ok(()),
            Word::OrderPlaced => it.say(Kind::OrderPlaced, &self.order(&properties)?, say),
            Word::OrderChanged => it.say(Kind::OrderChanged, &self.order(&properties)?, say),
            Word::OrderCancelled => {
                let order = properties.first(&["order_id", "orderId"]).needed_id()?;
                it.say(Kind::OrderCancelled, &json!({"order": order, "reason": properties.at("reason").label()?}), say)
            }
            Word::OrderRefunded => {
                let order = properties.first(&["order_id", "orderId"]).needed_id()?;
                let amount = properties.first(&["total", "value", "revenue"]);
                let amount = amount.needed(amount.decimal(self.currency(&properties)?)?)?;
                it.say(Kind::OrderRefunded, &json!({"order": order, "amount": amount}), say)
            }
            Word::FormSubmitted => {
                let form = properties.first(&["form", "form_name"]).label()?.unwrap_or(name);
                it.say(Kind::FormSubmitted, &json!({"form": form}), say)
            }
            Word::DocumentViewed => {
                let document = properties.first(&["document", "name", "title"]).label()?.unwrap_or(name);
                it.say(Kind::DocumentViewed, &json!({"document": document}), say)
            }
            Word::EventAttended => {
                let attended = properties.first(&["event", "name", "title"]).label()?.unwrap_or(name);
                it.say(Kind::EventAttended, &json!({"event": attended}), say)
            }
            Word::PageViewed => {
                let page = properties.first(&["path", "name", "title"]).label()?.unwrap_or(name);
                it.say(Kind::PageViewed, &json!({"page": page}), say)
            }
            Word::ProductUsed => it.say(Kind::ProductUsed, &json!({"feature": name}), say),
        }
    }

    /// What the settings say, else what the ecommerce specification does; everything else is a use of the product.
    fn word(&self, name: &str) -> Word {
        self.events.get(name).copied().unwrap_or(match name {
            "Order Completed" => Word::OrderPlaced,
            "Order Updated" => Word::OrderChanged,
            "Order Cancelled" => Word::OrderCancelled,
            "Order Refunded" => Word::OrderRefunded,
            _ => Word::ProductUsed,
        })
    }

    fn currency(&self, properties: &Node<'_>) -> Result<Currency, Reject> {
        let own = properties.at("currency");
        let currency = own.currency()?.or(self.currency);
        currency.ok_or_else(|| own.reject("is missing, and the settings of the source say no currency"))
    }

    fn order(&self, properties: &Node<'_>) -> Result<Value, Reject> {
        let currency = self.currency(properties)?;
        let total = properties.first(&["total", "revenue", "value"]);
        let mut lines = Vec::new();
        for product in properties.at("products").list()? {
            let quantity = product.at("quantity").integer()?.unwrap_or(1);
            let price = product.at("price");
            let price_minor = price.needed(price.decimal(currency)?)?.minor;
            lines.push(json!({
                "sku": product.first(&["sku", "product_id"]).id()?,
                "name": product.at("name").label()?,
                "category": product.at("category").label()?,
                "quantity": quantity,
                "amount": price.sum(price_minor.checked_mul(quantity), currency)?,
            }));
        }
        Ok(json!({
            "order": properties.first(&["order_id", "orderId"]).needed_id()?,
            "total": total.needed(total.decimal(currency)?)?,
            "lines": lines,
        }))
    }
}
