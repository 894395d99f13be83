//! What people have to be told, once.

pub mod calendar;

use nexusflow_model::{Id, Timestamp};
use serde::{Deserialize, Serialize};

/// An effect for a person. Holds nothing personal: an opaque id says whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What kind of thing happened.
    pub kind: AlertKind,
    /// Whom it is about.
    pub customer: Id,
    /// What brought it about: a delivery.
    pub cause: Id,
    /// When something was due.
    pub due_at: Timestamp,
}

/// The kinds of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A delivery is under way past what was promised.
    DeliveryOverdue,
}
