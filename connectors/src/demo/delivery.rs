//! The way of a parcel, and what people think of it.

use super::calendar::{DAY, HOUR, MINUTE, delivery_day};
use super::catalogue::{CARRIERS, DELAYS};
use super::customer::CustomerKind;
use super::desk::{Desk, Step, label, stamp};
use super::orders::{self, Next, Order};
use super::text::{Mood, Theme};
use super::truths::{LATE_LANE, LATE_LANE_SHARE, LATE_SHARE};
use super::{life, support, voice};
use nexusflow_model::Event;
use nexusflow_model::event::logistics::{
    DeliveryDelayed, DeliveryDelivered, DeliveryFailed, DeliveryPromised, DeliveryShipped,
};

/// Parcels come between these local hours.
const ROUND: (i64, i64) = (9 * HOUR, 19 * HOUR);
/// A promise is kept until this local hour.
const PROMISED_BY: i64 = 20 * HOUR;

pub(super) fn promise(desk: &mut Desk<'_>, order: Order) {
    let city = desk.customer.city();
    let packing = desk.dice().between(2 * HOUR, 18 * HOUR);
    let ships_at = desk.world.calendar.working(&mut desk.customer.dice, desk.at + packing, 7, 21);
    let ship_day = desk.world.calendar.local(ships_at).day;
    let promised_ms = desk.world.calendar.instant(delivery_day(ship_day + city.transit_days), PROMISED_BY);
    let late = desk.chance(if city.lane == LATE_LANE { LATE_LANE_SHARE } else { LATE_SHARE });
    let order = Order { promised_ms, late, carrier: life::carrier(desk), ..order };
    let event = DeliveryPromised {
        delivery: None,
        order: desk.name("o", order.serial),
        promised_at: stamp(promised_ms),
        carrier: Some(label(CARRIERS[order.carrier].0)),
        lane: Some(label(city.lane)),
    };
    desk.emit("/demo/logistics", Event::DeliveryPromised(event));
    desk.on(ships_at, Step::Order(order, Next::Ship));
}

pub(super) fn ship(desk: &mut Desk<'_>, order: Order) {
    let event = DeliveryShipped {
        delivery: None,
        order: desk.name("o", order.serial),
        carrier: Some(label(CARRIERS[order.carrier].0)),
        lane: Some(label(desk.customer.city().lane)),
        estimated_at: Some(stamp(order.promised_ms - 4 * HOUR)),
    };
    desk.emit("/demo/logistics", Event::DeliveryShipped(event));
    if desk.customer.kind != CustomerKind::Consumer {
        orders::invoice(desk, order);
    }
    let arrives_at = arrival(desk, order);
    let order = Order { arrives_ms: arrives_at, ..order };
    if order.late && desk.chance(0.7) {
        let known_at = desk.customer.dice.between(desk.at + HOUR, order.promised_ms - MINUTE);
        desk.on(known_at, Step::Order(order, Next::Delay));
    } else if !order.late && desk.chance(0.02) {
        // Nobody at home: another round, still within the promise.
        desk.on(arrives_at - 2 * HOUR, Step::Order(order, Next::Miss));
    }
    desk.on(arrives_at, Step::Order(order, Next::Deliver));
}

fn arrival(desk: &mut Desk<'_>, order: Order) -> i64 {
    let calendar = &desk.world.calendar;
    let promised_day = calendar.local(order.promised_ms).day;
    let round = desk.customer.dice.between(ROUND.0, ROUND.1);
    if order.late {
        let days = 1 + desk.customer.dice.wait(36 * HOUR) / DAY;
        return calendar.instant(delivery_day(promised_day + days), round);
    }
    let early = calendar.instant(promised_day - 1, round);
    let a_day_early = delivery_day(promised_day - 1) == promised_day - 1 && early > desk.at + 8 * HOUR;
    if a_day_early && desk.customer.dice.chance(0.3) { early } else { calendar.instant(promised_day, round) }
}

pub(super) fn delay(desk: &mut Desk<'_>, order: Order) {
    let reason = desk.dice().pick(DELAYS);
    // The estimate is a day, and not always the right one.
    let days = (order.arrives_ms - order.promised_ms) / DAY + i64::from(desk.chance(0.8));
    let estimated_ms = order.promised_ms + days.max(1) * DAY;
    let event = DeliveryDelayed {
        delivery: None,
        order: desk.name("o", order.serial),
        estimated_at: stamp(estimated_ms),
        reason: Some(label(reason)),
    };
    desk.emit("/demo/logistics", Event::DeliveryDelayed(event));
}

pub(super) fn miss(desk: &mut Desk<'_>, order: Order) {
    let (order_id, reason) = (desk.name("o", order.serial), Some(label("nobody at home")));
    let event = DeliveryFailed { delivery: None, order: order_id, reason, abandoned: false };
    desk.emit("/demo/logistics", Event::DeliveryFailed(event));
}

pub(super) fn deliver(desk: &mut Desk<'_>, order: Order) {
    let event = DeliveryDelivered { delivery: None, order: desk.name("o", order.serial), delivered_at: None };
    desk.emit("/demo/logistics", Event::DeliveryDelivered(event));
    let days = 1 + (desk.at - order.promised_ms) / DAY;
    let late = desk.at > order.promised_ms;
    if late {
        orders::disappoint(desk);
    } else {
        desk.customer.feel(0.6, 0.08);
    }
    if desk.chance(0.11) {
        let asked = if late { voice::csat_of_late_delivery() } else { voice::csat("delivery") };
        voice::ask_in(desk, 3 * HOUR, asked.of_order(order.serial).after_days(days));
    }
    if desk.chance(if late { 0.12 } else { 0.06 }) {
        voice::review_in(desk, order, late);
    }
    complain(desk, order, late, days);
    if order.machine && desk.chance(0.6) {
        let wait = desk.dice().between(3, 7) * DAY;
        voice::ask_in(desk, wait, voice::csat("onboarding").of_order(order.serial));
    }
}

fn complain(desk: &mut Desk<'_>, order: Order, late: bool, days: i64) {
    let upset = if desk.chance(if late { 0.5 } else { 0.25 }) { Mood::Furious } else { Mood::Annoyed };
    let serial = Some(order.serial);
    if desk.chance(0.016) {
        support::open(desk, Theme::Damaged, upset, serial, days);
        let wait = desk.dice().between(2, 6) * DAY;
        desk.later(wait, Step::Order(order, Next::Return));
    } else if late && desk.chance(0.3) {
        support::open(desk, Theme::Delivery, upset, serial, days);
    } else if order.machine && desk.chance(0.1) {
        support::open(desk, Theme::Setup, upset, serial, days);
    }
}
