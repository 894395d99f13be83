//! One deal: what all its events say together.

use crate::revenue::history::History;
use nexusflow_engine::Latest;
use nexusflow_model::event::sales::{OpportunityCreated, OpportunityStageChanged, OpportunityWon, Split};
use nexusflow_model::{Label, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// Moments of a deal that are kept at the most.
const MOMENTS_KEPT: usize = 32;

/// What all events of one opportunity say together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Deal {
    created_at: Latest<()>,
    pipeline: Latest<Label>,
    team: Latest<Label>,
    segment: Latest<Label>,
    name: Latest<Label>,
    stages: History<Step>,
    amounts: History<Money>,
    expected: History<Timestamp>,
    owners: History<Label>,
    outcome: Latest<Outcome>,
    /// When something happened to it, in order: the earliest and the latest.
    moments: Vec<Timestamp>,
    /// When it is looked at again.
    wake_at: Option<Timestamp>,
}

/// A stage a deal came into, and how likely its seller says it is to be won, in basis points; none where the stage says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Step {
    /// The stage.
    pub stage: Label,
    /// What the seller says, in basis points.
    pub said_bp: Option<u16>,
}

/// How a deal ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Outcome {
    /// Won, for this amount where one was said with it, and who gets which share.
    Won(Option<Money>, Vec<Split>),
    /// Lost, and why.
    Lost(Option<Label>),
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

impl Status {
    /// Its name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

/// Of two words of the same instant that of the creation comes first.
const fn first_of(tie: u64) -> u64 {
    tie >> 1
}

const fn after_it(tie: u64) -> u64 {
    (tie >> 1) | (1 << 63)
}

impl Deal {
    pub(super) fn create(&mut self, at: Timestamp, tie: u64, it: &OpportunityCreated) {
        self.created_at.say(at, tie, ());
        let say = |latest: &mut Latest<Label>, word: &Option<Label>| {
            if let Some(word) = word {
                latest.say(at, tie, word.clone());
            }
        };
        say(&mut self.pipeline, &it.pipeline);
        say(&mut self.team, &it.team);
        say(&mut self.segment, &it.segment);
        say(&mut self.name, &it.name);
        self.stages.say(at, first_of(tie), Step { stage: it.stage.clone(), said_bp: None });
        if let Some(amount) = it.amount {
            self.amounts.say(at, first_of(tie), amount);
        }
        if let Some(expected) = it.expected_close_at {
            self.expected.say(at, first_of(tie), expected);
        }
        if let Some(owner) = &it.owner {
            self.owners.say(at, first_of(tie), owner.clone());
        }
    }

    pub(super) fn come_into(&mut self, at: Timestamp, tie: u64, it: &OpportunityStageChanged) {
        let step = Step { stage: it.stage.clone(), said_bp: it.probability_bp.map(|bp| bp.get()) };
        self.stages.say(at, after_it(tie), step);
    }

    pub(super) fn be_worth(&mut self, at: Timestamp, tie: u64, amount: Money) {
        self.amounts.say(at, after_it(tie), amount);
    }

    pub(super) fn be_expected(&mut self, at: Timestamp, tie: u64, expected: Timestamp) {
        self.expected.say(at, after_it(tie), expected);
    }

    pub(super) fn go_to(&mut self, at: Timestamp, tie: u64, owner: &Label) {
        self.owners.say(at, after_it(tie), owner.clone());
    }

    pub(super) fn win(&mut self, at: Timestamp, tie: u64, it: &OpportunityWon) {
        self.outcome.say(at, tie, Outcome::Won(it.amount, it.splits.clone()));
    }

    pub(super) fn lose(&mut self, at: Timestamp, tie: u64, reason: Option<&Label>) {
        self.outcome.say(at, tie, Outcome::Lost(reason.cloned()));
    }

    /// Something happened to it.
    pub(super) fn happened(&mut self, at: Timestamp) {
        let place = self.moments.partition_point(|own| *own < at);
        self.moments.insert(place, at);
        if self.moments.len() > MOMENTS_KEPT {
            self.moments.remove(MOMENTS_KEPT / 2);
        }
    }

    /// Says when it is looked at again: `set` is given when that was to be, and gives when it is.
    pub(super) fn wake(&mut self, set: impl FnOnce(Option<Timestamp>) -> Option<Timestamp>) {
        self.wake_at = set(self.wake_at);
    }

    /// How long nothing happened to it, each time, in hours.
    pub(super) fn pauses_h(&self) -> Vec<i64> {
        self.moments.windows(2).map(|pair| pair[1].ms_since(pair[0]) / 3_600_000).collect()
    }

    /// When it was created.
    pub fn created_at(&self) -> Option<Timestamp> {
        self.created_at.at()
    }

    /// When it was won or lost.
    pub fn closed_at(&self) -> Option<Timestamp> {
        self.outcome.at()
    }

    /// When it is expected to close.
    pub fn expected_close_at(&self) -> Option<Timestamp> {
        self.expected.last().copied()
    }

    /// When it was first expected to close.
    pub fn first_expected_at(&self) -> Option<Timestamp> {
        self.expected.first().copied()
    }

    /// How often the expected close was put off.
    pub fn pushes(&self) -> u32 {
        let later = self.expected.iter().zip(self.expected.iter().skip(1)).filter(|((_, a), (_, b))| b > a);
        later.count() as u32
    }

    /// When something happened to it last.
    pub fn heard_at(&self) -> Option<Timestamp> {
        self.moments.last().copied()
    }

    /// Who sells it.
    pub fn owner(&self) -> Option<&Label> {
        self.owners.last()
    }

    /// Their team, as was said when it was created.
    pub fn team(&self) -> Option<&Label> {
        self.team.get()
    }

    /// What people call it.
    pub fn name(&self) -> Option<&Label> {
        self.name.get()
    }

    /// The market segment; empty where none was said.
    pub fn segment(&self) -> &str {
        self.segment.get().map_or("", Label::as_str)
    }

    /// Why it was lost.
    pub fn lost_because(&self) -> Option<&Label> {
        match self.outcome.get() {
            Some(Outcome::Lost(reason)) => reason.as_ref(),
            _ => None,
        }
    }

    /// Which pipeline it is in.
    pub fn pipeline(&self) -> &str {
        self.pipeline.get().map_or("default", Label::as_str)
    }

    /// Which stage it is or was in; empty where none was said yet.
    pub fn stage(&self) -> &str {
        self.stages.last().map_or("", |step| step.stage.as_str())
    }

    /// How likely its seller says it is to be won, in basis points; none where the stage says it.
    pub fn said_bp(&self) -> Option<u16> {
        self.stages.last()?.said_bp
    }

    /// When it came into its stage.
    pub fn in_stage_since(&self) -> Option<Timestamp> {
        let (last, words) = (self.stage(), self.stages.iter().collect::<Vec<_>>());
        words.iter().rev().take_while(|(_, step)| step.stage.as_str() == last).last().map(|(at, _)| *at)
    }

    /// Whether it is open, won or lost.
    pub fn status(&self) -> Status {
        match self.outcome.get() {
            None => Status::Open,
            Some(Outcome::Won(..)) => Status::Won,
            Some(Outcome::Lost(_)) => Status::Lost,
        }
    }

    /// What it is worth, as far as is known: what it was won for, else the latest amount said.
    pub fn amount(&self) -> Option<Money> {
        match self.outcome.get() {
            Some(Outcome::Won(Some(amount), _)) => Some(*amount),
            _ => self.amounts.last().copied(),
        }
    }

    /// What it was worth at a time, as far as was said then.
    pub fn worth_at(&self, at: Timestamp) -> Option<Money> {
        self.amounts.as_of(at).copied()
    }

    /// Who gets which share of it, in basis points, of a won deal; whoever owned it then all of it unless said otherwise. An empty
    /// name where nobody did.
    pub fn shares(&self) -> Vec<(String, u16)> {
        match self.outcome.get() {
            Some(Outcome::Won(_, splits)) if !splits.is_empty() => {
                splits.iter().map(|split| (split.owner.as_str().to_owned(), split.share_bp.get())).collect()
            }
            _ => vec![(self.seller().map_or_else(String::new, |owner| owner.as_str().to_owned()), 10_000)],
        }
    }

    /// Who sold it: the owner when it was decided, whoever has it since.
    pub fn seller(&self) -> Option<&Label> {
        let then = self.outcome.at().and_then(|at| self.owners.as_of(at));
        then.or_else(|| self.owners.first()).filter(|_| self.outcome.at().is_some()).or_else(|| self.owners.last())
    }

    /// Its life from its creation until it was decided, as (when, stage, amount), each time one of them changed; nothing where it is
    /// not known to have been created. A deal that was decided before it was created was open for no time.
    pub fn life(&self) -> Vec<(Timestamp, Step, Option<Money>)> {
        let (Some(created_at), end) = (self.created_at.at(), self.outcome.at()) else { return Vec::new() };
        let is_within = |at: Timestamp| at > created_at && end.is_none_or(|end| at < end);
        let turns = self.stages.iter().map(|(at, _)| at).chain(self.amounts.iter().map(|(at, _)| at));
        let mut turns: Vec<Timestamp> = turns.filter(|at| is_within(*at)).collect();
        turns.push(created_at);
        turns.sort_unstable();
        turns.dedup();
        let first = || self.stages.first().cloned();
        let mut life: Vec<(Timestamp, Step, Option<Money>)> = Vec::with_capacity(turns.len());
        for at in turns {
            let Some(step) = self.stages.as_of(at).cloned().or_else(first) else { continue };
            let amount = self.amounts.as_of(at).copied();
            if life.last().is_none_or(|(_, own, worth)| (own, worth) != (&step, &amount)) {
                life.push((at, step, amount));
            }
        }
        life
    }

    /// The stages it was in while it was open, in order: going back to one is another visit. Of the same instant all are visited.
    pub fn visits(&self) -> Vec<(Timestamp, &Label)> {
        let (Some(created_at), end) = (self.created_at.at(), self.outcome.at()) else { return Vec::new() };
        let is_within = |at: Timestamp| at == created_at || (at > created_at && end.is_none_or(|end| at < end));
        let mut visits: Vec<(Timestamp, &Label)> = Vec::new();
        for (at, step) in self.stages.iter().filter(|(at, _)| is_within(*at)) {
            if visits.last().is_none_or(|(_, stage)| *stage != &step.stage) {
                visits.push((at, &step.stage));
            }
        }
        visits
    }
}
