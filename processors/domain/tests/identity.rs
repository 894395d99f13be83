//! What is said of an e-mail address, a number, a device or an order finds its customer, in whatever order it all arrives; and of
//! customers who become one nothing is lost and nothing counts twice.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use nexusflow_domain::config::{Evidence, Matching};
use nexusflow_domain::subject::Subject;
use nexusflow_domain::views::customer;
use nexusflow_domain::{Business, Commerce, Rollup};
use nexusflow_engine::{Counters, Emission, Merge, Pane, Partition};
use nexusflow_model::alias::Alias;
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::{Envelope, Event, Id, Kind, Source, Timestamp, cloudevents, partition};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::VecDeque;

fn start() -> Timestamp {
    "2026-01-05T00:00:00Z".parse().unwrap()
}

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn event(name: &str, subject: &Id, minute: i64, kind: &str, data: &Value) -> Envelope {
    let event = Event::from_json(Kind::from_name(kind).unwrap(), &data.to_string()).unwrap();
    let (occurred_at, source) = (start().plus_ms(minute * 60_000), Source::new("/test").unwrap());
    Envelope {
        id: id(name),
        source,
        subject: subject.clone(),
        occurred_at,
        recorded_at: occurred_at,
        forwarded: 0,
        event,
    }
}

/// Partitions that say to each other what follows.
struct World {
    partitions: Vec<Partition<Commerce>>,
    /// Each is restored from its parts after so many records.
    restored_every: u64,
}

impl World {
    fn new(partitions: u32, restored_every: u64, identity: Option<Matching>) -> Self {
        let mut world = Self { partitions: (0..partitions).map(Partition::new).collect(), restored_every };
        world.configure(identity);
        world
    }

    fn configure(&mut self, identity: Option<Matching>) {
        let content = serde_json::to_value(Business { identity, ..Business::default() }).unwrap();
        let config = ConfigChanged::envelope("v1", "a test", content, start()).unwrap();
        let mut derived = Vec::new();
        for partition in &mut self.partitions {
            derived.extend(derived_of(partition, config.clone()));
        }
        derived.into_iter().for_each(|event| self.hear(event));
    }

    /// Folds an event, and all that follows from it.
    fn hear(&mut self, event: Envelope) {
        let mut next = VecDeque::from([event]);
        while let Some(event) = next.pop_front() {
            let at = partition::of(&event.subject, self.partitions.len() as u32) as usize;
            let partition = &mut self.partitions[at];
            // Through the bytes of the log, as it is in earnest.
            let record = cloudevents::join_record([cloudevents::encode(&event).as_slice()].into_iter());
            let event = cloudevents::decode_record(&record).unwrap().remove(0).unwrap();
            next.extend(derived_of(partition, event));
            if partition.sequence().is_multiple_of(self.restored_every) {
                partition.mark_unwritten();
                let cut = partition.cut_whole().unwrap();
                *partition = Partition::restore(cut.changed.iter().map(|(part, bytes)| (*part, &**bytes))).unwrap();
            }
        }
    }

    fn counters(&self) -> Counters {
        let mut sum = Counters::default();
        self.partitions.iter().for_each(|partition| sum.add(&partition.counters()));
        sum
    }

    fn all(&self) -> Rollup {
        let mut sum = Rollup::default();
        let all = self.partitions.iter().filter_map(|partition| partition.rollups().panes().get(&Pane::All));
        all.for_each(|rollup| sum.merge(rollup));
        sum
    }

    /// All there is to know of a customer; how many events count them, too, and no place in the log.
    fn customer(&self, of: &Id) -> Option<Value> {
        let at = partition::of(of, self.partitions.len() as u32) as usize;
        let slot = self.partitions[at].profile(Subject::Customer as u8, of)?;
        let mut whole = customer::whole(&Business::default(), of, &slot.profile, (0, self.partitions[at].clock()), &[]);
        // What made health change, and what it is called since, is what was known when.
        for known_when in ["changes", "days", "band"] {
            whole["health"][known_when].take();
        }
        Some(whole)
    }
}

fn derived_of(partition: &mut Partition<Commerce>, event: Envelope) -> Vec<Envelope> {
    let folded = partition.fold(partition.sequence() + 1, vec![Ok(event)]);
    assert!(folded.unreadable.is_empty());
    let derived = folded.emissions.into_iter().filter_map(|emission| match emission {
        Emission::Derived(_, event) => Some(*event),
        Emission::Effect(_) => None,
    });
    derived.collect()
}

const CUSTOMERS: usize = 5;

fn customer(n: usize) -> Id {
    id(&format!("c-{n}"))
}

/// The keys a customer is known by: an address, a number, a device, an order.
fn keys(n: usize) -> [Id; 4] {
    [
        Alias::Email.key(&format!("c{n}@example.org")).unwrap(),
        Alias::Phone.key(&format!("+3491123450{n}")).unwrap(),
        Alias::Device.key(&format!("device-{n}")).unwrap(),
        Alias::Order.key(&format!("order-{n}")).unwrap(),
    ]
}

fn identified(n: usize) -> Value {
    json!({"email": format!("C{n}@Example.org"), "phone": format!("+34 911 234 50{n}"), "anonymous_id": format!("device-{n}")})
}

/// Something that happened to a customer: (which, by which key, when, what).
type Happening = (usize, usize, i64, usize);

fn what(number: usize, (of, _, _, kind): Happening) -> (&'static str, Value) {
    match kind {
        0 => ("page.viewed", json!({"page": "/"})),
        1 => ("order.placed", json!({"order": format!("o-{number}"), "total": {"minor": 1000, "currency": "EUR"}})),
        2 => ("delivery.delivered", json!({"order": format!("order-{of}")})),
        3 => ("ticket.opened", json!({"ticket": format!("t-{of}")})),
        4 => ("ticket.resolved", json!({"ticket": format!("t-{of}")})),
        5 => ("survey.answered", json!({"survey": format!("s-{number}"), "measures": "nps", "score": 3})),
        _ => {
            let amount = json!({"minor": 500, "currency": "EUR"});
            (
                "payment.received",
                json!({"payment": format!("p-{number}"), "order": format!("order-{of}"), "amount": amount}),
            )
        }
    }
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec((0..CUSTOMERS, 0..5_usize, 0..3_000_i64, 0..7_usize), 1..60)
}

/// A story by keys, and the same by the customers' ids.
fn told(happenings: &[Happening]) -> (Vec<Envelope>, Vec<Envelope>) {
    let (mut by_key, mut by_id) = (Vec::new(), Vec::new());
    for n in 0..CUSTOMERS {
        // Said more than once: it is claimed as of the first time.
        for (time, minute) in [500, 20, 900].into_iter().enumerate() {
            by_id.push(event(&format!("who-{n}-{time}"), &customer(n), minute, "customer.identified", &identified(n)));
        }
        let order = json!({"order": format!("order-{n}"), "total": {"minor": 7000, "currency": "EUR"}});
        by_id.push(event(&format!("order-{n}"), &customer(n), 100, "order.placed", &order));
    }
    by_key.extend(by_id.iter().cloned());
    for (number, happening) in happenings.iter().enumerate() {
        let (of, key, minute, _) = *happening;
        let (kind, data) = what(number, *happening);
        let own = customer(of);
        let subject = keys(of).get(key).unwrap_or(&own).clone();
        let name = format!("h-{number}");
        by_key.push(event(&name, &subject, minute, kind, &data));
        by_id.push(event(&name, &own, minute, kind, &data));
    }
    (by_key, by_id)
}

/// In another order, some of it twice, all of it within a day: what comes later raises no alert.
fn arriving(events: &[Envelope], order: &[usize]) -> Vec<Envelope> {
    let mut arriving: Vec<Envelope> = Vec::new();
    let mut left: Vec<&Envelope> = events.iter().collect();
    for at in order.iter().cycle() {
        if left.is_empty() {
            break;
        }
        let event = left.remove(at % left.len());
        arriving.push(event.clone());
        if at % 5 == 0 {
            arriving.insert(at % arriving.len(), event.clone());
        }
    }
    for (second, event) in (0..).zip(&mut arriving) {
        event.recorded_at = start().plus_ms(3_000 * 60_000 + second * 1_000);
    }
    arriving
}

fn matching() -> Matching {
    Matching { merge: vec![Evidence::Email, Evidence::Phone], orders: true }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_said_of_a_key_counts_as_if_it_had_been_said_of_the_customer(
        happenings in happenings(),
        order in prop::collection::vec(0..1_000_usize, 10..80),
        (partitions, restored_every, is_asked_later) in (1..5_u32, 1..40_u64, any::<bool>()),
    ) {
        let (by_key, by_id) = told(&happenings);
        let mut found = World::new(partitions, restored_every, (!is_asked_later).then(matching));
        arriving(&by_key, &order).into_iter().for_each(|event| found.hear(event));
        if is_asked_later {
            // Who is identified, and has ordered, is found by what is known of them by now; a device is forgotten.
            found.configure(Some(matching()));
            for n in 0..CUSTOMERS {
                let data = identified(n);
                found.hear(event(&format!("who-{n}-again"), &customer(n), 20, "customer.identified", &data));
            }
        }
        let mut direct = World::new(1, 1_000, None);
        let mut by_id = by_id;
        by_id.iter_mut().for_each(|event| event.recorded_at = start().plus_ms(3_000 * 60_000));
        by_id.into_iter().for_each(|event| direct.hear(event));
        if is_asked_later {
            for n in 0..CUSTOMERS {
                let data = identified(n);
                direct.hear(event(&format!("who-{n}-again"), &customer(n), 20, "customer.identified", &data));
            }
        }
        for n in 0..CUSTOMERS {
            prop_assert_eq!(found.customer(&customer(n)), direct.customer(&customer(n)));
        }
        let mut all = (found.all(), direct.all());
        // An alert is what was known when.
        (all.0.alerting, all.1.alerting) = Default::default();
        (all.0.health.by_kind, all.1.health.by_kind) = Default::default();
        prop_assert_eq!(all.0, all.1);
        let (own, expected) = (found.counters(), direct.counters());
        prop_assert_eq!((own.events, own.waiting), (expected.events, 0));
    }

    #[test]
    fn whoever_becomes_one_with_whom_nothing_is_lost_and_nothing_counts_twice(
        happenings in happenings(),
        links in prop::collection::vec((0..CUSTOMERS, 0..CUSTOMERS, 0..3_000_i64, any::<bool>()), 0..12),
        shared in prop::collection::vec((0..CUSTOMERS, 0..CUSTOMERS, 0..3_000_i64), 0..6),
        order in prop::collection::vec(0..1_000_usize, 10..80),
        (partitions, restored_every) in (1..5_u32, 1..40_u64),
    ) {
        let (mut events, _) = told(&happenings);
        for (number, (survivor, merged, minute, is_over)) in links.iter().enumerate() {
            let (name, of) = (format!("link-{number}"), customer(*merged));
            events.push(match is_over {
                false => event(&name, &customer(*survivor), *minute, "customer.merged", &json!({"merged": of, "by": "Ana"})),
                true => event(&name, &customer(*survivor), *minute, "customer.unmerged", &json!({"unmerged": of})),
            });
        }
        for (number, (of, like, minute)) in shared.iter().enumerate() {
            events.push(event(&format!("shared-{number}"), &customer(*of), *minute, "customer.identified", &identified(*like)));
        }
        let mut world = World::new(partitions, restored_every, Some(matching()));
        let arriving = arriving(&events, &order);
        arriving.iter().cloned().for_each(|event| world.hear(event));
        // Again, all of it.
        let once = (world.counters(), world.all());
        arriving.iter().cloned().for_each(|event| world.hear(event));
        let twice = world.counters();
        prop_assert_eq!((once.0.events, once.0.waiting, once.0.passed_on), (twice.events, twice.waiting, twice.passed_on));
        let mut all = world.all();
        all.alerting = once.1.alerting.clone();
        prop_assert_eq!(&all, &once.1);
        // Of each thing all came together in one place: an order is placed once, and a delivery knows its order.
        let placed = happenings.iter().filter(|(.., kind)| *kind == 1).count() as i64 + CUSTOMERS as i64;
        let paid = happenings.iter().filter(|(.., kind)| *kind == 6).count() as i64;
        prop_assert_eq!((all.commerce.orders, all.commerce.payments), (placed, paid));
        // What partitions say to each other of merges comes on top.
        let merges = world.counters().events - events.len() as u64;
        prop_assert!(merges <= 4 * CUSTOMERS as u64, "{} events more than were said", merges);
        prop_assert_eq!(world.counters().waiting, 0);
    }
}
