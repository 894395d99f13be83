//! Leads, opportunities, quota, territories.

use crate::number::{BasisPoints, Quantity, Score};
use crate::{Id, Label, Money, Reject, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody may want to buy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadCreated {
    /// The lead.
    pub lead: Id,
    /// Where they came from: search, social, referral ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Label>,
    /// Where they arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing_page: Option<Label>,
    /// Who follows it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Label>,
}

/// A lead did something that says how serious it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadSignal {
    /// The lead.
    pub lead: Id,
    /// What.
    pub signal: Label,
    /// How much it means, in the signal's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<Score>,
}

/// A deal is possible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityCreated {
    /// The opportunity.
    pub opportunity: Id,
    /// Which pipeline; `default` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<Label>,
    /// The stage it begins in.
    pub stage: Label,
    /// What it may be worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// When it may be won.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_close_at: Option<Timestamp>,
    /// Who sells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Label>,
    /// Their team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Label>,
    /// What is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Label>,
    /// The market segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Label>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// The lead it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<Id>,
}

/// It moved to another stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityStageChanged {
    /// The opportunity.
    pub opportunity: Id,
    /// The new stage.
    pub stage: Label,
    /// How likely it is to be won, where the seller knows better than the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability_bp: Option<BasisPoints>,
}

/// It is worth more or less than thought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityAmountChanged {
    /// The opportunity.
    pub opportunity: Id,
    /// The new amount.
    pub amount: Money,
}

/// It will close at another time than thought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityCloseDateChanged {
    /// The opportunity.
    pub opportunity: Id,
    /// The new date.
    pub expected_close_at: Timestamp,
}

/// A share of a won deal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Who gets it.
    pub owner: Label,
    /// How much; the shares of a deal make 10,000.
    pub share_bp: BasisPoints,
}

/// The deal is won.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityWon {
    /// The opportunity.
    pub opportunity: Id,
    /// What it is worth; as last said unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Who gets which share; the owner all of it unless said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Split>,
}

/// The deal is lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityLost {
    /// The opportunity.
    pub opportunity: Id,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competitor: Option<Label>,
}

/// What somebody is to sell in a period. The subject is the seller or team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotaSet {
    /// How much.
    pub amount: Money,
    /// Start of the period.
    pub period_start: Timestamp,
    /// End of the period, exclusive.
    pub period_end: Timestamp,
    /// The team it adds to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Label>,
}

/// What somebody, who is the subject, expects to sell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForecastSubmitted {
    /// How much.
    pub amount: Money,
    /// Start of the period.
    pub period_start: Timestamp,
    /// End of the period, exclusive.
    pub period_end: Timestamp,
}

/// The customer, or one of its opportunities, went to somebody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerChanged {
    /// Who has it now.
    pub owner: Label,
    /// The opportunity; the customer as a whole unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity: Option<Id>,
}

/// A rule of who owns which accounts. The subject is the territory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TerritoryConfigured {
    /// Who owns them.
    pub owner: Label,
    /// Accounts of these countries; all unless given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<Label>,
    /// Accounts of these segments; all unless given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Label>,
    /// The lower one wins where rules overlap.
    pub priority: Quantity,
}

impl OpportunityWon {
    pub(super) fn check(&self) -> Result<(), Reject> {
        let sum: u32 = self.splits.iter().map(|split| u32::from(split.share_bp.get())).sum();
        if self.splits.is_empty() || sum == 10_000 {
            return Ok(());
        }
        Err(Reject::new("data.splits", format!("must make 10,000 basis points together, they make {sum}")))
    }
}
