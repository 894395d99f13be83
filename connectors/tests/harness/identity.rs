//! What comes twice is the same; when and in which order it comes makes no difference.

use crate::fixture::{arrival, now, open, samples};
use nexusflow_connectors::source::CONNECTORS;
use nexusflow_model::Envelope;
use proptest::prelude::*;

#[test]
fn what_comes_twice_is_the_same_events() {
    for (connector, sample) in samples() {
        let arrival = arrival(sample, now());
        let first = open(connector).decoder.decode(&arrival);
        assert_eq!(first, open(connector).decoder.decode(&arrival), "{}: {}", connector.kind, sample.what);
    }
}

/// What comes later was recorded later, and is otherwise the same: even of a system that says no time, whose events happened
/// when they came.
#[test]
fn what_comes_late_has_the_same_ids_and_happened_when_it_did() {
    for (connector, sample) in samples() {
        let decoder = open(connector).decoder;
        let later = now().plus_ms(40 * 86_400_000);
        let events = |at| -> Vec<Envelope> {
            decoder.decode(&arrival(sample, at)).into_iter().map(|incoming| incoming.event.unwrap()).collect()
        };
        let (first, second) = (events(now()), events(later));
        assert_eq!(first.len(), second.len());
        for (first, second) in first.iter().zip(&second) {
            let says_no_time = first.occurred_at == now();
            let occurred_at = if says_no_time { later } else { first.occurred_at };
            let expected = Envelope { recorded_at: later, occurred_at, ..first.clone() };
            assert_eq!(second, &expected, "{}: {}", connector.kind, sample.what);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// A decoder remembers nothing: messages in any order, some of them twice, are the same set of events.
    #[test]
    fn any_order_is_the_same_set_of_events(order in proptest::collection::vec(any::<prop::sample::Index>(), 1..40)) {
        for connector in CONNECTORS {
            let decoder = open(connector).decoder;
            let decode = |at: usize| decoder.decode(&arrival(&connector.samples[at], now()));
            let in_order: Vec<_> = (0..connector.samples.len()).map(decode).collect();
            for at in order.iter().map(|index| index.index(connector.samples.len())) {
                prop_assert_eq!(&decode(at), &in_order[at], "{}", connector.kind);
            }
        }
    }
}
