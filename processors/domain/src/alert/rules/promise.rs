//! A delivery will come later than it was promised.

use super::over;
use crate::alert::life::{self, Trigger};
use crate::alert::{AlertKind, Labels, Why, key};
use crate::{Fold, Profile};
use nexusflow_model::{Envelope, Event, Id, Timestamp};

pub(super) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    match &envelope.event {
        Event::DeliveryDelayed(it) => {
            slipped(context, profile, it.delivery.as_ref().unwrap_or(&it.order), Some(it.estimated_at), envelope);
        }
        Event::DeliveryPromised(it) => {
            slipped(context, profile, it.delivery.as_ref().unwrap_or(&it.order), None, envelope);
        }
        Event::DeliveryDelivered(it) => ended(context, profile, it.delivery.as_ref().unwrap_or(&it.order)),
        Event::DeliveryFailed(it) if it.abandoned => ended(context, profile, it.delivery.as_ref().unwrap_or(&it.order)),
        _ => {}
    }
}

/// Compares the first promise with what is promised or estimated now.
fn slipped(
    context: &mut Fold<'_>,
    profile: &mut Profile,
    delivery: &Id,
    estimated_at: Option<Timestamp>,
    envelope: &Envelope,
) {
    let Some(parcel) = profile.delivery.parcel(delivery).filter(|parcel| parcel.is_under_way()) else { return };
    let Some(now) = estimated_at.or(parcel.promised.get().copied()) else { return };
    let Some(was) = parcel.first_promise.filter(|was| now > *was) else { return };
    let Some(key) = key(AlertKind::PromiseSlip, delivery.as_str(), "promise") else { return };
    let labels = Labels { carrier: parcel.carrier.get().cloned(), ..Labels::default() };
    let trigger = Trigger {
        labels,
        occurred_at: Some(envelope.occurred_at),
        ..Trigger::new(AlertKind::PromiseSlip, key, Why::Slipped(was, now))
    };
    life::raise(context, profile, trigger);
}

fn ended(context: &mut Fold<'_>, profile: &mut Profile, delivery: &Id) {
    over(context, profile, AlertKind::PromiseSlip, delivery.as_str(), "promise", "the delivery is over");
}
