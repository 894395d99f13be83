//! Zendesk: tickets, their status, comments and satisfaction.

use super::message::Node;
use super::plain::settings;
use super::saying::{Dialect, Json, Saying};
use super::signature::{Encoding, Hash, is_of, is_recent_ms};
use super::{Request, Unverified, Verify};
use crate::source::{Connector, Known, Named, Opened, Sample, Secrets, Way};
use nexusflow_model::{Id, Kind, Reject, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

const SIGNATURE: &str = "x-zendesk-webhook-signature";
const TIME: &str = "x-zendesk-webhook-signature-timestamp";
/// What types of events begin with.
const TYPE: &str = "zen:event-type:";
/// How a rating counts on a scale from 1 to 5 where it is only good or bad.
const GOOD: i64 = 5;
const BAD: i64 = 1;

macro_rules! sample {
    ($what:literal, $file:literal, $becomes:expr) => {
        Sample {
            what: $what,
            headers: &[("content-type", "application/json")],
            body: include_str!(concat!("samples/zendesk/", $file)),
            becomes: &$becomes,
        }
    };
}

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "zendesk",
    about: "Zendesk: tickets, their status, comments and satisfaction",
    open,
    page: include_str!("../../../docs/connect/zendesk.md"),
    example: "secret_file = \"secret\"",
    samples: &[
        sample!("a ticket was opened", "created.json", ["ticket.opened"]),
        sample!("the customer wrote", "comment_of_customer.json", ["ticket.replied"]),
        sample!("an agent left a note", "note_of_agent.json", ["ticket.replied"]),
        sample!("it waits for the customer", "pending.json", ["ticket.status_changed"]),
        sample!("it was solved", "solved.json", ["ticket.resolved"]),
        sample!("it came back", "reopened.json", ["ticket.reopened"]),
        sample!("its priority was raised", "priority.json", ["ticket.priority_changed"]),
        sample!("an agent took it", "assigned.json", ["ticket.assigned"]),
        sample!("the customer is content", "satisfaction.json", ["survey.answered"]),
        sample!("a customer was created", "user_created.json", ["customer.identified"]),
        sample!("tags were changed, for which there is no word", "tags.json", []),
    ],
};

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let (secrets, customers) = settings(named, table)?;
    Ok(Opened { decoder: Arc::new(Json::new(named, customers, Zendesk)), way: Way::Hook(Box::new(Signed { secrets })) })
}

/// Over the time as it is written, and the body.
#[derive(Debug)]
struct Signed {
    secrets: Secrets,
}

impl Verify for Signed {
    fn verify(&self, request: &Request<'_>) -> Result<(), Unverified> {
        let header = |name: &str| request.header(name).ok_or_else(|| Unverified::Missing(name.into()));
        let (signature, time) = (header(SIGNATURE)?, header(TIME)?);
        let at = time.parse::<Timestamp>().map_err(|_| Unverified::Unreadable(TIME.into()))?;
        is_recent_ms(at.as_ms(), request.at)?;
        let signature = Encoding::Base64.decode(signature).ok_or_else(|| Unverified::Unreadable(SIGNATURE.into()))?;
        let is_right = is_of(Hash::Sha256, &self.secrets.0, &[time.as_bytes(), request.body], &signature);
        if is_right { Ok(()) } else { Err(Unverified::Wrong) }
    }
}

#[derive(Debug)]
struct Zendesk;

impl Dialect for Zendesk {
    fn read(&self, message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let kind = message.at("type");
        let kind = kind.needed(kind.text()?)?;
        let Some(kind) = kind.strip_prefix(TYPE) else {
            return Err(message
                .at("type")
                .reject("must begin with zen:event-type: subscribe to events, not to a trigger"));
        };
        let say_it: fn(&Ticket<'_>, &mut Saying<'_>) -> Result<(), Reject> = match kind {
            "ticket.created" => opened,
            "ticket.comment_added" => replied,
            "ticket.status_changed" => status,
            "ticket.priority_changed" => priority,
            "ticket.agent_assignment_changed" | "ticket.group_assignment_changed" => assigned,
            "ticket.csat_received" => rated,
            "user.created" => return user(message, say),
            _ => return Ok(()),
        };
        say_it(&Ticket::read(message, say)?, say)
    }
}

struct Ticket<'a> {
    message: &'a Node<'a>,
    event: Id,
    ticket: Id,
    subject: Id,
    at: Timestamp,
}

impl<'a> Ticket<'a> {
    fn read(message: &'a Node<'a>, say: &Saying<'_>) -> Result<Self, Reject> {
        let requester = message.at("detail.requester_id").text()?;
        let known = Known { id: requester.as_deref(), ..Known::default() };
        let time = message.at("time");
        Ok(Self {
            message,
            event: message.at("id").needed_id()?,
            ticket: message.at("detail.id").needed_id()?,
            subject: say.subject(&known)?,
            at: time.needed(time.time()?)?,
        })
    }

    fn say(&self, kind: Kind, data: &Value, say: &mut Saying<'_>) -> Result<(), Reject> {
        say.event(kind, self.event.as_str(), &self.subject, self.at, data);
        Ok(())
    }

    /// What it is now, of what changed.
    fn current(&self) -> Node<'a> {
        self.message.at("event.current")
    }
}

fn opened(it: &Ticket<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let detail = it.message.at("detail");
    let data = json!({
        "ticket": it.ticket,
        "channel": detail.at("via.channel").word()?,
        "category": detail.at("type").word()?,
        "priority": detail.at("priority").word()?,
        "topic": detail.at("subject").label()?,
        "text": detail.at("description").long()?,
        "assignee": detail.at("assignee_id").label()?,
        "group": detail.at("group_id").label()?,
    });
    it.say(Kind::TicketOpened, &data, say)
}

/// Who is no member of the staff is the customer; who has no id, or a negative one, is the system itself.
fn replied(it: &Ticket<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let comment = it.message.at("event.comment");
    let author = comment.at("author");
    let is_staff = author.at("is_staff").flag()?;
    let is_system = author.at("id").integer()?.is_none_or(|id| id < 0);
    let author_kind = match (is_system, is_staff) {
        (true, _) => "bot",
        (false, true) => "agent",
        (false, false) => "customer",
    };
    let data = json!({
        "ticket": it.ticket,
        "author_kind": author_kind,
        "author": if is_staff { author.first(&["name", "id"]).label()? } else { None },
        "public": comment.at("is_public").flag()?,
        "text": comment.at("body").long()?,
    });
    it.say(Kind::TicketReplied, &data, say)
}

fn status(it: &Ticket<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let current = it.current();
    let status = current.needed(current.word()?)?;
    let was = it.message.at("event.previous").word()?;
    match (was.as_deref(), status.as_str()) {
        (_, "solved" | "closed") => {
            let data = json!({
                "ticket": it.ticket,
                "by": it.message.at("detail.assignee_id").label()?,
                "closed": status == "closed",
            });
            it.say(Kind::TicketResolved, &data, say)
        }
        (Some("solved"), _) => it.say(Kind::TicketReopened, &json!({"ticket": it.ticket}), say),
        (_, status) => {
            let data = json!({"ticket": it.ticket, "status": status, "pending": matches!(status, "pending" | "hold")});
            it.say(Kind::TicketStatusChanged, &data, say)
        }
    }
}

/// A priority that is taken away says nothing that we have a word for.
fn priority(it: &Ticket<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    match it.current().word()? {
        Some(priority) => it.say(Kind::TicketPriorityChanged, &json!({"ticket": it.ticket, "priority": priority}), say),
        None => Ok(()),
    }
}

fn assigned(it: &Ticket<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let detail = it.message.at("detail");
    let (assignee, group) = (detail.at("assignee_id").label()?, detail.at("group_id").label()?);
    if assignee.is_none() && group.is_none() {
        return Ok(());
    }
    it.say(Kind::TicketAssigned, &json!({"ticket": it.ticket, "assignee": assignee, "group": group}), say)
}

/// A rating: a number from 1 to 5, or good or bad.
fn rated(it: &Ticket<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let rating = it.message.first(&[
        "event.rating",
        "event.score",
        "event.current.rating",
        "event.current.score",
        "event.current",
    ]);
    let word = rating.needed(rating.word()?)?;
    let score = match word.as_str() {
        "good" => GOOD,
        "bad" => BAD,
        // Asked for and not answered.
        "offered" | "unoffered" => return Ok(()),
        number => number.parse().map_err(|_| rating.reject("must be good, bad, or a number from 1 to 5"))?,
    };
    let comment = it.message.first(&["event.comment", "event.current.comment"]);
    let data = json!({
        "survey": it.ticket,
        "measures": "csat",
        "score": score,
        "touchpoint": "support",
        "ticket": it.ticket,
        "text": comment.long()?,
    });
    it.say(Kind::SurveyAnswered, &data, say)
}

fn user(message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let detail = message.at("detail");
    if detail.at("role").word()?.is_some_and(|role| role != "end-user") {
        return Ok(());
    }
    let event = message.at("id").needed_id()?;
    let time = message.at("time");
    let at = time.needed(time.time()?)?;
    let [id, email, phone] = ["id", "email", "phone"].map(|name| detail.at(name).text());
    let (id, email, phone) = (id?, email?, phone?);
    let traits = json!({
        "name": detail.at("name").label()?,
        "email": detail.at("email").label()?,
        "phone": detail.at("phone").label()?,
        "since": detail.at("created_at").time()?,
    });
    let known = Known { id: id.as_deref(), email: email.as_deref(), phone: phone.as_deref(), ..Known::default() };
    say.identify(event.as_str(), &known, at, &traits);
    Ok(())
}
