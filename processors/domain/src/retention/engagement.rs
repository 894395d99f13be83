//! On which days a customer looked at what we offer, and used it.

use crate::Fold;
use crate::profile::Facet;
use crate::retention::days::{ActiveDays, OwnDays};
use nexusflow_model::event::touchpoint::Direction;
use nexusflow_model::{Envelope, Event};
use serde::{Deserialize, Serialize};

/// On which days a customer was active.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// Opened, clicked or answered an e-mail, looked at a page or a document, sent in a form, wrote, came to an event, or did something
    /// for us.
    pub(crate) engaged: ActiveDays,
    /// Used the product.
    pub(crate) used: ActiveDays,
}

impl Facet for Engagement {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let days = match &envelope.event {
            Event::ProductUsed(_) => &mut self.used,
            event if is_engaged(event) => &mut self.engaged,
            _ => return,
        };
        days.add(OwnDays::of(context.subject()).day(envelope.occurred_at));
    }
}

fn is_engaged(event: &Event) -> bool {
    match event {
        Event::EmailOpened(_)
        | Event::EmailClicked(_)
        | Event::PageViewed(_)
        | Event::FormSubmitted(_)
        | Event::DocumentViewed(_)
        | Event::CampaignConverted(_)
        | Event::AdvocacyDone(_) => true,
        Event::EmailReplied(it) => it.direction != Some(Direction::Outbound),
        Event::ChatMessage(it) | Event::SmsMessage(it) => it.direction == Direction::Inbound,
        Event::EventAttended(it) => it.attended != Some(false),
        _ => false,
    }
}
