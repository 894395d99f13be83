//! Tickets.

use crate::{Id, Label, Personal, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who wrote in a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    /// The customer.
    Customer,
    /// One of ours.
    Agent,
    /// A machine of ours.
    Bot,
}

/// A ticket was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketOpened {
    /// The ticket.
    pub ticket: Id,
    /// E-mail, phone, chat, web ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Label>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Label>,
    /// Its priority as the help desk names it; the policies know it by this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Label>,
    /// Its subject line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Personal<Label>>,
    /// The first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
    /// The order it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Label>,
    /// The team that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Label>,
}

/// Somebody wrote in a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketReplied {
    /// The ticket.
    pub ticket: Id,
    /// Who wrote.
    pub author_kind: AuthorKind,
    /// Which agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Label>,
    /// Whether the customer can see it; an internal note is no reply.
    pub public: bool,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
    /// The template it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Label>,
}

/// The ticket's status changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketStatusChanged {
    /// The ticket.
    pub ticket: Id,
    /// The new status as the help desk names it.
    pub status: Label,
    /// Whether it waits for somebody outside, which pauses clocks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
}

/// The ticket went to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketAssigned {
    /// The ticket.
    pub ticket: Id,
    /// The agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Label>,
    /// The team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Label>,
}

/// The ticket's priority changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketPriorityChanged {
    /// The ticket.
    pub ticket: Id,
    /// The new priority.
    pub priority: Label,
}

/// The ticket was resolved, or closed for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketResolved {
    /// The ticket.
    pub ticket: Id,
    /// Who resolved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Label>,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Label>,
    /// Whether the source system says that its own service level was met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla_met: Option<bool>,
    /// Whether it is closed for good: it can't be reopened any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// A resolved ticket came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketReopened {
    /// The ticket.
    pub ticket: Id,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<Text>>,
}

/// The clocks of a ticket stand still: somebody outside has to do something. A reply of the customer ends it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlaPaused {
    /// The ticket.
    pub ticket: Id,
    /// Who says so.
    pub by: Label,
    /// Why.
    pub reason: Label,
}

/// The clocks of a ticket go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlaResumed {
    /// The ticket.
    pub ticket: Id,
    /// Who says so.
    pub by: Label,
}
