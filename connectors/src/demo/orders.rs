//! From a basket to a parcel at the door.

use super::billing::{self, Bill};
use super::calendar::{DAY, HOUR, MINUTE, SECOND};
use super::catalogue::{MACHINES, PRODUCTS};
use super::customer::CustomerKind;
use super::delivery;
use super::desk::{Desk, Step, label, money, quantity};
use super::{life, voice, web};
use nexusflow_model::Event;
use nexusflow_model::event::commerce::{Line, OrderCancelled, OrderChanged, OrderPlaced, OrderRefunded, OrderReturned};
use nexusflow_model::event::finance::{Payment, PaymentFailed};

/// An order as long as something is still to happen to it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order {
    pub(super) serial: u32,
    /// In the customer's currency, everything included.
    pub(super) minor: i64,
    /// Index into the products: what it is mainly about.
    pub(super) product: usize,
    pub(super) machine: bool,
    /// The invoice of the subscription it is the box of.
    pub(super) invoice: Option<u32>,
    pub(super) carrier: usize,
    pub(super) promised_ms: i64,
    pub(super) arrives_ms: i64,
    pub(super) late: bool,
    /// How often paying was tried.
    pub(super) attempts: u8,
}

/// What is next in an order's story.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// Somebody feels like ordering.
    Shop,
    Place,
    PlaceBox,
    Pay,
    Change,
    Cancel,
    Promise,
    Ship,
    Delay,
    Miss,
    Deliver,
    Return,
    Refund,
}

pub(super) fn run(desk: &mut Desk<'_>, order: Order, next: Next) {
    match next {
        Next::Shop => shop(desk),
        Next::Place => place(desk),
        Next::PlaceBox => place_box(desk, order),
        Next::Pay => pay(desk, order),
        Next::Change => change(desk, order),
        Next::Cancel => cancel(desk, order, "changed my mind", true),
        Next::Promise => delivery::promise(desk, order),
        Next::Ship => delivery::ship(desk, order),
        Next::Delay => delivery::delay(desk, order),
        Next::Miss => delivery::miss(desk, order),
        Next::Deliver => delivery::deliver(desk, order),
        Next::Return => give_back(desk, order),
        Next::Refund => refund(desk, order),
    }
}

/// Plans the next visit that ends in an order.
pub(super) fn plan_next(desk: &mut Desk<'_>) {
    let per_day = desk.customer.orders_per_day() * desk.world.demand(desk.customer.segment, desk.at);
    let pulse = desk.customer.kind.pulse();
    let at = desk.world.calendar.arrival(&mut desk.customer.dice, pulse, desk.at, per_day);
    desk.on(at, Step::Order(Order::default(), Next::Shop));
}

/// The order that somebody came for.
pub(super) fn first(desk: &mut Desk<'_>) {
    let wait = desk.dice().between(2 * MINUTE, 20 * MINUTE);
    desk.later(wait, Step::Order(Order::default(), Next::Place));
}

fn shop(desk: &mut Desk<'_>) {
    if !desk.customer.active {
        return;
    }
    if desk.customer.kind == CustomerKind::Consumer || desk.chance(0.2) {
        let pages = desk.dice().between(0, 1) as u8;
        web::visit(desk, pages);
    }
    let wait = desk.dice().between(2 * MINUTE, 9 * MINUTE);
    desk.later(wait, Step::Order(Order::default(), Next::Place));
    plan_next(desk);
}

/// What goes into a basket: the lines, their sum, and the dearest product.
fn basket(desk: &mut Desk<'_>) -> (Vec<Line>, i64, usize) {
    let kind = desk.customer.kind;
    let count = match kind {
        CustomerKind::Consumer => desk.dice().between(1, 3),
        CustomerKind::Business => desk.dice().between(1, 4),
        CustomerKind::Enterprise => desk.dice().between(2, 6),
    };
    let (mut lines, mut sum, mut dearest, mut chosen) = (Vec::new(), 0, 5, Vec::new());
    for _ in 0..count {
        let weight = |product: &super::catalogue::Product| product.weights[kind as usize];
        let index = desk.dice().weighted(PRODUCTS.iter().map(weight));
        if chosen.contains(&index) {
            continue;
        }
        chosen.push(index);
        let product = &PRODUCTS[index];
        let many = match (kind, product.category == MACHINES) {
            (_, true) | (CustomerKind::Consumer, _) => i64::from(desk.chance(0.2)) + 1,
            (CustomerKind::Business, _) => desk.dice().between(1, 6),
            (CustomerKind::Enterprise, _) => desk.dice().between(3, 18),
        };
        let minor = desk.price(product.price_minor) * many;
        if lines.is_empty() || product.price_minor > PRODUCTS[dearest].price_minor {
            dearest = index;
        }
        sum += minor;
        lines.push(line(desk, index, many, minor));
    }
    (lines, sum, dearest)
}

fn line(desk: &Desk<'_>, index: usize, many: i64, minor: i64) -> Line {
    let product = &PRODUCTS[index];
    Line {
        sku: Some(super::desk::id(product.sku)),
        name: Some(label(product.name)),
        category: Some(label(product.category)),
        quantity: quantity(many),
        amount: money(minor, desk.customer.city().currency),
        freight: None,
        seller: None,
    }
}

fn place(desk: &mut Desk<'_>) {
    let (lines, sum, product) = basket(desk);
    let consumer = desk.customer.kind == CustomerKind::Consumer;
    let freight = if consumer && sum < desk.price(4_000) { desk.price(490) } else { 0 };
    let serial = desk.serial();
    let machine = PRODUCTS[product].category == MACHINES;
    let order = Order { serial, minor: sum + freight, product, machine, ..Order::default() };
    let channel = match desk.customer.kind {
        CustomerKind::Consumer => desk.dice().pick(&["web", "web", "app"]),
        CustomerKind::Business => desk.dice().pick(&["web", "web", "phone", "sales"]),
        CustomerKind::Enterprise => desk.dice().pick(&["edi", "edi", "sales"]),
    };
    emit_placed(desk, order, lines, freight, channel);
    if machine && desk.customer.machine.is_none() {
        desk.customer.machine = Some(product);
        web::plan_usage(desk);
    }
    if consumer {
        let wait = desk.dice().between(15 * SECOND, 90 * SECOND);
        desk.later(wait, Step::Order(order, Next::Pay));
    } else {
        proceed(desk, order);
    }
    if desk.chance(0.05) {
        voice::ask_in(desk, HOUR, voice::csat("purchase").of_order(serial));
    }
}

fn emit_placed(desk: &mut Desk<'_>, order: Order, lines: Vec<Line>, freight: i64, channel: &str) {
    let event = OrderPlaced {
        order: desk.name("o", order.serial),
        total: desk.money(order.minor),
        lines,
        freight: (freight > 0).then(|| desk.money(freight)),
        channel: Some(label(channel)),
        site: Some(label(desk.customer.city().site)),
        status: None,
    };
    desk.emit("/demo/shop", Event::OrderPlaced(event));
}

/// The monthly box of a subscription: ordered by nobody, paid with its invoice.
pub(super) fn plan_box(desk: &mut Desk<'_>, invoice: u32, product: usize, minor: i64) {
    let order = Order { serial: desk.serial(), minor, product, invoice: Some(invoice), ..Order::default() };
    desk.later(5 * SECOND, Step::Order(order, Next::PlaceBox));
}

fn place_box(desk: &mut Desk<'_>, order: Order) {
    let lines = vec![line(desk, order.product, 1, order.minor)];
    emit_placed(desk, order, lines, 0, "subscription");
    let wait = desk.dice().between(5 * SECOND, 40 * SECOND);
    desk.later(wait, Step::Order(order, Next::Pay));
}

fn pay(desk: &mut Desk<'_>, order: Order) {
    let payment = desk.name("p", order.serial * 10 + u32::from(order.attempts));
    let (amount, of) = (desk.money(order.minor), Some(desk.name("o", order.serial)));
    let invoice = order.invoice.map(|invoice| desk.name("i", invoice));
    if desk.chance(0.04) {
        let reason = desk.dice().pick(&["insufficient funds", "card expired", "declined by the bank"]);
        let event = PaymentFailed { payment, amount, order: of, invoice, reason: Some(label(reason)) };
        desk.emit("/demo/shop", Event::PaymentFailed(event));
        let again = Order { attempts: order.attempts + 1, ..order };
        match order.attempts {
            0 => desk.later(4 * MINUTE, Step::Order(again, Next::Pay)),
            1 => desk.later(20 * HOUR, Step::Order(again, Next::Pay)),
            _ => cancel(desk, order, "not paid", false),
        }
        return;
    }
    let method = desk.dice().pick(&["card", "card", "card", "wallet", "direct debit"]);
    let method = Some(label(method));
    let event = Payment { payment, amount, order: of, invoice, method, instalments: None };
    desk.emit("/demo/shop", Event::PaymentReceived(event));
    if order.invoice.is_none() {
        web::confirm(desk, order.serial);
    }
    proceed(desk, order);
}

/// It is paid or needn't be yet: the warehouse takes over.
fn proceed(desk: &mut Desk<'_>, order: Order) {
    let business = desk.customer.kind != CustomerKind::Consumer;
    if business && desk.chance(0.05) {
        desk.later(3 * HOUR, Step::Order(order, Next::Change));
    } else if desk.chance(0.012) {
        let wait = desk.dice().between(20 * MINUTE, 5 * HOUR);
        desk.later(wait, Step::Order(order, Next::Cancel));
    } else {
        let wait = desk.dice().between(MINUTE, 4 * MINUTE);
        desk.later(wait, Step::Order(order, Next::Promise));
    }
}

fn change(desk: &mut Desk<'_>, order: Order) {
    let more = Order { minor: order.minor + order.minor / 10, ..order };
    let total = Some(desk.money(more.minor));
    let event =
        OrderChanged { order: desk.name("o", order.serial), status: Some(label("changed")), total, lines: Vec::new() };
    desk.emit("/demo/erp", Event::OrderChanged(event));
    desk.later(MINUTE, Step::Order(more, Next::Promise));
}

fn cancel(desk: &mut Desk<'_>, order: Order, reason: &str, by_customer: bool) {
    let event = OrderCancelled {
        order: desk.name("o", order.serial),
        reason: Some(label(reason)),
        by_customer: Some(by_customer),
    };
    desk.emit("/demo/shop", Event::OrderCancelled(event));
    if by_customer && desk.customer.kind == CustomerKind::Consumer {
        desk.later(DAY, Step::Order(order, Next::Refund));
    }
}

fn give_back(desk: &mut Desk<'_>, order: Order) {
    let reason = desk.dice().pick(&["damaged", "damaged", "not as expected"]);
    let amount = Some(desk.money(order.minor));
    let (order_id, lines) = (desk.name("o", order.serial), Vec::new());
    let event = OrderReturned { order: order_id, amount, lines, reason: Some(label(reason)) };
    desk.emit("/demo/logistics", Event::OrderReturned(event));
    let wait = desk.dice().between(8 * HOUR, 60 * HOUR);
    desk.in_office_hours(wait, Step::Order(order, Next::Refund));
}

fn refund(desk: &mut Desk<'_>, order: Order) {
    let (order_id, amount) = (desk.name("o", order.serial), desk.money(order.minor));
    let event = OrderRefunded { order: order_id, amount, reason: None };
    desk.emit("/demo/erp", Event::OrderRefunded(event));
    if desk.customer.kind == CustomerKind::Consumer {
        billing::reverse(desk, order);
    }
}

/// The invoice of an order that is paid later.
pub(super) fn invoice(desk: &mut Desk<'_>, order: Order) {
    let bill = Bill { serial: desk.serial(), minor: order.minor, order: Some(order.serial), ..Bill::default() };
    desk.in_office_hours(HOUR, Step::Bill(bill, billing::Next::Issue));
}

/// A delivery came late: they remember, and may leave sooner.
pub(super) fn disappoint(desk: &mut Desk<'_>) {
    desk.customer.feel(-0.8, 0.5);
    if desk.customer.active {
        let leaves_at = desk.customer.stay.late(desk.at);
        life::plan_leaving(desk, leaves_at);
    }
}
