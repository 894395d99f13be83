//! Journeys, expectations, recoveries, initiatives, benchmarks.

use crate::number::{BasisPoints, Quantity, Score};
use crate::{Id, Label};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The customer entered a journey, reached a step of it or left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyStep {
    /// The journey map.
    pub map: Label,
    /// The step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Label>,
    /// How it ended, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Label>,
}

/// What customers expect at a contact. The subject is the touchpoint or the customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectationSet {
    /// The contact.
    pub touchpoint: Label,
    /// The score they expect.
    pub expected: Score,
    /// How much it matters to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importance: Option<BasisPoints>,
}

/// Something went wrong for the customer and is to be put right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryOpened {
    /// The case.
    pub recovery: Id,
    /// What went wrong.
    pub cause: Label,
    /// Who puts it right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Label>,
}

/// The customer was spoken to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryContacted {
    /// The case.
    pub recovery: Id,
    /// Who spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Label>,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Label>,
}

/// The case is closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryClosed {
    /// The case.
    pub recovery: Id,
    /// What it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Label>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Label>,
    /// Whether the customer is content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<bool>,
}

/// Something is being improved. The subject is the initiative.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InitiativeStarted {
    /// What people call it.
    pub name: Label,
    /// What it is to move.
    pub metric: Label,
    /// The metric at its start, in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_milli: Option<Score>,
    /// Where it is to get, in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_milli: Option<Score>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touchpoint: Option<Label>,
}

/// An initiative is over. The subject is the initiative.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InitiativeEnded {
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Label>,
}

/// A figure of others to compare with. The subject is the benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkLoaded {
    /// Which.
    pub metric: Label,
    /// The figure, in thousandths.
    pub value_milli: i64,
    /// Who published it.
    pub source_name: Label,
    /// For which year.
    pub year: Quantity,
    /// On which scale; figures of another scale are never compared.
    pub scale: Label,
    /// From how many answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<Quantity>,
}
