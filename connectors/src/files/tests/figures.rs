//! The shipped mappings on the real data, where it is at hand: its figures were computed from the files by other means.

use super::super::{Mapping, Plan};
use nexusflow_model::{Envelope, Event, Timestamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[test]
fn every_shipped_mapping_can_be_used() {
    for name in Mapping::shipped_names() {
        let mapping = Mapping::shipped(name).unwrap_or_else(|error| panic!("{error}"));
        assert!(mapping.name() == name && !mapping.about().is_empty());
        assert_eq!(mapping.source().as_str(), format!("/files/{name}"));
    }
}

/// The events of a data set, all of which must be right. None, with a word of why, where the data isn't there or is another
/// selection of it than the figures are of.
fn events(name: &str, rows: u64) -> Option<Vec<Envelope>> {
    let folder = std::env::var_os("NEXUSFLOW_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    if !folder.join(name).is_dir() {
        println!("skipped: no folder {name} in {}; set NEXUSFLOW_DATA to where the public data is", folder.display());
        return None;
    }
    let started = Instant::now();
    let plan = Plan::read(&Mapping::shipped(name).unwrap(), &folder, &mut |_, _| {});
    let plan = plan.unwrap_or_else(|error| panic!("{error}"));
    let read = started.elapsed();
    if plan.rows() != rows {
        println!("skipped: {name} has {} rows here, the figures are of {rows}", plan.rows());
        return None;
    }
    assert_eq!((plan.rejections(), plan.duplicates()), (&[][..], 0));
    let started = Instant::now();
    let events: Result<Vec<_>, _> = plan.events().collect();
    let events = events.unwrap_or_else(|rejection| panic!("{rejection}"));
    assert!(events.windows(2).all(|pair| pair[0].occurred_at <= pair[1].occurred_at));
    let per_second = |count: usize, took: std::time::Duration| count as f64 / took.as_secs_f64() / 1_000.0;
    println!(
        "{name}: {rows} rows at {:.0} thousand a second, {} events at {:.0} thousand a second",
        per_second(rows as usize, read),
        events.len(),
        per_second(events.len(), started.elapsed())
    );
    Some(events)
}

fn counts(events: &[Envelope]) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for envelope in events {
        *counts.entry(envelope.event.kind().as_str()).or_default() += 1;
    }
    counts
}

fn median_ms(mut spans: Vec<i64>) -> i64 {
    spans.sort_unstable();
    let middle = spans.len() / 2;
    if spans.len() % 2 == 1 { spans[middle] } else { (spans[middle - 1] + spans[middle]) / 2 }
}

#[test]
fn olist() {
    let Some(events) = events("olist", 88_978) else { return };
    let (mut items, mut freight, mut paid, mut total, mut scores) = (0, 0, 0, 0, [0; 5]);
    let (mut promised, mut delivered, mut statuses) = (BTreeMap::new(), Vec::new(), BTreeMap::<&str, u64>::new());
    for envelope in &events {
        match &envelope.event {
            Event::OrderPlaced(order) => {
                items += order.lines.iter().map(|line| line.amount.minor).sum::<i64>();
                freight += order.freight.map_or(0, |freight| freight.minor);
                total += order.total.minor;
            }
            Event::PaymentReceived(payment) => paid += payment.amount.minor,
            Event::DeliveryPromised(it) => drop(promised.insert(&it.order, (envelope.occurred_at, it.promised_at))),
            Event::DeliveryDelivered(it) => delivered.push((&it.order, envelope.occurred_at)),
            Event::ReviewPosted(review) => scores[review.score.get() as usize - 1] += 1,
            Event::OrderChanged(it) => *statuses.entry(it.status.as_ref().unwrap().as_str()).or_default() += 1,
            _ => {}
        }
    }
    assert_eq!(delivered.len(), 14_552);
    assert_eq!(delivered.iter().filter(|(order, at)| *at > promised[order].1).count(), 1_156);
    let lead: Vec<i64> = delivered.iter().map(|(order, at)| at.ms_since(promised[order].0)).collect();
    assert_eq!((lead.iter().sum::<i64>(), median_ms(lead)), (15_690_378_889_000, 874_971_000));
    assert_eq!((items, freight, total, paid), (203_027_094, 34_029_267, 237_056_361, 239_790_456));
    assert_eq!(scores, [1_701, 478, 1_281, 2_887, 8_597]);
    assert_eq!(statuses, BTreeMap::from([("approved", 1), ("invoiced", 49), ("processing", 37), ("unavailable", 89)]));
    let counts = counts(&events);
    assert_eq!(counts["order.cancelled"], 113);
    assert_eq!(counts["delivery.shipped"], 14_552 + 159 + 11, "delivered, on the way, and cancelled on the way");
    assert_eq!((counts["order.placed"], counts["payment.received"], counts["review.posted"]), (15_000, 15_733, 14_944));
    assert_eq!(counts["customer.identified"], 14_904 + 3, "three moved");
}

#[test]
fn olist_funnel() {
    let Some(events) = events("olist_funnel", 8_842) else { return };
    let counts = counts(&events);
    assert_eq!((counts["lead.created"], counts["opportunity.created"], counts["opportunity.won"]), (8_000, 842, 842));
    let mut leads = BTreeMap::new();
    let mut won = Vec::new();
    for envelope in &events {
        match &envelope.event {
            Event::LeadCreated(it) => drop(leads.insert(&it.lead, envelope.occurred_at)),
            Event::OpportunityWon(it) => won.push((&it.opportunity, envelope.occurred_at)),
            _ => {}
        }
    }
    let cycles: Vec<i64> = won.iter().map(|(deal, at)| at.ms_since(leads[deal])).collect();
    assert_eq!(cycles.iter().filter(|cycle| **cycle < 0).count(), 1, "won before the first contact");
    assert_eq!((cycles.iter().sum::<i64>(), median_ms(cycles)), (3_572_536_831_000, 1_267_623_000));
}

#[test]
fn crm_sales() {
    let Some(events) = events("crm_sales", 8_927) else { return };
    let counts = counts(&events);
    assert_eq!((counts["opportunity.created"], counts["account.updated"]), (8_800, 85));
    assert_eq!((counts["opportunity.won"], counts["opportunity.lost"]), (4_238, 2_473));
    let (mut stages, mut open, mut quarters) = (BTreeMap::<&str, u64>::new(), BTreeMap::new(), [0; 4]);
    let (mut without_account, mut cycles) = (0, Vec::new());
    for envelope in &events {
        match &envelope.event {
            Event::OpportunityCreated(it) => {
                without_account += u64::from(it.opportunity == envelope.subject);
                *stages.entry(it.stage.as_str()).or_default() += 1;
                open.insert(&it.opportunity, (envelope.occurred_at, it.amount.unwrap().minor));
            }
            Event::OpportunityWon(it) => {
                let month = envelope.occurred_at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).month();
                quarters[(month as usize - 1) / 3] += it.amount.unwrap().minor;
                cycles.extend(open.remove(&it.opportunity).map(|(at, _)| envelope.occurred_at.ms_since(at)));
            }
            Event::OpportunityLost(it) => drop(open.remove(&it.opportunity)),
            _ => {}
        }
    }
    assert_eq!(quarters, [113_467_200, 308_611_100, 298_225_500, 280_249_600]);
    assert_eq!((stages["Engaging"], stages["Prospecting"]), (8_300, 500));
    assert_eq!((open.len(), open.values().map(|(_, minor)| minor).sum::<i64>()), (1_589 + 500, 496_621_500));
    assert_eq!(without_account, 1_425);
    assert_eq!((cycles.iter().sum::<i64>(), median_ms(cycles)), (18_960_652_800_000, 57 * 86_400_000));
}

#[test]
fn bpi2012() {
    let Some(events) = events("bpi2012", 262_200) else { return };
    let counts = counts(&events);
    assert_eq!((counts["opportunity.created"], counts["opportunity.won"]), (13_087, 2_246));
    assert_eq!(counts["opportunity.lost"], 7_635 + 2_807);
    assert_eq!(counts["opportunity.stage_changed"], 13_087 + 7_367 + 5_113 + 5_015);
    let (mut created, mut won, mut cycles) = (BTreeMap::new(), 0, Vec::new());
    for envelope in &events {
        match &envelope.event {
            Event::OpportunityCreated(_) => drop(created.insert(&envelope.subject, envelope.occurred_at)),
            Event::OpportunityWon(it) => {
                won += it.amount.unwrap().minor;
                cycles.push(envelope.occurred_at.ms_since(created[&envelope.subject]));
            }
            _ => {}
        }
    }
    assert_eq!(won, 3_529_033_800);
    assert_eq!(cycles.iter().sum::<i64>(), 3_232_724_165_232);
}

#[test]
fn incident_log() {
    let Some(events) = events("incident_log", 141_712) else { return };
    let counts = counts(&events);
    assert_eq!((counts["ticket.opened"], counts["ticket.reopened"]), (24_918, 331));
    assert_eq!(counts["ticket.status_changed"], 64_034 + 24_918 - 16_397, "changes, and first rows that are not new");
    let mut tickets: BTreeMap<_, (Timestamp, Option<&str>)> = BTreeMap::new();
    let (mut met, mut missed, mut times) = (BTreeMap::<&str, u64>::new(), BTreeMap::<&str, u64>::new(), Vec::new());
    for envelope in &events {
        match &envelope.event {
            Event::TicketOpened(it) => {
                let ticket = tickets.entry(&it.ticket).or_insert((envelope.occurred_at, None));
                ticket.0 = envelope.occurred_at;
                ticket.1 = ticket.1.or(it.priority.as_ref().map(|it| it.as_str()));
            }
            // An update may be told at an earlier minute than the opening.
            Event::TicketPriorityChanged(it) => {
                tickets.entry(&it.ticket).or_insert((envelope.occurred_at, None)).1 = Some(it.priority.as_str());
            }
            Event::TicketResolved(it) if it.closed => {
                let of = if it.sla_met.unwrap() { &mut met } else { &mut missed };
                *of.entry(tickets[&it.ticket].1.unwrap()).or_default() += 1;
            }
            Event::TicketResolved(it) => times.push(envelope.occurred_at.ms_since(tickets[&it.ticket].0)),
            _ => {}
        }
    }
    assert_eq!(missed, BTreeMap::from([("1", 265), ("2", 406), ("3", 8_321), ("4", 123)]));
    assert_eq!(met, BTreeMap::from([("1", 5), ("2", 2), ("3", 15_145), ("4", 651)]));
    assert_eq!(24_918 - times.len(), 1_556, "never resolved");
    assert_eq!((times.iter().sum::<i64>(), median_ms(times)), (14_984_800_200_000, 79_560_000));
}

#[test]
fn online_retail() {
    let Some(events) = events("online_retail", 2 * 370_931) else { return };
    let counts = counts(&events);
    assert_eq!(
        (counts["order.placed"], counts["order.returned"], counts["customer.identified"]),
        (14_331, 2_887, 3_658)
    );
    let (mut sold, mut lines, mut returned, mut without_customer) = (0, 0, 0, 0);
    for envelope in &events {
        match &envelope.event {
            Event::OrderPlaced(it) => {
                sold += it.total.minor;
                lines += it.lines.len();
                without_customer += u64::from(it.order == envelope.subject);
            }
            Event::OrderReturned(it) => returned += it.amount.unwrap().minor,
            _ => {}
        }
    }
    assert_eq!((sold, returned), (735_235_417, 55_967_311));
    assert_eq!((lines, without_customer), (362_699, 1_163));
}
