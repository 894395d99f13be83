//! The numbers behind an indicator, as people say them.

/// Where an indicator's value comes from.
pub(super) fn why(key: &str, (part, whole): (i64, i64)) -> String {
    let stars = |milli: i64, most: i64| format!("{}.{} of {most}", milli / 1_000, milli % 1_000 / 100);
    match key {
        "order.recency" => format!("last order {}", ago(part)),
        "order.frequency" => format!("{} kept", many(part, "order", "orders")),
        "order.cancelled" => format!("{part} of {} kept", many(whole, "order", "orders")),
        "order.returned" => format!("{part} of {} not sent back", many(whole, "order", "orders")),
        "delivery.on_time" => format!("{part} of {} on time", many(whole, "delivery", "deliveries")),
        "delivery.failed" => format!("{part} of {} arrived", many(whole, "delivery", "deliveries")),
        "delivery.overdue" => format!("{} overdue now", many(part, "delivery", "deliveries")),
        "payment.failed" => format!("{part} of {} went through", many(whole, "payment", "payments")),
        "payment.overdue" => format!("{part} of {} overdue", many(whole, "invoice", "invoices")),
        "subscription.growth" if whole == 0 && part > 0 => "subscribed within the last 90 days".to_owned(),
        "subscription.growth" if part == 0 => "no subscription any more".to_owned(),
        "subscription.growth" => match (part - whole) * 100 / whole.max(1) {
            0 => "worth as much as 90 days ago".to_owned(),
            percent @ 1.. => format!("worth {percent} % more than 90 days ago"),
            percent => format!("worth {} % less than 90 days ago", -percent),
        },
        "tickets.open" => format!("{part} of {} open", many(whole, "ticket", "tickets")),
        "tickets.resolution" => format!("{} resolved, in {part} h on average", many(whole, "ticket", "tickets")),
        "tickets.reopened" => format!("{part} of {} did not come back", many(whole, "ticket", "tickets")),
        "tickets.sla" => format!("{part} of {} within the service level", many(whole, "ticket", "tickets")),
        "nps" => format!("answered {part} of {whole}"),
        "csat" => format!("{} on average, {}", stars(part, 5), many(whole, "answer", "answers")),
        "ces" => format!("{} on average, {}", stars(part, 7), many(whole, "answer", "answers")),
        "reviews" => format!("{} on average, {}", stars(part, 5), many(whole, "review", "reviews")),
        "sentiment" => format!("{} on average, {}", mood(part), many(whole, "text", "texts")),
        "engagement.recency" => format!("last heard from {}", ago(part)),
        "engagement.frequency" => format!("{part} of the last {whole} days"),
        "usage.recency" => format!("last used {}", ago(part)),
        "usage.frequency" => format!("used on {part} of the last {whole} days"),
        "usage.trend" => format!("{} of use in the last 28, {whole} in the 28 before", many(part, "day", "days")),
        "relationship.contact" => format!("last spoken with {}", ago(part)),
        "relationship.tenure" => format!("a customer for {}", many(part, "day", "days")),
        "relationship.owner" if part == 0 => "the same owner for a year".to_owned(),
        "relationship.owner" => format!("{} of the owner within a year", many(part, "change", "changes")),
        _ => format!("{part} of {whole}"),
    }
}

fn ago(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        _ => format!("{days} days ago"),
    }
}

/// "1 order", "2 orders".
fn many(n: i64, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

/// From -1 to +1, as sentiment stands everywhere else; with a true minus.
fn mood(milli: i64) -> String {
    let sign = match milli / 10 {
        0 => "",
        1.. => "+",
        _ => "−",
    };
    format!("{sign}{}.{:02}", milli.abs() / 1_000, milli.abs() % 1_000 / 10)
}

#[cfg(test)]
mod tests {
    use super::why;
    use crate::retention::health::indicators::INDICATORS;

    #[test]
    fn reasons_read_as_people_say_them() {
        assert_eq!(why("reviews", (3_000, 1)), "3.0 of 5 on average, 1 review");
        assert_eq!(why("sentiment", (-403, 3)), "−0.40 on average, 3 texts");
        assert_eq!(why("sentiment", (1_000, 1)), "+1.00 on average, 1 text");
        assert_eq!(why("sentiment", (-9, 2)), "0.00 on average, 2 texts");
        assert_eq!(why("delivery.on_time", (0, 1)), "0 of 1 delivery on time");
        assert_eq!(why("usage.recency", (1, 0)), "last used yesterday");
        assert_eq!(why("subscription.growth", (80, 100)), "worth 20 % less than 90 days ago");
    }

    #[test]
    fn every_indicator_has_words_of_its_own() {
        let plain = INDICATORS.iter().filter(|indicator| why(indicator.key, (3, 7)) == why("", (3, 7)));
        assert_eq!(plain.map(|indicator| indicator.key).collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
