//! Deals: created, moved, won, lost; the pipeline they are in.

use crate::Fold;
use crate::money_by_currency::MoneyByCurrency;
use crate::profile::Facet;
use nexusflow_engine::{Histogram, Latest, merge_fields};
use nexusflow_model::event::sales::OpportunityCreated;
use nexusflow_model::{Envelope, Event, Id, Label, Money, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Moments of a deal that are kept at the most.
const MOMENTS_KEPT: usize = 32;

/// A customer's deals.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Opportunities {
    deals: BTreeMap<Id, Deal>,
}

/// What all events of one opportunity say together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Deal {
    created_at: Latest<()>,
    pipeline: Latest<Label>,
    stage: Latest<Label>,
    amount: Latest<Money>,
    expected_close_at: Latest<Timestamp>,
    owner: Latest<Label>,
    outcome: Latest<Outcome>,
    /// How often the expected close was put off.
    pushes: u32,
    /// When something happened to it, in order; the first and the last.
    moments: Vec<Timestamp>,
    /// When it is looked at again.
    wake_at: Option<Timestamp>,
}

/// How a deal ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Outcome {
    /// Won, for this amount where one was said with it.
    Won(Option<Money>),
    /// Lost.
    Lost,
}

/// Whether a deal is open, won or lost. The order is that of the pipeline view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not decided.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
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

/// Where a deal stands: pipeline, status, stage (empty for won and lost).
pub type StageKey = (String, Status, String);

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
                self.change(context, at, &it.opportunity, |deal| deal.stage.say(at, tie, it.stage.clone()));
            }
            Event::OpportunityAmountChanged(it) => {
                self.change(context, at, &it.opportunity, |deal| deal.amount.say(at, tie, it.amount));
            }
            Event::OpportunityCloseDateChanged(it) => {
                self.change(context, at, &it.opportunity, |deal| deal.put_off(at, tie, it.expected_close_at));
            }
            Event::OwnerChanged(it) => {
                if let Some(opportunity) = &it.opportunity {
                    self.change(context, at, opportunity, |deal| deal.owner.say(at, tie, it.owner.clone()));
                }
            }
            Event::OpportunityWon(it) => {
                self.change(context, at, &it.opportunity, |deal| deal.outcome.say(at, tie, Outcome::Won(it.amount)));
            }
            Event::OpportunityLost(it) => {
                self.change(context, at, &it.opportunity, |deal| deal.outcome.say(at, tie, Outcome::Lost));
            }
            _ => {}
        }
    }
}

impl Deal {
    fn create(&mut self, at: Timestamp, tie: u64, it: &OpportunityCreated) {
        self.created_at.say(at, tie, ());
        if let Some(pipeline) = &it.pipeline {
            self.pipeline.say(at, tie, pipeline.clone());
        }
        self.stage.say(at, tie, it.stage.clone());
        if let Some(amount) = it.amount {
            self.amount.say(at, tie, amount);
        }
        if let Some(expected) = it.expected_close_at {
            self.expected_close_at.say(at, tie, expected);
        }
        if let Some(owner) = &it.owner {
            self.owner.say(at, tie, owner.clone());
        }
    }

    fn put_off(&mut self, at: Timestamp, tie: u64, expected: Timestamp) {
        self.pushes += u32::from(self.expected_close_at.get().is_some_and(|before| expected > *before));
        self.expected_close_at.say(at, tie, expected);
    }

    /// Something happened to it.
    fn happened(&mut self, at: Timestamp) {
        let place = self.moments.partition_point(|own| *own < at);
        if self.moments.len() >= MOMENTS_KEPT {
            self.moments.remove(1);
        }
        self.moments.insert(place.min(self.moments.len()), at);
    }

    /// When it is expected to close.
    pub fn expected_close_at(&self) -> Option<Timestamp> {
        self.expected_close_at.get().copied()
    }

    /// How often the expected close was put off.
    pub fn pushes(&self) -> u32 {
        self.pushes
    }

    /// When something happened to it last.
    pub fn heard_at(&self) -> Option<Timestamp> {
        self.moments.last().copied()
    }

    /// Who sells it.
    pub fn owner(&self) -> Option<&Label> {
        self.owner.get()
    }

    /// Which pipeline it is in.
    pub fn pipeline(&self) -> &str {
        self.pipeline.get().map_or("default", Label::as_str)
    }

    /// Which stage it is or was in; empty where none was said yet.
    pub fn stage(&self) -> &str {
        self.stage.get().map_or("", Label::as_str)
    }

    /// Whether it is open, won or lost.
    pub fn status(&self) -> Status {
        match self.outcome.get() {
            None => Status::Open,
            Some(Outcome::Won(_)) => Status::Won,
            Some(Outcome::Lost) => Status::Lost,
        }
    }

    /// What it is worth, as far as is known: what it was won for, else the latest amount said.
    pub fn amount(&self) -> Option<Money> {
        match self.outcome.get() {
            Some(Outcome::Won(Some(amount))) => Some(*amount),
            _ => self.amount.get().copied(),
        }
    }
}

impl Opportunities {
    /// Every deal with its id.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Deal)> {
        self.deals.iter()
    }

    /// A deal by its id.
    pub fn deal(&self, id: &Id) -> Option<&Deal> {
        self.deals.get(id)
    }

    /// Says when a deal is looked at again: `set` is given when that was to be, and gives when it is.
    pub(crate) fn wake(&mut self, id: &Id, set: impl FnOnce(Option<Timestamp>) -> Option<Timestamp>) {
        if let Some(deal) = self.deals.get_mut(id) {
            deal.wake_at = set(deal.wake_at);
        }
    }

    fn change(&mut self, context: &mut Fold<'_>, at: Timestamp, id: &Id, change: impl FnOnce(&mut Deal)) {
        let before = self.deals.get(id).cloned().unwrap_or_default();
        let mut deal = before.clone();
        change(&mut deal);
        deal.happened(at);
        if deal != before {
            count(context, &before, -1);
            count(context, &deal, 1);
            self.deals.insert(id.clone(), deal);
        }
    }
}

fn count(context: &mut Fold<'_>, deal: &Deal, times: i64) {
    let pauses: Vec<i64> = deal.moments.windows(2).map(|pair| pair[1].ms_since(pair[0]) / 3_600_000).collect();
    context.count_now(|rollup| pauses.iter().for_each(|hours| rollup.deals.pause_h.add(*hours, times)));
    if let Some(at) = deal.created_at.at() {
        context.count_at(at, |rollup| rollup.deals.created += times);
    }
    if deal.created_at.at().or(deal.outcome.at()).is_none() {
        return;
    }
    let (status, amount) = (deal.status(), deal.amount());
    if let Some(closed_at) = deal.outcome.at() {
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
    let stage = if status == Status::Open { deal.stage() } else { "" };
    let key = (deal.pipeline().to_owned(), status, stage.to_owned());
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
