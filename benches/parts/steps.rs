//! The steps that an event goes through, each alone: for what times them and for what counts their instructions.

use super::{company, configuration, record};
use nexusflow_domain::voice::words;
use nexusflow_domain::{Commerce, Rollup};
use nexusflow_engine::{Merge, Pane, Partition};
use nexusflow_learn::{sentiment, themes};
use nexusflow_model::limits::RECORD_EVENTS_MAX;
use nexusflow_model::{Envelope, Timestamp, cloudevents, partition};
use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

/// Customers of the company whose events these are.
const CUSTOMERS: u32 = 300;
/// Records that are folded before any is looked at: most customers are known by then.
const BEFORE: usize = 40;
/// Records that are looked at.
pub(crate) const RECORDS: usize = 40;
/// Partitions among which events are distributed.
const PARTITIONS: u32 = 4;

/// What a step does next, made ready.
pub(crate) type Work = Box<dyn FnOnce()>;

/// The names of the steps, in the order of an event's way.
pub(crate) const STEPS: [&str; 10] = [
    "take in an event",
    "encode an event",
    "route an event",
    "decode an event",
    "fold an event",
    "judge a text",
    "find themes in a text",
    "merge a pane",
    "encode a pane",
    "decode a pane",
];

/// One of them.
pub(crate) struct Step {
    /// How many events, texts or panes each work has.
    pub(crate) items: usize,
    /// Makes the next work ready.
    pub(crate) next: Box<dyn FnMut() -> Work>,
}

impl Step {
    fn of(items: usize, next: impl FnMut() -> Work + 'static) -> Self {
        Self { items, next: Box::new(next) }
    }

    /// The step of that name.
    pub(crate) fn named(name: &str) -> Self {
        let events = company((BEFORE + RECORDS) * RECORD_EVENTS_MAX, CUSTOMERS);
        match name {
            "take in an event" => records(&events, |batch, now| {
                for event in cloudevents::split_batch(batch).unwrap() {
                    drop(black_box(cloudevents::decode_structured(event, now).unwrap()));
                }
            }),
            "encode an event" => each(events, |event| drop(black_box(cloudevents::encode(event)))),
            "route an event" => each(events, |event| {
                black_box((partition::of(&event.subject, PARTITIONS), partition::identity_hash(event)));
            }),
            "decode an event" => {
                records(&events, |record, _| drop(black_box(cloudevents::decode_record(record).unwrap())))
            }
            "fold an event" => fold(events),
            "judge a text" => texts(&events, |text| {
                black_box(sentiment::Model::shipped().judge(text));
            }),
            "find themes in a text" => texts(&events, |text| drop(black_box(themes::Model::shipped().guess(text)))),
            "merge a pane" => panes(events, |pane, _, whole| {
                whole.borrow_mut().merge(pane);
            }),
            "encode a pane" => panes(events, |pane, _, _| drop(black_box(postcard::to_stdvec(pane).unwrap()))),
            "decode a pane" => {
                panes(events, |_, bytes, _| drop(black_box(postcard::from_bytes::<Rollup>(bytes).unwrap())))
            }
            other => panic!("there is no step {other:?}; there are {STEPS:?}"),
        }
    }
}

/// What is done with each event; a record's events are one work.
fn each(events: Vec<Envelope>, work: impl Fn(&Envelope) + Copy + 'static) -> Step {
    let events = Rc::new(events);
    let mut at = 0;
    Step::of(RECORD_EVENTS_MAX, move || {
        let (events, from) = (Rc::clone(&events), at % (events.len() / RECORD_EVENTS_MAX) * RECORD_EVENTS_MAX);
        at += 1;
        Box::new(move || events[from..from + RECORD_EVENTS_MAX].iter().for_each(work))
    })
}

/// What is done with each record, as bytes; and the time of its first event.
fn records(events: &[Envelope], work: impl Fn(&[u8], Timestamp) + Copy + 'static) -> Step {
    let each = events.chunks(RECORD_EVENTS_MAX).map(|events| (record(events), events[0].recorded_at));
    let records: Rc<Vec<(Vec<u8>, Timestamp)>> = Rc::new(each.collect());
    let mut at = 0;
    Step::of(RECORD_EVENTS_MAX, move || {
        let (records, from) = (Rc::clone(&records), at % records.len());
        at += 1;
        Box::new(move || work(&records[from].0, records[from].1))
    })
}

/// Folds one record after the other; from the beginning again when there are no more.
fn fold(events: Vec<Envelope>) -> Step {
    let mut at = 0;
    let mut partition = Rc::new(RefCell::new(Partition::<Commerce>::new(0)));
    let decoded = move |from: usize| -> Vec<_> {
        events[from * RECORD_EVENTS_MAX..][..RECORD_EVENTS_MAX].iter().cloned().map(Ok).collect()
    };
    Step::of(RECORD_EVENTS_MAX, move || {
        if at % (BEFORE + RECORDS) == 0 {
            partition = Rc::new(RefCell::new(Partition::new(0)));
            partition.borrow_mut().fold(1, vec![Ok(configuration())]);
            for from in 0..BEFORE {
                partition.borrow_mut().fold(from as u64 + 2, decoded(from));
            }
            at = BEFORE;
        }
        let (partition, events, sequence) = (Rc::clone(&partition), decoded(at), at as u64 + 2);
        at += 1;
        Box::new(move || drop(black_box(partition.borrow_mut().fold(sequence, events))))
    })
}

/// What is done with each text that a customer wrote.
fn texts(events: &[Envelope], work: impl Fn(&str) + Copy + 'static) -> Step {
    let texts = events.iter().filter_map(|event| words::of_customer(&event.event).map(Into::into));
    let texts: Rc<Vec<String>> = Rc::new(texts.collect());
    let items = texts.len();
    Step::of(items, move || {
        let texts = Rc::clone(&texts);
        Box::new(move || texts.iter().for_each(|text| work(text)))
    })
}

/// What is done with each pane: with the pane, its bytes and one into which all can go.
fn panes(events: Vec<Envelope>, work: impl Fn(&Rollup, &[u8], &RefCell<Rollup>) + Copy + 'static) -> Step {
    let mut partition = Partition::<Commerce>::new(0);
    partition.fold(1, vec![Ok(configuration())]);
    partition.fold(2, events.into_iter().map(Ok).collect());
    let panes: Vec<(&Pane, &Rollup)> = partition.rollups().panes().iter().collect();
    let panes = panes.into_iter().map(|(_, pane)| (pane.clone(), postcard::to_stdvec(pane).unwrap()));
    let panes: Rc<Vec<(Rollup, Vec<u8>)>> = Rc::new(panes.collect());
    let items = panes.len();
    Step::of(items, move || {
        let (panes, whole) = (Rc::clone(&panes), RefCell::new(Rollup::default()));
        Box::new(move || panes.iter().for_each(|(pane, bytes)| work(pane, bytes, &whole)))
    })
}
