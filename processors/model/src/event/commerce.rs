//! Orders and quotes.

use crate::number::Quantity;
use crate::{Currency, Id, Label, Money, Reject, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A line of an order or quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Id>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// Its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Label>,
    /// How many.
    pub quantity: Quantity,
    /// The whole line, without freight.
    pub amount: Money,
    /// Freight of the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freight: Option<Money>,
    /// Who supplies it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<Id>,
}

/// An order came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderPlaced {
    /// The order.
    pub order: Id,
    /// All of it: lines, freight, taxes and discounts.
    pub total: Money,
    /// What was ordered; all in the currency of the total.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// The part of the total that is freight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freight: Option<Money>,
    /// Where it was placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Label>,
    /// The shop or warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Label>,
    /// The order's status as the shop names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Label>,
}

/// The order changed before it was fulfilled. What is not said stays as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderChanged {
    /// The order.
    pub order: Id,
    /// Its new status as the shop names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Label>,
    /// Its new total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// Its new lines, all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
}

/// The order was called off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderCancelled {
    /// The order.
    pub order: Id,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
    /// Whether the customer did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_customer: Option<bool>,
}

/// Goods came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderReturned {
    /// The order.
    pub order: Id,
    /// Their value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// What came back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
}

/// Money went back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRefunded {
    /// The order.
    pub order: Id,
    /// How much.
    pub amount: Money,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
}

/// A quote was begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteCreated {
    /// The quote.
    pub quote: Id,
    /// The opportunity it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity: Option<Id>,
    /// Its total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// When it lapses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Label>,
}

/// A line was added to a quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteLineAdded {
    /// The quote.
    pub quote: Id,
    /// The line.
    pub line: Line,
    /// When the customer wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_by: Option<Timestamp>,
}

/// A quote was sent, accepted or lapsed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteStep {
    /// The quote.
    pub quote: Id,
    /// Its total then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
}

/// An order holds at most [`LINES_MAX`](crate::limits::LINES_MAX) lines, all in the currency of its total.
pub(super) fn check_lines(lines: &[Line], currency: Currency) -> Result<(), Reject> {
    let max = crate::limits::LINES_MAX;
    if lines.len() > max {
        return Err(Reject::new("data.lines", format!("may have {max} lines, this order has {}", lines.len())));
    }
    match lines.iter().position(|line| line.amount.currency != currency) {
        Some(at) => Err(Reject::new(
            format!("data.lines[{at}].amount.currency"),
            format!("must be {currency}, that of the total"),
        )),
        None => Ok(()),
    }
}
