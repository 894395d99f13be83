//! Invoices, what becomes of them, and the months of subscriptions.

use super::calendar::{DAY, HOUR};
use super::catalogue::PLANS;
use super::customer::{CustomerKind, Subscription};
use super::desk::{Desk, Step, label, quantity, stamp};
use super::orders::{self, Order};
use super::text::{Mood, Theme};
use super::{life, support, voice};
use nexusflow_model::Event;
use nexusflow_model::event::finance::{InvoiceCredited, InvoiceIssued, InvoiceOverdue, Payment, PaymentFailed};

/// The length of a subscription's month.
const MONTH: i64 = 30 * DAY;

/// An invoice as long as it is open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bill {
    pub(super) serial: u32,
    /// In the customer's currency.
    pub(super) minor: i64,
    pub(super) order: Option<u32>,
    pub(super) subscription: Option<u32>,
    pub(super) due_ms: i64,
    pub(super) failed: bool,
}

/// What is next for an invoice, or for the month of a subscription.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    Issue,
    Remind,
    Settle,
    Credit,
    /// A month of the subscription begins.
    Month,
}

pub(super) fn run(desk: &mut Desk<'_>, bill: Bill, next: Next) {
    match next {
        Next::Issue => issue(desk, bill),
        Next::Remind => remind(desk, bill),
        Next::Settle => settle(desk, bill),
        Next::Credit => credit(desk, bill),
        Next::Month => month(desk),
    }
}

fn issued(desk: &mut Desk<'_>, bill: Bill, due_ms: i64, period: Option<(i64, i64)>) {
    let event = InvoiceIssued {
        invoice: desk.name("i", bill.serial),
        amount: desk.money(bill.minor),
        due_at: Some(stamp(due_ms)),
        order: bill.order.map(|serial| desk.name("o", serial)),
        subscription: bill.subscription.map(|serial| desk.name("sub", serial)),
        period_start: period.map(|(start, _)| stamp(start)),
        period_end: period.map(|(_, end)| stamp(end)),
    };
    desk.emit("/demo/erp", Event::InvoiceIssued(event));
}

fn issue(desk: &mut Desk<'_>, bill: Bill) {
    let terms = if desk.customer.kind == CustomerKind::Enterprise { 14 } else { 10 };
    let period = bill.subscription.map(|_| (desk.at, desk.at + MONTH));
    let bill = Bill { due_ms: desk.at + terms * DAY, ..bill };
    issued(desk, bill, bill.due_ms, period);
    if desk.chance(0.012) {
        desk.in_office_hours(2 * DAY, Step::Bill(bill, Next::Credit));
        return;
    }
    // Most pay about when it is due; some wait for the reminder.
    let slow = desk.chance(0.1);
    let paid_at = match slow {
        true => bill.due_ms + 2 * DAY + desk.dice().wait(7 * DAY),
        false => (bill.due_ms + (desk.dice().normal(-3.0, 2.0) * DAY as f64) as i64).clamp(desk.at + HOUR, bill.due_ms),
    };
    if slow {
        desk.on(bill.due_ms + DAY, Step::Bill(bill, Next::Remind));
    }
    let paid_at = desk.world.calendar.working(&mut desk.customer.dice, paid_at, 8, 18);
    desk.on(paid_at, Step::Bill(bill, Next::Settle));
}

fn remind(desk: &mut Desk<'_>, bill: Bill) {
    let event = InvoiceOverdue {
        invoice: desk.name("i", bill.serial),
        amount: desk.money(bill.minor),
        days: quantity((desk.at - bill.due_ms) / DAY),
    };
    desk.emit("/demo/erp", Event::InvoiceOverdue(event));
    if desk.chance(0.1) {
        support::open(desk, Theme::Billing, Mood::Annoyed, bill.order, 3);
    }
}

fn settle(desk: &mut Desk<'_>, bill: Bill) {
    let payment = desk.name("p", bill.serial * 10 + u32::from(bill.failed));
    let amount = desk.money(bill.minor);
    let order = bill.order.map(|serial| desk.name("o", serial));
    let invoice = Some(desk.name("i", bill.serial));
    if !bill.failed && desk.chance(0.02) {
        let reason = Some(label("direct debit returned"));
        let event = PaymentFailed { payment, amount, order, invoice, reason };
        desk.emit("/demo/erp", Event::PaymentFailed(event));
        desk.in_office_hours(3 * DAY, Step::Bill(Bill { failed: true, ..bill }, Next::Settle));
        return;
    }
    let method = desk.dice().pick(&["transfer", "transfer", "direct debit"]);
    let event = Payment { payment, amount, order, invoice, method: Some(label(method)), instalments: None };
    desk.emit("/demo/erp", Event::PaymentReceived(event));
}

fn credit(desk: &mut Desk<'_>, bill: Bill) {
    let event = InvoiceCredited {
        invoice: desk.name("i", bill.serial),
        amount: desk.money(bill.minor),
        reason: Some(label("wrong address on the invoice")),
    };
    desk.emit("/demo/erp", Event::InvoiceCredited(event));
    let again = Bill { serial: desk.serial(), ..bill };
    desk.in_office_hours(HOUR, Step::Bill(again, Next::Issue));
}

/// What was paid by card goes back the same way.
pub(super) fn reverse(desk: &mut Desk<'_>, order: Order) {
    let event = Payment {
        payment: desk.name("p", order.serial * 10 + u32::from(order.attempts)),
        amount: desk.money(order.minor),
        order: Some(desk.name("o", order.serial)),
        invoice: None,
        method: Some(label("card")),
        instalments: None,
    };
    desk.emit("/demo/shop", Event::PaymentReversed(event));
}

/// Those who subscribe today are billed today; those the history begins with are somewhere in their month.
pub(super) fn plan_first_month(desk: &mut Desk<'_>) {
    let newcomer = desk.at > desk.world.start_ms() + DAY;
    let wait = if newcomer { 0 } else { desk.dice().between(0, MONTH / DAY - 1) * DAY };
    plan_month(desk, wait);
}

/// Bills go out in the small hours.
fn plan_month(desk: &mut Desk<'_>, in_ms: i64) {
    let day = desk.world.calendar.local(desk.at + in_ms).day;
    let at = desk.world.calendar.instant(day, desk.customer.dice.between(2 * HOUR, 7 * HOUR));
    desk.on(at, Step::Bill(Bill::default(), Next::Month));
}

fn month(desk: &mut Desk<'_>) {
    let Some(subscription) = desk.customer.subscription.filter(|_| desk.customer.active) else { return };
    let subscription = reconsider(desk, subscription);
    let plan = &PLANS[subscription.plan];
    let minor = desk.price(plan.price_minor) * subscription.seats;
    let serial = desk.serial();
    let bill = Bill { serial, minor, subscription: Some(subscription.serial), ..Bill::default() };
    match plan.contents {
        Some(product) => {
            issued(desk, bill, desk.at, Some((desk.at, desk.at + MONTH)));
            orders::plan_box(desk, serial, product, minor);
        }
        None => desk.later(HOUR, Step::Bill(bill, Next::Issue)),
    }
    if desk.chance(0.06) {
        voice::ask_in(desk, 10 * HOUR, voice::csat("renewal"));
    }
    plan_month(desk, MONTH);
}

/// Now and then somebody takes a larger or a smaller plan, or more or fewer seats.
fn reconsider(desk: &mut Desk<'_>, of: Subscription) -> Subscription {
    if !desk.chance(0.03) {
        return of;
    }
    let up = desk.customer.dice.chance(0.5 + desk.customer.goodwill * 0.4);
    let changed = match desk.customer.kind {
        CustomerKind::Consumer => {
            let plan = if up { (of.plan + 1).min(2) } else { of.plan.saturating_sub(1) };
            Subscription { plan, ..of }
        }
        _ => Subscription { seats: (of.seats + if up { 1 } else { -1 }).max(1), ..of },
    };
    if (changed.plan, changed.seats) != (of.plan, of.seats) {
        desk.customer.subscription = Some(changed);
        let terms = life::terms(desk, changed);
        desk.emit("/demo/erp", Event::SubscriptionChanged(terms));
    }
    changed
}
