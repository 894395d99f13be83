//! Intercom: conversations and their ratings, contacts.

use super::message::Node;
use super::plain::{OfBody, settings};
use super::saying::{Dialect, Json, Saying};
use super::signature::{Encoding, Hash};
use crate::source::{Connector, Known, Named, Opened, Sample, Way};
use nexusflow_model::{Id, Kind, Reject, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

macro_rules! sample {
    ($what:literal, $file:literal, $becomes:expr) => {
        Sample {
            what: $what,
            headers: &[("content-type", "application/json")],
            body: include_str!(concat!("samples/intercom/", $file)),
            becomes: &$becomes,
        }
    };
}

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "intercom",
    about: "Intercom: conversations and their ratings, contacts",
    open,
    page: include_str!("../../../docs/connect/intercom.md"),
    example: "secret_file = \"secret\"",
    samples: &[
        sample!("a conversation began", "created.json", ["ticket.opened", "customer.identified"]),
        sample!("the customer wrote", "user_replied.json", ["ticket.replied"]),
        sample!("a teammate answered", "admin_replied.json", ["ticket.replied"]),
        sample!("a teammate left a note", "admin_noted.json", ["ticket.replied"]),
        sample!("it was assigned", "assigned.json", ["ticket.assigned"]),
        sample!("it sleeps", "snoozed.json", ["ticket.status_changed"]),
        sample!("it was closed", "closed.json", ["ticket.resolved"]),
        sample!("it was opened again", "opened.json", ["ticket.reopened"]),
        sample!("it was rated", "rated.json", ["survey.answered"]),
        sample!("a contact", "contact.json", ["customer.identified"]),
        sample!("a ping", "ping.json", []),
    ],
};

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let (secrets, customers) = settings(named, table)?;
    let verify = OfBody {
        secrets,
        header: "x-hub-signature",
        prefix: "sha1=",
        hash: Hash::Sha1,
        encoding: Encoding::Hex,
        headers: &["content-type"],
        answers_head: true,
    };
    Ok(Opened { decoder: Arc::new(Json::new(named, customers, Intercom)), way: Way::Hook(Box::new(verify)) })
}

#[derive(Debug)]
struct Intercom;

impl Dialect for Intercom {
    fn read(&self, message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let topic = message.at("topic");
        let topic = topic.needed(topic.text()?)?;
        let say_it: fn(&Conversation<'_>, &mut Saying<'_>) -> Result<(), Reject> = match topic.as_str() {
            "conversation.user.created" => opened,
            "conversation.user.replied" => |it, say| replied(it, "customer", true, say),
            "conversation.admin.replied" => |it, say| replied(it, "agent", true, say),
            "conversation.admin.noted" => |it, say| replied(it, "agent", false, say),
            "conversation.admin.assigned" => assigned,
            "conversation.admin.snoozed" => |it, say| status(it, "snoozed", true, say),
            "conversation.admin.unsnoozed" => |it, say| status(it, "open", false, say),
            "conversation.admin.closed" => closed,
            "conversation.admin.opened" => |it, say| it.say(Kind::TicketReopened, &json!({"ticket": it.ticket}), say),
            "conversation.rating.added" => rated,
            "contact.user.created"
            | "contact.user.updated"
            | "contact.lead.created"
            | "contact.lead.signed_up"
            | "contact.created"
            | "contact.updated"
            | "user.created" => return contact(message, say),
            _ => return Ok(()),
        };
        say_it(&Conversation::read(message, say)?, say)
    }
}

struct Conversation<'a> {
    item: Node<'a>,
    event: Id,
    ticket: Id,
    subject: Id,
    at: Timestamp,
}

impl<'a> Conversation<'a> {
    fn read(message: &Node<'a>, say: &Saying<'_>) -> Result<Self, Reject> {
        let item = message.at("data.item");
        let contacts = item.at("contacts.contacts").list()?;
        let contact = contacts.first().map(|contact| contact.at("id").text()).transpose()?.flatten();
        let [author, email] = ["source.author.id", "source.author.email"].map(|path| item.at(path).text());
        let is_customer = item.at("source.author.type").word()?.is_none_or(|kind| kind != "admin" && kind != "bot");
        let (author, email) = (author?.filter(|_| is_customer), email?.filter(|_| is_customer));
        let id = contact.or(author);
        let known = Known { id: id.as_deref(), email: email.as_deref(), ..Known::default() };
        let created = message.at("created_at");
        Ok(Self {
            event: message.at("id").needed_id()?,
            ticket: item.at("id").needed_id()?,
            subject: say.subject(&known)?,
            at: created.needed(created.unix()?)?,
            item,
        })
    }

    fn say(&self, kind: Kind, data: &Value, say: &mut Saying<'_>) -> Result<(), Reject> {
        say.event(kind, self.event.as_str(), &self.subject, self.at, data);
        Ok(())
    }

    /// What was added to the conversation by what the message is about; nothing where it was not sent with it.
    fn part(&self) -> Result<Node<'a>, Reject> {
        let parts = self.item.at("conversation_parts.conversation_parts");
        Ok(parts.list()?.pop().unwrap_or_else(|| parts.at("last")))
    }
}

fn opened(it: &Conversation<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let source = it.item.at("source");
    let priority = it.item.at("priority").word()?.filter(|priority| priority == "priority");
    let data = json!({
        "ticket": it.ticket,
        "channel": source.at("type").word()?,
        "priority": priority,
        "topic": source.at("subject").long_of_html()?.and_then(|topic| super::message::one_line(&topic)),
        "text": source.at("body").long_of_html()?,
        "assignee": it.item.at("admin_assignee_id").label()?,
        "group": it.item.at("team_assignee_id").label()?,
    });
    it.say(Kind::TicketOpened, &data, say)?;
    let author = source.at("author");
    let (id, email) = (author.at("id").text()?, author.at("email").text()?);
    let traits = json!({"name": author.at("name").label()?, "email": author.at("email").label()?});
    let known = Known { id: id.as_deref(), email: email.as_deref(), ..Known::default() };
    say.identify(&format!("{}:customer", it.event), &known, it.at, &traits);
    Ok(())
}

fn replied(it: &Conversation<'_>, who: &str, public: bool, say: &mut Saying<'_>) -> Result<(), Reject> {
    let part = it.part()?;
    let is_bot = part.at("author.type").word()?.is_some_and(|kind| kind == "bot");
    let author = if who == "agent" { part.first(&["author.name", "author.id"]).label()? } else { None };
    let data = json!({
        "ticket": it.ticket,
        "author_kind": if is_bot { "bot" } else { who },
        "author": author,
        "public": public,
        "text": part.at("body").long_of_html()?,
    });
    it.say(Kind::TicketReplied, &data, say)
}

fn assigned(it: &Conversation<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let (assignee, group) = (it.item.at("admin_assignee_id").label()?, it.item.at("team_assignee_id").label()?);
    if assignee.is_none() && group.is_none() {
        return Ok(());
    }
    it.say(Kind::TicketAssigned, &json!({"ticket": it.ticket, "assignee": assignee, "group": group}), say)
}

fn status(it: &Conversation<'_>, status: &str, pending: bool, say: &mut Saying<'_>) -> Result<(), Reject> {
    it.say(Kind::TicketStatusChanged, &json!({"ticket": it.ticket, "status": status, "pending": pending}), say)
}

fn closed(it: &Conversation<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let by = it.part()?.first(&["author.name", "author.id"]).label()?;
    it.say(Kind::TicketResolved, &json!({"ticket": it.ticket, "by": by}), say)
}

fn rated(it: &Conversation<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let rating = it.item.at("conversation_rating");
    let score = rating.at("rating");
    let data = json!({
        "survey": it.ticket,
        "measures": "csat",
        "score": score.needed(score.integer()?)?,
        "touchpoint": "support",
        "channel": it.item.at("source.type").word()?,
        "ticket": it.ticket,
        "text": rating.at("remark").long()?,
    });
    it.say(Kind::SurveyAnswered, &data, say)
}

fn contact(message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let item = message.at("data.item");
    let event = message.at("id").needed_id()?;
    let created = message.at("created_at");
    let at = created.needed(created.unix()?)?;
    let [id, email, phone] = ["id", "email", "phone"].map(|name| item.at(name).text());
    let (id, email, phone) = (id?, email?, phone?);
    let traits = json!({
        "name": item.at("name").label()?,
        "email": item.at("email").label()?,
        "phone": item.at("phone").label()?,
        "country": item.at("location.country").label()?,
        "city": item.at("location.city").label()?,
        "language": item.at("language_override").label()?,
        "since": item.at("signed_up_at").unix()?,
    });
    let known = Known { id: id.as_deref(), email: email.as_deref(), phone: phone.as_deref(), ..Known::default() };
    say.identify(event.as_str(), &known, at, &traits);
    Ok(())
}
