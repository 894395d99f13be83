//! What people say of a text: how it is meant, and what it is about.

use super::alerts::{from_console, refused, take};
use super::{Http, Incoming, answer};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use nexusflow_model::event::voice::FeedbackLabelled;
use nexusflow_model::number::Score;
use nexusflow_model::{Event, Id, Label, Personal, Place, Reject, Text, cloudevents, partition};
use serde::Deserialize;
use serde_json::json;
use std::net::SocketAddr;

/// The body of a correction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    id: Id,
    customer: Id,
    feedback: Id,
    sentiment: Option<Score>,
    #[serde(default)]
    themes: Vec<Label>,
    text: Option<Personal<Text>>,
    actor: Label,
}

/// `POST /api/v1/texts/labels`
pub(super) async fn say(State(http): State<Http>, ConnectInfo(peer): ConnectInfo<SocketAddr>, body: Body) -> Response {
    let inner = &http.inner;
    let body = match take(inner, peer, body).await {
        Ok(body) => body,
        Err(answer) => return *answer,
    };
    let (name, customer, event) = match read(&body) {
        Ok(read) => read,
        Err(reject) => return refused(&reject),
    };
    let envelope = match from_console(&name, customer, Event::FeedbackLabelled(event), (inner.now)()) {
        Ok(envelope) => envelope,
        Err(error) => return refused(&Reject::new("id", error.to_string())),
    };
    let outcome = inner.say(vec![Incoming { original: Bytes::new(), event: Ok(envelope) }]).await;
    let Some((_, Place { partition, sequence, index })) = outcome.stored.first() else {
        return answer::outcome(&outcome, true);
    };
    let place = format!("{partition}:{sequence}:{index}");
    Json(json!({"accepted": true, "code": "labelled", "message": "it is counted as you say", "place": place}))
        .into_response()
}

/// The event's id, whose text it is, and what is said of it.
fn read(body: &[u8]) -> Result<(String, Id, FeedbackLabelled), Reject> {
    let Asked { id, customer, feedback, sentiment, themes, text, actor } = cloudevents::parse("", body)?;
    if sentiment.is_none() && themes.is_empty() {
        return Err(Reject::new("sentiment", "say how it is meant (sentiment), what it is about (themes), or both"));
    }
    if sentiment.is_some_and(|score| !(-1_000..=1_000).contains(&score.get())) {
        return Err(Reject::new("sentiment", "must lie from -1000 to 1000"));
    }
    // Said again it is the same.
    let which = partition::hash_of(&format!("{id}\0{customer}\0{feedback}\0{actor}"));
    Ok((format!("label-{which:016x}"), customer, FeedbackLabelled { feedback, themes, sentiment, text, by: actor }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_says_something_of_a_text() {
        let read = |json: serde_json::Value| {
            let mut whole = json!({"id": "1", "customer": "c", "feedback": "r-1", "actor": "Ana"});
            whole.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
            read(whole.to_string().as_bytes()).map_err(|reject| reject.field)
        };
        let (name, customer, event) = read(json!({"sentiment": -900, "text": "no"})).unwrap();
        assert_eq!((customer.as_str(), event.by.as_str()), ("c", "Ana"));
        assert_eq!(read(json!({"sentiment": -900, "text": "no"})).unwrap().0, name);
        assert_ne!(read(json!({"id": "2", "themes": ["price"]})).unwrap().0, name);
        assert_eq!(read(json!({})), Err("sentiment".into()));
        assert_eq!(read(json!({"sentiment": 1001})), Err("sentiment".into()));
        assert_eq!(read(json!({"sentiment": 1, "actor": ""})), Err("actor".into()));
        assert_eq!(read(json!({"mood": 1})), Err("mood".into()));
    }
}
