//! Who is who.

use crate::number::Quantity;
use crate::{Id, Label, Money, Personal, Reject, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is known of a customer; a later event adds to and overrides an earlier one, trait by trait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerIdentified {
    /// Full name, or the company's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<Label>>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<Label>>,
    /// Telephone number in E.164, such as +34911234567.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Personal<Label>>,
    /// Device or cookie under which the customer was known before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<Id>,
    /// The company the customer belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Id>,
    /// Kind of customer as the business cuts them, such as consumer, business, enterprise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Label>,
    /// Market segment or industry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Label>,
    /// Loyalty or service tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Label>,
    /// Country, as ISO 3166 code or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Label>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Personal<Label>>,
    /// BCP 47 language tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Label>,
    /// Who looks after the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Label>,
    /// Customer since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// Two records turned out to be one customer. The subject is the customer that stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerMerged {
    /// The customer that goes into the subject.
    pub merged: Id,
    /// Why: same e-mail, same phone, by hand ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Label>,
    /// Who or what decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Label>,
}

/// A merge was wrong: both customers are restored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerUnmerged {
    /// The customer that comes out of the subject again.
    pub unmerged: Id,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Label>,
}

/// A customer is known by the key that is the subject: what waits there is theirs. The event's time is when they were first known so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AliasClaimed {
    /// The customer.
    pub customer: Id,
}

/// What was said of the customer who is the subject and another one: that they go into them, or that they do not any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerAbsorbed {
    /// The customer that stays.
    pub survivor: Id,
    /// Whether that is taken back.
    pub is_over: bool,
}

/// The customer belongs to an account (the group of the Segment convention).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountGrouped {
    /// The account.
    pub account: Id,
    /// The customer's role in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Label>,
}

/// What is known of an account, which is the subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountUpdated {
    /// The account's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// Industry or sector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub industry: Option<Label>,
    /// The account it is a subsidiary of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Id>,
    /// Country of its headquarters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Label>,
    /// How many people work there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employees: Option<Quantity>,
    /// Yearly revenue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annual_revenue: Option<Money>,
}

impl CustomerMerged {
    pub(super) fn check(&self) -> Result<(), Reject> {
        if self.evidence.is_none() && self.by.is_none() {
            return Err(Reject::new("data.evidence", "say why the two are one, or in `by` who decided"));
        }
        Ok(())
    }
}
