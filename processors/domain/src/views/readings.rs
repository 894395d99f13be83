//! How each figure is read off a rollup: the list of figures.

use crate::money_by_currency::MoneyByCurrency;
use crate::revenue::opportunities::Status;
use crate::voice::satisfaction::rounded_ratio;
use crate::{Business, Rollup};
use nexusflow_model::Currency;

/// A figure as read off a rollup.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) value: Option<i64>,
    pub(crate) n: i64,
    pub(crate) parts: Vec<(String, i64)>,
}

/// How a figure is read.
pub(crate) enum Read {
    /// A number.
    Number(fn(&Rollup) -> Reading),
    /// Money as of a day, each currency for itself, and how many it is of.
    Money(fn(&Rollup, &Business, i32) -> (MoneyByCurrency, i64)),
}

/// A figure of the wall.
pub(crate) struct Figure {
    pub(crate) key: &'static str,
    pub(crate) unit: &'static str,
    /// Whether it says what is true now, whatever the period: it has no past to be compared with.
    pub(crate) is_now: bool,
    /// Whether its past can be told: who was active then is known only by who is still silent since.
    pub(crate) has_past: bool,
    pub(crate) read: Read,
}

const fn over(key: &'static str, unit: &'static str, read: fn(&Rollup) -> Reading) -> Figure {
    Figure { key, unit, is_now: false, has_past: true, read: Read::Number(read) }
}

const fn now(key: &'static str, unit: &'static str, read: fn(&Rollup) -> Reading) -> Figure {
    Figure { key, unit, is_now: true, has_past: false, read: Read::Number(read) }
}

const fn money(key: &'static str, is_now: bool, read: fn(&Rollup, &Business, i32) -> (MoneyByCurrency, i64)) -> Figure {
    Figure { key, unit: "money", is_now, has_past: !is_now, read: Read::Money(read) }
}

/// The list of figures, in the order of the wall.
pub(crate) const FIGURES: &[Figure] = &[
    over("orders", "count", |r| {
        let parts = r.commerce.by_status.iter().map(|(status, n)| (status.clone(), *n)).collect();
        Reading { value: Some(r.commerce.orders), n: r.commerce.orders, parts }
    }),
    money("order_value", false, |r, _, _| (r.commerce.order_value.clone(), r.commerce.orders)),
    money("freight", false, |r, _, _| (r.commerce.freight.clone(), r.commerce.orders)),
    money("revenue", false, |r, _, _| (r.commerce.revenue.clone(), r.commerce.payments)),
    over("on_time_share", "bp", |r| {
        let d = &r.delivery;
        let on_time = rounded_ratio((d.promised - d.late) * 10_000, d.promised);
        Reading {
            value: on_time,
            n: d.promised,
            parts: parts(&[("delivered", d.delivered), ("late", d.late), ("failed", d.failed)]),
        }
    }),
    over("lead_time_median", "ms", |r| {
        let minutes = &r.delivery.lead_time_min;
        Reading { value: minutes.quantile(5_000).map(|m| m * 60_000), n: minutes.count(), parts: Vec::new() }
    }),
    now("overdue_deliveries", "count", |r| Reading {
        value: Some(r.delivery.overdue),
        n: r.delivery.under_way,
        parts: Vec::new(),
    }),
    now("open_tickets", "count", |r| {
        let total = r.tickets.total();
        let parts =
            r.tickets.by_priority.iter().filter(|(_, c)| c.open != 0).map(|(p, c)| (p.clone(), c.open)).collect();
        Reading { value: Some(total.open), n: total.opened, parts }
    }),
    over("tickets_opened", "count", |r| count(r.tickets.total().opened)),
    over("tickets_resolved", "count", |r| {
        let total = r.tickets.total();
        Reading { parts: parts(&[("closed", total.closed)]), ..count(total.resolved) }
    }),
    over("first_reply_median", "ms", |r| {
        let seconds = r.tickets.total().first_reply_s;
        Reading { value: seconds.quantile(5_000).map(|s| s * 1_000), n: seconds.count(), parts: Vec::new() }
    }),
    over("resolution_median", "ms", |r| {
        let seconds = r.tickets.total().resolution_s;
        Reading { value: seconds.quantile(5_000).map(|s| s * 1_000), n: seconds.count(), parts: Vec::new() }
    }),
    over("sla_missed_share", "bp", |r| {
        let total = r.tickets.total();
        let missed = rounded_ratio(total.sla_missed * 10_000, total.sla_known);
        Reading { value: missed, n: total.sla_known, parts: parts(&[("missed", total.sla_missed)]) }
    }),
    over("nps", "nps", |r| {
        let (promoters, passives, detractors) = r.satisfaction.nps_parts();
        let parts = parts(&[("promoters", promoters), ("passives", passives), ("detractors", detractors)]);
        Reading { value: r.satisfaction.nps_tenths(), n: promoters + passives + detractors, parts }
    }),
    over("csat", "milli", |r| Reading {
        value: r.satisfaction.csat.milli(),
        n: r.satisfaction.csat.n,
        parts: Vec::new(),
    }),
    over("ces", "milli", |r| Reading { value: r.satisfaction.ces.milli(), n: r.satisfaction.ces.n, parts: Vec::new() }),
    over("review_score", "milli", |r| {
        let parts = r.satisfaction.stars.iter().enumerate().map(|(at, n)| (format!("s{}", at + 1), *n)).collect();
        Reading { value: r.satisfaction.reviews.milli(), n: r.satisfaction.reviews.n, parts }
    }),
    over("sentiment", "milli", |r| {
        let s = &r.sentiment;
        let parts =
            [("negative", s.negative), ("neutral", s.neutral), ("positive", s.positive), ("unknown", s.unknown)];
        Reading { value: s.mean.milli(), n: s.mean.n, parts: self::parts(&parts) }
    }),
    money("pipeline_open", true, |r, _, _| open_pipeline(r, |_, _, _| 10_000)),
    money("pipeline_weighted", true, |r, business, day| {
        open_pipeline(r, |pipeline, stage, said_bp| {
            i64::from(said_bp.or_else(|| Some(business.stage(pipeline, stage, day)?.0)).unwrap_or(0))
        })
    }),
    money("won_value", false, |r, _, _| (r.deals.won_value.clone(), r.deals.won)),
    over("win_rate", "bp", |r| {
        let (won, lost) = (r.deals.won, r.deals.lost);
        let rate = rounded_ratio(won * 10_000, won + lost);
        Reading {
            value: rate,
            n: won + lost,
            parts: parts(&[("won", won), ("lost", lost), ("created", r.deals.created)]),
        }
    }),
    now("health_mean", "milli", |r| {
        let scored = r.health.scored();
        let parts = parts(&[("unknown", r.health.unknown)]);
        Reading { value: rounded_ratio(r.health.sum_milli, scored), n: scored, parts }
    }),
    now("customers", "count", |r| count(r.customers.known)),
    Figure { has_past: false, ..over("active_customers", "count", |r| count(r.customers.last_heard)) },
];

fn count(n: i64) -> Reading {
    Reading { value: Some(n), n, parts: Vec::new() }
}

fn parts(parts: &[(&str, i64)]) -> Vec<(String, i64)> {
    parts.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect()
}

/// The open deals, each stage's amount times its probability in basis points, rounded a stage. What a seller says of a deal goes
/// before what its stage says.
fn open_pipeline(rollup: &Rollup, probability_bp: impl Fn(&str, &str, Option<u16>) -> i64) -> (MoneyByCurrency, i64) {
    let (mut sum, mut n) = (MoneyByCurrency::default(), 0);
    for ((pipeline, status, stage, said_bp), counts) in &rollup.deals.by_stage {
        if *status == Status::Open {
            n += counts.count;
            for (currency, minor) in counts.amount.iter() {
                sum.add_minor(currency, weighted(minor, probability_bp(pipeline, stage, *said_bp)));
            }
        }
    }
    (sum, n)
}

/// `minor` times a probability, rounded to the nearest.
pub(crate) fn weighted(minor: i64, probability_bp: i64) -> i64 {
    let product = i128::from(minor) * i128::from(probability_bp);
    ((product + product.signum() * 5_000) / 10_000) as i64
}

/// The currencies to show of `sums`: the business's own first, whether met or not.
pub(crate) fn currencies<'a>(own: Currency, sums: impl Iterator<Item = &'a MoneyByCurrency>) -> Vec<Currency> {
    let mut met: Vec<Currency> = sums.flat_map(MoneyByCurrency::iter).map(|(currency, _)| currency).collect();
    met.retain(|currency| *currency != own);
    met.sort_unstable();
    met.dedup();
    met.insert(0, own);
    met
}
