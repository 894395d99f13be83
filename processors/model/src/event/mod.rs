//! Every type of event: past tense, `<entity>.<verb>`, a file a domain.

pub mod alert;
pub mod commerce;
pub mod control;
pub mod experience;
pub mod experiment;
pub mod finance;
pub mod identity;
pub mod learning;
pub mod logistics;
pub mod loyalty;
pub mod privacy;
pub mod production;
pub mod sales;
pub mod support;
pub mod touchpoint;
pub mod voice;

use crate::Reject;
use serde::{Deserialize, Serialize};

/// The list of types. A type is one line here and one struct in its domain's file.
macro_rules! vocabulary {
    ($($domain:ident { $($variant:ident $name:literal $payload:ident),+ $(,)? })+) => {
        /// What happened: one variant a type, with the type's data.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        #[expect(missing_docs, reason = "each variant is the type of its payload, which is documented")]
        pub enum Event { $($($variant($domain::$payload),)+)+ }

        /// The type of an event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each variant is named like its type")]
        pub enum Kind { $($($variant,)+)+ }

        impl Kind {
            /// Every type, domain by domain.
            pub const ALL: &[Self] = &[$($(Self::$variant,)+)+];

            /// The name on the wire, such as `order.placed`.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $name,)+)+ }
            }

            /// The domain of the vocabulary it belongs to, such as `commerce`.
            pub const fn domain(self) -> &'static str {
                match self { $($(Self::$variant => stringify!($domain),)+)+ }
            }

            /// The type of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($($name => Some(Self::$variant),)+)+ _ => None }
            }
        }

        impl Event {
            /// Its type.
            pub const fn kind(&self) -> Kind {
                match self { $($(Self::$variant(_) => Kind::$variant,)+)+ }
            }

            /// Reads the data of an event of `kind`.
            ///
            /// # Errors
            /// The field at fault, as a path from `data`, and why.
            pub fn from_json(kind: Kind, data: &str) -> Result<Self, Reject> {
                let event = match kind {
                    $($(Kind::$variant => Self::$variant(crate::cloudevents::parse("data", data.as_bytes())?),)+)+
                };
                event.check()?;
                Ok(event)
            }

            /// Reads the data of an event of `kind` from what holds it, without a second look at where a mistake is.
            pub(crate) fn deserialize_as<'de, D: serde::Deserializer<'de>>(kind: Kind, data: D) -> Result<Self, D::Error> {
                match kind {
                    $($(Kind::$variant => $domain::$payload::deserialize(data).map(Self::$variant),)+)+
                }
            }

            pub(crate) fn schema(kind: Kind, generator: schemars::SchemaGenerator) -> schemars::Schema {
                match kind { $($(Kind::$variant => generator.into_root_schema_for::<$domain::$payload>(),)+)+ }
            }
        }
    };
}

vocabulary! {
    identity {
        CustomerIdentified "customer.identified" CustomerIdentified,
        CustomerMerged "customer.merged" CustomerMerged,
        CustomerUnmerged "customer.unmerged" CustomerUnmerged,
        AliasClaimed "alias.claimed" AliasClaimed,
        CustomerAbsorbed "customer.absorbed" CustomerAbsorbed,
        AccountGrouped "account.grouped" AccountGrouped,
        AccountUpdated "account.updated" AccountUpdated,
    }
    touchpoint {
        EmailSent "email.sent" EmailMessage,
        EmailOpened "email.opened" EmailReaction,
        EmailClicked "email.clicked" EmailReaction,
        EmailReplied "email.replied" EmailMessage,
        CallLogged "call.logged" CallLogged,
        ChatMessage "chat.message" Message,
        SmsMessage "sms.message" Message,
        MeetingHeld "meeting.held" MeetingHeld,
        PageViewed "page.viewed" PageViewed,
        FormSubmitted "form.submitted" FormSubmitted,
        ProductUsed "product.used" ProductUsed,
        VisitLogged "visit.logged" VisitLogged,
        EventAttended "event.attended" EventAttended,
        DocumentViewed "document.viewed" DocumentViewed,
    }
    support {
        TicketOpened "ticket.opened" TicketOpened,
        TicketReplied "ticket.replied" TicketReplied,
        TicketStatusChanged "ticket.status_changed" TicketStatusChanged,
        TicketAssigned "ticket.assigned" TicketAssigned,
        TicketPriorityChanged "ticket.priority_changed" TicketPriorityChanged,
        TicketResolved "ticket.resolved" TicketResolved,
        TicketReopened "ticket.reopened" TicketReopened,
        SlaPaused "sla.paused" SlaPaused,
        SlaResumed "sla.resumed" SlaResumed,
    }
    alert {
        AlertAcknowledged "alert.acknowledged" AlertStep,
        AlertAssigned "alert.assigned" AlertAssigned,
        AlertSnoozed "alert.snoozed" AlertSnoozed,
        AlertContacted "alert.contacted" AlertContacted,
        AlertResolved "alert.resolved" AlertStep,
        AlertClosed "alert.closed" AlertClosed,
        AlertReopened "alert.reopened" AlertStep,
    }
    commerce {
        OrderPlaced "order.placed" OrderPlaced,
        OrderChanged "order.changed" OrderChanged,
        OrderCancelled "order.cancelled" OrderCancelled,
        OrderReturned "order.returned" OrderReturned,
        OrderRefunded "order.refunded" OrderRefunded,
        QuoteCreated "quote.created" QuoteCreated,
        QuoteLineAdded "quote.line_added" QuoteLineAdded,
        QuoteSent "quote.sent" QuoteStep,
        QuoteAccepted "quote.accepted" QuoteStep,
        QuoteExpired "quote.expired" QuoteStep,
    }
    logistics {
        DeliveryPromised "delivery.promised" DeliveryPromised,
        DeliveryShipped "delivery.shipped" DeliveryShipped,
        DeliveryDelayed "delivery.delayed" DeliveryDelayed,
        DeliveryDelivered "delivery.delivered" DeliveryDelivered,
        DeliveryFailed "delivery.failed" DeliveryFailed,
        InventoryLevelSet "inventory.level_set" InventoryLevelSet,
        InventoryReserved "inventory.reserved" InventoryReservation,
        InventoryReleased "inventory.released" InventoryReservation,
        InventoryRequested "inventory.requested" InventoryRequest,
        ReservationDecided "reservation.decided" ReservationDecided,
        SupplyScheduled "supply.scheduled" SupplyScheduled,
    }
    production {
        CapacityPublished "capacity.published" Capacity,
        CapacityChanged "capacity.changed" Capacity,
        BacklogItemCreated "backlog.item_created" BacklogItemCreated,
        BacklogStatusChanged "backlog.status_changed" BacklogStatusChanged,
    }
    finance {
        InvoiceIssued "invoice.issued" InvoiceIssued,
        InvoiceOverdue "invoice.overdue" InvoiceOverdue,
        InvoiceCredited "invoice.credited" InvoiceCredited,
        PaymentReceived "payment.received" Payment,
        PaymentFailed "payment.failed" PaymentFailed,
        PaymentReversed "payment.reversed" Payment,
        SubscriptionStarted "subscription.started" SubscriptionTerms,
        SubscriptionChanged "subscription.changed" SubscriptionTerms,
        SubscriptionCancelled "subscription.cancelled" SubscriptionCancelled,
        BookingSigned "booking.signed" BookingSigned,
        RevenueRecognized "revenue.recognized" RevenueRecognized,
        CashSnapshotted "cash.snapshotted" CashSnapshotted,
    }
    sales {
        LeadCreated "lead.created" LeadCreated,
        LeadSignal "lead.signal" LeadSignal,
        OpportunityCreated "opportunity.created" OpportunityCreated,
        OpportunityStageChanged "opportunity.stage_changed" OpportunityStageChanged,
        OpportunityAmountChanged "opportunity.amount_changed" OpportunityAmountChanged,
        OpportunityCloseDateChanged "opportunity.close_date_changed" OpportunityCloseDateChanged,
        OpportunityWon "opportunity.won" OpportunityWon,
        OpportunityLost "opportunity.lost" OpportunityLost,
        QuotaSet "quota.set" QuotaSet,
        ForecastSubmitted "forecast.submitted" ForecastSubmitted,
        OwnerChanged "owner.changed" OwnerChanged,
        TerritoryConfigured "territory.configured" TerritoryConfigured,
    }
    voice {
        SurveyRequested "survey.requested" SurveyStep,
        SurveyDelivered "survey.delivered" SurveyStep,
        SurveyStarted "survey.started" SurveyStep,
        SurveyAnswered "survey.answered" SurveyAnswered,
        ReviewPosted "review.posted" ReviewPosted,
        MentionDetected "mention.detected" MentionDetected,
        FeedbackReceived "feedback.received" FeedbackReceived,
        FeedbackLabelled "feedback.labelled" FeedbackLabelled,
        FeedbackLinked "feedback.linked" FeedbackLinked,
        ReplySent "reply.sent" ReplySent,
    }
    experience {
        JourneyEntered "journey.entered" JourneyStep,
        JourneyStepReached "journey.step_reached" JourneyStep,
        JourneyExited "journey.exited" JourneyStep,
        ExpectationSet "expectation.set" ExpectationSet,
        RecoveryOpened "recovery.opened" RecoveryOpened,
        RecoveryContacted "recovery.contacted" RecoveryContacted,
        RecoveryClosed "recovery.closed" RecoveryClosed,
        InitiativeStarted "initiative.started" InitiativeStarted,
        InitiativeEnded "initiative.ended" InitiativeEnded,
        BenchmarkLoaded "benchmark.loaded" BenchmarkLoaded,
    }
    loyalty {
        PointsEarned "points.earned" PointsMoved,
        PointsActivated "points.activated" PointsMoved,
        PointsSpent "points.spent" PointsMoved,
        PointsExpired "points.expired" PointsMoved,
        PointsReversed "points.reversed" PointsMoved,
        TierChanged "tier.changed" TierChanged,
        BenefitGranted "benefit.granted" BenefitGranted,
        ReferralInvited "referral.invited" ReferralStep,
        ReferralClicked "referral.clicked" ReferralStep,
        ReferralConverted "referral.converted" ReferralStep,
        ReferralFlagged "referral.flagged" ReferralFlagged,
        ReferralRewarded "referral.rewarded" ReferralRewarded,
        AdvocacyDone "advocacy.done" AdvocacyDone,
    }
    experiment {
        ExperimentStarted "experiment.started" ExperimentStarted,
        ExperimentExposed "experiment.exposed" ExperimentExposed,
        ExperimentStopped "experiment.stopped" ExperimentStopped,
        CampaignSent "campaign.sent" CampaignStep,
        CampaignConverted "campaign.converted" CampaignStep,
    }
    privacy {
        ConsentGranted "consent.granted" Consent,
        ConsentWithdrawn "consent.withdrawn" Consent,
        AccessRequested "access.requested" PrivacyRequest,
        ErasureRequested "erasure.requested" PrivacyRequest,
        ErasureCompleted "erasure.completed" PrivacyRequest,
    }
    learning {
        ModelLearned "model.learned" ModelLearned,
        ModelApplied "model.applied" ModelApplied,
    }
    control {
        ConfigChanged "config.changed" ConfigChanged,
        CalendarChanged "calendar.changed" ConfigChanged,
        SilenceSet "silence.set" SilenceSet,
        ClockTicked "clock.ticked" ClockTicked,
        SourceHeartbeat "source.heartbeat" SourceHeartbeat,
        DeadLettersCounted "dead_letters.counted" DeadLettersCounted,
        SentimentCounted "sentiment.counted" SentimentCounted,
        SourceCounted "source.counted" SourceCounted,
    }
}

impl Kind {
    /// The type whose name is most like `name`, for an error message: the one that shares the most pairs of letters (the
    /// Sorensen-Dice coefficient of bigrams).
    pub fn nearest(name: &str) -> Self {
        let bigrams =
            |text: &str| -> Vec<[u8; 2]> { text.as_bytes().windows(2).map(|pair| [pair[0], pair[1]]).collect() };
        let asked = bigrams(name);
        let likeness = |kind: &Self| {
            let own = bigrams(kind.as_str());
            let shared = own.iter().filter(|pair| asked.contains(pair)).count();
            2_000 * shared / (own.len() + asked.len()).max(1)
        };
        Self::ALL.iter().copied().max_by_key(likeness).unwrap_or(Self::CustomerIdentified)
    }

    /// Whether events of this type ask for something that the fold accepts or refuses.
    pub const fn is_command(self) -> bool {
        matches!(
            self,
            Self::InventoryRequested
                | Self::AlertAcknowledged
                | Self::AlertAssigned
                | Self::AlertSnoozed
                | Self::AlertContacted
                | Self::AlertResolved
                | Self::AlertClosed
                | Self::AlertReopened
        )
    }

    /// Whether events of this type are what NexusFlow says to itself, about nothing that happened in the world: they don't count.
    pub const fn is_own(self) -> bool {
        matches!(
            self,
            Self::ConfigChanged
                | Self::ClockTicked
                | Self::DeadLettersCounted
                | Self::SentimentCounted
                | Self::SourceCounted
                | Self::AliasClaimed
                | Self::CustomerAbsorbed
                | Self::ModelLearned
                | Self::ModelApplied
        )
    }

    /// Whether every partition has to hear of events of this type.
    pub const fn is_for_all(self) -> bool {
        matches!(self, Self::ConfigChanged | Self::ModelLearned | Self::ModelApplied)
    }

    /// Whether events of this type are NexusFlow's own, or its operators': publishers outside can't send them.
    pub const fn is_control(self) -> bool {
        matches!(
            self,
            Self::ConfigChanged
                | Self::CalendarChanged
                | Self::SilenceSet
                | Self::ClockTicked
                | Self::ReservationDecided
                | Self::DeadLettersCounted
                | Self::SentimentCounted
                | Self::SourceCounted
                | Self::AliasClaimed
                | Self::CustomerAbsorbed
                | Self::ModelLearned
                | Self::ModelApplied
        )
    }
}

impl Event {
    /// The rules that span several fields.
    pub(crate) fn check(&self) -> Result<(), Reject> {
        match self {
            Self::SurveyAnswered(it) => it.check(),
            Self::ReviewPosted(it) => it.scale.check(it.score),
            Self::CustomerMerged(it) => it.check(),
            Self::OpportunityWon(it) => it.check(),
            Self::OrderPlaced(it) => commerce::check_lines(&it.lines, it.total.currency),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_come_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.as_str()), Some(*kind));
        }
        assert_eq!(Kind::from_name("order.place"), None);
    }

    #[test]
    fn a_misspelt_type_is_answered_with_the_nearest() {
        assert_eq!(Kind::nearest("order.place"), Kind::OrderPlaced);
        assert_eq!(Kind::nearest("ticket-resolve"), Kind::TicketResolved);
        assert_eq!(Kind::nearest(""), Kind::nearest(""));
    }
}
