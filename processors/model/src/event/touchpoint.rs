//! Every contact with a customer.

use crate::number::{Quantity, Seconds};
use crate::{Id, Label, Personal, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who spoke to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The customer to us.
    Inbound,
    /// We to the customer.
    Outbound,
}

/// An e-mail that was sent, or a reply to one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailMessage {
    /// The message.
    pub message: Id,
    /// Who wrote; outbound unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Who on our side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Label>,
    /// Its subject line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Personal<Label>>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
    /// The conversation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Id>,
    /// The campaign it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Id>,
}

/// Somebody opened an e-mail or clicked in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailReaction {
    /// The message.
    pub message: Id,
    /// What was clicked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Label>,
    /// The campaign it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Id>,
}

/// A telephone call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallLogged {
    /// The call.
    pub call: Id,
    /// Who called.
    pub direction: Direction,
    /// Who on our side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Label>,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<Seconds>,
    /// Whether it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<bool>,
    /// Notes or transcript.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
}

/// A message of a chat or SMS conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The message.
    pub message: Id,
    /// Who wrote.
    pub direction: Direction,
    /// Product or number it came by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Label>,
    /// Who on our side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Label>,
    /// What it says.
    pub text: Personal<Text>,
    /// The conversation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Id>,
}

/// A meeting took place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeetingHeld {
    /// The meeting.
    pub meeting: Id,
    /// Who on our side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Label>,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<Seconds>,
    /// Notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
}

/// A page was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageViewed {
    /// Its path or name, without query.
    pub page: Label,
    /// The visit it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Id>,
    /// How long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<Seconds>,
}

/// A form was sent in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormSubmitted {
    /// Which form.
    pub form: Label,
    /// What was written in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
}

/// The product was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductUsed {
    /// What of it.
    pub feature: Label,
    /// How often since the last such event; 1 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Quantity>,
    /// For how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<Seconds>,
}

/// Somebody of ours visited the customer, or the customer a branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitLogged {
    /// The visit.
    pub visit: Id,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Label>,
    /// Who on our side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Label>,
    /// Notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
}

/// The customer came to an event of ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventAttended {
    /// Which.
    pub event: Label,
    /// False where they had registered and did not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attended: Option<bool>,
}

/// The customer looked at a document of ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentViewed {
    /// Which.
    pub document: Label,
    /// How many pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Quantity>,
    /// For how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<Seconds>,
}
