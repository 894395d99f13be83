//! Consent, access, erasure.

use crate::{Id, Label};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Consent was given or taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// For what.
    pub purpose: Label,
    /// On which legal basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Label>,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Label>,
}

/// The customer asked for their data or for its erasure, or that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyRequest {
    /// The request.
    pub request: Id,
    /// Who handled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Label>,
}
