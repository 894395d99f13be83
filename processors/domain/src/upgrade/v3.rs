//! Version 3: customers had no links to each other and no keys, and sources were not counted.

use crate::Profile;
use serde::Deserialize;

/// Everything that was known of a customer.
#[derive(Deserialize)]
pub(super) struct ProfileOfThree {
    identity: crate::crm::identity::Identity,
    timeline: crate::crm::timeline::Timeline,
    commerce: crate::revenue::commerce::Commerce,
    delivery: crate::experience::delivery::Delivery,
    tickets: crate::experience::tickets::Tickets,
    satisfaction: crate::voice::satisfaction::Satisfaction,
    sentiment: crate::voice::sentiment::Sentiment,
    opportunities: crate::revenue::opportunities::Opportunities,
    health: crate::retention::health::Health,
    alerts: crate::alert::Alerts,
    watch: crate::alert::rules::watch::Watch,
    sla: crate::alert::sla::Clocks,
    operations: Option<Box<crate::alert::rules::Operations>>,
    stock: Option<Box<crate::revenue::stock::Stock>>,
}

/// The same, as it is known today. By which keys customers are known is said when the first configuration asks for it.
pub(super) fn renew(old: ProfileOfThree) -> Profile {
    Profile {
        identity: old.identity,
        timeline: old.timeline,
        commerce: old.commerce,
        delivery: old.delivery,
        tickets: old.tickets,
        satisfaction: old.satisfaction,
        sentiment: old.sentiment,
        opportunities: old.opportunities,
        health: old.health,
        alerts: old.alerts,
        watch: old.watch,
        sla: old.sla,
        operations: old.operations,
        stock: old.stock,
        links: None,
        alias: None,
        source: None,
        seller: None,
    }
}
