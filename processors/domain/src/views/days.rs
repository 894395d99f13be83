//! Day by day.

use crate::Rollup;
use crate::views::scene::date;
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};

/// The topic `days`.
pub const TOPIC: Topic = Topic {
    name: "days",
    about: "The last business days, a row each.",
    params: &[("days", "how many, 1 to 366; 30 unless said otherwise")],
    key: &["day"],
    cols: &[
        "day",
        "orders",
        "revenue",
        "delivered",
        "late",
        "tickets_opened",
        "tickets_resolved",
        "nps_promoters",
        "nps_detractors",
        "nps_answers",
        "review_sum_milli",
        "reviews",
        "sentiment_sum_milli",
        "sentiments",
        "won_value",
    ],
    render,
};

/// How many days are asked for, where nothing else may be.
pub(super) fn asked_days(params: &Params) -> Result<i32, String> {
    table::only(params, &["days"])?;
    match params.get("days").map(|days| days.parse()) {
        None => Ok(30),
        Some(Ok(days @ 1..=366)) => Ok(days),
        Some(_) => Err("days is a number from 1 to 366".into()),
    }
}

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    let days = asked_days(params)?;
    let (today, _) = scene.today();
    let nothing = Rollup::default();
    let row = |day: i32| -> Row {
        let rollup = scene.merged.pane(nexusflow_engine::Pane::Day(day)).unwrap_or(&nothing);
        let (tickets, (promoters, passives, detractors)) = (rollup.tickets.total(), rollup.satisfaction.nps_parts());
        let own = scene.business.business.currency;
        let numbers = [
            rollup.commerce.orders,
            rollup.commerce.revenue.get(own),
            rollup.delivery.delivered,
            rollup.delivery.late,
            tickets.opened,
            tickets.resolved,
            promoters,
            detractors,
            promoters + passives + detractors,
            rollup.satisfaction.reviews.sum_milli,
            rollup.satisfaction.reviews.n,
            rollup.sentiment.mean.sum_milli,
            rollup.sentiment.mean.n,
            rollup.deals.won_value.get(own),
        ];
        std::iter::once(date(day).into()).chain(numbers.into_iter().map(Into::into)).collect()
    };
    Ok((today - days + 1..=today).map(row).collect())
}
