//! The last 100 activities, by reference to the log.

use crate::Fold;
use crate::profile::Facet;
use nexusflow_model::{Envelope, Place, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many activities a timeline holds.
pub const ACTIVITIES_MAX: usize = 100;

/// The last activities of a customer, newest first, by (time, identity): the same whatever the order in which they arrived.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline(VecDeque<Entry>);

/// An activity: when it happened and where the log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub occurred_at: Timestamp,
    identity: u64,
    /// The record.
    pub sequence: u64,
    /// The event in the record.
    pub index: u16,
}

impl Facet for Timeline {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let Place { sequence, index, .. } = context.place;
        let entry = Entry { occurred_at: envelope.occurred_at, identity: context.identity, sequence, index };
        let newer_than = |own: &Entry| (own.occurred_at, own.identity) > (entry.occurred_at, entry.identity);
        // Most events come in the order of their times: the newest is compared with one other.
        let at = if self.0.front().is_none_or(|newest| !newer_than(newest)) {
            0
        } else {
            self.0.partition_point(newer_than)
        };
        if at < ACTIVITIES_MAX {
            self.0.truncate(ACTIVITIES_MAX - 1);
            self.0.insert(at, entry);
        }
    }
}

impl Timeline {
    /// The activities, newest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }
}
