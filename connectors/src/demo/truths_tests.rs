//! What was planted is found again by somebody who sees only the events.

use super::calendar::DAY;
use super::tests::days;
use super::truths::*;
use nexusflow_model::event::support::AuthorKind;
use nexusflow_model::{Envelope, Event, Id, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// Days of history; the sample is large enough for the tolerances below.
const DAYS: i64 = 90;

fn text(id: impl std::fmt::Display) -> String {
    id.to_string()
}

/// Deliveries as an observer pairs them, of those promised for `promised_by` or earlier: customer, lane, when, late.
fn deliveries(events: &[Envelope], promised_by: Timestamp) -> Vec<(Id, String, i64, bool)> {
    let mut promised = HashMap::new();
    let mut found = Vec::new();
    for event in events {
        match &event.event {
            Event::DeliveryPromised(it) => {
                promised.insert(it.order.clone(), (it.promised_at, text(it.lane.as_ref().unwrap())));
            }
            Event::DeliveryDelivered(it) => {
                let (promised_at, lane) = &promised[&it.order];
                if *promised_at > promised_by {
                    continue;
                }
                let late = event.occurred_at > *promised_at;
                found.push((event.subject.clone(), lane.clone(), event.occurred_at.as_ms(), late));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn late_deliveries_triple_the_churn_hazard() {
    let events = days(4_000, DAYS);
    let end = events.last().unwrap().occurred_at.as_ms();
    // Subscribers, for whom leaving shows: from, until, whether they left.
    let mut stays: BTreeMap<Id, (i64, i64, bool)> = BTreeMap::new();
    for event in &events {
        let at = event.occurred_at.as_ms();
        match event.event {
            Event::SubscriptionStarted(_) => drop(stays.insert(event.subject.clone(), (at, end, false))),
            Event::SubscriptionCancelled(_) => {
                let stay = stays.get_mut(&event.subject).unwrap();
                (stay.1, stay.2) = (at, true);
            }
            _ => {}
        }
    }
    let mut late: HashMap<Id, Vec<i64>> = HashMap::new();
    for (customer, _, at, _) in
        deliveries(&events, events[events.len() - 1].occurred_at).into_iter().filter(|(.., late)| *late)
    {
        late.entry(customer).or_default().push(at);
    }
    // Rates by exposure: cases and days at risk.
    let mut rates = [(0.0, 0.0); 2];
    for (customer, (from, until, left)) in stays {
        let first = late.get(&customer).and_then(|all| all.iter().copied().find(|at| *at < until)).unwrap_or(until);
        let first = first.max(from);
        rates[0].1 += (first - from) as f64 / DAY as f64;
        rates[1].1 += (until - first) as f64 / DAY as f64;
        let exposed = first < until;
        rates[usize::from(exposed)].0 += f64::from(u8::from(left));
    }
    let [plain, exposed] = rates.map(|(cases, days)| cases / days);
    let ratio = exposed / plain;
    assert!((ratio / LATE_CHURN_HAZARD_RATIO - 1.0).abs() < 0.25, "{ratio} from {rates:?}");
    assert!((plain / CHURN_PER_DAY - 1.0).abs() < 0.25, "{plain} from {rates:?}");
}

#[test]
fn one_lane_is_late_far_more_often_than_the_others() {
    let mut lanes: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    let events = days(3_000, 90);
    // What was promised lately and is late has not come yet: only what had the time to come is counted.
    let settled = events[events.len() - 1].occurred_at.plus_ms(-21 * DAY);
    for (_, lane, _, late) in deliveries(&events, settled) {
        let entry = lanes.entry(lane).or_default();
        entry.0 += f64::from(u8::from(late));
        entry.1 += 1.0;
    }
    for (lane, (late, all)) in lanes {
        let (share, planted) = (late / all, if lane == LATE_LANE { LATE_LANE_SHARE } else { LATE_SHARE });
        let error = (planted * (1.0 - planted) / all).sqrt();
        assert!((share - planted).abs() < 3.5 * error, "{lane}: {share} of {all}");
    }
}

#[test]
fn one_segment_grows_fastest() {
    let events = days(3_000, DAYS);
    let mut segments = HashMap::new();
    let mut halves: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for event in &events {
        match &event.event {
            Event::CustomerIdentified(it) => {
                segments.insert(event.subject.clone(), text(it.segment.as_ref().unwrap()));
            }
            Event::OrderPlaced(_) => {
                let later = event.occurred_at.ms_since(events[0].occurred_at) > DAYS / 2 * DAY;
                halves.entry(segments[&event.subject].clone()).or_default()[usize::from(later)] += 1.0;
            }
            _ => {}
        }
    }
    let mut growth: Vec<(f64, String)> = halves.into_iter().map(|(segment, [a, b])| (b / a, segment)).collect();
    growth.sort_by(|a, b| b.0.total_cmp(&a.0));
    assert_eq!(growth[0].1, FASTEST_SEGMENT, "{growth:?}");
    assert!(growth[0].0 > 1.3 && growth[1].0 < 1.2, "{growth:?}");
}

#[test]
fn one_touchpoint_disappoints_most() {
    let (mut scores, mut expected): (BTreeMap<String, Vec<f64>>, BTreeMap<String, Vec<f64>>) = Default::default();
    for event in days(3_000, 60) {
        match event.event {
            Event::SurveyAnswered(it) if it.ends() == (1, 5) => {
                scores.entry(text(it.touchpoint.unwrap())).or_default().push(f64::from(it.score.get()));
            }
            Event::ExpectationSet(it) => {
                expected.entry(text(it.touchpoint)).or_default().push(f64::from(it.expected.get()));
            }
            _ => {}
        }
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    let mut gaps: Vec<(f64, &str)> = Vec::new();
    for (touchpoint, planted, hoped) in TOUCHPOINTS {
        let (given, wished) = (&scores[*touchpoint], &expected[*touchpoint]);
        // Late deliveries pull the mean of all deliveries down.
        let tolerance = if *touchpoint == "delivery" { 0.4 } else { 0.25 };
        assert!((mean(given) - planted).abs() < tolerance, "{touchpoint}: {} of {}", mean(given), given.len());
        assert!((mean(wished) - hoped).abs() < 0.45, "{touchpoint}: {} of {}", mean(wished), wished.len());
        gaps.push(((hoped - mean(given)) * given.len() as f64, touchpoint));
    }
    let lowest = scores.iter().min_by(|a, b| mean(a.1).total_cmp(&mean(b.1))).unwrap();
    assert_eq!(lowest.0, WORST_TOUCHPOINT);
    gaps.sort_by(|a, b| b.0.total_cmp(&a.0));
    assert_eq!(gaps[0].1, WORST_TOUCHPOINT, "{gaps:?}");
}

#[test]
fn one_competitor_is_named_most_and_the_win_share_is_as_planted() {
    let (mut named, mut ended): (BTreeMap<String, u32>, [f64; 2]) = Default::default();
    for event in days(3_000, 120) {
        let rival = match event.event {
            Event::MentionDetected(it) => it.competitor,
            Event::OpportunityWon(_) => {
                ended[1] += 1.0;
                None
            }
            Event::OpportunityLost(it) => {
                ended[0] += 1.0;
                it.competitor
            }
            _ => None,
        };
        if let Some(rival) = rival {
            *named.entry(text(rival)).or_default() += 1;
        }
    }
    let all: u32 = named.values().sum();
    assert!(named[TOP_RIVAL] * 2 > all, "{named:?}");
    let share = ended[1] / (ended[0] + ended[1]);
    assert!((share - WIN_SHARE).abs() < 0.05, "{share} of {ended:?}");
}

#[test]
fn templates_halve_the_time_to_the_first_answer() {
    let mut opened = HashMap::new();
    let mut waits: [Vec<i64>; 2] = Default::default();
    for event in days(3_000, 60) {
        match event.event {
            Event::TicketOpened(it) if it.priority.as_ref().unwrap().as_str() == "normal" => {
                opened.insert(it.ticket, event.occurred_at);
            }
            Event::TicketReplied(it) if it.public && it.author_kind == AuthorKind::Agent => {
                if let Some(at) = opened.remove(&it.ticket) {
                    waits[usize::from(it.template.is_some())].push(event.occurred_at.ms_since(at));
                }
            }
            _ => {}
        }
    }
    let [by_hand, templated] = waits.map(|mut all| {
        all.sort_unstable();
        all[all.len() / 2] as f64
    });
    let share = templated / by_hand;
    assert!((share / TEMPLATE_REPLY_SHARE - 1.0).abs() < 0.2, "{share}");
}
