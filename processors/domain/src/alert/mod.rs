//! Alerts: what people have to be told, by whom it is looked after, and how it ended.
//!
//! An alert lives in the profile of its subject. Rules ([`rules`]) raise it when an event is folded or a timer fires; people change it
//! by commands; timers escalate it ([`life`]). It leaves the fold as a card on the board of its partition ([`card`]), as a
//! notice, once each ([`notice`]), and in the figures of how good the alerting is ([`quality`]).

pub mod calendar;
pub mod card;
pub mod check;
pub mod config;
pub mod facts;
pub mod life;
pub mod notice;
pub mod quality;
pub mod rota;
pub mod rules;
pub mod sla;
pub mod why;

pub use card::{Card, SilenceCard};
pub use check::Fault;
pub use config::Alerting;
pub use facts::{Facts, Labels};
pub use life::{Alert, Alerts, Trigger};
pub use notice::{AlertEffect, Notice};
pub use why::Why;

use crate::subject::Subject;
use nexusflow_model::event::alert::AlertKey;
use serde::{Deserialize, Serialize};

/// The list of kinds: what kind of thing happened. A kind is a line here, a file in [`rules`] and a rule of the configuration.
/// Of the kinds that the specification knows, these wait for what they are about: churn risk, oversell, forecast and
/// coverage, capacity, themes, experiments, territories and referrals, loyalty.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $name:literal $subject:ident),+ $(,)?) => {
        /// The kinds of alerts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum AlertKind { $($(#[$doc])* $variant,)+ }

        impl AlertKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its name, such as `health_drop`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What kind of thing alerts of this kind are about.
            pub const fn subject(self) -> Subject {
                match self { $(Self::$variant => Subject::$subject,)+ }
            }
        }
    };
}

kinds! {
    /// A customer is unhappy: a survey, or what they wrote.
    Recovery "recovery" Customer,
    /// A target of a ticket's service level runs out, or did.
    Sla "sla" Customer,
    /// A customer's health is poor, or fell.
    HealthDrop "health_drop" Customer,
    /// A delivery is late.
    Delay "delay" Customer,
    /// A delivery was promised for later than it had been.
    PromiseSlip "promise_slip" Customer,
    /// A payment failed, or an invoice is long overdue.
    Payment "payment" Customer,
    /// A deal slipped, was pushed again and again, or nothing happens to it.
    Deal "deal" Customer,
    /// Customers write worse than they used to.
    SentimentSpike "sentiment_spike" Source,
    /// A source that says that it lives does not.
    StaleSource "stale_source" Source,
    /// More and more events can't be understood.
    DeadLetters "dead_letters" Source,
    /// A customer with an open deal names a competitor.
    Competitor "competitor" Customer,
}

impl AlertKind {
    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// The kind of the alert of that key.
    pub fn of(key: &AlertKey) -> Option<Self> {
        Self::from_name(key.as_str().split_once(':')?.0)
    }
}

/// How bad it is; the worst is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Now, whatever else there is.
    S1,
    /// Within the hour.
    S2,
    /// Today.
    S3,
    /// Worth knowing.
    S4,
}

impl Severity {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S1 => "S1",
            Self::S2 => "S2",
            Self::S3 => "S3",
            Self::S4 => "S4",
        }
    }
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has said yet that they look after it.
    Triggered,
    /// Somebody looks after it.
    Acknowledged,
    /// It can wait, for a while.
    Snoozed,
    /// What it was about is over.
    Resolved,
    /// It is over for good, and it was said what was behind it.
    Closed,
}

impl State {
    /// Whether somebody still has to do something.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Triggered | Self::Acknowledged | Self::Snoozed)
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Triggered => "triggered",
            Self::Acknowledged => "acknowledged",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }
}

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the word for it")]
pub enum What {
    Raised,
    RaisedSeverity,
    Escalated,
    Acknowledged,
    Assigned,
    Snoozed,
    Woken,
    Contacted,
    Resolved,
    Closed,
    Reopened,
}

impl What {
    /// The word, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::RaisedSeverity => "raised in severity",
            Self::Escalated => "escalated",
            Self::Acknowledged => "acknowledged",
            Self::Assigned => "assigned",
            Self::Snoozed => "snoozed",
            Self::Woken => "woken",
            Self::Contacted => "contacted",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }
}

/// The key of an alert: `kind:entity:cause`; none where the ids are too long for one.
pub fn key(kind: AlertKind, entity: &str, cause: &str) -> Option<AlertKey> {
    AlertKey::new(&[kind.as_str(), ":", entity, ":", cause].concat()).ok()
}
