//! Sales that are known to be what they are.

use super::{Forecaster, Sales, Way};
use crate::Rollup;
use crate::revenue::counts::{Stay, StayCounts};
use crate::revenue::stages::day_of;
use nexusflow_learn::figures::Chance;
use nexusflow_model::{Currency, Label, Money};
use std::collections::BTreeMap;

fn euro() -> Currency {
    "EUR".parse().unwrap()
}

fn day(text: &str) -> i32 {
    day_of(text.parse().unwrap())
}

/// Days from one on, with what `won` says of each, in minor units.
fn days(first: i32, last: i32, mut won: impl FnMut(i32) -> i64) -> BTreeMap<i32, Rollup> {
    let rollup = |day: i32| {
        let mut rollup = Rollup::default();
        rollup.deals.won_value.add(Money::from_minor(won(day), euro()).unwrap(), 1);
        (day, rollup)
    };
    (first..=last).map(rollup).collect()
}

fn sales(days: &BTreeMap<i32, Rollup>) -> Sales {
    Sales::of(days.iter().map(|(day, rollup)| (*day, rollup)), euro())
}

/// Three deals a day or so, of a thousand or so, half as many in the first month of a quarter.
fn of_chance(seed: u64) -> BTreeMap<i32, Rollup> {
    let mut chance = Chance::new(seed);
    days(day("2024-01-01"), day("2025-12-31"), |day| {
        let month = crate::revenue::stages::date_of(day).month();
        let deals = if (month - 1) % 3 == 0 { 12 } else { 24 };
        (0..deals).map(|_| if chance.below(8) == 0 { 50_000 + chance.below(100_000) as i64 } else { 0 }).sum()
    })
}

#[test]
fn nothing_is_claimed_before_every_month_of_a_quarter_was_seen() {
    let days = days(day("2026-01-01"), day("2026-06-30"), |_| 100);
    let sales = sales(&days);
    let mut forecaster = Forecaster::new(&sales);
    let early = forecaster.forecast(day("2026-02-28"), day("2026-03-01"), day("2026-03-31"));
    assert!(early.is_early() && (early.value - 3_100.0).abs() < 1e-6, "{early:?}");
    let later = forecaster.forecast(day("2026-03-31"), day("2026-04-01"), day("2026-04-30"));
    assert!(!later.is_early() && (later.value - 3_000.0).abs() < 1.0, "{later:?}");
}

#[test]
fn what_is_over_is_what_it_was_and_nothing_at_all_gives_nothing() {
    let days = days(day("2026-01-01"), day("2026-06-30"), |_| 100);
    let known = sales(&days);
    let over = Forecaster::new(&known).forecast(day("2026-06-30"), day("2026-05-01"), day("2026-05-31"));
    assert_eq!((over.value, over.interval), (3_100.0, Some((3_100.0, 3_100.0))));
    let none = Forecaster::new(&Sales::default()).forecast(day("2026-06-30"), day("2026-07-01"), day("2026-07-31"));
    assert!(none.is_early() && none.value == 0.0, "{none:?}");
}

/// Nothing after the origin changes a forecast.
#[test]
fn a_forecast_sees_nothing_of_what_comes() {
    let all = of_chance(3);
    let origin = day("2025-03-31");
    let until: BTreeMap<i32, Rollup> = all.range(..=origin).map(|(day, rollup)| (*day, rollup.clone())).collect();
    let said = |days: &BTreeMap<i32, Rollup>| {
        Forecaster::new(&sales(days)).forecast(origin, day("2025-04-01"), day("2025-06-30"))
    };
    assert_eq!(said(&all), said(&until));
}

#[test]
fn a_season_is_learned_and_the_interval_holds_four_of_five() {
    let (mut within, mut all, mut off) = (0, 0, 0.0);
    for seed in 0..12 {
        let sales = sales(&of_chance(seed));
        let mut forecaster = Forecaster::new(&sales);
        for (origin, last) in [
            ("2025-03-31", "2025-04-30"),
            ("2025-06-30", "2025-07-31"),
            ("2025-08-15", "2025-08-31"),
            ("2025-07-31", "2025-09-30"),
        ] {
            let (origin, last) = (day(origin), day(last));
            let forecast = forecaster.forecast(origin, origin + 1, last);
            let (low, high) = forecast.interval.unwrap();
            let actual = sales.won(origin + 1, last);
            within += i32::from((low..=high).contains(&actual));
            off += (forecast.value / actual - 1.0).abs();
            all += 1;
        }
    }
    let share = f64::from(within) / f64::from(all);
    // 48 forecasts: four standard deviations of a share of .8 are .23.
    assert!((0.6..=0.97).contains(&share), "{share}");
    // A month of 45 to 90 deals scatters by 11 to 16 %: no forecast could be nearer than about 10 % on average.
    assert!(off / f64::from(all) < 0.16, "{}", off / f64::from(all));
}

#[test]
fn open_deals_count_as_others_of_their_stage_and_age_did() {
    // Each day ten deals of 100 come; half of them are won after 20 days, the others are lost after 10.
    let (first, last) = (day("2025-01-01"), day("2025-12-31"));
    let mut days = days(first, last, |day| if day - first >= 20 { 500 } else { 0 });
    let label = |text: &str| Label::new(text).unwrap();
    for (day, rollup) in &mut days {
        for (is_won, after) in [(true, 20), (false, 10)] {
            let closed_d = (day + after <= last).then_some(after as u16);
            let stay = Stay {
                pipeline: label("p"),
                stage: label("s"),
                is_first: true,
                left_d: closed_d,
                closed_d,
                is_won: is_won && closed_d.is_some(),
            };
            let mut counts = StayCounts { count: 5, ..StayCounts::default() };
            counts.came.add(Money::from_minor(500, euro()).unwrap(), 1);
            if stay.is_won {
                counts.won.add(Money::from_minor(500, euro()).unwrap(), 1);
            }
            nexusflow_engine::Merge::merge(rollup.pipeline.stays.entry(stay).or_default(), &counts);
        }
    }
    let sales = sales(&days);
    let forecast = Forecaster::new(&sales).forecast(last, last + 1, last + 30);
    let (_, pipeline, weight) = forecast.ways.iter().find(|(way, ..)| *way == Way::Pipeline).unwrap();
    assert!((pipeline / 15_000.0 - 1.0).abs() < 0.02, "{pipeline}");
    assert!(*weight > 0.0 && *weight < 0.5, "{weight}");
}
