//! What a deal adds to the days: a list of facts, made of the deal alone. When the deal changes, facts that hold no longer are taken
//! back and new ones added; the others stay uncounted twice.

use crate::Fold;
use crate::config::Zone;
use crate::revenue::counts::{Movement, Path, PipelineCounts, StageAt, Stay, count_under};
use crate::revenue::deal::{Deal, Status};
use nexusflow_model::{Label, Money, Timestamp};

/// Something that a deal says of a day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fact {
    /// So many more or fewer deals are open in a stage, with their worth.
    Standing(StageAt, i64, Option<Money>),
    /// The open deals of a pipeline became more or less.
    Moved(Label, Movement, i64, Option<Money>),
    /// A deal went this way.
    Went(Path),
    /// So many more or fewer deals of a segment are open, with their worth.
    Open(Cell, i64, Option<Money>),
    /// A deal of a segment was created, and this has become of it, with so many pushes.
    Created(Cell, Status, i64),
    /// A deal of a segment was decided.
    Decided(Cell, Decided),
    /// Somebody of a team is credited with so much of a won deal.
    Credited((String, String), Money),
    /// A deal came into a stage, worth so much, and was won for so much.
    Stayed(Stay, Option<Money>, Option<Money>),
}

/// Pipeline and segment.
type Cell = (Label, String);

/// How a deal was decided.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decided {
    is_won: bool,
    amount: Option<Money>,
    cycle_s: Option<i64>,
    slip_h: Option<i64>,
}

/// The pipeline of deals that don't say theirs.
fn default_pipeline() -> Option<Label> {
    Label::new("default").ok()
}

/// Counts the difference between a deal as it was and as it is.
pub(crate) fn recount(context: &mut Fold<'_>, before: &Deal, after: &Deal) {
    let zone = &context.config.business.time_zone;
    let (mut old, mut new) = (of(before, zone), of(after, zone));
    old.retain(|fact| match new.iter().position(|own| own == fact) {
        Some(at) => {
            new.swap_remove(at);
            false
        }
        None => true,
    });
    for (at, fact) in &old {
        context.count_day(*at, |rollup| fact.count(&mut rollup.pipeline, -1));
    }
    for (at, fact) in &new {
        context.count_day(*at, |rollup| fact.count(&mut rollup.pipeline, 1));
    }
}

/// All facts of a deal, each with the time whose day it belongs to.
pub(crate) fn of(deal: &Deal, zone: &Zone) -> Vec<(Timestamp, Fact)> {
    let mut facts = Vec::new();
    let Some(pipeline) = Label::new(deal.pipeline()).ok().or_else(default_pipeline) else { return facts };
    let cell = (pipeline.clone(), deal.segment().to_owned());
    life(&mut facts, deal, &pipeline, &cell);
    if let Some(created_at) = deal.created_at() {
        let visits = deal.visits();
        let stages = visits.iter().map(|(_, stage)| (*stage).clone()).collect();
        facts.push((created_at, Fact::Went(Path { pipeline: pipeline.clone(), stages, status: deal.status() })));
        facts.push((created_at, Fact::Created(cell.clone(), deal.status(), i64::from(deal.pushes()))));
        stays(&mut facts, deal, &pipeline, &visits, zone);
    }
    if let Some(closed_at) = deal.closed_at() {
        let is_won = deal.status() == Status::Won;
        let cycle_s = deal.created_at().filter(|_| is_won).map(|at| (closed_at.ms_since(at) / 1_000).max(0));
        let slip_h = deal.first_expected_at().map(|at| closed_at.ms_since(at).div_euclid(3_600_000));
        facts.push((closed_at, Fact::Decided(cell, Decided { is_won, amount: deal.amount(), cycle_s, slip_h })));
        if let Some(amount) = deal.amount().filter(|_| is_won) {
            credit(&mut facts, deal, closed_at, amount);
        }
    }
    facts
}

/// What stood open, and what moved it: opening + created + increased - decreased - won - lost = closing, of any days.
fn life(facts: &mut Vec<(Timestamp, Fact)>, deal: &Deal, pipeline: &Label, cell: &Cell) {
    let mut stood: Option<(StageAt, Option<Money>)> = None;
    for (at, step, amount) in deal.life() {
        let stage = StageAt { pipeline: pipeline.clone(), stage: step.stage, said_bp: step.said_bp };
        match &stood {
            None => {
                facts.push((at, Fact::Moved(pipeline.clone(), Movement::Created, 1, amount)));
                facts.push((at, Fact::Open(cell.clone(), 1, amount)));
            }
            Some((left, before)) => {
                facts.push((at, Fact::Standing(left.clone(), -1, before.map(negative))));
                if *before != amount {
                    revalued(facts, at, pipeline, *before, amount);
                    facts.push((at, Fact::Open(cell.clone(), -1, before.map(negative))));
                    facts.push((at, Fact::Open(cell.clone(), 1, amount)));
                }
            }
        }
        facts.push((at, Fact::Standing(stage.clone(), 1, amount)));
        stood = Some((stage, amount));
    }
    let (Some((stage, before)), Some(created_at), Some(closed_at)) = (stood, deal.created_at(), deal.closed_at())
    else {
        return;
    };
    let (at, amount) = (closed_at.max(created_at), deal.amount());
    revalued(facts, at, pipeline, before, amount);
    let how = if deal.status() == Status::Won { Movement::Won } else { Movement::Lost };
    facts.push((at, Fact::Moved(pipeline.clone(), how, 1, amount)));
    facts.push((at, Fact::Standing(stage, -1, before.map(negative))));
    facts.push((at, Fact::Open(cell.clone(), -1, before.map(negative))));
}

/// A deal became worth more or less. Of two currencies the one grows by all of it and the other shrinks.
fn revalued(
    facts: &mut Vec<(Timestamp, Fact)>,
    at: Timestamp,
    pipeline: &Label,
    before: Option<Money>,
    after: Option<Money>,
) {
    let mut by = |currency, minor: i64| {
        let movement = if minor > 0 { Movement::Increased } else { Movement::Decreased };
        let Ok(amount) = Money::from_minor(minor.abs(), currency) else { return };
        if minor != 0 {
            facts.push((at, Fact::Moved(pipeline.clone(), movement, 1, Some(amount))));
        }
    };
    match (before, after) {
        (Some(before), Some(after)) if before.currency == after.currency => {
            by(after.currency, after.minor - before.minor);
        }
        _ => {
            before.into_iter().for_each(|before| by(before.currency, -before.minor));
            after.into_iter().for_each(|after| by(after.currency, after.minor));
        }
    }
}

fn negative(amount: Money) -> Money {
    Money { minor: -amount.minor, ..amount }
}

/// The stays of a deal in its stages.
fn stays(
    facts: &mut Vec<(Timestamp, Fact)>,
    deal: &Deal,
    pipeline: &Label,
    visits: &[(Timestamp, &Label)],
    zone: &Zone,
) {
    let end = deal.closed_at();
    let is_won = deal.status() == Status::Won;
    for (place, (came_at, stage)) in visits.iter().enumerate() {
        let days = |at: Timestamp| {
            let days = zone.day_and_hour(at).0.saturating_sub(zone.day_and_hour(*came_at).0);
            u16::try_from(days.max(0)).unwrap_or(u16::MAX)
        };
        let left_at = visits.get(place + 1).map(|(at, _)| *at).or(end);
        let stay = Stay {
            pipeline: pipeline.clone(),
            stage: (*stage).clone(),
            is_first: place == 0,
            left_d: left_at.map(days),
            closed_d: end.map(days),
            is_won,
        };
        let came = deal.worth_at(*came_at);
        facts.push((*came_at, Fact::Stayed(stay, came, deal.amount().filter(|_| is_won))));
    }
}

/// Who is credited with which part of `amount`. Each share is rounded down where the ones before it together are, so that they make
/// the amount exactly.
fn credit(facts: &mut Vec<(Timestamp, Fact)>, deal: &Deal, at: Timestamp, amount: Money) {
    let seller = deal.seller().map_or("", Label::as_str);
    let until = |share_bp: i64| (i128::from(amount.minor) * i128::from(share_bp)).div_euclid(10_000) as i64;
    let mut share_bp = 0;
    for (owner, own_bp) in deal.shares() {
        let before = until(share_bp);
        share_bp += i64::from(own_bp);
        // The team stands in the deal beside its owner; of the others it is known by their quota, if at all.
        let team = if owner == seller { deal.team().map_or("", Label::as_str) } else { "" };
        let Ok(part) = Money::from_minor(until(share_bp) - before, amount.currency) else { continue };
        facts.push((at, Fact::Credited((owner, team.to_owned()), part)));
    }
}

impl Fact {
    fn count(&self, counts: &mut PipelineCounts, times: i64) {
        let add = |sum: &mut crate::revenue::counts::Sum, count: i64, amount: Option<Money>| {
            sum.count += count * times;
            if let Some(amount) = amount {
                sum.amount.add(amount, times);
            }
        };
        match self {
            Self::Standing(stage, count, amount) => {
                count_under(&mut counts.standing, stage, |sum| add(sum, *count, *amount));
            }
            Self::Moved(pipeline, movement, count, amount) => {
                count_under(&mut counts.bridge, &(pipeline.clone(), *movement), |sum| add(sum, *count, *amount));
            }
            Self::Went(path) => count_under(&mut counts.paths, path, |count| *count += times),
            Self::Open(cell, count, amount) => {
                count_under(&mut counts.segments, cell, |own| add(&mut own.open, *count, *amount));
            }
            Self::Created(cell, status, pushes) => count_under(&mut counts.segments, cell, |own| {
                own.created += times;
                own.created_won += i64::from(*status == Status::Won) * times;
                own.created_lost += i64::from(*status == Status::Lost) * times;
                own.created_pushed += i64::from(*pushes > 0) * times;
                own.pushes += pushes * times;
            }),
            Self::Decided(cell, decided) => count_under(&mut counts.segments, cell, |own| {
                add(if decided.is_won { &mut own.won } else { &mut own.lost }, 1, decided.amount);
                if let Some(seconds) = decided.cycle_s {
                    own.cycle_s.add(seconds, times);
                    own.cycle_sum_s += seconds * times;
                    own.cycles += times;
                }
                if let Some(hours) = decided.slip_h {
                    own.slip_known += times;
                    own.slipped += i64::from(hours > 0) * times;
                    own.slip_h += hours.max(0) * times;
                }
            }),
            Self::Credited(who, amount) => count_under(&mut counts.credit, who, |sum| add(sum, 1, Some(*amount))),
            Self::Stayed(stay, came, won) => count_under(&mut counts.stays, stay, |own| {
                own.count += times;
                came.iter().for_each(|amount| own.came.add(*amount, times));
                won.iter().for_each(|amount| own.won.add(*amount, times));
            }),
        }
    }
}
