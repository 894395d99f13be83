//! What the subject of an event is.

use crate::alert::AlertKind;
use crate::crm::links;
use nexusflow_model::alias::Alias;
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Envelope, Event, Kind};

/// What kind of thing an event is about. The numbers are part of the stored state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Subject {
    /// A customer: most events.
    Customer = 0,
    /// A product.
    Sku = 1,
    /// An item of the product backlog.
    BacklogItem = 2,
    /// A skill of the production.
    Skill = 3,
    /// A company that customers belong to.
    Account = 4,
    /// A seller, team or territory.
    Seller = 5,
    /// Something the whole business has: an initiative, a benchmark, a campaign, an experiment, a bank account.
    Business = 6,
    /// A system that publishes.
    Source = 7,
    /// A key by which a customer is known where their id is not.
    Alias = 8,
    /// A model of texts.
    Model = 9,
}

/// What an event is about: a customer, unless its subject is a key, or its type says otherwise.
pub fn of_envelope(envelope: &Envelope) -> Subject {
    match of(&envelope.event) {
        Subject::Customer if Alias::of(&envelope.subject).is_some() && links::may_wait(envelope.event.kind()) => {
            Subject::Alias
        }
        subject => subject,
    }
}

/// What the subject of an event is. That of a command about an alert is what the alert is about.
pub fn of(event: &Event) -> Subject {
    let about = |key: &AlertKey| AlertKind::of(key).map_or(Subject::Customer, AlertKind::subject);
    match event {
        Event::AlertAcknowledged(it) | Event::AlertResolved(it) | Event::AlertReopened(it) => about(&it.alert),
        Event::AlertAssigned(it) => about(&it.alert),
        Event::AlertSnoozed(it) => about(&it.alert),
        Event::AlertContacted(it) => about(&it.alert),
        Event::AlertClosed(it) => about(&it.alert),
        _ => of_kind(event.kind()),
    }
}

const fn of_kind(kind: Kind) -> Subject {
    match kind {
        Kind::InventoryLevelSet
        | Kind::InventoryReserved
        | Kind::InventoryReleased
        | Kind::InventoryRequested
        | Kind::SupplyScheduled => Subject::Sku,
        Kind::BacklogItemCreated | Kind::BacklogStatusChanged => Subject::BacklogItem,
        Kind::CapacityPublished | Kind::CapacityChanged => Subject::Skill,
        Kind::ModelLearned | Kind::ModelApplied => Subject::Model,
        Kind::AccountUpdated => Subject::Account,
        Kind::QuotaSet | Kind::ForecastSubmitted | Kind::TerritoryConfigured => Subject::Seller,
        Kind::CashSnapshotted
        | Kind::InitiativeStarted
        | Kind::InitiativeEnded
        | Kind::BenchmarkLoaded
        | Kind::ExpectationSet
        | Kind::ExperimentStarted
        | Kind::ExperimentStopped => Subject::Business,
        Kind::ConfigChanged
        | Kind::CalendarChanged
        | Kind::SilenceSet
        | Kind::ClockTicked
        | Kind::SourceHeartbeat
        | Kind::DeadLettersCounted
        | Kind::SentimentCounted
        | Kind::SourceCounted => Subject::Source,
        _ => Subject::Customer,
    }
}
