//! HubSpot: deals and contacts.

use super::message::Node;
use super::saying::{Dialect, Json, Saying};
use super::signature::{Encoding, Hash, is_of, is_recent_ms};
use super::{Request, Unverified, Verify};
use crate::source::{Connector, Customers, Known, Named, Opened, Sample, Secrets, Way, read_secrets};
use nexusflow_model::{Currency, Id, Kind, Reject, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

const SIGNATURE: &str = "x-hubspot-signature-v3";
const TIME: &str = "x-hubspot-request-timestamp";
/// What HubSpot decodes of an address before it signs it.
const DECODED: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

macro_rules! sample {
    ($what:literal, $file:literal, $becomes:expr) => {
        Sample {
            what: $what,
            headers: &[("content-type", "application/json")],
            body: include_str!(concat!("samples/hubspot/", $file)),
            becomes: &$becomes,
        }
    };
}

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "hubspot",
    about: "HubSpot: deals and contacts",
    open,
    page: include_str!("../../../docs/connect/hubspot.md"),
    example: "secret_file = \"secret\"\ncurrency = \"EUR\"\nstages = { 1043 = \"negotiation\" }",
    samples: &[
        sample!(
            "a new deal with what was filled in",
            "deal.json",
            [
                "opportunity.created",
                "opportunity.stage_changed",
                "opportunity.amount_changed",
                "opportunity.close_date_changed",
                "owner.changed"
            ]
        ),
        sample!("a deal in a stage of one's own", "deal_stage.json", ["opportunity.stage_changed"]),
        sample!("a deal is won", "deal_won.json", ["opportunity.won"]),
        sample!("a deal is lost", "deal_lost.json", ["opportunity.lost"]),
        sample!("a deal got its company", "deal_company.json", ["customer.merged"]),
        sample!("a contact", "contact.json", ["customer.identified", "customer.identified", "customer.identified"]),
        sample!("contacts were made one", "contact_merged.json", ["customer.merged"]),
        sample!("a deal was deleted, for which there is no word", "deal_deleted.json", []),
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    #[serde(default)]
    customers: Customers,
    currency: String,
    #[serde(default)]
    stages: BTreeMap<String, String>,
    #[serde(default = "first_stage")]
    first_stage: String,
    #[serde(default = "won")]
    won: Vec<String>,
    #[serde(default = "lost")]
    lost: Vec<String>,
}

/// The first stage of the pipeline that HubSpot begins with.
fn first_stage() -> String {
    "appointmentscheduled".into()
}

fn won() -> Vec<String> {
    vec!["closedwon".into()]
}

fn lost() -> Vec<String> {
    vec!["closedlost".into()]
}

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let settings: Settings = table.try_into().map_err(|e: toml::de::Error| e.to_string())?;
    let secrets = read_secrets(&named.folder, settings.secret_file.as_deref(), settings.secret_env.as_deref())?;
    let currency = Currency::new(&settings.currency).map_err(|error| format!("currency: {error}"))?;
    let customers = settings.customers;
    if customers == Customers::Found {
        return Err("customers: HubSpot's messages have no e-mail address in most of them: say own or shared".into());
    }
    let decoder = Arc::new(Json::new(named, customers, HubSpot { settings, currency }));
    Ok(Opened { decoder, way: Way::Hook(Box::new(Signed { secrets })) })
}

/// Version 3: over method, address, body and time in milliseconds.
#[derive(Debug)]
struct Signed {
    secrets: Secrets,
}

impl Verify for Signed {
    fn verify(&self, request: &Request<'_>) -> Result<(), Unverified> {
        if request.public_url.is_empty() {
            return Err(Unverified::Address);
        }
        let header = |name: &str| request.header(name).ok_or_else(|| Unverified::Missing(name.into()));
        let (signature, time) = (header(SIGNATURE)?, header(TIME)?);
        let at_ms = time.parse().map_err(|_| Unverified::Unreadable(TIME.into()))?;
        is_recent_ms(at_ms, request.at)?;
        let signature = Encoding::Base64.decode(signature).ok_or_else(|| Unverified::Unreadable(SIGNATURE.into()))?;
        if self.is_of(request, time, &signature) { Ok(()) } else { Err(Unverified::Wrong) }
    }
}

impl Signed {
    fn is_of(&self, request: &Request<'_>, time: &str, signature: &[u8]) -> bool {
        let address = format!("{}{}", request.public_url.trim_end_matches('/'), request.path);
        let decode =
            |address: String, (from, to): &(&str, &str)| address.replace(from, to).replace(&from.to_lowercase(), to);
        let address = DECODED.iter().fold(address, decode);
        let parts = [request.method.as_bytes(), address.as_bytes(), request.body, time.as_bytes()];
        is_of(Hash::Sha256, &self.secrets.0, &parts, signature)
    }
}

#[derive(Debug)]
struct HubSpot {
    settings: Settings,
    currency: Currency,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").finish_non_exhaustive()
    }
}

/// Something that happened to an object.
struct Change<'a> {
    message: &'a Node<'a>,
    object: Id,
    at: Timestamp,
}

impl Dialect for HubSpot {
    fn read(&self, message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let kind = message.at("subscriptionType");
        let kind = kind.needed(kind.text()?)?;
        // Apps of the newer kind say `object.creation` and which object by a number.
        let kind = match (kind.split_once('.'), message.at("objectTypeId").text()?.as_deref()) {
            (Some(("object", what)), Some("0-1")) => format!("contact.{what}"),
            (Some(("object", what)), Some("0-3")) => format!("deal.{what}"),
            _ => kind,
        };
        match kind.as_str() {
            "deal.creation" => self.created(&Change::read(message)?, say),
            "deal.propertyChange" => self.changed(&Change::read(message)?, say),
            "deal.associationChange" => associated(message, say),
            "contact.creation" | "contact.propertyChange" => self.contact(&Change::read(message)?, say),
            "contact.merge" => merged(&Change::read(message)?, say),
            _ => Ok(()),
        }
    }
}

impl<'a> Change<'a> {
    fn read(message: &'a Node<'a>) -> Result<Self, Reject> {
        let at = message.at("occurredAt");
        Ok(Self { message, object: message.at("objectId").needed_id()?, at: at.needed(at.unix_ms()?)? })
    }

    /// HubSpot does not promise that its event ids are its own for ever; what changed of which object, and when, is.
    fn id(&self, what: &str) -> String {
        format!("{what}:{}:{}", self.object, self.at.as_ms())
    }
}

/// A deal stands for its customer until HubSpot says which company it belongs to.
fn of_deal(deal: &Id, say: &Saying<'_>) -> Result<Id, Reject> {
    say.subject(&Known { id: Some(&format!("deal-{deal}")), ..Known::default() })
}

impl HubSpot {
    fn created(&self, it: &Change<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let subject = of_deal(&it.object, say)?;
        let data = json!({"opportunity": it.object, "stage": self.stage(&self.settings.first_stage)});
        // What was filled in at once has the same time, and must not come before it.
        say.event(Kind::OpportunityCreated, &it.id("deal"), &subject, it.at.plus_ms(-1), &data);
        Ok(())
    }

    /// What a stage is called; HubSpot has numbers for those of one's own.
    fn stage(&self, stage: &str) -> String {
        self.settings.stages.get(stage).map_or(stage, String::as_str).to_owned()
    }

    fn changed(&self, it: &Change<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let property = it.message.at("propertyName");
        let property = property.needed(property.text()?)?;
        let value = it.message.at("propertyValue");
        // What was emptied says nothing that there is a word for.
        let Some(text) = value.label()? else { return Ok(()) };
        let subject = of_deal(&it.object, say)?;
        let deal = &it.object;
        let (kind, data): (Kind, Value) = match property.as_str() {
            "dealstage" if self.settings.won.contains(&text) => (Kind::OpportunityWon, json!({"opportunity": deal})),
            "dealstage" if self.settings.lost.contains(&text) => (Kind::OpportunityLost, json!({"opportunity": deal})),
            "dealstage" => (Kind::OpportunityStageChanged, json!({"opportunity": deal, "stage": self.stage(&text)})),
            "amount" => {
                let amount = value.decimal(self.currency)?;
                (Kind::OpportunityAmountChanged, json!({"opportunity": deal, "amount": amount}))
            }
            "closedate" => {
                (Kind::OpportunityCloseDateChanged, json!({"opportunity": deal, "expected_close_at": value.unix_ms()?}))
            }
            "hubspot_owner_id" => (Kind::OwnerChanged, json!({"opportunity": deal, "owner": text})),
            _ => return Ok(()),
        };
        say.event(kind, &it.id(&format!("deal:{property}")), &subject, it.at, &data);
        Ok(())
    }

    fn contact(&self, it: &Change<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let property = it.message.at("propertyName").text()?;
        let Some(value) = it.message.at("propertyValue").label()? else { return Ok(()) };
        let field = match property.as_deref() {
            Some("email") => "email",
            Some("phone" | "mobilephone") => "phone",
            Some("country") => "country",
            Some("city") => "city",
            Some("industry") => "segment",
            Some("hubspot_owner_id") => "owner",
            _ => return Ok(()),
        };
        let subject = say.subject(&Known { id: Some(it.object.as_str()), ..Known::default() })?;
        let id = it.id(&format!("contact:{}", property.unwrap_or_default()));
        say.event(Kind::CustomerIdentified, &id, &subject, it.at, &json!({field: value}));
        Ok(())
    }
}

/// A deal got its company, or lost it: what was said of the deal is said of the company from then on.
fn associated(message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let is_company = message.at("associationType").text()?.as_deref() == Some("DEAL_TO_COMPANY");
    if !is_company || !message.at("isPrimaryAssociation").flag()? {
        return Ok(());
    }
    let (deal, company) = (message.at("fromObjectId").needed_id()?, message.at("toObjectId").needed_id()?);
    let at = message.at("occurredAt");
    let at = at.needed(at.unix_ms()?)?;
    let goes = of_deal(&deal, say)?;
    let stays = say.subject(&Known { id: Some(&format!("company-{company}")), ..Known::default() })?;
    let id = format!("deal:company:{deal}:{company}:{}", at.as_ms());
    if message.at("associationRemoved").flag()? {
        say.event(Kind::CustomerUnmerged, &id, &stays, at, &json!({"unmerged": goes, "by": "HubSpot"}));
    } else {
        say.event(
            Kind::CustomerMerged,
            &id,
            &stays,
            at,
            &json!({"merged": goes, "evidence": "primary company of the deal"}),
        );
    }
    Ok(())
}

/// Of contacts that were made one, one stays.
fn merged(it: &Change<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let stays = it.message.first(&["primaryObjectId", "objectId"]).needed_id()?;
    let stays = say.subject(&Known { id: Some(stays.as_str()), ..Known::default() })?;
    for other in it.message.at("mergedObjectIds").list()? {
        let other = other.needed_id()?;
        let goes = say.subject(&Known { id: Some(other.as_str()), ..Known::default() })?;
        if goes != stays {
            let data = json!({"merged": goes, "evidence": "merged in HubSpot"});
            say.event(Kind::CustomerMerged, &it.id(&format!("contact:merge:{other}")), &stays, it.at, &data);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrival::Headers;
    use bytes::Bytes;

    /// What the tests of HubSpot's own client for Python expect.
    #[test]
    fn the_published_vector_is_verified() {
        let signed = Signed { secrets: Secrets(vec!["yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy".into()]) };
        let signature = "HPW73RUtKmcYoEDADG0s6MmGFWUzWJKAW07r8RDgcQw=";
        let headers: Headers = [(SIGNATURE, signature), (TIME, "15000000")].map(|(k, v)| (k.into(), v.into())).into();
        let body = Bytes::from_static(b"{'example_field':'example_value'}");
        let request = |path, at_ms| Request {
            method: "POST",
            path,
            public_url: "https://www.example.com",
            headers: &headers,
            body: &body,
            at: Timestamp::from_ms(at_ms).unwrap(),
        };
        assert_eq!(signed.verify(&request("/webhook_uri", 15_000_000)), Ok(()));
        assert_eq!(signed.verify(&request("/webhook_uri", 15_300_001)), Err(Unverified::Time));
        assert_eq!(signed.verify(&request("/webhook_url", 15_000_000)), Err(Unverified::Wrong));
        let nowhere = Request { public_url: "", ..request("/webhook_uri", 15_000_000) };
        assert_eq!(signed.verify(&nowhere), Err(Unverified::Address));
    }
}
