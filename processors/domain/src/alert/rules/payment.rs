//! A payment failed, or an invoice is long overdue.

use super::over;
use crate::alert::life::{self, Trigger};
use crate::alert::{AlertKind, Why, key};
use crate::{Fold, Profile};
use nexusflow_model::{Envelope, Event, Id};

pub(super) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    match &envelope.event {
        Event::PaymentFailed(it) => {
            let entity = it.invoice.as_ref().or(it.order.as_ref()).unwrap_or(&it.payment);
            raise(context, profile, envelope, entity, "failed", Why::PaymentFailed(it.amount));
        }
        Event::InvoiceOverdue(it) => {
            let days = it.days.get();
            if days > i64::from(context.config.alerting.thresholds.invoice_overdue_days) {
                raise(context, profile, envelope, &it.invoice, "overdue", Why::InvoiceOverdue(it.amount, days));
            }
        }
        Event::PaymentReceived(it) => {
            for entity in [it.invoice.as_ref(), it.order.as_ref(), Some(&it.payment)].into_iter().flatten() {
                clear(context, profile, entity, "it was paid");
            }
        }
        Event::InvoiceCredited(it) => clear(context, profile, &it.invoice, "it was credited"),
        _ => {}
    }
}

fn raise(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope, entity: &Id, cause: &str, why: Why) {
    let Some(key) = key(AlertKind::Payment, entity.as_str(), cause) else { return };
    let trigger = Trigger { occurred_at: Some(envelope.occurred_at), ..Trigger::new(AlertKind::Payment, key, why) };
    life::raise(context, profile, trigger);
}

fn clear(context: &mut Fold<'_>, profile: &mut Profile, entity: &Id, note: &str) {
    for cause in ["failed", "overdue"] {
        over(context, profile, AlertKind::Payment, entity.as_str(), cause, note);
    }
}
