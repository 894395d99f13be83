//! What is known of one customer, in facets.

use crate::Fold;
use nexusflow_model::Envelope;
use serde::{Deserialize, Serialize};

/// What is known of a customer in one respect.
pub trait Facet {
    /// Takes in an event, which is new, and counts what changed in the rollups.
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope);
}

/// The list of facets. A facet is one file and one line here; they fold in this order.
macro_rules! facets {
    ($(#[$first_doc:meta])* $first:ident: $first_type:ty, $($(#[$doc:meta])* $name:ident: $type:ty),+ $(,)?) => {
        /// Everything known of one customer.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        pub struct Profile {
            // Whoever looks at every customer reads these two, and the deals that follow, and not the rest.
            $(#[$first_doc])* pub $first: $first_type,
            /// How it all comes together; computed last, from all the others.
            pub health: crate::retention::health::Health,
            $($(#[$doc])* pub $name: $type,)+
            /// What the customer's words sound like, in sum.
            pub sentiment: crate::voice::sentiment::Sentiment,
            /// What the customer wrote, text by text.
            pub voice: crate::voice::texts::Texts,
            /// What made health what it is.
            pub health_history: crate::retention::health::History,
            /// What people have to be told of.
            pub alerts: crate::alert::Alerts,
            /// What the rules of alerts have to remember.
            pub watch: crate::alert::rules::watch::Watch,
            /// The clocks of tickets.
            pub sla: crate::alert::sla::Clocks,
            /// Of a source, not a customer: whether it lives.
            pub operations: Option<Box<crate::alert::rules::Operations>>,
            /// Of a product, not a customer: what is in stock and what is set aside.
            pub stock: Option<Box<crate::revenue::stock::Stock>>,
            /// Who the customer is one with, and by which keys they are known.
            pub links: Option<Box<crate::crm::links::Links>>,
            /// Of a key, not a customer: what waits for whom it is of.
            pub alias: Option<Box<crate::crm::alias::Alias>>,
            /// Of a source, not a customer: how it does.
            pub source: Option<Box<crate::sources::Health>>,
            /// Of a seller or team, not a customer: what they have to sell.
            pub seller: Option<Box<crate::revenue::quota::Seller>>,
        }

        /// The names of the facets, in the order in which they fold.
        pub const FACETS: &[&str] = &[stringify!($first), $(stringify!($name),)+ "voice", "health"];

        impl Profile {
            /// Takes in an event, which is new.
            pub fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
                Facet::fold(&mut self.$first, context, envelope);
                $(Facet::fold(&mut self.$name, context, envelope);)+
                crate::voice::listen(context, self, envelope);
                crate::retention::health::look(context, self, envelope);
                crate::alert::life::command(context, self, envelope);
                crate::alert::rules::look(context, self, envelope);
                crate::activity::tell(context, self, envelope);
            }
        }
    };
}

facets! {
    /// Who the customer is.
    identity: crate::crm::identity::Identity,
    /// Deals: near the beginning of a profile, which can be read alone, so that they are found without reading the rest.
    opportunities: crate::revenue::opportunities::Opportunities,
    /// What happened last.
    timeline: crate::crm::timeline::Timeline,
    /// Orders and payments.
    commerce: crate::revenue::commerce::Commerce,
    /// Deliveries.
    delivery: crate::experience::delivery::Delivery,
    /// Tickets.
    tickets: crate::experience::tickets::Tickets,
    /// Surveys and reviews.
    satisfaction: crate::voice::satisfaction::Satisfaction,
    /// Invoices and subscriptions.
    billing: crate::revenue::billing::Billing,
    /// On which days they looked at what we offer, and used it.
    engagement: crate::retention::engagement::Engagement,
    /// Who looks after them, and when somebody last spoke with them.
    relationship: crate::retention::relationship::Relationship,
}

impl Profile {
    /// Computes anew what depends on the configuration.
    pub fn reconfigured(&mut self, context: &mut Fold<'_>) {
        crate::retention::health::reconfigured(context, self);
    }
}
