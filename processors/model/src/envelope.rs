//! An event with what is said about it.

use crate::limits::SOURCE_BYTES_MAX;
use crate::text::short_text;
use crate::{Event, Id, Timestamp};

short_text! {
    /// Who published: the CloudEvents `source`, a URI reference such as `/shop/eu` or `urn:helpdesk`. (source, id) identifies an
    /// event for ever.
    pub struct Source(max_bytes = SOURCE_BYTES_MAX, what = "a source");
}

/// An event and its circumstances: a CloudEvents 1.0 event whose data was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// Unique within its source, for ever.
    pub id: Id,
    /// Who published it.
    pub source: Source,
    /// Whom it is about, and what it is partitioned by: the customer; for `inventory.*` and `supply.*` the SKU, for `backlog.*` the
    /// item. CloudEvents `subject`.
    pub subject: Id,
    /// When it happened, by the clock of where it happened. CloudEvents `time`.
    pub occurred_at: Timestamp,
    /// When NexusFlow recorded it; moves the partition's clock. CloudEvents extension `recordedtime`.
    pub recorded_at: Timestamp,
    /// How many customers have passed it on, each having become one with another; 0 for what comes from outside. CloudEvents extension
    /// `forwarded`.
    pub forwarded: u8,
    /// What happened.
    pub event: Event,
}

/// Where an event stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The partition.
    pub partition: u32,
    /// The record's sequence in the partition's stream, from 1.
    pub sequence: u64,
    /// The event's index in the record, from 0.
    pub index: u16,
}
