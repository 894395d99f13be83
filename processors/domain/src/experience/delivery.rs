//! Deliveries: promised, shipped, delivered, late.

use crate::profile::Facet;
use crate::{Fold, Timer, activity};
use nexusflow_engine::{Histogram, Latest, merge_fields};
use nexusflow_model::{Envelope, Event, Id, Label, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A customer's deliveries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// By delivery; by order where a delivery has no id of its own.
    pub(crate) parcels: BTreeMap<Id, Box<Parcel>>,
    /// Delivered.
    pub delivered: i64,
    /// Of those with a promise, delivered after it.
    pub late: i64,
    /// Delivered with a promise.
    pub promised: i64,
    /// Given up.
    pub failed: i64,
    /// Sum of the time from order to delivery, in milliseconds.
    pub lead_time_sum_ms: i64,
    /// How many deliveries that sum is of.
    pub lead_times: i64,
    /// Under way past their promise.
    pub overdue: i64,
}

/// What all events of one delivery say together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    pub(crate) placed_at: Latest<()>,
    pub(crate) promised: Latest<Timestamp>,
    /// What was promised before it was put off.
    pub(crate) first_promise: Option<Timestamp>,
    pub(crate) carrier: Latest<Label>,
    pub(crate) shipped_at: Latest<()>,
    pub(crate) delivered: Latest<Timestamp>,
    pub(crate) failed: Latest<bool>,
    /// Whether time has come to the promise while it was under way.
    pub(crate) is_overdue: bool,
}

/// When a delivery arrived, how late that was and how long after the order, both in milliseconds and as far as known.
type Arrival = (Timestamp, Option<i64>, Option<i64>);

/// Deliveries by the day they arrived.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeliveryCounts {
    /// Arrived.
    pub delivered: i64,
    /// Of those, with a promised date.
    pub promised: i64,
    /// Of those, later than the promised instant.
    pub late: i64,
    /// Given up.
    pub failed: i64,
    /// From order to delivery, in minutes.
    pub lead_time_min: Histogram,
    /// Promised or shipped and not arrived: meaningful in the pane of all time.
    pub under_way: i64,
    /// Of those, past what was promised: meaningful in the pane of all time.
    pub overdue: i64,
}

merge_fields!(DeliveryCounts { delivered, promised, late, failed, lead_time_min, under_way, overdue });

impl Facet for Delivery {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let (at, tie) = (envelope.occurred_at, context.identity);
        match &envelope.event {
            Event::OrderPlaced(it) => self.change(context, &it.order, |parcel| parcel.placed_at.say(at, tie, ())),
            Event::DeliveryPromised(it) => {
                let id = it.delivery.as_ref().unwrap_or(&it.order);
                self.change(context, id, |parcel| {
                    parcel.promise(at, tie, it.promised_at);
                    if let Some(carrier) = &it.carrier {
                        parcel.carrier.say(at, tie, carrier.clone());
                    }
                });
            }
            Event::DeliveryShipped(it) => {
                let id = it.delivery.as_ref().unwrap_or(&it.order);
                self.change(context, id, |parcel| {
                    parcel.shipped_at.say(at, tie, ());
                    if let Some(carrier) = &it.carrier {
                        parcel.carrier.say(at, tie, carrier.clone());
                    }
                });
            }
            Event::DeliveryDelivered(it) => {
                let id = it.delivery.as_ref().unwrap_or(&it.order);
                self.change(context, id, |parcel| parcel.delivered.say(at, tie, it.delivered_at.unwrap_or(at)));
            }
            Event::DeliveryFailed(it) => {
                let id = it.delivery.as_ref().unwrap_or(&it.order);
                self.change(context, id, |parcel| parcel.failed.say(at, tie, it.abandoned));
            }
            _ => {}
        }
    }
}

impl Parcel {
    fn promise(&mut self, at: Timestamp, tie: u64, promised_at: Timestamp) {
        // The earliest that was ever promised, whatever the order in which it is heard.
        self.first_promise = Some(self.first_promise.map_or(promised_at, |first| first.min(promised_at)));
        self.promised.say(at, tie, promised_at);
    }

    /// How late it came, in milliseconds; negative if early; none where it did not come or had no promise.
    pub fn lateness_ms(&self) -> Option<i64> {
        Some(self.delivered.get()?.ms_since(*self.promised.get()?))
    }

    fn is_given_up(&self) -> bool {
        self.delivered.get().is_none() && self.failed.get() == Some(&true)
    }

    pub(crate) fn is_under_way(&self) -> bool {
        let begun = self.promised.get().is_some() || self.shipped_at.at().is_some();
        begun && self.delivered.get().is_none() && !self.is_given_up()
    }

    /// When it becomes overdue unless it arrives.
    fn due(&self) -> Option<Timestamp> {
        self.promised.get().copied().filter(|_| self.is_under_way() && !self.is_overdue)
    }

    /// How many are under way with it, and overdue: itself or none.
    fn standing(&self) -> (i64, i64) {
        let under_way = self.is_under_way();
        (i64::from(under_way), i64::from(under_way && self.is_overdue))
    }

    fn given_up_at(&self) -> Option<Timestamp> {
        self.failed.at().filter(|_| self.is_given_up())
    }

    fn arrival(&self) -> Option<Arrival> {
        self.delivered.get().map(|at| (*at, self.lateness_ms(), self.lead_time_ms()))
    }

    fn lead_time_ms(&self) -> Option<i64> {
        Some(self.delivered.get()?.ms_since(self.placed_at.at()?))
    }
}

impl Delivery {
    fn change(&mut self, context: &mut Fold<'_>, id: &Id, change: impl FnOnce(&mut Parcel)) {
        let before = self.parcel(id).cloned().unwrap_or_default();
        let mut parcel = before.clone();
        change(&mut parcel);
        if parcel != before {
            // A new promise is a new chance; one that is past already is found so at once, by its timer.
            parcel.is_overdue &= parcel.is_under_way() && parcel.promised.get() == before.promised.get();
            set_timer(context, id, before.due(), parcel.due());
            self.recount(context, &before, &parcel);
            self.keep(id, parcel);
        }
    }

    fn keep(&mut self, id: &Id, parcel: Parcel) {
        match self.parcels.get_mut(id) {
            Some(own) => **own = parcel,
            None => drop(self.parcels.insert(id.clone(), Box::new(parcel))),
        }
    }

    /// Takes back what a delivery had counted for and counts it as it is now: what is the same of both need not be touched.
    fn recount(&mut self, context: &mut Fold<'_>, before: &Parcel, now: &Parcel) {
        if before.standing() != now.standing() {
            let [(was, was_overdue), (is, is_overdue)] = [before.standing(), now.standing()];
            self.overdue += is_overdue - was_overdue;
            context.count_now(|rollup| {
                rollup.delivery.under_way += is - was;
                rollup.delivery.overdue += is_overdue - was_overdue;
            });
        }
        if before.given_up_at() != now.given_up_at() {
            for (at, times) in [(before.given_up_at(), -1), (now.given_up_at(), 1)] {
                let Some(at) = at else { continue };
                self.failed += times;
                context.count_at(at, |rollup| rollup.delivery.failed += times);
            }
        }
        if before.arrival() != now.arrival() {
            for (arrival, times) in [(before.arrival(), -1), (now.arrival(), 1)] {
                arrival.into_iter().for_each(|arrival| self.count(context, arrival, times));
            }
        }
    }

    fn count(&mut self, context: &mut Fold<'_>, (delivered_at, lateness, lead_time): Arrival, times: i64) {
        let (promised, late) = (i64::from(lateness.is_some()), i64::from(lateness.is_some_and(|ms| ms > 0)));
        self.delivered += times;
        self.promised += promised * times;
        self.late += late * times;
        self.lead_times += i64::from(lead_time.is_some()) * times;
        self.lead_time_sum_ms += lead_time.unwrap_or(0) * times;
        context.count_at(delivered_at, |rollup| {
            let counts = &mut rollup.delivery;
            counts.delivered += times;
            counts.promised += promised * times;
            counts.late += late * times;
            if let Some(ms) = lead_time {
                counts.lead_time_min.add(ms / 60_000, times);
            }
        });
    }

    /// Time has come to what was promised for a delivery: gives when it was, if the delivery is overdue by that.
    pub(crate) fn come_due(&mut self, context: &mut Fold<'_>, id: &Id) -> Option<Timestamp> {
        let before = self.parcel(id).cloned()?;
        let promised_at = before.due().filter(|due| *due <= context.clock)?;
        let mut parcel = before.clone();
        parcel.is_overdue = true;
        self.recount(context, &before, &parcel);
        self.keep(id, parcel);
        if !context.is_backfill {
            activity::tell_overdue(context, promised_at);
        }
        Some(promised_at)
    }

    /// The delivery of that id, or of the order of that id.
    pub fn parcel(&self, id: &Id) -> Option<&Parcel> {
        self.parcels.get(id).map(Box::as_ref)
    }

    /// How many are under way.
    pub fn under_way(&self) -> usize {
        self.parcels.values().filter(|parcel| parcel.is_under_way()).count()
    }
}

fn set_timer(context: &mut Fold<'_>, id: &Id, before: Option<Timestamp>, now: Option<Timestamp>) {
    if before == now {
        return;
    }
    if let Some(due) = before {
        context.clear_timer(due, Timer::DeliveryDue(id.clone()));
    }
    if let Some(due) = now {
        context.set_timer(due, Timer::DeliveryDue(id.clone()));
    }
}
