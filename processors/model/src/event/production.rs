//! Capacity and backlog.

use crate::number::Quantity;
use crate::{Label, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The hours a skill, which is the subject, has in a week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// The start of the week.
    pub week: Timestamp,
    /// Hours.
    pub hours: Quantity,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Label>,
}

/// An item of the product backlog, which is the subject, was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BacklogItemCreated {
    /// What it is.
    pub title: Label,
    /// Its status as the backlog names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Label>,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Label>,
}

/// An item of the backlog, which is the subject, moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BacklogStatusChanged {
    /// Its new status.
    pub status: Label,
    /// Whether customers have it now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shipped: bool,
}
