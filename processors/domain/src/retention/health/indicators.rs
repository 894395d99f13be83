//! The list of indicators: what each reads off a profile, and what it is worth unless the business says otherwise.

// tidy: long because it is one list

use crate::Profile;
use crate::retention::days::{OwnDays, age};
use crate::voice::satisfaction::rounded_ratio;
use nexusflow_model::{Currency, Kind, Timestamp};

/// How many indicators there are.
pub const COUNT: usize = 27;

/// Days over which activity is counted, and compared with as many before.
const WINDOW: u32 = 28;
/// Days over which what subscriptions are worth is compared.
const GROWTH_DAYS: i32 = 90;
/// Days for which a change of the owner is felt.
const OWNER_DAYS: i32 = 365;
const HOUR_MS: i64 = 3_600_000;

/// An indicator of health.
#[derive(Clone, Copy)]
pub struct Indicator {
    /// Its name, such as `delivery.on_time`; in the configuration with an underscore.
    pub key: &'static str,
    /// What its number is, with its unit.
    pub number: &'static str,
    /// What it weighs unless the business says otherwise.
    pub weight: u16,
    /// What its number is worth unless the business says otherwise.
    pub curve: &'static [(i64, i64)],
    /// For how many days what was said counts, unless the business says otherwise; none for what is always true now.
    pub valid_days: Option<u16>,
    /// Whether time alone may change what it reads.
    pub(crate) ages: bool,
    /// The events it is made of.
    pub kinds: &'static [Kind],
    /// What it reads off a profile; none where nothing is known.
    pub(crate) read: fn(&Profile, &Now) -> Option<Reading>,
}

/// When, and for whom, an indicator is read.
pub(crate) struct Now {
    pub(crate) own: OwnDays,
    /// The customer's own day.
    pub(crate) today: i32,
    /// The business's currency.
    pub(crate) currency: Currency,
}

/// What an indicator reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// What the curve is asked for; none while nothing can be told, though time may change that.
    pub(crate) number: Option<i64>,
    /// The numbers behind it, for people.
    pub(crate) of: (i64, i64),
    /// The customer's own day on which it was said, where it was.
    pub(crate) said_on: Option<i32>,
    /// The first day on which the number changes by time alone.
    pub(crate) changes_on: Option<i32>,
    /// The customer's own day since when it is counted, where it is an age.
    pub(crate) aged_from: Option<i32>,
}

fn is(number: i64, of: (i64, i64)) -> Reading {
    Reading { number: Some(number), of, ..Reading::default() }
}

/// A share, in thousandths.
fn share(part: i64, whole: i64) -> Option<Reading> {
    rounded_ratio(part * 1_000, whole).map(|milli| is(milli.clamp(0, 1_000), (part, whole)))
}

/// Days since `day`.
fn since(now: &Now, day: i32) -> Reading {
    let days = i64::from(age(now.today, day));
    Reading { aged_from: Some(day), ..is(days, (i64::from((now.today - day).max(0)), 0)) }
}

/// What was said last at `at`.
fn said(now: &Now, at: Option<Timestamp>, reading: Reading) -> Reading {
    Reading { said_on: at.map(|at| now.own.day(at)), ..reading }
}

const fn row(
    key: &'static str,
    number: &'static str,
    weight: u16,
    curve: &'static [(i64, i64)],
    kinds: &'static [Kind],
    read: fn(&Profile, &Now) -> Option<Reading>,
) -> Indicator {
    Indicator { key, number, weight, curve, valid_days: None, ages: false, kinds, read }
}

const fn fading(valid_days: u16, row: Indicator) -> Indicator {
    Indicator { valid_days: Some(valid_days), ..ageing(row) }
}

const fn ageing(row: Indicator) -> Indicator {
    Indicator { ages: true, ..row }
}

const ORDERS: &[Kind] = &[
    Kind::OrderPlaced,
    Kind::OrderChanged,
    Kind::OrderCancelled,
    Kind::DeliveryShipped,
    Kind::DeliveryDelivered,
    Kind::OrderReturned,
];
const DELIVERIES: &[Kind] =
    &[Kind::OrderPlaced, Kind::DeliveryPromised, Kind::DeliveryShipped, Kind::DeliveryDelivered, Kind::DeliveryFailed];
const BILLS: &[Kind] =
    &[Kind::InvoiceIssued, Kind::InvoiceOverdue, Kind::InvoiceCredited, Kind::PaymentReceived, Kind::PaymentReversed];
const SUBSCRIPTIONS: &[Kind] = &[Kind::SubscriptionStarted, Kind::SubscriptionChanged, Kind::SubscriptionCancelled];
const TICKETS: &[Kind] = &[Kind::TicketOpened, Kind::TicketResolved, Kind::TicketReopened];
const TEXTS: &[Kind] = &[
    Kind::TicketOpened,
    Kind::TicketReplied,
    Kind::TicketReopened,
    Kind::ChatMessage,
    Kind::SmsMessage,
    Kind::EmailSent,
    Kind::EmailReplied,
    Kind::ReviewPosted,
    Kind::MentionDetected,
    Kind::FeedbackReceived,
    Kind::FeedbackLabelled,
    Kind::FormSubmitted,
    Kind::SurveyAnswered,
];
const ENGAGED: &[Kind] = &[
    Kind::EmailOpened,
    Kind::EmailClicked,
    Kind::EmailReplied,
    Kind::PageViewed,
    Kind::FormSubmitted,
    Kind::DocumentViewed,
    Kind::ChatMessage,
    Kind::SmsMessage,
    Kind::EventAttended,
    Kind::CampaignConverted,
    Kind::AdvocacyDone,
];

/// The more of a share the better; where half of it went wrong it could not be worse.
const SHARE: &[(i64, i64)] = &[(500, 0), (800, 500), (1_000, 1_000)];
/// Stars or satisfaction on 1 to 5, in thousandths.
const STARS: &[(i64, i64)] = &[(1_000, 0), (3_000, 350), (5_000, 1_000)];

/// The list. An indicator is a row here; its place is part of the stored state.
pub static INDICATORS: [Indicator; COUNT] = [
    ageing(row(
        "order.recency",
        "days since the last order",
        6,
        &[(30, 1_000), (90, 700), (180, 350), (365, 0)],
        ORDERS,
        |p, now| Some(since(now, now.own.day(p.commerce.last_order_at?))),
    )),
    row(
        "order.frequency",
        "orders that were not cancelled",
        10,
        &[(0, 0), (1, 500), (2, 700), (3, 850), (4, 950), (5, 1_000)],
        ORDERS,
        |p, _| {
            let kept = p.commerce.placed - p.commerce.cancelled;
            (p.commerce.placed > 0).then(|| is(kept, (kept, p.commerce.placed)))
        },
    ),
    row("order.cancelled", "thousandths of the orders that were not cancelled", 8, SHARE, ORDERS, |p, _| {
        share(p.commerce.placed - p.commerce.cancelled, p.commerce.placed)
    }),
    row("order.returned", "thousandths of the orders kept that were not returned", 5, SHARE, ORDERS, |p, _| {
        let kept = p.commerce.placed - p.commerce.cancelled;
        share((kept - p.commerce.returned).max(0), kept)
    }),
    row(
        "delivery.on_time",
        "thousandths of the promised deliveries that came in time",
        15,
        SHARE,
        DELIVERIES,
        |p, _| share(p.delivery.promised - p.delivery.late, p.delivery.promised),
    ),
    row("delivery.failed", "thousandths of the deliveries that arrived", 10, SHARE, DELIVERIES, |p, _| {
        share(p.delivery.delivered, p.delivery.delivered + p.delivery.failed)
    }),
    row(
        "delivery.overdue",
        "deliveries under way past their promise",
        8,
        &[(0, 1_000), (1, 300), (2, 0)],
        DELIVERIES,
        |p, _| {
            let all = p.delivery.promised + p.delivery.overdue;
            (all > 0).then(|| is(p.delivery.overdue, (p.delivery.overdue, all)))
        },
    ),
    row(
        "payment.failed",
        "thousandths of the payments that went through",
        8,
        SHARE,
        &[Kind::PaymentReceived, Kind::PaymentFailed],
        |p, _| share(p.commerce.payments, p.commerce.payments + p.commerce.failed_payments),
    ),
    row(
        "payment.overdue",
        "invoices past their due date and not paid",
        8,
        &[(0, 1_000), (1, 400), (3, 0)],
        BILLS,
        |p, _| (p.billing.invoiced > 0).then(|| is(p.billing.overdue, (p.billing.overdue, p.billing.invoiced))),
    ),
    ageing(row(
        "subscription.growth",
        "what subscriptions are worth a month, in thousandths of what they were 90 days ago",
        12,
        &[(0, 0), (500, 250), (900, 600), (1_000, 800), (1_200, 1_000)],
        SUBSCRIPTIONS,
        |p, now| {
            let currency = p.billing.currency(now.currency)?;
            let worth = |day| p.billing.monthly_minor(currency, day);
            let (is_now, was) = (worth(now.today), worth(now.today - GROWTH_DAYS));
            let milli = match was {
                0 if is_now > 0 => 1_000,
                was => rounded_ratio(is_now.saturating_mul(1_000), was).unwrap_or(0),
            };
            Some(Reading { changes_on: p.billing.changes_on(now.today, GROWTH_DAYS), ..is(milli, (is_now, was)) })
        },
    )),
    row("tickets.open", "tickets open now", 12, &[(0, 1_000), (1, 600), (2, 300), (3, 0)], TICKETS, |p, _| {
        (p.tickets.opened > 0).then(|| is(p.tickets.open, (p.tickets.open, p.tickets.opened)))
    }),
    row(
        "tickets.resolution",
        "hours from opening to resolution, on average",
        5,
        &[(24, 1_000), (168, 0)],
        TICKETS,
        |p, _| {
            let mean_ms = rounded_ratio(p.tickets.resolution_sum_ms, p.tickets.resolved)?;
            Some(is(mean_ms / HOUR_MS, (mean_ms / HOUR_MS, p.tickets.resolved)))
        },
    ),
    row("tickets.reopened", "thousandths of the tickets that did not come back", 4, SHARE, TICKETS, |p, _| {
        share(p.tickets.opened - p.tickets.reopened, p.tickets.opened)
    }),
    row("tickets.sla", "thousandths of the tickets whose service level was met", 5, SHARE, TICKETS, |p, _| {
        share(p.tickets.sla_known - p.tickets.sla_missed, p.tickets.sla_known)
    }),
    fading(
        365,
        row("nps", "the last answer, 0 to 10", 12, &[(0, 0), (10, 1_000)], &[Kind::SurveyAnswered], |p, now| {
            let score = i64::from(*p.satisfaction.nps_last.get()?);
            Some(said(now, p.satisfaction.nps_last.at(), is(score, (score, 10))))
        }),
    ),
    fading(
        365,
        row("csat", "the mean answer on 1 to 5, in thousandths", 12, STARS, &[Kind::SurveyAnswered], |p, now| {
            let milli = p.satisfaction.csat.milli()?;
            Some(said(now, p.satisfaction.last.csat, is(milli, (milli, p.satisfaction.csat.n))))
        }),
    ),
    fading(
        365,
        row(
            "ces",
            "the mean answer on 1 to 7, in thousandths; 7 is the least effort",
            5,
            &[(1_000, 0), (7_000, 1_000)],
            &[Kind::SurveyAnswered],
            |p, now| {
                let milli = p.satisfaction.ces.milli()?;
                Some(said(now, p.satisfaction.last.ces, is(milli, (milli, p.satisfaction.ces.n))))
            },
        ),
    ),
    fading(
        730,
        row(
            "reviews",
            "the mean review on 1 to 5 stars, in thousandths",
            15,
            STARS,
            &[Kind::ReviewPosted],
            |p, now| {
                let milli = p.satisfaction.reviews.milli()?;
                Some(said(now, p.satisfaction.last.review, is(milli, (milli, p.satisfaction.reviews.n))))
            },
        ),
    ),
    fading(
        365,
        row(
            "sentiment",
            "the mean of what they wrote, -1000 to 1000",
            13,
            &[(-1_000, 0), (1_000, 1_000)],
            TEXTS,
            |p, now| {
                let milli = p.sentiment.mean.milli()?;
                Some(said(now, p.sentiment.last.at(), is(milli, (milli, p.sentiment.mean.n))))
            },
        ),
    ),
    ageing(row(
        "engagement.recency",
        "days since they last opened, clicked, looked, wrote or came",
        5,
        &[(7, 1_000), (30, 700), (90, 300), (180, 0)],
        ENGAGED,
        |p, now| Some(since(now, p.engagement.engaged.latest()?)),
    )),
    ageing(row(
        "engagement.frequency",
        "days of the last 28 with any of that",
        4,
        &[(0, 0), (1, 400), (4, 800), (8, 1_000)],
        ENGAGED,
        |p, now| {
            let days = p.engagement.engaged;
            days.latest()?;
            let active = days.count(now.today, 0, WINDOW);
            let changes_on = days.changes_on(now.today, &[WINDOW]);
            Some(Reading { changes_on, ..is(active, (active, i64::from(WINDOW))) })
        },
    )),
    ageing(row(
        "usage.recency",
        "days since they last used the product",
        10,
        &[(1, 1_000), (7, 850), (30, 300), (60, 0)],
        &[Kind::ProductUsed],
        |p, now| Some(since(now, p.engagement.used.latest()?)),
    )),
    ageing(row(
        "usage.frequency",
        "days of the last 28 on which they used it",
        8,
        &[(0, 0), (2, 300), (8, 700), (16, 1_000)],
        &[Kind::ProductUsed],
        |p, now| {
            let days = p.engagement.used;
            days.latest()?;
            let active = days.count(now.today, 0, WINDOW);
            let changes_on = days.changes_on(now.today, &[WINDOW]);
            Some(Reading { changes_on, ..is(active, (active, i64::from(WINDOW))) })
        },
    )),
    ageing(row(
        "usage.trend",
        "those days, in thousandths of the days of the 28 before",
        8,
        &[(0, 0), (500, 300), (1_000, 800), (1_300, 1_000)],
        &[Kind::ProductUsed],
        |p, now| {
            let days = p.engagement.used;
            let (active, before) = (days.count(now.today, 0, WINDOW), days.count(now.today, WINDOW, WINDOW));
            days.latest()?;
            // Who has just begun has no trend yet; who has stopped has the worst.
            let number = if (active, before) == (0, 0) { Some(0) } else { rounded_ratio(active * 1_000, before) };
            let changes_on = days.changes_on(now.today, &[WINDOW, 2 * WINDOW]);
            Some(Reading { number, of: (active, before), changes_on, ..Reading::default() })
        },
    )),
    ageing(row(
        "relationship.contact",
        "days since the last meeting, visit or call that was answered",
        5,
        &[(30, 1_000), (90, 600), (180, 200), (365, 0)],
        &[Kind::MeetingHeld, Kind::VisitLogged, Kind::CallLogged],
        |p, now| Some(since(now, p.relationship.met_on?)),
    )),
    ageing(row(
        "relationship.tenure",
        "days as a customer",
        4,
        &[(0, 300), (90, 500), (365, 800), (1_095, 1_000)],
        &[Kind::CustomerIdentified],
        |p, now| {
            let day = now.own.day(p.identity.since.get().copied()?);
            Some(since(now, day))
        },
    )),
    ageing(row(
        "relationship.owner",
        "changes of their owner within a year",
        3,
        &[(0, 1_000), (1, 700), (2, 300), (3, 0)],
        &[Kind::CustomerIdentified, Kind::OwnerChanged],
        |p, now| {
            p.identity.owner.get()?;
            let falls_out = |day: &i32| day.saturating_add(OWNER_DAYS);
            let felt = p.relationship.owner_changed_on.iter().filter(|day| falls_out(day) > now.today);
            let changes = felt.clone().count() as i64;
            let changes_on = felt.map(falls_out).min();
            Some(Reading { changes_on, ..is(changes, (changes, 0)) })
        },
    )),
];
