//! What a customer's profile is woken for.

use crate::alert::{life, rules, sla};
use crate::retention::health;
use crate::{Fold, Profile};
use nexusflow_model::Id;
use nexusflow_model::event::alert::AlertKey;
use serde::{Deserialize, Serialize};

/// What time may come to. A kind is one line here and one in [`fire`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Timer {
    /// What was promised for a delivery.
    DeliveryDue(Id),
    /// What comes next of an alert.
    Alert(AlertKey),
    /// What was so for long enough to be an alert.
    AlertDwell(AlertKey),
    /// The expected close of a deal, or that nothing happened to it for too long.
    Deal(Id),
    /// An hour in which customers wrote is over.
    SentimentHour(i32),
    /// A source was to say that it lives.
    SourceMissed,
    /// There were no dead letters for a while.
    DeadLettersQuiet,
    /// The end of a silence.
    SilenceEnds,
    /// A mark of a target of a ticket.
    Sla(Id),
    /// Something that health is made of has become older.
    Health,
}

/// Time has come to it.
pub(crate) fn fire(context: &mut Fold<'_>, profile: &mut Profile, timer: &Timer) {
    match timer {
        Timer::DeliveryDue(delivery) => {
            if let Some(promised_at) = profile.delivery.come_due(context, delivery) {
                health::overdue(context, profile);
                rules::overdue(context, profile, delivery, promised_at);
            }
        }
        Timer::Alert(key) => life::wake(context, profile, key),
        Timer::AlertDwell(key) => life::dwelt(context, profile, key),
        Timer::Deal(deal) => rules::look_again(context, profile, deal),
        Timer::SentimentHour(hour) => rules::spike::hour_ended(context, *hour),
        Timer::SourceMissed => rules::operations::missed(context, profile),
        Timer::DeadLettersQuiet => rules::operations::quiet(context, profile),
        Timer::Sla(ticket) => sla::fire(context, profile, ticket),
        Timer::Health => {
            health::wake(context, profile);
            rules::health::look_at(context, profile, None);
        }
        Timer::SilenceEnds => rules::operations::silence_ends(context, profile),
    }
}
