//! Points, tiers, referrals, advocacy.

use crate::number::Points;
use crate::{Id, Label, Money, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Points were earned, became spendable, were spent, lapsed or were taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsMoved {
    /// The programme; `default` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<Label>,
    /// How many.
    pub points: Points,
    /// What for: the order, the reward ...
    pub reference: Id,
    /// When they lapse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// The customer's tier changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TierChanged {
    /// The programme; `default` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<Label>,
    /// The tier now.
    pub tier: Label,
    /// The tier before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Label>,
}

/// The customer was given something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BenefitGranted {
    /// The programme; `default` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<Label>,
    /// What.
    pub benefit: Label,
    /// What for.
    pub reference: Id,
}

/// Somebody was invited, clicked, or became a customer. The subject is the advocate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralStep {
    /// The referral.
    pub referral: Id,
    /// The customer who came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referred: Option<Id>,
    /// Their first order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
}

/// A referral looks wrong. The subject is the advocate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralFlagged {
    /// The referral.
    pub referral: Id,
    /// Why.
    pub reason: Label,
}

/// An advocate was thanked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralRewarded {
    /// The referral.
    pub referral: Id,
    /// With money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// With points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
}

/// A promoter did something for us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvocacyDone {
    /// Review, reference, case study ...
    pub activity: Label,
    /// Which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Id>,
}
