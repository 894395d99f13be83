//! Orders and payments.

use crate::Fold;
use crate::money_by_currency::MoneyByCurrency;
use crate::profile::Facet;
use nexusflow_engine::{Latest, merge_fields};
use nexusflow_model::event::commerce::{OrderChanged, OrderPlaced};
use nexusflow_model::{Envelope, Event, Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A customer's orders and payments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Commerce {
    orders: BTreeMap<Id, Box<Order>>,
    /// Orders placed, cancelled ones included.
    pub placed: i64,
    /// Orders cancelled.
    pub cancelled: i64,
    /// Returns.
    pub returned: i64,
    /// What was ordered.
    pub value: MoneyByCurrency,
    /// Payments received less those reversed.
    pub paid: MoneyByCurrency,
    /// Payments that failed.
    pub failed_payments: i64,
    /// Payments received.
    pub payments: i64,
    /// When the latest order was placed.
    pub last_order_at: Option<Timestamp>,
}

/// What all events of one order say together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Order {
    placed_at: Latest<()>,
    total: Latest<Money>,
    freight: Latest<Money>,
    /// What the shop, the customer or the arrival said last.
    said: Latest<Status>,
    /// Kept apart: scanners report late, and a parcel that has arrived is not on its way any more.
    shipped_at: Latest<()>,
}

/// Where an order stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// Placed, nothing else said.
    Placed,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Called off.
    Cancelled,
    /// As the shop names it.
    Named(String),
}

impl Status {
    /// A name for people and for the API.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Placed => "placed",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
            Self::Named(name) => name,
        }
    }
}

/// Orders by the day they were placed; payments by the day they were received.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CommerceCounts {
    /// Orders placed, cancelled ones included.
    pub orders: i64,
    /// What was ordered, cancelled orders included.
    pub order_value: MoneyByCurrency,
    /// The part of it that is freight.
    pub freight: MoneyByCurrency,
    /// Orders by where they stand now.
    pub by_status: BTreeMap<String, i64>,
    /// Payments received less those reversed.
    pub revenue: MoneyByCurrency,
    /// Payments received.
    pub payments: i64,
    /// Payments that failed.
    pub failed_payments: i64,
    /// Money given back for orders.
    pub refunded: MoneyByCurrency,
    /// Returns.
    pub returns: i64,
}

merge_fields!(CommerceCounts {
    orders,
    order_value,
    freight,
    by_status,
    revenue,
    payments,
    failed_payments,
    refunded,
    returns
});

impl Facet for Commerce {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let (at, tie) = (envelope.occurred_at, context.identity);
        match &envelope.event {
            Event::OrderPlaced(it) => self.change(context, &it.order, |order| order.place(at, tie, it)),
            Event::OrderChanged(it) => self.change(context, &it.order, |order| order.alter(at, tie, it)),
            Event::OrderCancelled(it) => self.change(context, &it.order, |order| order.say(at, tie, Status::Cancelled)),
            Event::DeliveryShipped(it) => self.change(context, &it.order, |order| order.shipped_at.say(at, tie, ())),
            Event::DeliveryDelivered(it) => {
                self.change(context, &it.order, |order| order.say(at, tie, Status::Delivered))
            }
            Event::OrderReturned(_) => {
                self.returned += 1;
                context.count_at(at, |rollup| rollup.commerce.returns += 1);
            }
            Event::OrderRefunded(it) => context.count_at(at, |rollup| rollup.commerce.refunded.add(it.amount, 1)),
            Event::PaymentReceived(it) => {
                self.payments += 1;
                self.paid.add(it.amount, 1);
                context.count_at(at, |rollup| {
                    rollup.commerce.payments += 1;
                    rollup.commerce.revenue.add(it.amount, 1);
                });
            }
            Event::PaymentReversed(it) => {
                self.paid.add(it.amount, -1);
                context.count_at(at, |rollup| rollup.commerce.revenue.add(it.amount, -1));
            }
            Event::PaymentFailed(_) => {
                self.failed_payments += 1;
                context.count_at(at, |rollup| rollup.commerce.failed_payments += 1);
            }
            _ => {}
        }
    }
}

impl Commerce {
    /// Whether something is known of that order.
    pub fn knows(&self, order: &Id) -> bool {
        self.orders.contains_key(order)
    }

    /// Orders that are known to have been placed, and when.
    pub fn orders_placed(&self) -> impl Iterator<Item = (&Id, Timestamp)> {
        self.orders.iter().filter_map(|(id, order)| Some((id, order.placed_at.at()?)))
    }

    /// When orders were placed, in no particular order.
    pub fn placed_at(&self) -> impl Iterator<Item = Timestamp> {
        self.orders.values().filter_map(|order| order.placed_at.at())
    }

    /// Takes back what the order had counted, changes it, and counts it anew.
    fn change(&mut self, context: &mut Fold<'_>, id: &Id, change: impl FnOnce(&mut Order)) {
        let before = self.orders.get(id).map(|order| Order::clone(order)).unwrap_or_default();
        let mut order = before.clone();
        change(&mut order);
        if order == before {
            return;
        }
        self.count(&before, -1);
        self.count(&order, 1);
        match (before.placed_at.at(), order.placed_at.at()) {
            (Some(was), Some(is)) if was == is => {
                context.count_at(is, |rollup| rollup.commerce.recount(&before, &order));
            }
            (was, is) => {
                was.into_iter().for_each(|at| context.count_at(at, |rollup| rollup.commerce.count(&before, -1)));
                is.into_iter().for_each(|at| context.count_at(at, |rollup| rollup.commerce.count(&order, 1)));
            }
        }
        match self.orders.get_mut(id) {
            Some(own) => **own = order,
            None => drop(self.orders.insert(id.clone(), Box::new(order))),
        }
    }

    fn count(&mut self, order: &Order, times: i64) {
        let Some(placed_at) = order.placed_at.at() else { return };
        let cancelled = order.status() == &Status::Cancelled;
        self.placed += times;
        // What is known of when an order was placed moves on only, never back.
        self.last_order_at = self.last_order_at.max(Some(placed_at));
        self.cancelled += i64::from(cancelled) * times;
        if let Some(total) = order.total.get() {
            self.value.add(*total, times);
        }
    }
}

impl CommerceCounts {
    /// Counts an order that was placed, or takes it back.
    fn count(&mut self, order: &Order, times: i64) {
        self.orders += times;
        if let Some(total) = order.total.get() {
            self.order_value.add(*total, times);
        }
        if let Some(freight) = order.freight.get() {
            self.freight.add(*freight, times);
        }
        add_sparse(&mut self.by_status, order.status().as_str(), times);
    }

    /// Takes an order back and counts it as it is now, where it was placed: what is the same of both need not be touched.
    fn recount(&mut self, before: &Order, now: &Order) {
        let sums =
            [(&before.total, &now.total, &mut self.order_value), (&before.freight, &now.freight, &mut self.freight)];
        for (was, is, sum) in sums {
            if was.get() != is.get() {
                was.get().into_iter().for_each(|money| sum.add(*money, -1));
                is.get().into_iter().for_each(|money| sum.add(*money, 1));
            }
        }
        if before.status() != now.status() {
            add_sparse(&mut self.by_status, before.status().as_str(), -1);
            add_sparse(&mut self.by_status, now.status().as_str(), 1);
        }
    }
}

/// Adds to a count by name; no zeros stay behind.
pub(crate) fn add_sparse(counts: &mut BTreeMap<String, i64>, name: &str, times: i64) {
    match counts.get_mut(name) {
        Some(count) => {
            *count += times;
            if *count == 0 {
                counts.remove(name);
            }
        }
        None => {
            counts.insert(name.to_owned(), times);
        }
    }
}

impl Order {
    fn place(&mut self, at: Timestamp, tie: u64, it: &OrderPlaced) {
        self.placed_at.say(at, tie, ());
        self.total.say(at, tie, it.total);
        if let Some(freight) = it.freight {
            self.freight.say(at, tie, freight);
        }
        let status = it.status.as_ref().map_or(Status::Placed, |status| Status::Named(status.as_str().into()));
        self.say(at, tie, status);
    }

    /// Of two words of the same instant the one further on in an order's life counts.
    fn say(&mut self, at: Timestamp, tie: u64, status: Status) {
        let rank = match status {
            Status::Placed => 0,
            Status::Shipped => 1,
            Status::Named(_) => 2,
            Status::Delivered => 3,
            Status::Cancelled => 4,
        };
        self.said.say(at, (rank << 56) | (tie >> 8), status);
    }

    /// Where it stands.
    fn status(&self) -> &Status {
        let said = self.said.get().unwrap_or(&Status::Placed);
        let is_over = matches!(said, Status::Delivered | Status::Cancelled);
        if !is_over && self.shipped_at.at() > self.said.at() { &Status::Shipped } else { said }
    }

    fn alter(&mut self, at: Timestamp, tie: u64, it: &OrderChanged) {
        if let Some(total) = it.total {
            self.total.say(at, tie, total);
        }
        if let Some(status) = &it.status {
            self.say(at, tie, Status::Named(status.as_str().into()));
        }
    }
}
