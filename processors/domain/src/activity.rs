//! What just happened: the ticker of the wall.

use crate::{Fold, Profile, headline};
use nexusflow_model::{Envelope, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// Something that people at a wall want to see pass by. Holds nothing personal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// The type of the event.
    pub kind: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Whom it is about: an opaque id.
    pub customer: String,
    /// What it was.
    pub headline: Headline,
}

/// An event in a few words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// A short sentence without personal data.
    pub what: String,
    /// The money in it.
    pub amount: Option<Money>,
    /// Whether it is good news.
    pub good: Option<bool>,
}

/// Tells of an event, after it was folded into `profile`, if it is worth telling.
pub(crate) fn tell(context: &mut Fold<'_>, profile: &Profile, envelope: &Envelope) {
    if !headline::is_news(envelope.event.kind()) {
        return;
    }
    let activity = Activity {
        kind: envelope.event.kind().as_str().to_owned(),
        occurred_at: envelope.occurred_at,
        recorded_at: envelope.recorded_at,
        customer: envelope.subject.as_str().to_owned(),
        headline: headline::of(&envelope.event, Some(profile)),
    };
    context.tell(activity);
}

/// Tells that a delivery did not come when it was promised.
pub(crate) fn tell_overdue(context: &mut Fold<'_>, promised_at: Timestamp) {
    let activity = Activity {
        kind: "delivery.overdue".into(),
        occurred_at: promised_at,
        recorded_at: context.clock,
        customer: context.subject().as_str().to_owned(),
        headline: Headline { what: "Delivery overdue".into(), amount: None, good: Some(false) },
    };
    context.tell(activity);
}
