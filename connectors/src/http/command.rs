//! Commands: events that ask for something. The answer is given when the fold has decided, with the place where it did.

use super::{Decided, Http, Incoming, answer, intake};
use crate::intake::Outcome;
use crate::keys::Publisher;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use nexusflow_model::{Place, Reject, partition};
use serde_json::json;
use std::net::SocketAddr;

/// `POST /api/v1/commands`: one CloudEvent whose type is a command's.
pub(super) async fn ask(
    State(http): State<Http>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Extension(publisher): Extension<Publisher>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let inner = &http.inner;
    let mut events = match super::take(inner, peer.ip(), &publisher, &headers, body).await {
        Ok((events, _)) => events,
        Err(answer) => return *answer,
    };
    let (Some(asked), true) = (events.pop(), events.is_empty()) else {
        return answer::error(StatusCode::BAD_REQUEST, "body", "send one command at a time", None);
    };
    let asked = Incoming { event: asked.event.and_then(only_commands), ..asked };
    let identity = asked.event.as_ref().ok().map(partition::identity_hash);
    let outcome = inner.store(&publisher, intake::said(&headers), vec![asked]).await;
    match (&outcome, identity) {
        (Outcome { stored, .. }, Some(identity)) if !stored.is_empty() => {
            let place = stored[0].1;
            match inner.owners.decided(place, identity).await {
                Some(decided) => tell(&decided),
                None => undecided(),
            }
        }
        _ => answer::outcome(&outcome, true),
    }
}

/// Nobody has said yet what is decided.
pub(super) fn undecided() -> Response {
    let message = "it is stored and not decided yet: send it again with the same id to hear what was decided";
    answer::error(StatusCode::SERVICE_UNAVAILABLE, ".", message, Some(1))
}

fn only_commands(envelope: nexusflow_model::Envelope) -> Result<nexusflow_model::Envelope, Reject> {
    let kind = envelope.event.kind();
    if kind.is_command() {
        return Ok(envelope);
    }
    Err(Reject::new("type", format!("{} is no command: publish it at /api/v1/events", kind.as_str())))
}

pub(super) fn tell(decided: &Decided) -> Response {
    let Decided { accepted, code, message, place: Place { partition, sequence, index } } = decided;
    let place = format!("{partition}:{sequence}:{index}");
    if *accepted {
        let body = json!({"accepted": true, "code": code, "message": message, "place": place});
        return (StatusCode::OK, Json(body)).into_response();
    }
    let body = json!({"accepted": false, "error": {"code": code, "message": message}, "place": place});
    let status = if code == "unknown_alert" { StatusCode::NOT_FOUND } else { StatusCode::CONFLICT };
    (status, Json(body)).into_response()
}
