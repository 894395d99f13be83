//! A domain that only sums what was ordered, in numbers of a choice: with integers it passes, with floats it must not.

use crate::verdict::Simulated;
use nexusflow_domain::{AlertEffect, Business};
use nexusflow_engine::{Context, Domain, Merge, Pane, Partition};
use nexusflow_model::{Envelope, Event, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Debug;
use std::marker::PhantomData;

pub(crate) trait Number: Copy + Default + PartialEq + Debug + Serialize + DeserializeOwned + 'static {
    fn of_minor(minor: i64) -> Self;
    fn plus(self, other: Self) -> Self;
}

impl Number for i64 {
    fn of_minor(minor: i64) -> Self {
        minor
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }
}

impl Number for f64 {
    fn of_minor(minor: i64) -> Self {
        minor as Self / 100.0
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "N: Number")]
pub(crate) struct Ordered<N>(N);

impl<N: Number> Merge for Ordered<N> {
    fn merge(&mut self, other: &Self) {
        self.0 = self.0.plus(other.0);
    }
}

pub(crate) struct Sums<N>(PhantomData<N>);

impl<N: Number> Domain for Sums<N> {
    type Config = Business;
    type Shared = ();
    type Profile = ();
    type Rollup = Ordered<N>;
    type Effect = AlertEffect;
    type Note = ();
    type Card = ();
    type Timer = ();
    const VERSION: u32 = 1;

    fn keyspace(_: &Envelope) -> u8 {
        0
    }

    fn day_and_hour(config: &Business, at: Timestamp) -> (i32, i32) {
        config.business.time_zone.day_and_hour(at)
    }

    fn backfill_after_ms(_: &Business) -> i64 {
        i64::MAX
    }

    fn fold(context: &mut Context<'_, Self>, (): &mut (), envelope: &Envelope) {
        if let Event::OrderPlaced(order) = &envelope.event {
            let amount = N::of_minor(order.total.minor);
            context.count_at(envelope.occurred_at, |ordered| ordered.0 = ordered.0.plus(amount));
        }
    }

    fn fire(_: &mut Context<'_, Self>, (): &mut (), (): &()) {}

    fn reconfigured(_: &mut Context<'_, Self>, (): &mut ()) {}
}

impl<N: Number> Simulated for Sums<N> {
    const DECIDES: bool = false;

    fn shown(partitions: &[&Partition<Self>]) -> Vec<(String, Vec<Vec<Value>>)> {
        let mut all = Ordered::<N>::default();
        for partition in partitions {
            partition.rollups().panes().get(&Pane::All).iter().for_each(|ordered| all.merge(ordered));
        }
        vec![("ordered".into(), vec![vec![serde_json::to_value(all.0).unwrap()]])]
    }
}
