//! What people do about alerts: commands. Each carries the revision of the alert that was seen; one that is not the latest is
//! refused. The subject is whom the alert is about.

use crate::text::short_text;
use crate::{Label, Personal, Text, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest key of an alert, in bytes: two ids and a word.
const KEY_BYTES_MAX: usize = 300;

short_text! {
    /// Which alert of its subject: `kind:entity:cause`, such as `sla:INC0001:first_reply`.
    pub struct AlertKey(max_bytes = KEY_BYTES_MAX, what = "the key of an alert");
}

/// Somebody has seen it and looks after it; or says that it is over; or that it is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertStep {
    /// The alert.
    pub alert: AlertKey,
    /// The revision that was seen.
    pub revision: u32,
    /// Who.
    pub actor: Label,
    /// What they want to be remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<Text>>,
}

/// Somebody else looks after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertAssigned {
    /// The alert.
    pub alert: AlertKey,
    /// The revision that was seen.
    pub revision: u32,
    /// Who.
    pub actor: Label,
    /// Who looks after it from now on.
    pub assignee: Label,
    /// What they want to be remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<Text>>,
}

/// It can wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertSnoozed {
    /// The alert.
    pub alert: AlertKey,
    /// The revision that was seen.
    pub revision: u32,
    /// Who.
    pub actor: Label,
    /// Until when: it comes back by itself then.
    pub until: Timestamp,
    /// What they want to be remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<Text>>,
}

/// The customer was spoken to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertContacted {
    /// The alert.
    pub alert: AlertKey,
    /// The revision that was seen.
    pub revision: u32,
    /// Who.
    pub actor: Label,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Label>,
    /// What they want to be remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<Text>>,
}

/// It is over for good, and something was learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertClosed {
    /// The alert.
    pub alert: AlertKey,
    /// The revision that was seen.
    pub revision: u32,
    /// Who.
    pub actor: Label,
    /// What was behind it.
    pub cause: Label,
    /// What was done.
    pub action: Label,
    /// What they want to be remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<Text>>,
}
