//! Partitions full of customers.

use super::customers::{Customers, EVENTS};
use super::{configuration, machine, record};
use nexusflow_domain::Commerce;
use nexusflow_engine::Partition;
use nexusflow_model::limits::RECORD_EVENTS_MAX;
use nexusflow_model::{cloudevents, partition};
use std::time::Duration;

/// The partitions after every customer's history, and how much processor time folding alone took.
pub(crate) fn folded(customers: Customers, partitions: u32) -> (Vec<Partition<Commerce>>, Duration) {
    let mut states: Vec<Partition<Commerce>> = (0..partitions).map(Partition::new).collect();
    let mut took = Duration::ZERO;
    let mut fold = |partition: u32, record: &[u8]| {
        let events = cloudevents::decode_record(record).unwrap();
        let state = &mut states[partition as usize];
        let before = machine::busy();
        let folded = state.fold(state.sequence() + 1, events);
        took += machine::busy() - before;
        assert_eq!(folded.unreadable, []);
    };
    for partition in 0..partitions {
        fold(partition, &record(&[configuration()]));
    }
    let mut open: Vec<(Vec<u8>, usize)> = vec![(Vec::new(), 0); partitions as usize];
    for step in 0..EVENTS {
        for at in 0..customers.count {
            let who = customers.turn(step, at);
            let own = partition::of_key(&customers.id(who), partitions);
            let (record, events) = &mut open[own as usize];
            record.push(if *events == 0 { b'[' } else { b',' });
            customers.event(record, who, step);
            *events += 1;
            if *events == RECORD_EVENTS_MAX {
                record.push(b']');
                fold(own, record);
                record.clear();
                *events = 0;
            }
        }
    }
    for (own, (record, events)) in open.iter_mut().enumerate() {
        if *events > 0 {
            record.push(b']');
            fold(own as u32, record);
        }
    }
    (states, took)
}
