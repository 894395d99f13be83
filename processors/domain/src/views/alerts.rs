//! Alerts and silences as rows, and an alert with all that is known of it.

use crate::Profile;
use crate::alert::card::AlertCard;
use crate::alert::life::{Evidence, Step};
use crate::alert::{AlertKind, Facts, SilenceCard};
use crate::config::Business;
use crate::headline;
use crate::views::table::{Row, time};
use crate::voice::words;
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Envelope, Id, Place, Timestamp};
use serde_json::{Value, json};

/// The columns that identify an alert.
pub const KEY: &[&str] = &["customer", "alert"];

/// The columns of alerts.
pub const COLS: &[&str] = &[
    "customer",
    "alert",
    "kind",
    "severity",
    "state",
    "revision",
    "count",
    "members",
    "raised_at",
    "changed_at",
    "due_at",
    "snoozed_until",
    "owner",
    "level",
    "name",
    "account",
    "tier",
    "priority",
    "channel",
    "why",
    "value",
    "health_milli",
    "group",
    "held_by",
    "cause",
    "action",
    "severities",
];

/// The column that identifies a silence.
pub const SILENCE_KEY: &[&str] = &["silence"];

/// The columns of silences.
pub const SILENCE_COLS: &[&str] = &["silence", "matches", "until", "actor", "reason"];

/// One alert, in the order of [`COLS`]. Holds the customer's name, which is personal. `held_by` is what holds its notification
/// back.
pub fn row(customer: &Id, alert: &str, card: &AlertCard, held_by: Option<&str>) -> Row {
    vec![
        json!(customer),
        alert.into(),
        card.kind.as_str().into(),
        card.severity.as_str().into(),
        card.state.as_str().into(),
        card.revision.into(),
        card.count.into(),
        Value::Null,
        json!(card.raised_at),
        json!(card.changed_at),
        time(card.due_at),
        time(card.snoozed_until),
        json!(card.owner),
        card.level.into(),
        json!(card.name),
        json!(card.labels.account),
        json!(card.labels.tier),
        json!(card.labels.priority),
        json!(card.labels.channel),
        card.why.as_str().into(),
        json!(card.value),
        json!(card.health_milli),
        card.group.as_str().into(),
        json!(held_by),
        json!(card.cause),
        json!(card.action),
        Value::Null,
    ]
}

/// One silence, in the order of [`SILENCE_COLS`].
pub fn silence_row(silence: &Id, card: &SilenceCard) -> Row {
    let SilenceCard { matches, until, actor, reason } = card;
    vec![json!(silence), json!(matches), json!(until), json!(actor), json!(reason)]
}

/// A row as an object by the names of its columns.
pub fn object(cols: &[&str], row: Row) -> Value {
    cols.iter().map(|col| (*col).to_owned()).zip(row).collect::<serde_json::Map<_, _>>().into()
}

/// The events behind an alert of a subject; none where there is no such alert.
pub fn evidence<'a>(profile: &'a Profile, key: &AlertKey) -> Option<&'a [Evidence]> {
    Some(&profile.alerts.get(key)?.evidence)
}

/// Which keyspace the subject of an alert is in; none where the key is of no kind there is.
pub fn keyspace(key: &AlertKey) -> Option<u8> {
    AlertKind::of(key).map(|kind| kind.subject() as u8)
}

/// An alert, whole: the object of `GET /api/v1/alerts/{customer}/{alert}` but for what holds it back, which takes all partitions to
/// know. `evidence` are the events that it refers to. Holds personal data; none where there is no such alert.
pub fn whole(
    business: &Business,
    subject: &Id,
    profile: &Profile,
    key: &AlertKey,
    clock: Timestamp,
    evidence: &[(Place, Envelope)],
) -> Option<Value> {
    let alert = profile.alerts.get(key)?;
    let card = AlertCard::of(alert, &Facts::of(business, profile, clock), None);
    let mut events: Vec<&(Place, Envelope)> = evidence.iter().collect();
    events.sort_by_key(|(place, envelope)| (envelope.occurred_at, *place));
    Some(json!({
        "alert": object(COLS, row(subject, key.as_str(), &card, None)),
        "history": alert.history.iter().map(step).collect::<Vec<_>>(),
        "evidence": events.into_iter().map(|(place, envelope)| witness(*place, envelope)).collect::<Vec<_>>(),
        "clock": clock_of(business, profile, key, clock),
    }))
}

/// How the clocks of the ticket stand that an alert of kind `sla` is about.
fn clock_of(business: &Business, profile: &Profile, key: &AlertKey, now: Timestamp) -> Option<Value> {
    let (kind, rest) = key.as_str().split_once(':')?;
    let (ticket, _) = rest.rsplit_once(':').filter(|_| kind == AlertKind::Sla.as_str())?;
    profile.sla.shown(&business.alerting, now, &Id::new(ticket).ok()?)
}

fn step(step: &Step) -> Value {
    let Step { revision, at, actor, what, note } = step;
    json!({"revision": revision, "at": at, "actor": actor, "what": what, "note": note})
}

fn witness(place: Place, envelope: &Envelope) -> Value {
    json!({
        "place": format!("{}:{}:{}", place.partition, place.sequence, place.index),
        "kind": envelope.event.kind().as_str(),
        "occurred_at": envelope.occurred_at,
        "what": headline::of(&envelope.event, None).what,
        "text": words::of(&envelope.event),
    })
}
