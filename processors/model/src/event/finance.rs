//! Invoices, payments, subscriptions, cash.

use crate::number::Quantity;
use crate::{Id, Label, Money, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An invoice went out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceIssued {
    /// The invoice.
    pub invoice: Id,
    /// What is owed.
    pub amount: Money,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// The order it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// The subscription it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Id>,
    /// Start of the period it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_start: Option<Timestamp>,
    /// End of the period it is for, exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_end: Option<Timestamp>,
}

/// An invoice is past its due date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceOverdue {
    /// The invoice.
    pub invoice: Id,
    /// What is still owed.
    pub amount: Money,
    /// For how many days.
    pub days: Quantity,
}

/// An invoice was credited, wholly or in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceCredited {
    /// The invoice.
    pub invoice: Id,
    /// How much.
    pub amount: Money,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
}

/// Money was received, or a payment was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The payment.
    pub payment: Id,
    /// How much.
    pub amount: Money,
    /// The order it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// The invoice it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<Id>,
    /// Card, transfer ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Label>,
    /// In how many parts the customer pays the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalments: Option<Quantity>,
}

/// A payment did not go through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentFailed {
    /// The payment.
    pub payment: Id,
    /// How much it was.
    pub amount: Money,
    /// The order it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// The invoice it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<Id>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
}

/// How often a subscription is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillingInterval {
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Every year.
    Year,
}

/// A subscription began, or its terms changed. Says all of its terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionTerms {
    /// The subscription.
    pub subscription: Id,
    /// The plan.
    pub plan: Label,
    /// What is billed each interval.
    pub amount: Money,
    /// The interval.
    pub interval: BillingInterval,
    /// For how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<Quantity>,
    /// Whether nothing is owed yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
}

/// A subscription ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionCancelled {
    /// The subscription.
    pub subscription: Id,
    /// When; the event's own time unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
}

/// A contract was signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingSigned {
    /// The contract.
    pub booking: Id,
    /// The opportunity it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity: Option<Id>,
    /// Its whole value.
    pub amount: Money,
    /// When its term begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// When its term ends, exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

/// Revenue was earned in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevenueRecognized {
    /// The contract it is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<Id>,
    /// The invoice it is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<Id>,
    /// How much.
    pub amount: Money,
    /// Start of the period.
    pub period_start: Timestamp,
    /// End of the period, exclusive.
    pub period_end: Timestamp,
}

/// The balance of a bank account, which is the subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CashSnapshotted {
    /// How much is there.
    pub balance: Money,
}
