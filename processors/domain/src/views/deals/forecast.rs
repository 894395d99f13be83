//! What will be won this month and quarter, and the next.

use crate::revenue::forecast::{Forecast, Forecaster, Sales};
use crate::revenue::stages::{date_of, day_of};
use crate::views::scene::date;
use crate::views::span::{self, Span};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use jiff::ToSpan;
use jiff::civil::Date;
use nexusflow_model::Currency;
use serde_json::{Value, json};

/// The topic `forecast`.
pub const TOPIC: Topic = Topic {
    name: "forecast",
    about: "What will have been won by the end of this month and quarter and the next ones, as known at the end of a day: with the \
            interval that holds 80 %, how wrong earlier forecasts were, and each way to forecast with its weight.",
    params: &[("on", "a day such as 2026-01-31: as known when it ended; yesterday unless said otherwise")],
    key: &["period", "currency"],
    cols: &[
        "period", "from", "to", "so_far", "value", "low", "high", "is_early", "bias_bp", "error_bp", "origins", "ways",
        "fan", "won", "currency",
    ],
    render,
};

/// Currencies that are forecast: those in which most was won lately.
const CURRENCIES_MAX: usize = 3;

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["on"])?;
    let (today, _) = scene.today();
    // Today is not over: what it brings is yet to be known.
    let on = span::day(params, "on")?.unwrap_or(today - 1);
    let mut rows = Vec::new();
    for currency in currencies(scene, on) {
        let sales = Sales::of(Span::until(on).rollups(scene), currency);
        let mut forecaster = Forecaster::new(&sales);
        for (name, first, last) in periods(on + 1) {
            let forecast = forecaster.forecast(on, first, last);
            rows.push(row(name, (first, last), &forecast, won(&sales, on, first, last), currency));
        }
    }
    Ok(rows)
}

/// The business's own currency first, and others in which something was won in the last year.
fn currencies(scene: &Scene<'_>, on: i32) -> Vec<Currency> {
    let mut won = crate::money_by_currency::MoneyByCurrency::default();
    for (_, rollup) in (Span { first: on.saturating_sub(364), last: on }).rollups(scene) {
        nexusflow_engine::Merge::merge(&mut won, &rollup.deals.won_value);
    }
    let mut met: Vec<(Currency, i64)> = won.iter().filter(|(_, minor)| *minor > 0).collect();
    met.sort_by_key(|(currency, minor)| (*currency != scene.business.business.currency, std::cmp::Reverse(*minor)));
    met.truncate(CURRENCIES_MAX);
    met.into_iter().map(|(currency, _)| currency).collect()
}

/// The month and the quarter of a day, and the ones after them.
fn periods(day: i32) -> [(&'static str, i32, i32); 4] {
    let date = date_of(day);
    let month = date.first_of_month();
    let quarter = month.checked_sub(i32::from((month.month() - 1) % 3).months()).unwrap_or(month);
    let after = |date: Date, months: i32| day_of(date.checked_add(months.months()).unwrap_or(date));
    [
        ("this_month", day_of(month), after(month, 1) - 1),
        ("next_month", after(month, 1), after(month, 2) - 1),
        ("this_quarter", day_of(quarter), after(quarter, 3) - 1),
        ("next_quarter", after(quarter, 3), after(quarter, 6) - 1),
    ]
}

/// What was won of a period so far, summed up week by week: (day, sum).
fn won(sales: &Sales, on: i32, first: i32, last: i32) -> Value {
    let ends = (first..=last.min(on)).filter(|day| (day - first) % 7 == 6 || *day == last.min(on));
    ends.map(|day| json!([date(day), sales.won(first, day).round() as i64])).collect()
}

fn row(name: &str, (first, last): (i32, i32), forecast: &Forecast, won: Value, currency: Currency) -> Row {
    let minor = |amount: f64| amount.round() as i64;
    let bp = |share: Option<f64>| json!(share.map(|share| (share * 10_000.0).round() as i64));
    let ways: Vec<Value> = forecast
        .ways
        .iter()
        .map(|(way, sum, weight)| json!({"way": way.as_str(), "value": minor(*sum), "weight_bp": (weight * 10_000.0).round() as i64}))
        .collect();
    let fan: Vec<Value> = forecast
        .fan
        .iter()
        .map(|(day, low, value, high)| json!([date(*day), minor(*low), minor(*value), minor(*high)]))
        .collect();
    vec![
        name.into(),
        date(first).into(),
        date(last).into(),
        minor(forecast.so_far).into(),
        minor(forecast.value).into(),
        json!(forecast.interval.map(|(low, _)| minor(low))),
        json!(forecast.interval.map(|(_, high)| minor(high))),
        forecast.is_early().into(),
        bp(forecast.bias),
        bp(forecast.error),
        forecast.origins.into(),
        ways.into(),
        fan.into(),
        won,
        currency.as_str().into(),
    ]
}
