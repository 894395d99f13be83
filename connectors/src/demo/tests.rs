//! What the stream as a whole has to be.

use super::calendar::{DAY, HOUR};
use super::{Company, Profile};
use nexusflow_model::{Envelope, Event, Id, Timestamp, cloudevents};
use std::collections::{BTreeMap, HashSet};

fn start() -> Timestamp {
    "2026-01-05T00:00:00Z".parse().unwrap()
}

fn company(customers: u32) -> Company {
    Company::new(Profile { customers, ..Profile::new(start()) })
}

/// The first days of a company of that many customers.
pub(super) fn days(customers: u32, days: i64) -> Vec<Envelope> {
    company(customers).until(start().plus_ms(days * DAY)).collect()
}

fn bytes<'a>(events: impl IntoIterator<Item = &'a Envelope>) -> Vec<u8> {
    events.into_iter().flat_map(|event| [cloudevents::encode(event), vec![b'\n']].concat()).collect()
}

#[test]
fn the_same_seed_tells_the_same_story_at_whatever_pace_it_is_pulled() {
    let end = start().plus_ms(12 * DAY);
    let at_once: Vec<Envelope> = company(300).until(end).collect();
    let one_by_one: Vec<Envelope> = company(300).take_while(|event| event.occurred_at <= end).collect();
    let mut pulled = company(300);
    let in_chunks: Vec<Envelope> = (1..=1_000)
        .flat_map(|chunk| {
            pulled.peek();
            pulled.until(start().plus_ms(chunk * 12 * DAY / 1_000)).collect::<Vec<_>>()
        })
        .collect();
    assert!(at_once.len() > 3_000);
    assert_eq!(bytes(&at_once), bytes(&one_by_one));
    assert_eq!(bytes(&at_once), bytes(&in_chunks));
    let other = Company::new(Profile { seed: 2, customers: 300, ..Profile::new(start()) }).take(1_000);
    assert_ne!(bytes(&at_once[..1_000]), bytes(&other.collect::<Vec<_>>()));
}

#[test]
fn events_are_in_order_and_their_ids_unique() {
    let events = days(600, 30);
    assert!(events.is_sorted_by_key(|event| event.occurred_at));
    assert!(events.iter().all(|event| event.recorded_at == event.occurred_at && event.occurred_at >= start()));
    let ids: HashSet<&Id> = events.iter().map(|event| &event.id).collect();
    assert_eq!(ids.len(), events.len());
}

#[test]
fn what_is_published_is_read_back_as_it_was() {
    let recorded_at: Timestamp = "2026-11-11T11:11:11Z".parse().unwrap();
    for event in company(1_500).take(50_000) {
        let read = cloudevents::decode_structured(&cloudevents::encode(&event), recorded_at).unwrap();
        assert_eq!(read, Envelope { recorded_at, ..event });
    }
}

#[test]
fn everybody_has_said_who_they_are_before_anything_happens_to_them() {
    let mut known = HashSet::new();
    for event in days(600, 20) {
        match event.event {
            Event::CustomerIdentified(_) => assert!(known.insert(event.subject)),
            // Newcomers look around first.
            Event::PageViewed(_) => {}
            _ => assert!(known.contains(&event.subject), "{event:?}"),
        }
    }
}

#[test]
fn an_hour_of_a_corner_sells_the_same_whether_told_cup_by_cup_or_at_once() {
    let span = start().plus_ms(30 * HOUR)..start().plus_ms(34 * HOUR + 1);
    let detailed = Profile { customers: 250, cup_by_cup: vec![span], ..Profile::new(start()) };
    let taken = |company: Company| {
        let (mut cents, mut cups, mut others) = (BTreeMap::new(), 0, Vec::new());
        for event in company.take_while(|event| event.occurred_at < start().plus_ms(2 * DAY)) {
            match &event.event {
                Event::PaymentReceived(payment) if event.subject.as_str().starts_with("corner") => {
                    *cents.entry(event.occurred_at.as_ms() / HOUR).or_insert(0) += payment.amount.minor;
                }
                Event::ProductUsed(used) if event.subject.as_str().starts_with("corner") => {
                    cups += used.count.unwrap().get();
                }
                _ => others.push(event),
            }
        }
        (cents, cups, bytes(&others))
    };
    let at_once = taken(company(250));
    assert_eq!(at_once, taken(Company::new(detailed.clone())));
    assert_eq!(at_once.0.len(), 48);
    let events = Company::new(detailed).take_while(|event| event.occurred_at < start().plus_ms(2 * DAY)).count();
    assert!(events > days(250, 2).len() + 3_000, "{events}");
}

#[test]
fn somebody_buys_a_cup_every_second_or_so_at_any_hour() {
    let span = start()..start().plus_ms(DAY);
    let profile = Profile { cup_by_cup: vec![span], ..Profile::new(start()) };
    let mut hours = [0; 24];
    for event in Company::new(profile).take_while(|event| event.occurred_at < start().plus_ms(DAY)) {
        hours[(event.occurred_at.ms_since(start()) / HOUR) as usize] += 1;
    }
    assert!(hours.iter().all(|events| (2 * 3_600..9 * 3_600).contains(events)), "{hours:?}");
}

/// How many events there are of each type, a line a type.
fn counted(events: impl IntoIterator<Item = Envelope>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events {
        *counts.entry(event.event.kind().as_str()).or_default() += 1;
    }
    let lines: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    lines.join("\n")
}

#[test]
fn thirty_days_in_figures() {
    insta::assert_snapshot!(counted(days(600, 30)), @r"
    booking.signed 17
    call.logged 86
    consent.granted 24
    consent.withdrawn 4
    customer.identified 661
    delivery.delayed 75
    delivery.delivered 992
    delivery.failed 27
    delivery.promised 1103
    delivery.shipped 1085
    document.viewed 55
    email.clicked 41
    email.opened 507
    email.sent 1323
    expectation.set 35
    feedback.labelled 31
    feedback.received 41
    invoice.credited 7
    invoice.issued 791
    invoice.overdue 34
    lead.created 17
    lead.signal 35
    meeting.held 50
    mention.detected 40
    opportunity.amount_changed 29
    opportunity.close_date_changed 49
    opportunity.created 86
    opportunity.lost 34
    opportunity.stage_changed 125
    opportunity.won 17
    order.cancelled 7
    order.changed 18
    order.placed 1110
    order.refunded 14
    order.returned 13
    page.viewed 1547
    payment.failed 29
    payment.received 4602
    payment.reversed 9
    product.used 1490
    quote.accepted 17
    quote.created 50
    quote.expired 17
    quote.line_added 50
    quote.sent 50
    recovery.closed 68
    recovery.contacted 76
    recovery.opened 76
    reply.sent 5
    review.posted 48
    subscription.cancelled 15
    subscription.changed 5
    subscription.started 352
    survey.answered 253
    survey.delivered 616
    survey.requested 632
    survey.started 269
    ticket.assigned 159
    ticket.opened 159
    ticket.priority_changed 7
    ticket.reopened 18
    ticket.replied 342
    ticket.resolved 216
    ticket.status_changed 52
    ");
}

#[test]
fn the_default_history_has_a_size_that_loads_in_seconds() {
    let events = days(3_000, 45).len();
    assert!((80_000..150_000).contains(&events), "{events}");
}
