//! Deals: created, moved, won, lost; the pipeline they are in.

use crate::Fold;
use crate::money_by_currency::MoneyByCurrency;
use crate::profile::Facet;
use crate::revenue::deal::Deal;
use crate::revenue::facts;
use nexusflow_engine::{Histogram, merge_fields};
use nexusflow_model::{Envelope, Event, Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use crate::revenue::deal::Status;

/// A customer's deals.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Opportunities {
    deals: BTreeMap<Id, Box<Deal>>,
}

/// Deals. A day's pane counts what was created, won and lost in it; `by_stage` is meaningful in the pane of all time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DealCounts {
    /// Created.
    pub created: i64,
    /// Won.
    pub won: i64,
    /// Lost.
    pub lost: i64,
    /// What was won.
    pub won_value: MoneyByCurrency,
    /// How long nothing happened to deals, in hours: in the pane of all time.
    pub pause_h: Histogram,
    /// Deals by pipeline, status and stage, as they stand now.
    pub by_stage: BTreeMap<StageKey, StageCounts>,
}

/// Where a deal stands: pipeline, status, stage (empty for won and lost), and how likely its seller says it is to be won, in basis
/// points, where that was said.
pub type StageKey = (String, Status, String, Option<u16>);

/// Deals of one stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StageCounts {
    /// How many.
    pub count: i64,
    /// What they may be worth, or were won for.
    pub amount: MoneyByCurrency,
}

merge_fields!(StageCounts { count, amount });
merge_fields!(DealCounts { created, won, lost, won_value, pause_h, by_stage });

impl Facet for Opportunities {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let (at, tie) = (envelope.occurred_at, context.identity);
        match &envelope.event {
            Event::OpportunityCreated(it) => self.change(context, at, &it.opportunity, |deal| deal.create(at, tie, it)),
            Event::OpportunityStageChanged(it) => {
                self.change(context, at, &it.opportunity, |deal| deal.come_into(at, tie, it));
            }
            Event::OpportunityAmountChanged(it) => {
                self.change(context, at, &it.opportunity, |deal| deal.be_worth(at, tie, it.amount));
            }
            Event::OpportunityCloseDateChanged(it) => {
                self.change(context, at, &it.opportunity, |deal| deal.be_expected(at, tie, it.expected_close_at));
            }
            Event::OwnerChanged(it) => {
                if let Some(opportunity) = &it.opportunity {
                    self.change(context, at, opportunity, |deal| deal.go_to(at, tie, &it.owner));
                }
            }
            Event::OpportunityWon(it) => self.change(context, at, &it.opportunity, |deal| deal.win(at, tie, it)),
            Event::OpportunityLost(it) => {
                self.change(context, at, &it.opportunity, |deal| deal.lose(at, tie, it.reason.as_ref()));
            }
            _ => {}
        }
    }
}

impl Opportunities {
    /// Every deal with its id.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Deal)> {
        self.deals.iter().map(|(id, deal)| (id, deal.as_ref()))
    }

    /// A deal by its id.
    pub fn deal(&self, id: &Id) -> Option<&Deal> {
        self.deals.get(id).map(Box::as_ref)
    }

    /// Says when a deal is looked at again: `set` is given when that was to be, and gives when it is.
    pub(crate) fn wake(&mut self, id: &Id, set: impl FnOnce(Option<Timestamp>) -> Option<Timestamp>) {
        if let Some(deal) = self.deals.get_mut(id) {
            deal.wake(set);
        }
    }

    fn change(&mut self, context: &mut Fold<'_>, at: Timestamp, id: &Id, change: impl FnOnce(&mut Deal)) {
        let before = self.deal(id).cloned().unwrap_or_default();
        let mut deal = before.clone();
        change(&mut deal);
        deal.happened(at);
        count(context, &before, -1);
        count(context, &deal, 1);
        facts::recount(context, &before, &deal);
        match self.deals.get_mut(id) {
            Some(own) => **own = deal,
            None => drop(self.deals.insert(id.clone(), Box::new(deal))),
        }
    }
}

fn count(context: &mut Fold<'_>, deal: &Deal, times: i64) {
    let pauses = deal.pauses_h();
    context.count_now(|rollup| pauses.iter().for_each(|hours| rollup.deals.pause_h.add(*hours, times)));
    if let Some(at) = deal.created_at() {
        context.count_at(at, |rollup| rollup.deals.created += times);
    }
    if deal.created_at().or(deal.closed_at()).is_none() {
        return;
    }
    let (status, amount) = (deal.status(), deal.amount());
    if let Some(closed_at) = deal.closed_at() {
        context.count_at(closed_at, |rollup| match status {
            Status::Won => {
                rollup.deals.won += times;
                if let Some(amount) = amount {
                    rollup.deals.won_value.add(amount, times);
                }
            }
            _ => rollup.deals.lost += times,
        });
    }
    let (stage, said_bp) = if status == Status::Open { (deal.stage(), deal.said_bp()) } else { ("", None) };
    let key = (deal.pipeline().to_owned(), status, stage.to_owned(), said_bp);
    context.count_now(|rollup| {
        let counts = rollup.deals.by_stage.entry(key.clone()).or_default();
        counts.count += times;
        if let Some(amount) = amount {
            counts.amount.add(amount, times);
        }
        if *counts == StageCounts::default() {
            rollup.deals.by_stage.remove(&key);
        }
    });
}
