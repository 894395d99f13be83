//! Deals as rows: what stands behind a figure.

use crate::Commerce;
use crate::crm::identity::Identity;
use crate::revenue::deal::{Deal, Status};
use crate::revenue::opportunities::Opportunities;
use crate::subject::Subject;
use crate::views::table::time;
use nexusflow_engine::Partition;
use nexusflow_model::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Which deals are asked for. What isn't given is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Open, won or lost.
    pub status: Option<Status>,
    /// Their pipeline.
    pub pipeline: Option<String>,
    /// The stage they are or were in.
    pub stage: Option<String>,
    /// Their segment.
    pub segment: Option<String>,
    /// Who sells them.
    pub owner: Option<String>,
    /// Created then or later; of decided ones, decided then or later.
    pub from: Option<Timestamp>,
    /// Created before then; of decided ones, decided before then.
    pub until: Option<Timestamp>,
}

/// How many deals are wanted, and the ones worth most.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// How many there are.
    pub total: u64,
    /// The ones worth most, each with what it is ordered by: its worth in minor units, whatever of.
    pub deals: Vec<(i64, Value)>,
}

impl Wanted {
    fn takes(&self, deal: &Deal) -> bool {
        let is = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|wanted| wanted == own);
        let at = deal.closed_at().or(deal.created_at());
        at.is_some()
            && self.status.is_none_or(|status| status == deal.status())
            && is(&self.pipeline, deal.pipeline())
            && is(&self.stage, deal.stage())
            && is(&self.segment, deal.segment())
            && is(&self.owner, deal.seller().map_or("", |owner| owner.as_str()))
            && self.from.is_none_or(|from| at >= Some(from))
            && self.until.is_none_or(|until| at < Some(until))
    }
}

impl Found {
    /// Adds what another partition has found; of all deals `limit` stay.
    pub fn add(&mut self, other: Self, limit: usize) {
        self.total += other.total;
        self.deals.extend(other.deals);
        self.deals.sort_by(|(a, deal), (b, other)| {
            b.cmp(a).then_with(|| deal["opportunity"].as_str().cmp(&other["opportunity"].as_str()))
        });
        self.deals.truncate(limit);
    }
}

/// The deals of a partition that are wanted, at most `limit` of them. Holds customers' names, which are personal.
pub fn find(partition: &Partition<Commerce>, wanted: &Wanted, limit: usize) -> Found {
    let mut found = Found::default();
    let is_customer = |key: &(u8, Id)| key.0 == Subject::Customer as u8;
    // Who the customer is and what deals they have come first in a profile.
    let beginnings = partition.beginnings(|profile| (profile.identity.clone(), profile.opportunities.clone()));
    for ((_, customer), (identity, opportunities)) in beginnings.filter(|(key, _)| is_customer(key)) {
        let opportunities: Opportunities = opportunities;
        let own = opportunities.iter().filter(|(_, deal)| wanted.takes(deal));
        let rows: Vec<(i64, Value)> = own
            .map(|(id, deal)| (deal.amount().map_or(0, |amount| amount.minor), row(customer, &identity, id, deal)))
            .collect();
        found.total += rows.len() as u64;
        found.deals.extend(rows);
        if found.deals.len() > limit * 4 {
            let all = std::mem::take(&mut found);
            found.add(all, limit);
        }
    }
    let mut best = Found::default();
    best.add(found, limit);
    best
}

fn row(customer: &Id, identity: &Identity, id: &Id, deal: &Deal) -> Value {
    json!({
        "opportunity": id,
        "customer": customer,
        "customer_name": identity.name.get(),
        "name": deal.name(),
        "pipeline": deal.pipeline(),
        "stage": deal.stage(),
        "status": deal.status(),
        "amount": deal.amount(),
        "probability_bp": deal.said_bp(),
        "owner": deal.seller(),
        "segment": Some(deal.segment()).filter(|segment| !segment.is_empty()),
        "created_at": time(deal.created_at()),
        "in_stage_since": time(deal.in_stage_since()),
        "expected_close_at": time(deal.expected_close_at()),
        "closed_at": time(deal.closed_at()),
        "pushes": deal.pushes(),
        "lost_because": deal.lost_because(),
    })
}
