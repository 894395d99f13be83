//! The rules: what raises an alert, and what ends it. A file a kind.

mod competitor;
mod deals;
mod delay;
pub(crate) mod health;
pub(crate) mod operations;
mod payment;
mod promise;
mod recovery;
pub(crate) mod spike;
pub mod watch;

pub(crate) use deals::look_again;
pub(crate) use delay::overdue;
pub use operations::Operations;

use crate::alert::{AlertKind, key, life, sla};
use crate::{Fold, Profile};
use nexusflow_model::Envelope;

/// A rule: looks at an event that was folded into the profile.
type Rule = fn(&mut Fold<'_>, &mut Profile, &Envelope);

/// The list of rules about customers, in the order in which they look.
const RULES: [Rule; 10] = [
    watch::look,
    sla::look,
    recovery::look,
    health::look,
    delay::look,
    promise::look,
    payment::look,
    deals::look,
    competitor::look,
    spike::look,
];

/// Looks at an event of a customer, after it was folded into the profile.
pub(crate) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    for rule in RULES {
        rule(context, profile, envelope);
    }
}

/// What an alert was about is over.
fn over(context: &mut Fold<'_>, profile: &mut Profile, kind: AlertKind, entity: &str, cause: &str, note: &str) {
    // Most customers have none: a key need not be put together.
    if profile.alerts.may_go_on(kind, entity)
        && let Some(key) = key(kind, entity, cause)
    {
        life::clear(context, profile, &key, note);
    }
}
