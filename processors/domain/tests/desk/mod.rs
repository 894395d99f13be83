//! A partition to whom things are said, minute by minute.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![expect(clippy::needless_pass_by_value, reason = "what is said is written where it is said")]

use nexusflow_domain::alert::card::AlertCard;
use nexusflow_domain::alert::config::Alerting;
use nexusflow_domain::alert::quality::KindCounts;
use nexusflow_domain::alert::{Alert, AlertEffect, AlertKind, Card, Notice};
use nexusflow_domain::retention::health::indicators::INDICATORS;
use nexusflow_domain::{Business, Commerce};
use nexusflow_engine::{Emission, Outcome, Pane, Partition};
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::event::control::{ClockTicked, ConfigChanged};
use nexusflow_model::{Envelope, Event, Id, Kind, Source, Timestamp, partition};
use serde_json::Value;

/// A partition, what it told, and what time it is.
pub(crate) struct Desk {
    pub(crate) partition: Partition<Commerce>,
    pub(crate) told: Vec<AlertEffect>,
    pub(crate) now: Timestamp,
    n: u64,
    business: Business,
}

/// When its story begins: a Wednesday.
pub(crate) fn start() -> Timestamp {
    "2026-01-07T09:00:00Z".parse().unwrap()
}

pub(crate) fn minutes(minutes: i64) -> i64 {
    minutes * 60_000
}

impl Desk {
    pub(crate) fn new(alerting: Alerting) -> Self {
        Self::with(Business { alerting, ..Business::default() })
    }

    /// Where this is configured.
    pub(crate) fn with(business: Business) -> Self {
        let mut desk =
            Self { partition: Partition::new(0), told: Vec::new(), now: start(), n: 0, business: business.clone() };
        desk.configure();
        desk
    }

    fn configure(&mut self) {
        let content = serde_json::to_value(&self.business).unwrap();
        let envelope = ConfigChanged::envelope(&format!("v{}", self.n), "test", content, self.now).unwrap();
        self.fold(envelope);
    }

    /// Lets health be one indicator alone.
    pub(crate) fn weigh(&mut self, indicator: &str) {
        for own in &INDICATORS {
            let name = own.key.replace('.', "_");
            self.business.health.weigh(&name, u16::from(name == indicator));
        }
        self.configure();
    }

    fn fold(&mut self, envelope: Envelope) {
        let folded = self.partition.fold(self.partition.sequence() + 1, vec![Ok(envelope)]);
        assert_eq!(folded.unreadable, []);
        for emission in folded.emissions {
            match emission {
                Emission::Effect(effect) => self.told.push(effect.body),
                Emission::Derived(..) => {}
            }
        }
    }

    fn envelope(&mut self, id: &str, subject: &str, kind: &str, data: &Value) -> Envelope {
        // A second a word.
        self.now = self.now.plus_ms(1_000);
        let event = Event::from_json(Kind::from_name(kind).unwrap(), &data.to_string()).unwrap();
        let (id, source, subject) = (Id::new(id).unwrap(), Source::new("/test").unwrap(), Id::new(subject).unwrap());
        Envelope { id, source, subject, occurred_at: self.now, recorded_at: self.now, forwarded: 0, event }
    }

    pub(crate) fn say(&mut self, subject: &str, kind: &str, data: Value) {
        self.n += 1;
        self.say_as(&format!("n-{}", self.n), subject, kind, data);
    }

    pub(crate) fn say_as(&mut self, id: &str, subject: &str, kind: &str, data: Value) {
        let envelope = self.envelope(id, subject, kind, &data);
        self.fold(envelope);
    }

    /// Says what happened so many minutes ago.
    pub(crate) fn say_late(&mut self, minutes_ago: i64, subject: &str, kind: &str, data: Value) {
        self.n += 1;
        let envelope = self.envelope(&format!("n-{}", self.n), subject, kind, &data);
        self.fold(Envelope { occurred_at: self.now.plus_ms(-minutes(minutes_ago)), ..envelope });
    }

    pub(crate) fn command(&mut self, subject: &str, kind: &str, data: Value) -> Outcome {
        self.n += 1;
        let envelope = self.envelope(&format!("n-{}", self.n), subject, kind, &data);
        let identity = partition::identity_hash(&envelope);
        self.fold(envelope);
        self.partition.decision(identity).unwrap().outcome.clone()
    }

    /// Time goes on by so many minutes.
    pub(crate) fn tick(&mut self, by_minutes: i64) {
        self.now = self.now.plus_ms(minutes(by_minutes));
        let (id, source) = (Id::new("tick").unwrap(), Source::new("/clock").unwrap());
        let event = Event::ClockTicked(ClockTicked { now: self.now });
        let (occurred_at, recorded_at) = (self.now, self.now);
        self.fold(Envelope { subject: id.clone(), id, source, occurred_at, recorded_at, forwarded: 0, event });
    }

    pub(crate) fn alert(&self, subject: &str, key: &str) -> Option<Alert> {
        self.alert_of(0, subject, key)
    }

    pub(crate) fn alert_of(&self, keyspace: u8, subject: &str, key: &str) -> Option<Alert> {
        let slot = self.partition.profile(keyspace, &Id::new(subject).unwrap())?;
        slot.profile.alerts.get(&AlertKey::new(key).unwrap()).cloned()
    }

    pub(crate) fn card(&self, subject: &str, key: &str) -> Option<AlertCard> {
        match self.partition.board().card(&(Id::new(subject).unwrap(), key.to_owned()))? {
            Card::Alert(card) => Some((**card).clone()),
            Card::Silence(_) | Card::Source(_) => None,
        }
    }

    pub(crate) fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.told.iter().filter_map(|effect| match effect {
            AlertEffect::Notice(notice) => Some(&**notice),
            AlertEffect::Silence(_) => None,
        })
    }

    pub(crate) fn minutes_since_start(&self, at: Timestamp) -> i64 {
        at.ms_since(start()) / 60_000
    }

    pub(crate) fn quality(&self, kind: &str) -> KindCounts {
        let all = self.partition.rollups().panes().get(&Pane::All).unwrap();
        all.alerting.by_kind[&AlertKind::from_name(kind).unwrap()].clone()
    }

    /// The same, from a checkpoint.
    pub(crate) fn restored(mut self) -> Self {
        let cut = self.partition.cut_whole().unwrap();
        let parts = cut.changed.iter().map(|(part, bytes)| (*part, bytes.as_slice()));
        Self { partition: Partition::restore(parts).unwrap(), ..self }
    }
}
