//! What is counted over all customers, pane by pane.

use nexusflow_engine::merge_fields;
use serde::{Deserialize, Serialize};

/// The list of rollups. A rollup is one type in its capability's file and one line here.
macro_rules! rollups {
    ($($(#[$doc:meta])* $name:ident: $type:ty),+ $(,)?) => {
        /// Everything counted in one pane. Integers only; merging is addition.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        pub struct Rollup {
            $($(#[$doc])* pub $name: $type,)+
        }

        /// The names of the rollups.
        pub const ROLLUPS: &[&str] = &[$(stringify!($name),)+];

        merge_fields!(Rollup { $($name),+ });
    };
}

rollups! {
    /// Customers and when they were last heard of.
    customers: crate::crm::identity::CustomerCounts,
    /// Orders and payments.
    commerce: crate::revenue::commerce::CommerceCounts,
    /// Deliveries.
    delivery: crate::experience::delivery::DeliveryCounts,
    /// Tickets, by priority.
    tickets: crate::experience::tickets::TicketCounts,
    /// The targets of tickets, by priority.
    sla: crate::alert::sla::SlaCounts,
    /// Surveys and reviews.
    satisfaction: crate::voice::satisfaction::SatisfactionCounts,
    /// Sentiment of texts.
    sentiment: crate::voice::sentiment::SentimentCounts,
    /// What customers write, by channel, customer, product, theme and competitor.
    voice: crate::voice::tone::VoiceCounts,
    /// Deals.
    deals: crate::revenue::opportunities::DealCounts,
    /// The pipeline, day by day.
    pipeline: crate::revenue::counts::PipelineCounts,
    /// Alerts, by kind.
    alerting: crate::alert::quality::AlertingCounts,
    /// Health scores.
    health: crate::retention::health::HealthCounts,
}
