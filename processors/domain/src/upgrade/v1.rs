//! Version 1: a partition's whole state in one piece, without timers.

use crate::config::Business;
use crate::experience::delivery;
use crate::{Commerce, Fold};
use nexusflow_engine::{Counters, Histogram, Latest, Older, Pane, Partition, RestoreError};
use nexusflow_model::{Id, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The state from a snapshot of version 1: `NFS1`, the version, the CRC-32 of what follows, and that.
///
/// # Errors
/// Where it is damaged, or not of version 1.
pub fn restore(bytes: &[u8]) -> Result<Partition<Commerce>, RestoreError> {
    let wrong = |cause: &dyn std::fmt::Display| RestoreError::Content { part: 0, cause: cause.to_string() };
    let number = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let (Some(found), Some(checksum), true) = (number(4), number(8), bytes.starts_with(b"NFS1")) else {
        return Err(wrong(&"it is no snapshot"));
    };
    if crc32fast::hash(&bytes[12..]) != checksum {
        return Err(wrong(&"its checksum does not match"));
    }
    if found != 1 {
        return Err(RestoreError::Version { found, known: 1 });
    }
    let (head, rollups, profiles): (Head, Rollups, Vec<(Key, Slot)>) =
        postcard::from_bytes(&bytes[12..]).map_err(|error| wrong(&error))?;
    let config: Business = serde_json::from_str(&head.config).map_err(|error| wrong(&error))?;
    let older = Older {
        id: head.id,
        sequence: head.sequence,
        clock: head.clock,
        config,
        config_version: head.config_version,
        counters: head.counters.into(),
        panes: rollups.panes.into_iter().map(|(pane, rollup)| (pane, rollup.into())).collect(),
        first_hour: rollups.first_hour,
        profiles: profiles.into_iter().map(|(key, slot)| (key, slot.into())).collect(),
    };
    Ok(Partition::upgrade(older, complete))
}

/// What version 1 did not know: which deliveries are under way past their promise, and when others will be.
fn complete(context: &mut Fold<'_>, profile: &mut crate::Profile) {
    profile.delivery.set_timers(context);
}

type Key = (u8, Id);

#[derive(Deserialize)]
struct Head {
    id: u32,
    sequence: u64,
    clock: Timestamp,
    config: String,
    config_version: String,
    counters: OldCounters,
}

#[derive(Deserialize)]
struct OldCounters {
    events: u64,
    duplicates: u64,
    unreadable: u64,
}

#[derive(Deserialize)]
struct Rollups {
    panes: BTreeMap<Pane, Rollup>,
    first_hour: i32,
}

#[derive(Deserialize)]
struct Rollup {
    customers: crate::crm::identity::CustomerCounts,
    commerce: crate::revenue::commerce::CommerceCounts,
    delivery: DeliveryCounts,
    tickets: crate::experience::tickets::TicketCounts,
    satisfaction: crate::voice::satisfaction::SatisfactionCounts,
    sentiment: crate::voice::sentiment::SentimentCounts,
    deals: crate::revenue::opportunities::DealCounts,
    health: crate::retention::health::HealthCounts,
}

#[derive(Deserialize)]
struct DeliveryCounts {
    delivered: i64,
    promised: i64,
    late: i64,
    failed: i64,
    lead_time_min: Histogram,
    under_way: i64,
}

#[derive(Deserialize)]
struct Slot {
    seen: nexusflow_engine::seen::Seen,
    profile: Profile,
}

#[derive(Deserialize)]
struct Profile {
    identity: crate::crm::identity::Identity,
    timeline: crate::crm::timeline::Timeline,
    commerce: crate::revenue::commerce::Commerce,
    delivery: Delivery,
    tickets: crate::experience::tickets::Tickets,
    satisfaction: crate::voice::satisfaction::Satisfaction,
    sentiment: crate::voice::sentiment::Sentiment,
    opportunities: crate::revenue::opportunities::Opportunities,
    health: crate::retention::health::Health,
}

#[derive(Deserialize)]
struct Delivery {
    parcels: BTreeMap<Id, Parcel>,
    delivered: i64,
    late: i64,
    promised: i64,
    failed: i64,
    lead_time_sum_ms: i64,
    lead_times: i64,
}

#[derive(Deserialize)]
struct Parcel {
    placed_at: Latest<()>,
    promised: Latest<Timestamp>,
    shipped_at: Latest<()>,
    delivered: Latest<Timestamp>,
    failed: Latest<bool>,
}

impl From<OldCounters> for Counters {
    fn from(OldCounters { events, duplicates, unreadable }: OldCounters) -> Self {
        Self { events, duplicates, unreadable, ..Self::default() }
    }
}

impl From<Rollup> for crate::Rollup {
    fn from(old: Rollup) -> Self {
        let Rollup { customers, commerce, delivery, tickets, satisfaction, sentiment, deals, health } = old;
        let DeliveryCounts { delivered, promised, late, failed, lead_time_min, under_way } = delivery;
        let delivery =
            delivery::DeliveryCounts { delivered, promised, late, failed, lead_time_min, under_way, overdue: 0 };
        Self { customers, commerce, delivery, tickets, satisfaction, sentiment, deals, health }
    }
}

impl From<Slot> for nexusflow_engine::fold::Slot<crate::Profile> {
    fn from(Slot { seen, profile: old }: Slot) -> Self {
        let Profile { identity, timeline, commerce, delivery, tickets, satisfaction, sentiment, opportunities, health } =
            old;
        let profile = crate::Profile {
            identity,
            timeline,
            commerce,
            delivery: delivery.into(),
            tickets,
            satisfaction,
            sentiment,
            opportunities,
            health,
            stock: None,
        };
        Self { seen, profile }
    }
}

impl From<Delivery> for delivery::Delivery {
    fn from(old: Delivery) -> Self {
        let Delivery { parcels, delivered, late, promised, failed, lead_time_sum_ms, lead_times } = old;
        let parcels = parcels.into_iter().map(|(id, parcel)| (id, parcel.into())).collect();
        Self { parcels, delivered, late, promised, failed, lead_time_sum_ms, lead_times, overdue: 0 }
    }
}

impl From<Parcel> for delivery::Parcel {
    fn from(Parcel { placed_at, promised, shipped_at, delivered, failed }: Parcel) -> Self {
        Self { placed_at, promised, shipped_at, delivered, failed, is_overdue: false }
    }
}
