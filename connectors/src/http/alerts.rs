//! What people do about alerts: commands, in the words of a form instead of a CloudEvent.

use super::{Decided, Http, Incoming, Inner, answer, command, intake, wait_for_quota};
use crate::intake::Outcome;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use nexusflow_model::event::alert::{AlertAssigned, AlertClosed, AlertContacted, AlertKey, AlertSnoozed, AlertStep};
use nexusflow_model::text::TextError;
use nexusflow_model::{
    Envelope, Event, Id, Label, Personal, Place, Reject, Source, Text, Timestamp, cloudevents, partition,
};
use serde::Deserialize;
use serde_json::json;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

/// Longest id of a command, in bytes: the verb and the alert are put before it.
const ID_BYTES_MAX: usize = 96;
/// Commands about members of a group that are stored together.
const STORED_TOGETHER: usize = 1_000;
/// Decisions about members of a group that are waited for at once.
const ASKED_AT_ONCE: usize = 64;
/// Answers about groups that are kept for a repetition.
const ANSWERS_KEPT: usize = 256;

/// What the last commands about groups came to, by their identity: their members may be over, and no more found, when the
/// command is sent again.
#[derive(Default)]
pub(super) struct Groups(Mutex<VecDeque<(u64, Counted)>>);

/// What became of a command about a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counted {
    accepted: u64,
    refused: u64,
    undecided: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Acknowledge,
    Assign,
    Snooze,
    Contact,
    Resolve,
    Close,
    Reopen,
}

impl Verb {
    const ALL: [(&'static str, Self); 7] = [
        ("acknowledge", Self::Acknowledge),
        ("assign", Self::Assign),
        ("snooze", Self::Snooze),
        ("contact", Self::Contact),
        ("resolve", Self::Resolve),
        ("close", Self::Close),
        ("reopen", Self::Reopen),
    ];

    fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(own, _)| *own == name).map(|(_, verb)| *verb)
    }
}

/// The body of a command.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    id: Id,
    revision: Option<u32>,
    actor: Label,
    note: Option<Personal<Text>>,
    assignee: Option<Label>,
    until: Option<Timestamp>,
    channel: Option<Label>,
    cause: Option<Label>,
    action: Option<Label>,
}

impl Asked {
    fn read(body: &[u8], verb: Verb, is_group: bool) -> Result<Self, Reject> {
        let asked: Self = cloudevents::parse("", body)?;
        if asked.id.as_str().len() > ID_BYTES_MAX {
            return Err(Reject::new("id", format!("must be at most {ID_BYTES_MAX} bytes long")));
        }
        for (field, is_said, is_its) in [
            ("revision", asked.revision.is_some(), !is_group),
            ("assignee", asked.assignee.is_some(), verb == Verb::Assign),
            ("until", asked.until.is_some(), verb == Verb::Snooze),
            ("cause", asked.cause.is_some(), verb == Verb::Close),
            ("action", asked.action.is_some(), verb == Verb::Close),
        ] {
            if is_said != is_its {
                return Err(if is_its { missing(field) } else { Reject::new(field, "has no meaning here") });
            }
        }
        if asked.channel.is_some() && verb != Verb::Contact {
            return Err(Reject::new("channel", "has no meaning here"));
        }
        Ok(asked)
    }

    fn event(&self, verb: Verb, alert: AlertKey, revision: u32) -> Result<Event, Reject> {
        let (actor, note) = (self.actor.clone(), self.note.clone());
        let said = |field: &'static str, value: &Option<Label>| value.clone().ok_or_else(|| missing(field));
        Ok(match verb {
            Verb::Acknowledge => Event::AlertAcknowledged(AlertStep { alert, revision, actor, note }),
            Verb::Resolve => Event::AlertResolved(AlertStep { alert, revision, actor, note }),
            Verb::Reopen => Event::AlertReopened(AlertStep { alert, revision, actor, note }),
            Verb::Assign => {
                let assignee = said("assignee", &self.assignee)?;
                Event::AlertAssigned(AlertAssigned { alert, revision, actor, assignee, note })
            }
            Verb::Snooze => {
                let until = self.until.ok_or_else(|| missing("until"))?;
                Event::AlertSnoozed(AlertSnoozed { alert, revision, actor, until, note })
            }
            Verb::Contact => {
                let channel = self.channel.clone();
                Event::AlertContacted(AlertContacted { alert, revision, actor, channel, note })
            }
            Verb::Close => {
                let (cause, action) = (said("cause", &self.cause)?, said("action", &self.action)?);
                Event::AlertClosed(AlertClosed { alert, revision, actor, cause, action, note })
            }
        })
    }
}

fn missing(field: &str) -> Reject {
    Reject::new(field, format!("missing field `{field}`"))
}

/// `POST /api/v1/alerts/{customer}/{alert}/{verb}`
pub(super) async fn one(
    State(http): State<Http>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((customer, alert, verb)): Path<(String, String, String)>,
    body: Body,
) -> Response {
    let inner = &http.inner;
    let Some(verb) = Verb::of(&verb) else { return unknown_verb(&Verb::ALL) };
    let body = match take(inner, peer, body).await {
        Ok(body) => body,
        Err(answer) => return *answer,
    };
    let asked = match Asked::read(&body, verb, false) {
        Ok(asked) => asked,
        Err(reject) => return refused(&reject),
    };
    let (Ok(customer), Ok(alert)) = (Id::new(&customer), AlertKey::new(&alert)) else { return unknown_alert() };
    match inner.owners.knows_alert(&customer, &alert).await {
        Some(true) => {}
        Some(false) => return unknown_alert(),
        None => {
            let message = "nobody looks after this alert just now: send it again";
            return answer::error(StatusCode::SERVICE_UNAVAILABLE, ".", message, Some(1));
        }
    }
    let envelope = match envelope(inner, verb, &asked, customer, alert, asked.revision.unwrap_or_default()) {
        Ok(envelope) => envelope,
        Err(reject) => return refused(&reject),
    };
    let identity = partition::identity_hash(&envelope);
    let outcome = inner.say(vec![Incoming { original: Bytes::new(), event: Ok(envelope) }]).await;
    let Some((_, place)) = outcome.stored.first() else { return answer::outcome(&outcome, true) };
    match inner.owners.decided(*place, identity).await {
        Some(decided) => command::tell(&decided),
        None => command::undecided(),
    }
}

/// `POST /api/v1/alerts/groups/{group}/{verb}`: the same for every open member, each with the revision it has now.
pub(super) async fn group(
    State(http): State<Http>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((group, verb)): Path<(String, String)>,
    body: Body,
) -> Response {
    let inner = &http.inner;
    let of_groups: Vec<(&str, Verb)> =
        Verb::ALL.into_iter().filter(|(_, verb)| !matches!(verb, Verb::Contact | Verb::Reopen)).collect();
    let Some((name, verb)) = of_groups.iter().find(|(own, _)| *own == verb) else { return unknown_verb(&of_groups) };
    let body = match take(inner, peer, body).await {
        Ok(body) => body,
        Err(answer) => return *answer,
    };
    let asked = match Asked::read(&body, *verb, true) {
        Ok(asked) => asked,
        Err(reject) => return refused(&reject),
    };
    let identity = partition::hash_of(&format!("{name}\0{group}\0{}", asked.id));
    if let Some(counted) = inner.groups.find(identity) {
        return counted.tell();
    }
    let members = inner.owners.open_of_group(&group);
    if members.is_empty() {
        return not_found("unknown_group", "no alert of such a group is open");
    }
    let mut counted = Counted::default();
    for members in members.chunks(STORED_TOGETHER) {
        let of = |(customer, alert, revision): &(Id, String, u32)| {
            let alert = AlertKey::new(alert).map_err(|error| Reject::new("alert", error.to_string()))?;
            envelope(inner, *verb, &asked, customer.clone(), alert, *revision)
        };
        match members.iter().map(of).collect::<Result<Vec<Envelope>, Reject>>() {
            Ok(commands) => counted.add(decide(inner, commands).await),
            Err(reject) => return refused(&reject),
        }
    }
    inner.groups.keep(identity, counted);
    counted.tell()
}

/// Stores commands and waits for what is decided about each.
async fn decide(inner: &Inner, commands: Vec<Envelope>) -> Counted {
    let identities: Vec<u64> = commands.iter().map(partition::identity_hash).collect();
    let incoming = commands.into_iter().map(|command| Incoming { original: Bytes::new(), event: Ok(command) });
    let Outcome { stored, unstored, rejected } = inner.say(incoming.collect()).await;
    let asked = stored.into_iter().map(|(at, place): (usize, Place)| inner.owners.decided(place, identities[at]));
    let decisions: Vec<Option<Decided>> = stream::iter(asked).buffer_unordered(ASKED_AT_ONCE).collect().await;
    let mut counted = Counted { undecided: (unstored.len() + rejected.len()) as u64, ..Counted::default() };
    for decision in decisions {
        match decision {
            Some(Decided { accepted: true, .. }) => counted.accepted += 1,
            Some(_) => counted.refused += 1,
            None => counted.undecided += 1,
        }
    }
    counted
}

/// The command as an event. Its id is of the verb, the alert and the id that was given: a repetition is the same event, and the
/// same id for another alert is not.
fn envelope(
    inner: &Inner,
    verb: Verb,
    asked: &Asked,
    customer: Id,
    alert: AlertKey,
    revision: u32,
) -> Result<Envelope, Reject> {
    let name = Verb::ALL.iter().find(|(_, own)| *own == verb).map_or("", |(name, _)| *name);
    let which = partition::hash_of(&format!("{customer}\0{alert}"));
    let event = asked.event(verb, alert, revision)?;
    let id = format!("{name}-{which:016x}-{}", asked.id);
    from_console(&id, customer, event, (inner.now)()).map_err(|error| Reject::new("id", error.to_string()))
}

/// An event that this door says itself, for a person in front of a console.
pub(super) fn from_console(id: &str, subject: Id, event: Event, now: Timestamp) -> Result<Envelope, TextError> {
    let (id, source) = (Id::new(id)?, Source::new("/nexusflow/console")?);
    Ok(Envelope { id, source, subject, occurred_at: now, recorded_at: now, forwarded: 0, event })
}

/// The body of a request, within the quota of its peer.
pub(super) async fn take(inner: &Inner, peer: SocketAddr, body: Body) -> Result<Bytes, Box<Response>> {
    let body = intake::body(body).await?;
    match wait_for_quota(inner, peer.ip(), NonZeroU32::MIN) {
        Some(wait) => Err(Box::new(answer::too_many(inner.settings.events_per_s.get(), super::ONE_ADDRESS, wait))),
        None => Ok(body),
    }
}

pub(super) fn refused(reject: &Reject) -> Response {
    answer::error(StatusCode::UNPROCESSABLE_ENTITY, &reject.field, &reject.reason, None)
}

pub(super) fn not_found(code: &str, message: &str) -> Response {
    (StatusCode::NOT_FOUND, Json(json!({"error": {"code": code, "message": message}}))).into_response()
}

fn unknown_alert() -> Response {
    not_found("unknown_alert", "there is no such alert")
}

fn unknown_verb(verbs: &[(&str, Verb)]) -> Response {
    let names: Vec<&str> = verbs.iter().map(|(name, _)| *name).collect();
    not_found("unknown_verb", &format!("there is {}", names.join(", ")))
}

impl Groups {
    fn find(&self, identity: u64) -> Option<Counted> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(own, _)| *own == identity).map(|(_, counted)| *counted)
    }

    /// Keeps what was decided about all; what was not may be asked again.
    fn keep(&self, identity: u64, counted: Counted) {
        if counted.undecided > 0 {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= ANSWERS_KEPT {
            kept.pop_front();
        }
        kept.push_back((identity, counted));
    }
}

impl Counted {
    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.undecided += other.undecided;
    }

    fn tell(self) -> Response {
        let Self { accepted, refused, undecided } = self;
        if undecided > 0 {
            let message = format!(
                "{accepted} accepted, {refused} refused; of {undecided} it is not known yet: send it again with the same id"
            );
            return answer::error(StatusCode::SERVICE_UNAVAILABLE, ".", &message, Some(1));
        }
        Json(json!({"accepted": accepted, "refused": refused})).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(verb: Verb, is_group: bool, body: &str) -> Result<(), String> {
        Asked::read(body.as_bytes(), verb, is_group).map(drop).map_err(|reject| reject.field)
    }

    #[test]
    fn a_body_says_what_its_verb_needs_and_nothing_else() {
        let close = r#"{"id":"a","revision":1,"actor":"Ana","cause":"late","action":"called"}"#;
        assert_eq!(read(Verb::Close, false, close), Ok(()));
        assert_eq!(read(Verb::Resolve, false, close), Err("cause".into()));
        assert_eq!(read(Verb::Close, true, close), Err("revision".into()));
        let plain = r#"{"id":"a","revision":1,"actor":"Ana","note":"ok"}"#;
        assert_eq!(read(Verb::Acknowledge, false, plain), Ok(()));
        assert_eq!(read(Verb::Assign, false, plain), Err("assignee".into()));
        assert_eq!(read(Verb::Snooze, false, plain), Err("until".into()));
        assert_eq!(read(Verb::Acknowledge, false, r#"{"id":"a","actor":"Ana"}"#), Err("revision".into()));
        assert_eq!(read(Verb::Acknowledge, false, r#"{"id":"a","revision":1}"#), Err("actor".into()));
        let unknown = r#"{"id":"a","revision":1,"actor":"Ana","nope":1}"#;
        assert_eq!(read(Verb::Acknowledge, false, unknown), Err("nope".into()));
        let long = format!(r#"{{"id":"{}","revision":1,"actor":"Ana"}}"#, "x".repeat(ID_BYTES_MAX + 1));
        assert_eq!(read(Verb::Acknowledge, false, &long), Err("id".into()));
    }
}
