//! Holding notifications back for a while.

use super::alerts::{from_console, not_found, refused, take};
use super::{Http, Incoming, Inner, answer, wait_for_quota};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::response::{IntoResponse, Response};
use nexusflow_model::event::control::SilenceSet;
use nexusflow_model::{Event, Id, Label, Place, Reject, Timestamp, cloudevents, partition};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;

/// By what alerts are told apart.
const LABELS: [&str; 15] = [
    "kind",
    "severity",
    "alert",
    "customer",
    "subject",
    "group",
    "owner",
    "account",
    "customer_kind",
    "tier",
    "channel",
    "priority",
    "category",
    "carrier",
    "source",
];
/// The longest silence: 30 days.
const SILENCE_MAX_MS: i64 = 30 * 86_400_000;

/// The body of a silence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    id: Id,
    matches: Label,
    until: Timestamp,
    actor: Label,
    reason: Option<Label>,
}

/// `POST /api/v1/silences`
pub(super) async fn set(State(http): State<Http>, ConnectInfo(peer): ConnectInfo<SocketAddr>, body: Body) -> Response {
    let inner = &http.inner;
    let body = match take(inner, peer, body).await {
        Ok(body) => body,
        Err(answer) => return *answer,
    };
    let asked: Asked = match cloudevents::parse("", &body) {
        Ok(asked) => asked,
        Err(reject) => return refused(&reject),
    };
    let now = (inner.now)();
    if let Err(reject) = check(&asked, now) {
        return refused(&reject);
    }
    let Asked { id, matches, until, actor, reason } = asked;
    // Said again it is the same; with another end it is a change.
    let reason_text = reason.as_ref().map_or("", Label::as_str);
    let which = partition::hash_of(&format!("{id}\0{matches}\0{until}\0{actor}\0{reason_text}"));
    let message = format!("{matches} is silent until {until}");
    let event = SilenceSet { matches, until, actor, reason };
    say(inner, format!("silence-{which:016x}"), id, event, "silenced", &message).await
}

/// `DELETE /api/v1/silences/{silence}?actor=`
pub(super) async fn lift(
    State(http): State<Http>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(silence): Path<String>,
    Query(params): Query<BTreeMap<String, String>>,
) -> Response {
    let inner = &http.inner;
    if let Some(wait) = wait_for_quota(inner, peer.ip(), NonZeroU32::MIN) {
        return answer::too_many(inner.settings.events_per_s.get(), super::ONE_ADDRESS, wait);
    }
    let actor = match params.get("actor").map(|actor| Label::new(actor)) {
        Some(Ok(actor)) => actor,
        Some(Err(error)) => return refused(&Reject::new("actor", error.to_string())),
        None => return refused(&Reject::new("actor", "the parameter actor is missing: who lifts it")),
    };
    let known = Id::new(&silence).ok().and_then(|id| Some((inner.owners.silence(&id)?, id)));
    let Some((matches, id)) = known else { return not_found("unknown_silence", "there is no such silence") };
    let now = (inner.now)();
    let message = format!("{matches} is told again");
    let event = SilenceSet { matches, until: now, actor, reason: None };
    let which = partition::hash_of(id.as_str());
    say(inner, format!("lift-{which:016x}-{}", now.as_ms()), id, event, "lifted", &message).await
}

/// What can't be meant.
fn check(asked: &Asked, now: Timestamp) -> Result<(), Reject> {
    let one = |part: &str| {
        let (label, value) = part.split_once('=')?;
        let label = label.strip_suffix('!').unwrap_or(label).trim();
        (LABELS.contains(&label) && !value.trim().trim_matches('"').is_empty()).then_some(())
    };
    if asked.matches.as_str().split(',').any(|part| one(part).is_none()) {
        let reason =
            format!("must be labels and their values, such as kind=delay,carrier=DHL; labels: {}", LABELS.join(", "));
        return Err(Reject::new("matches", reason));
    }
    if asked.until <= now || asked.until.ms_since(now) > SILENCE_MAX_MS {
        return Err(Reject::new("until", "must lie ahead, at most 30 days"));
    }
    Ok(())
}

async fn say(inner: &Inner, id: String, silence: Id, event: SilenceSet, code: &str, message: &str) -> Response {
    let envelope = match from_console(&id, silence, Event::SilenceSet(event), (inner.now)()) {
        Ok(envelope) => envelope,
        Err(error) => return refused(&Reject::new("id", error.to_string())),
    };
    let outcome = inner.say(vec![Incoming { original: Bytes::new(), event: Ok(envelope) }]).await;
    let Some((_, Place { partition, sequence, index })) = outcome.stored.first() else {
        return answer::outcome(&outcome, true);
    };
    let place = format!("{partition}:{sequence}:{index}");
    Json(json!({"accepted": true, "code": code, "message": message, "place": place})).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_matches_labels_that_there_are_for_a_time_that_ends() {
        let now: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
        let check = |matches: &str, hours: i64| {
            let asked = Asked {
                id: Id::new("S-1").unwrap(),
                matches: Label::new(matches).unwrap(),
                until: now.plus_ms(hours * 3_600_000),
                actor: Label::new("Ana").unwrap(),
                reason: None,
            };
            check(&asked, now).map_err(|reject| reject.field)
        };
        assert_eq!(check("kind=delay,carrier=DHL", 1), Ok(()));
        assert_eq!(check("tier!=gold", 1), Ok(()));
        assert_eq!(check("colour=red", 1), Err("matches".into()));
        assert_eq!(check("kind=", 1), Err("matches".into()));
        assert_eq!(check("everything", 1), Err("matches".into()));
        assert_eq!(check("kind=delay", 0), Err("until".into()));
        assert_eq!(check("kind=delay", 24 * 31), Err("until".into()));
    }
}
