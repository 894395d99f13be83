//! Deliveries and stock.

use crate::number::Quantity;
use crate::{Id, Label, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The customer was given a date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryPromised {
    /// The delivery; the order's id unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Id>,
    /// The order it fulfils.
    pub order: Id,
    /// Delivered later than this instant is late.
    pub promised_at: Timestamp,
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Label>,
    /// From where to where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<Label>,
}

/// It left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryShipped {
    /// The delivery; the order's id unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Id>,
    /// The order it fulfils.
    pub order: Id,
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Label>,
    /// From where to where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<Label>,
    /// When it should arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_at: Option<Timestamp>,
}

/// It will be later than said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryDelayed {
    /// The delivery; the order's id unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Id>,
    /// The order it fulfils.
    pub order: Id,
    /// When it should arrive now.
    pub estimated_at: Timestamp,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
}

/// It arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryDelivered {
    /// The delivery; the order's id unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Id>,
    /// The order it fulfils.
    pub order: Id,
    /// When; the event's own time unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
}

/// It could not be delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryFailed {
    /// The delivery; the order's id unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Id>,
    /// The order it fulfils.
    pub order: Id,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Label>,
    /// Whether nobody will try again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub abandoned: bool,
}

/// The stock of a SKU, which is the subject, was counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryLevelSet {
    /// Where.
    pub site: Label,
    /// How many are there.
    pub on_hand: Quantity,
    /// When; the event's own time unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_at: Option<Timestamp>,
}

/// Stock of a SKU, which is the subject, was set aside or given back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryReservation {
    /// The reservation.
    pub reservation: Id,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Label>,
    /// How many.
    pub quantity: Quantity,
    /// The quote it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Id>,
    /// The order it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
}

/// A command: stock of a SKU, which is the subject, is asked for. It is granted while there is enough, or refused; who asks is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryRequest {
    /// The reservation it becomes; `inventory.released` gives it back.
    pub reservation: Id,
    /// How many.
    pub quantity: Quantity,
    /// The customer it is for, whose history then shows what was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Id>,
}

/// It was decided whether stock is set aside for a customer, who is the subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservationDecided {
    /// The reservation.
    pub reservation: Id,
    /// The product.
    pub sku: Id,
    /// How many were asked for.
    pub quantity: Quantity,
    /// Whether they are set aside.
    pub granted: bool,
}

/// Supply of a SKU, which is the subject, will come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplyScheduled {
    /// The delivery from the supplier or the production order.
    pub supply: Id,
    /// Where to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Label>,
    /// How many.
    pub quantity: Quantity,
    /// When.
    pub due_at: Timestamp,
}
