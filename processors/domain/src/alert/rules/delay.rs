//! A delivery is late: worth knowing, and urgent where the customer is at risk.

use super::over;
use crate::alert::life::{self, Trigger};
use crate::alert::{AlertKind, Facts, Labels, Why, key};
use crate::{Fold, Profile};
use nexusflow_model::{Envelope, Event, Id, Timestamp};

/// Time has come to what was promised for a delivery, and it is under way.
pub(crate) fn overdue(context: &mut Fold<'_>, profile: &mut Profile, delivery: &Id, promised_at: Timestamp) {
    let Some(key) = key(AlertKind::Delay, delivery.as_str(), "late") else { return };
    let carrier = profile.delivery.parcel(delivery).and_then(|parcel| parcel.carrier.get().cloned());
    let labels = Labels { carrier, ..Labels::default() };
    let trigger = Trigger { labels, ..Trigger::new(AlertKind::Delay, key, Why::Overdue(promised_at)) };
    life::raise(context, profile, trigger);
}

pub(super) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    match &envelope.event {
        Event::DeliveryDelivered(it) => {
            ended(context, profile, it.delivery.as_ref().unwrap_or(&it.order), "it was delivered")
        }
        Event::DeliveryFailed(it) if it.abandoned => {
            ended(context, profile, it.delivery.as_ref().unwrap_or(&it.order), "it was given up");
        }
        Event::DeliveryPromised(it) => {
            let id = it.delivery.as_ref().unwrap_or(&it.order);
            if profile.delivery.parcel(id).is_some_and(|parcel| !parcel.is_overdue) {
                ended(context, profile, id, "there is a new promise");
            }
        }
        _ if profile.delivery.overdue > 0 => worse(context, profile),
        _ => {}
    }
}

fn ended(context: &mut Fold<'_>, profile: &mut Profile, delivery: &Id, note: &str) {
    over(context, profile, AlertKind::Delay, delivery.as_str(), "late", note);
}

/// The customer may be at risk only now.
fn worse(context: &mut Fold<'_>, profile: &mut Profile) {
    if profile.alerts.is_empty() {
        return;
    }
    let facts = Facts::of(context.config, profile, context.clock);
    let mut worse = Vec::new();
    for (id, _) in profile.delivery.parcels.iter().filter(|(_, parcel)| parcel.is_overdue) {
        let Some(key) = key(AlertKind::Delay, id.as_str(), "late") else { continue };
        let Some(alert) = profile.alerts.get(&key).filter(|alert| alert.state.is_open()) else { continue };
        let rule = context.config.alerting.rule(AlertKind::Delay, &facts, &alert.labels, context.clock);
        if rule.is_some_and(|rule| rule.severity < alert.severity) {
            worse.push(Trigger {
                labels: alert.labels.clone(),
                ..Trigger::new(AlertKind::Delay, key, alert.why.clone())
            });
        }
    }
    for trigger in worse {
        life::raise(context, profile, trigger);
    }
}
