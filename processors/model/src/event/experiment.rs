//! Experiments and campaigns.

use crate::number::BasisPoints;
use crate::{Id, Label, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An arm of an experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What it is called.
    pub name: Label,
    /// Its share of the units.
    pub weight_bp: BasisPoints,
}

/// An experiment began. The subject is the experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExperimentStarted {
    /// What people call it.
    pub name: Label,
    /// What decides.
    pub metric: Label,
    /// Its arms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
}

/// A unit, which is the subject, saw its arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExperimentExposed {
    /// The experiment.
    pub experiment: Id,
    /// The arm.
    pub variant: Label,
}

/// An experiment ended. The subject is the experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExperimentStopped {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
    /// The arm that stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<Label>,
}

/// A campaign reached the customer, or the customer did what it asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignStep {
    /// The campaign.
    pub campaign: Id,
    /// Whether the customer is of the group that is left alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold_out: bool,
    /// What the conversion is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}
