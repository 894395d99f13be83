//! Who reached their quota: sellers, teams, and all together.

use super::share_bp;
use crate::money_by_currency::MoneyByCurrency;
use crate::revenue::counts::QuotaKey;
use crate::views::readings::weighted;
use crate::views::span::{self, Span};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use nexusflow_model::{Currency, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;

/// The topic `quota`.
pub const TOPIC: Topic = Topic {
    name: "quota",
    about: "Quotas whose period holds a day: what each seller, team and all together have to sell, have sold by the end of that day, and \
            at an even pace would have; what is open, and that weighted, against what remains for all together.",
    params: &[("on", "a day such as 2026-01-31; today unless said otherwise")],
    key: &["level", "name", "from", "to", "currency"],
    cols: &[
        "level",
        "name",
        "team",
        "from",
        "to",
        "quota",
        "attained",
        "deals",
        "attained_bp",
        "pace_bp",
        "open",
        "weighted",
        "coverage_bp",
        "currency",
    ],
    render,
};

/// Rows of a level that are shown at the most: those with the largest quotas.
const SHOWN_MAX: usize = 500;

/// The first and the last day of a period.
type Period = (i32, i32);

/// What is to be sold and what is sold.
#[derive(Default)]
struct Line {
    team: String,
    quota: MoneyByCurrency,
    attained: MoneyByCurrency,
    deals: i64,
}

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["on"])?;
    let (today, _) = scene.today();
    let on = span::day(params, "on")?.unwrap_or(today);
    let mut periods: BTreeMap<Period, Vec<(&QuotaKey, &MoneyByCurrency)>> = BTreeMap::new();
    for (_, rollup) in Span::until(on).rollups(scene) {
        for (key, amount) in &rollup.pipeline.quotas {
            let period = period(scene, key);
            if period.0 <= on && on <= period.1 {
                periods.entry(period).or_default().push((key, amount));
            }
        }
    }
    Ok(periods.into_iter().flat_map(|(period, quotas)| rows(scene, on, period, &quotas)).collect())
}

/// The days of a quota. Its end is exclusive.
fn period(scene: &Scene<'_>, key: &QuotaKey) -> Period {
    let day = |ms: i64| scene.business.business.time_zone.day_and_hour(Timestamp::EPOCH.plus_ms(ms)).0;
    (day(key.from_ms), day(key.until_ms.saturating_sub(1)))
}

fn rows(scene: &Scene<'_>, on: i32, period: Period, quotas: &[(&QuotaKey, &MoneyByCurrency)]) -> Vec<Row> {
    let team_of: BTreeMap<&str, &str> = quotas
        .iter()
        .map(|(key, _)| (key.subject.as_str(), key.team.as_str()))
        .filter(|(_, team)| !team.is_empty())
        .collect();
    let (mut sellers, mut teams) = (BTreeMap::<String, Line>::new(), BTreeMap::<String, Line>::new());
    let mut all = Line::default();
    let is_team = |name: &str| quotas.iter().any(|(key, _)| key.team == name);
    // A team has the quota that was set for it, or else those of its sellers together.
    let has_own = |team: &str| quotas.iter().any(|(key, _)| key.subject == team);
    for (key, amount) in quotas {
        if is_team(&key.subject) {
            add(&mut teams.entry(key.subject.clone()).or_default().quota, amount);
            add(&mut all.quota, amount);
            continue;
        }
        let line = sellers.entry(key.subject.clone()).or_default();
        line.team.clone_from(&key.team);
        add(&mut line.quota, amount);
        if !has_own(&key.team) {
            add(&mut all.quota, amount);
            if !key.team.is_empty() {
                add(&mut teams.entry(key.team.clone()).or_default().quota, amount);
            }
        }
    }
    for (_, rollup) in (Span { first: period.0, last: on.min(period.1) }).rollups(scene) {
        for ((owner, team), sum) in &rollup.pipeline.credit {
            let team = team_of.get(owner.as_str()).copied().unwrap_or(team.as_str());
            let lines = [sellers.get_mut(owner), teams.get_mut(team), Some(&mut all)];
            for line in lines.into_iter().flatten() {
                add(&mut line.attained, &sum.amount);
                line.deals += sum.count;
            }
        }
    }
    let mut rows = lines(scene, on, period, "organisation", BTreeMap::from([(String::new(), all)]));
    rows.extend(lines(scene, on, period, "team", teams));
    rows.extend(lines(scene, on, period, "seller", sellers));
    rows
}

fn add(sum: &mut MoneyByCurrency, other: &MoneyByCurrency) {
    nexusflow_engine::Merge::merge(sum, other);
}

fn lines(scene: &Scene<'_>, on: i32, period: Period, level: &str, lines: BTreeMap<String, Line>) -> Vec<Row> {
    let mut named: Vec<(String, Line)> = lines.into_iter().collect();
    let largest = |line: &Line| line.quota.iter().map(|(_, minor)| minor).max();
    named.sort_by_key(|(_, line)| std::cmp::Reverse(largest(line)));
    named.truncate(SHOWN_MAX);
    let row = |(name, line): &(String, Line)| -> Vec<Row> {
        let quotas: Vec<(Currency, i64)> = line.quota.iter().filter(|(_, minor)| *minor != 0).collect();
        quotas
            .into_iter()
            .map(|(currency, quota)| one(scene, on, period, (level, name), line, currency, quota))
            .collect()
    };
    named.iter().flat_map(row).collect()
}

fn one(
    scene: &Scene<'_>,
    on: i32,
    (first, last): Period,
    (level, name): (&str, &str),
    line: &Line,
    currency: Currency,
    quota: i64,
) -> Row {
    let attained = line.attained.get(currency);
    let remaining = quota - attained;
    let (open, worth) = if level == "organisation" { open(scene, on, currency) } else { (None, None) };
    // What is open covers what remains so many times; none where nothing remains.
    let coverage = open.filter(|_| remaining > 0).and_then(|open| share_bp(open, remaining));
    vec![
        level.into(),
        name.into(),
        Some(line.team.as_str()).filter(|team| !team.is_empty()).into(),
        crate::views::scene::date(first).into(),
        crate::views::scene::date(last).into(),
        quota.into(),
        attained.into(),
        line.deals.into(),
        json!(share_bp(attained, quota)),
        json!(share_bp(i64::from(on - first + 1), i64::from(last - first + 1))),
        json!(open),
        json!(worth),
        json!(coverage),
        currency.as_str().into(),
    ]
}

/// What is open at the end of a day, and that weighted with the probabilities of that day.
fn open(scene: &Scene<'_>, on: i32, currency: Currency) -> (Option<i64>, Option<i64>) {
    let (mut open, mut worth) = (0, 0);
    for (stage, sum) in span::standing(scene, Span::until(on)) {
        let configured = || Some(scene.business.stage(stage.pipeline.as_str(), stage.stage.as_str(), on)?.0);
        let minor = sum.amount.get(currency);
        open += minor;
        worth += weighted(minor, i64::from(stage.said_bp.or_else(configured).unwrap_or(0)));
    }
    (Some(open), Some(worth))
}
