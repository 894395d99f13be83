//! What a customer's profile is woken for.

use crate::{Fold, Profile};
use nexusflow_model::Id;
use serde::{Deserialize, Serialize};

/// What time may come to. A kind is one line here and one in [`fire`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Timer {
    /// What was promised for a delivery.
    DeliveryDue(Id),
}

/// Time has come to it.
pub(crate) fn fire(context: &mut Fold<'_>, profile: &mut Profile, timer: &Timer) {
    match timer {
        Timer::DeliveryDue(delivery) => profile.delivery.come_due(context, delivery),
    }
}
