//! Who of ours looks after a customer, and when somebody last spoke with them.

use crate::Fold;
use crate::profile::Facet;
use crate::retention::days::OwnDays;
use nexusflow_model::{Envelope, Event};
use serde::{Deserialize, Serialize};

/// Changes of the owner that are remembered at the most: the latest.
const CHANGES_MAX: usize = 4;

/// How close we are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationship {
    /// The customer's own day of the last meeting, visit, or call that was answered.
    pub(crate) met_on: Option<i32>,
    /// The customer's own days on which their owner changed, the latest first.
    pub(crate) owner_changed_on: Vec<i32>,
}

impl Facet for Relationship {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let day = || OwnDays::of(context.subject()).day(envelope.occurred_at);
        match &envelope.event {
            Event::MeetingHeld(_) | Event::VisitLogged(_) => self.met_on = self.met_on.max(Some(day())),
            Event::CallLogged(it) if it.answered != Some(false) => self.met_on = self.met_on.max(Some(day())),
            Event::OwnerChanged(it) if it.opportunity.is_none() => {
                let day = day();
                let at = self.owner_changed_on.partition_point(|own| *own > day);
                if at < CHANGES_MAX {
                    self.owner_changed_on.truncate(CHANGES_MAX - 1);
                    self.owner_changed_on.insert(at, day);
                }
            }
            _ => {}
        }
    }
}
