//! What the business configures. It reaches the fold as a `config.changed` event, so that history keeps what held then.

use crate::retention::health::HealthConfig;
use jiff::tz::TimeZone;
use nexusflow_model::alias::Alias;
use nexusflow_model::{Currency, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub use crate::revenue::stages::{Pipeline, Stage};

/// The configuration of the business: `config/business.toml`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Business {
    /// Who it is and how it counts.
    #[serde(default)]
    pub business: Identity,
    /// Its sales pipelines.
    #[serde(default, rename = "pipeline")]
    pub pipelines: Vec<Pipeline>,
    /// How health is weighed.
    #[serde(default)]
    pub health: HealthConfig,
    /// What is too late.
    #[serde(default)]
    pub time: Time,
    /// Who is one with whom; none where customers are told apart by their ids alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Matching>,
    /// What is listened for in what customers write.
    #[serde(default)]
    pub voice: crate::voice::config::Voice,
    /// How alerts are raised and who has to respond: a file of its own, `alerts.toml`.
    #[serde(default)]
    pub alerting: crate::alert::Alerting,
}

/// By what customers are known beside their ids. Whoever is identified by an e-mail address, a telephone number or a device is found
/// by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matching {
    /// What two customers can't share without being one: who had it first stays.
    pub merge: Vec<Evidence>,
    /// Whether customers are found by the orders they placed, too: it costs an event more for each.
    pub orders: bool,
}

/// What says that two customers are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The same e-mail address.
    Email,
    /// The same telephone number.
    Phone,
}

impl Default for Matching {
    fn default() -> Self {
        Self { merge: vec![Evidence::Email], orders: false }
    }
}

impl Matching {
    /// Whether two customers who are known by the same key are one.
    pub fn takes_for_one(&self, alias: Alias) -> bool {
        self.merge.iter().any(|evidence| match evidence {
            Evidence::Email => alias == Alias::Email,
            Evidence::Phone => alias == Alias::Phone,
        })
    }
}

/// What is too late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Time {
    /// Hours. What is heard of later than this after it happened corrects the figures and raises no alert.
    pub backfill_after_h: u16,
}

impl Default for Time {
    fn default() -> Self {
        Self { backfill_after_h: 24 }
    }
}

/// Who the business is and how it counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// What stands on the wall.
    pub name: String,
    /// Where its days begin and end: an IANA time zone.
    pub time_zone: Zone,
    /// The currency that stands large on the wall. Others are shown beside it and never converted.
    pub currency: Currency,
}

impl Default for Identity {
    fn default() -> Self {
        // EUR is an active code, and the fallback is the same type's own parse of another one.
        #[expect(clippy::expect_used, reason = "a constant of this file")]
        let currency = Currency::new("EUR").expect("EUR is a currency");
        Self { name: "NexusFlow".into(), time_zone: Zone::utc(), currency }
    }
}

/// A span of time in milliseconds, as bits: 50 days, in which a zone seldom changes its offset more than once.
const SPAN_BITS: u32 = 32;

/// An IANA time zone, such as `Europe/Madrid`.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
    /// From when on which offset holds, both in milliseconds: every event asks several times.
    offsets: Arc<[(i64, i64)]>,
    /// Which of them holds at the beginning of each span of time, so that nobody searches all of them.
    starts: Arc<[u16]>,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self::of("UTC".into(), TimeZone::UTC)
    }

    /// The zone of that name, from the database built into the program.
    ///
    /// # Errors
    /// A sentence, where there is no such zone.
    pub fn named(name: &str) -> Result<Self, String> {
        let zone = TimeZone::get(name);
        let zone = zone.map_err(|_| format!("{name:?} is no time zone of the IANA database, such as Europe/Madrid"))?;
        Ok(Self::of(name.to_owned(), zone))
    }

    fn of(name: String, zone: TimeZone) -> Self {
        let offset_ms = |at: Timestamp| i64::from(zone.to_offset(at.to_jiff()).seconds()) * 1_000;
        let changes = zone.following(Timestamp::MIN.to_jiff()).map(|change| change.timestamp().as_millisecond());
        let within = changes.map_while(|ms| Timestamp::from_ms(ms).ok());
        let offsets: Vec<(i64, i64)> =
            std::iter::once(Timestamp::MIN).chain(within).map(|at| (at.as_ms(), offset_ms(at))).collect();
        let begins = (Timestamp::MIN.as_ms()..=Timestamp::MIN.plus_ms(i64::MAX).as_ms()).step_by(1 << SPAN_BITS);
        let starts = begins.map(|ms| (offsets.partition_point(|(from, _)| *from <= ms) - 1) as u16).collect();
        Self { name, zone, offsets: offsets.into(), starts }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zone itself.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// From when on which offset from UTC holds, both in milliseconds, ascending; the first from the earliest instant on.
    pub(crate) fn offsets(&self) -> &[(i64, i64)] {
        &self.offsets
    }

    /// (days since 1970-01-01, hour of that day) of an instant here.
    pub fn day_and_hour(&self, at: Timestamp) -> (i32, i32) {
        let span = (at.as_ms() - Timestamp::MIN.as_ms()) >> SPAN_BITS;
        let start = self.starts.get(span as usize).copied().unwrap_or(0);
        let from_then = self.offsets.get(usize::from(start)..).unwrap_or_default();
        let offset_ms =
            from_then.iter().take_while(|(from, _)| *from <= at.as_ms()).last().map_or(0, |(_, offset)| *offset);
        let local_hours = (at.as_ms() + offset_ms).div_euclid(3_600_000);
        (local_hours.div_euclid(24) as i32, local_hours.rem_euclid(24) as i32)
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::named(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Business {
    /// The probability of a stage on a day in basis points, and its place among the stages; none where it isn't configured.
    pub fn stage(&self, pipeline: &str, stage: &str, day: i32) -> Option<(u16, usize)> {
        let pipeline = self.pipelines.iter().find(|own| own.name.as_str() == pipeline)?;
        let at = pipeline.stages.iter().position(|own| own.name.as_str() == stage)?;
        Some((pipeline.stages.get(at)?.probability_bp(day)?, at))
    }

    /// This configuration with what is still to be known of the one before it, which held until `at`.
    #[must_use]
    pub fn after(mut self, before: &Self, at: Timestamp) -> Self {
        let (day, _) = self.business.time_zone.day_and_hour(at);
        crate::revenue::stages::succeed(&before.pipelines, &mut self.pipelines, day);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_knows_its_offsets_as_the_database_does() {
        for name in
            ["UTC", "Europe/Madrid", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "Australia/Lord_Howe"]
        {
            let zone = Zone::named(name).unwrap();
            // Every 37 hours from 1900 to 2200, and around every change.
            let steps = (-2_208_988_800_000..7_258_118_400_000_i64).step_by(37 * 3_600_000);
            let changes = zone.offsets.iter().flat_map(|(from, _)| [*from - 1, *from, *from + 1]);
            for at in steps.chain(changes).filter_map(|ms| Timestamp::from_ms(ms).ok()) {
                let offset_ms = i64::from(zone.zone().to_offset(at.to_jiff()).seconds()) * 1_000;
                let hour = (at.as_ms() + offset_ms).div_euclid(3_600_000);
                assert_eq!(
                    zone.day_and_hour(at),
                    (hour.div_euclid(24) as i32, hour.rem_euclid(24) as i32),
                    "{name} {at}"
                );
            }
        }
    }
}
