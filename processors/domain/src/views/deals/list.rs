//! Deals as rows: what stands behind a figure.

use crate::Commerce;
use crate::config::Zone;
use crate::crm::identity::Identity;
use crate::retention::health::Health;
use crate::revenue::deal::{Deal, Status};
use crate::revenue::opportunities::Opportunities;
use crate::subject::Subject;
use crate::views::span;
use crate::views::table::{self, Params, time};
use nexusflow_engine::Partition;
use nexusflow_model::Id;
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
    /// Created on that day or later; of decided ones, decided on it or later. In days since 1970-01-01.
    pub from: Option<i32>,
    /// Created on that day or earlier; of decided ones, decided on it or earlier.
    pub to: Option<i32>,
}

/// How many deals are wanted, and the ones worth most.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// How many there are.
    pub total: u64,
    /// The ones worth most, each with what it is ordered by: its worth in minor units, whatever of.
    pub deals: Vec<(i64, Value)>,
}

/// The names of what can be asked for, beside how many.
pub const PARAMS: &[&str] = &["status", "pipeline", "stage", "segment", "owner", "from", "to"];

impl Wanted {
    /// From the parameters of a request.
    ///
    /// # Errors
    /// A sentence that names the parameter at fault.
    pub fn read(params: &Params) -> Result<Self, String> {
        table::only(params, PARAMS)?;
        let status = match params.get("status").map(String::as_str) {
            None => None,
            Some("open") => Some(Status::Open),
            Some("won") => Some(Status::Won),
            Some("lost") => Some(Status::Lost),
            Some(other) => return Err(format!("status is open, won or lost, not {other:?}")),
        };
        let text = |name: &str| params.get(name).cloned();
        Ok(Self {
            status,
            pipeline: text("pipeline"),
            stage: text("stage"),
            segment: text("segment"),
            owner: text("owner"),
            from: span::day(params, "from")?,
            to: span::day(params, "to")?,
        })
    }

    fn takes(&self, zone: &Zone, deal: &Deal) -> bool {
        let is = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|wanted| wanted == own);
        let Some(at) = deal.closed_at().or(deal.created_at()) else { return false };
        let (day, _) = zone.day_and_hour(at);
        self.status.is_none_or(|status| status == deal.status())
            && is(&self.pipeline, deal.pipeline())
            && is(&self.stage, deal.stage())
            && is(&self.segment, deal.segment())
            && is(&self.owner, deal.seller().map_or("", |owner| owner.as_str()))
            && self.from.is_none_or(|from| day >= from)
            && self.to.is_none_or(|to| day <= to)
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
    let zone = &partition.config().business.time_zone;
    let is_customer = |key: &(u8, Id)| key.0 == Subject::Customer as u8;
    // Who the customer is, how they do and what deals they have come first in a profile, in this order.
    let beginnings = partition.beginnings(|profile| -> (Identity, Health, Opportunities) {
        (profile.identity.clone(), profile.health.clone(), profile.opportunities.clone())
    });
    for ((_, customer), (identity, _, opportunities)) in beginnings.filter(|(key, _)| is_customer(key)) {
        let own = opportunities.iter().filter(|(_, deal)| wanted.takes(zone, deal));
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
