//! Each rule of the clocks, through the fold.

use super::*;
use crate::{AlertEffect, Business, Commerce};
use nexusflow_engine::{Emission, Pane, Partition};
use nexusflow_model::event::control::{ClockTicked, ConfigChanged};
use nexusflow_model::{Place, Source};
use proptest::prelude::*;

const HOUR_MS: i64 = 3_600_000;

/// Hours after a Monday at nine.
fn at(hours: i64) -> Timestamp {
    "2026-01-12T09:00:00Z".parse::<Timestamp>().unwrap().plus_ms(hours * HOUR_MS)
}

fn envelope(n: usize, hours: i64, event: Event) -> Envelope {
    let (id, source) = (Id::new(&format!("e-{n}")).unwrap(), Source::new("/test").unwrap());
    let at = at(hours);
    Envelope { id, source, subject: Id::new("c-1").unwrap(), occurred_at: at, recorded_at: at, forwarded: 0, event }
}

/// An event of the ticket `t-1`, from JSON without the ticket.
fn said(kind: &str, mut data: Value) -> Event {
    if !kind.starts_with("customer.") && !kind.starts_with("tier.") {
        data["ticket"] = json!("t-1");
    }
    let whole = json!({
        "specversion": "1.0", "id": "x", "source": "/test", "type": kind, "subject": "c-1",
        "time": "2026-01-12T09:00:00Z", "recordedtime": "2026-01-12T09:00:00Z", "data": data,
    });
    let record = serde_json::to_vec(&[whole]).unwrap();
    nexusflow_model::cloudevents::decode_record(&record).unwrap().remove(0).unwrap().event
}

fn opened(priority: &str) -> Event {
    said("ticket.opened", json!({"priority": priority}))
}

fn replied(author: &str) -> Event {
    said("ticket.replied", json!({"author_kind": author, "public": true}))
}

fn pending(is_pending: bool) -> Event {
    said("ticket.status_changed", json!({"status": "any", "pending": is_pending}))
}

fn resolved() -> Event {
    said("ticket.resolved", json!({}))
}

fn priority(priority: &str) -> Event {
    said("ticket.priority_changed", json!({"priority": priority}))
}

/// What a partition made of events, the last of which is a tick.
struct World {
    partition: Partition<Commerce>,
    /// (target, severity, hours) as they were raised, and with "-" as they were over.
    notices: Vec<(String, String, i64)>,
}

impl World {
    fn new(alerting: Value) -> Self {
        let business = Business { alerting: serde_json::from_value(alerting).unwrap(), ..Business::default() };
        let content = serde_json::to_value(business).unwrap();
        let mut world = Self { partition: Partition::new(0), notices: Vec::new() };
        world.take(ConfigChanged::envelope("1", "test", content, at(-1)).unwrap());
        world
    }

    fn take(&mut self, envelope: Envelope) {
        let folded = self.partition.fold(self.partition.sequence() + 1, vec![Ok(envelope)]);
        for emission in folded.emissions {
            let Emission::Effect(effect) = emission else { continue };
            let AlertEffect::Notice(notice) = effect.body else { continue };
            // Who is told next is the ladder's.
            if notice.kind != AlertKind::Sla || notice.what == crate::alert::What::Escalated {
                continue;
            }
            let target = notice.alert.as_str().rsplit(':').next().unwrap().to_owned();
            let severity = if notice.state.is_open() { notice.severity.as_str() } else { "-" };
            self.notices.push((target, severity.to_owned(), notice.at.ms_since(at(0)) / HOUR_MS));
        }
    }

    fn tick(&mut self, hours: i64) {
        self.take(envelope(usize::MAX, hours, Event::ClockTicked(ClockTicked { now: at(hours) })));
    }

    /// Of a target, by priority: (met, breached).
    fn counted(&self, target: Target) -> Vec<(String, i64, i64)> {
        self.counted_in(Pane::All, target)
    }

    fn counted_in(&self, pane: Pane, target: Target) -> Vec<(String, i64, i64)> {
        let counts = &self.partition.rollups().panes()[&pane].sla.by_priority;
        let own = counts.iter().filter_map(|(priority, targets)| Some((priority, targets.get(&target)?)));
        own.map(|(priority, counts)| (priority.clone(), counts.met, counts.breached)).collect()
    }

    fn told(&self, target: &str) -> Vec<(&str, i64)> {
        let own = self.notices.iter().filter(|(own, _, _)| own == target);
        own.map(|(_, severity, hours)| (severity.as_str(), *hours)).collect()
    }
}

/// Urgent: ten hours of each target, a hundred to resolve; low: twice that; by the clock.
fn by_priority() -> Value {
    json!({"policy": [
        {"name": "urgent", "when": {"priority": ["urgent"]}, "first_reply_min": 600, "next_reply_min": 600,
         "update_min": 600, "requester_wait_min": 6000, "resolution_min": 6000},
        {"name": "rest", "first_reply_min": 1200, "next_reply_min": 1200, "update_min": 1200, "resolution_min": 12000},
    ]})
}

fn story(alerting: Value, events: &[(i64, Event)], until: i64) -> World {
    let mut world = World::new(alerting);
    for (n, (hours, event)) in events.iter().enumerate() {
        world.take(envelope(n, *hours, event.clone()));
    }
    world.tick(until);
    world
}

fn one(priority: &str, met: i64, breached: i64) -> Vec<(String, i64, i64)> {
    vec![(priority.to_owned(), met, breached)]
}

#[test]
fn the_first_reply_is_told_at_its_marks_and_missed_at_its_instant() {
    let world = story(by_priority(), &[(0, opened("urgent")), (12, replied("agent"))], 13);
    assert_eq!(world.told("first_reply"), [("S4", 5), ("S3", 8), ("S2", 10), ("-", 12)]);
    assert_eq!(world.counted(Target::FirstReply), one("urgent", 0, 1));
    let world = story(by_priority(), &[(0, opened("urgent")), (7, replied("agent"))], 30);
    assert_eq!(world.told("first_reply"), [("S4", 5), ("-", 7)]);
    assert_eq!(world.counted(Target::FirstReply), one("urgent", 1, 0));
    // An answer at the very instant is too late.
    let world = story(by_priority(), &[(0, opened("urgent")), (10, replied("agent"))], 30);
    assert_eq!(world.counted(Target::FirstReply), one("urgent", 0, 1));
}

#[test]
fn machines_and_internal_notes_answer_nobody_and_no_pause_holds_a_reply() {
    let note = said("ticket.replied", json!({"author_kind": "agent", "public": false}));
    let events = [(0, opened("urgent")), (1, replied("bot")), (2, note), (3, pending(true))];
    let world = story(by_priority(), &events, 11);
    assert_eq!(world.counted(Target::FirstReply), one("urgent", 0, 1));
    assert_eq!(world.counted(Target::Update), [], "three of ten hours");
    assert_eq!(world.told("first_reply").last(), Some(&("S2", 10)));
}

#[test]
fn the_next_reply_counts_from_the_oldest_unanswered_message() {
    let mut events = vec![(0, opened("urgent")), (1, replied("customer")), (2, replied("agent"))];
    assert_eq!(story(by_priority(), &events, 40).counted(Target::NextReply), [], "nobody asked since");
    events.extend([(4, replied("customer")), (9, replied("customer"))]);
    let world = story(by_priority(), &events, 20);
    assert_eq!(world.told("next_reply"), [("S4", 9), ("S3", 12), ("S2", 14)]);
    // A pause does not hold it; the answer ends it, and another message begins anew.
    events.extend([(10, pending(true)), (13, replied("agent")), (15, replied("customer")), (16, replied("agent"))]);
    let world = story(by_priority(), &events, 40);
    assert_eq!(world.counted(Target::NextReply), one("urgent", 2, 0));
    assert_eq!(world.told("next_reply"), [("S4", 9), ("S3", 12), ("-", 13)]);
}

#[test]
fn an_update_is_due_after_each_answer_while_the_ticket_is_open() {
    let events = [(0, opened("urgent")), (4, replied("agent")), (15, replied("agent")), (18, resolved())];
    let world = story(by_priority(), &events, 60);
    // Met at 4, missed at 14, met by the end.
    assert_eq!(world.counted(Target::Update), one("urgent", 2, 1));
    assert_eq!(world.told("update"), [("S4", 9), ("S3", 12), ("S2", 14), ("-", 15)]);
}

#[test]
fn a_pause_holds_update_wait_and_resolution_and_the_customers_word_ends_it() {
    let paused = || said("sla.paused", json!({"by": "Ana", "reason": "waits for a part"}));
    let resumed = || said("sla.resumed", json!({"by": "Ana"}));
    for (pause, go_on) in [(pending(true), pending(false)), (paused(), resumed()), (paused(), replied("customer"))] {
        let events = [(0, opened("urgent")), (4, pause), (104, go_on)];
        let world = story(by_priority(), &events, 220);
        assert_eq!(world.told("update"), [("S4", 105), ("S3", 108), ("S2", 110)]);
        assert_eq!(world.told("resolution"), [("S4", 150), ("S3", 180), ("S2", 200)]);
        assert_eq!(world.told("requester_wait"), [("S4", 150), ("S3", 180), ("S2", 200)]);
    }
    // Two reasons to wait are two pauses; a machine's word ends none.
    let events = [(0, opened("urgent")), (4, pending(true)), (5, paused()), (50, pending(false)), (60, replied("bot"))];
    assert_eq!(story(by_priority(), &events, 300).told("resolution"), []);
}

#[test]
fn what_is_reopened_goes_on_counting() {
    let reopened = || said("ticket.reopened", json!({}));
    let mut events = vec![(0, opened("urgent")), (1, replied("agent")), (60, resolved())];
    let world = story(by_priority(), &events, 500);
    assert_eq!(world.counted(Target::Resolution), one("urgent", 1, 0));
    assert_eq!(world.told("resolution"), [("S4", 50), ("-", 60)]);
    events.push((400, reopened()));
    let world = story(by_priority(), &events, 430);
    assert_eq!(world.counted(Target::Resolution), [], "nobody knows yet");
    assert_eq!(world.told("resolution"), [("S4", 50), ("-", 60), ("S4", 400), ("S3", 420)]);
    let world = story(by_priority(), &events, 500);
    assert_eq!(world.counted(Target::Resolution), one("urgent", 0, 1));
    assert_eq!(world.told("resolution").last(), Some(&("S2", 440)));
    // What was answered while it was over stays answered.
    let late = [(0, opened("urgent")), (2, resolved()), (3, replied("agent")), (400, reopened())];
    assert_eq!(story(by_priority(), &late, 500).counted(Target::FirstReply), one("urgent", 1, 0));
}

#[test]
fn a_new_priority_selects_another_policy_for_what_still_runs() {
    // Six of twenty hours, then six of ten: S4 at once, and missed at ten.
    let events = [(0, opened("low")), (6, priority("urgent"))];
    let world = story(by_priority(), &events, 30);
    assert_eq!(world.told("first_reply"), [("S4", 6), ("S3", 8), ("S2", 10)]);
    assert_eq!(world.counted(Target::FirstReply), one("urgent", 0, 1));
    // More is used than there is: missed when the priority changes. What was missed stays missed.
    let events = [(0, opened("low")), (12, priority("urgent")), (13, priority("low")), (14, replied("agent"))];
    let world = story(by_priority(), &events, 30);
    assert_eq!(world.counted(Target::FirstReply), one("urgent", 0, 1));
    assert_eq!(world.told("first_reply"), [("S4", 10), ("S2", 12), ("-", 14)]);
    // What was over before the change is judged by what held then.
    let events = [(0, opened("low")), (12, replied("agent")), (13, priority("urgent"))];
    assert_eq!(story(by_priority(), &events, 14).counted(Target::FirstReply), one("low", 1, 0));
}

#[test]
fn a_policy_knows_kind_tier_channel_and_category_and_holds_from_when_they_are_known() {
    let alerting = json!({"policy": [{
        "name": "key", "first_reply_min": 600,
        "when": {"customer_kind": ["enterprise"], "tier": ["gold"], "channel": ["phone"], "category": ["billing"]},
    }]});
    let opened = said("ticket.opened", json!({"channel": "phone", "category": "billing"}));
    let known = said("customer.identified", json!({"kind": "enterprise"}));
    let gold = said("tier.changed", json!({"tier": "gold"}));
    let world = story(alerting.clone(), &[(0, known.clone()), (1, gold.clone()), (2, opened.clone())], 40);
    assert_eq!(world.told("first_reply").last(), Some(&("S2", 12)));
    let world = story(alerting.clone(), &[(0, known), (1, opened.clone()), (3, gold)], 40);
    assert_eq!(world.told("first_reply").last(), Some(&("S2", 13)));
    assert_eq!(story(alerting, &[(0, opened)], 40).told("first_reply"), []);
}

#[test]
fn working_time_is_what_counts() {
    let alerting = json!({
        "calendar": [{"name": "office", "time_zone": "UTC", "monday": ["09:00-17:00"], "tuesday": ["09:00-17:00"],
                      "holidays": ["2026-01-13"]}],
        "policy": [{"name": "all", "calendar": "office", "first_reply_min": 600}],
    });
    // Eight hours on Monday, Tuesday is a holiday, two on the next Monday.
    let world = story(alerting, &[(0, opened("any"))], 200);
    assert_eq!(world.told("first_reply"), [("S4", 5), ("S3", 8), ("S2", 7 * 24 + 2)]);
}

#[test]
fn a_backfill_makes_figures_and_no_alerts() {
    let mut world = World::new(by_priority());
    world.tick(2_000);
    for (n, (hours, event)) in [(0, opened("urgent")), (12, replied("agent"))].into_iter().enumerate() {
        world.take(Envelope { recorded_at: at(2_000), ..envelope(n, hours, event) });
    }
    assert_eq!(world.counted(Target::FirstReply), one("urgent", 0, 1));
    let day = crate::config::Zone::utc().day_and_hour(at(10)).0;
    assert_eq!(world.counted_in(Pane::Day(day), Target::FirstReply), one("urgent", 0, 1));
    assert_eq!(world.notices, []);
}

#[test]
fn another_configuration_concerns_what_is_open() {
    let mut world = story(by_priority(), &[(0, opened("urgent")), (12, resolved())], 20);
    let second = |hours| Envelope {
        id: Id::new("second").unwrap(),
        ..envelope(9, hours, said("ticket.opened", json!({"priority": "urgent"})))
    };
    let Event::TicketOpened(mut it) = second(21).event else { unreachable!() };
    it.ticket = Id::new("t-2").unwrap();
    world.take(Envelope { event: Event::TicketOpened(it), ..second(21) });
    let alerting = json!({"policy": [{"name": "all", "first_reply_min": 120}]});
    let business = Business { alerting: serde_json::from_value(alerting).unwrap(), ..Business::default() };
    world.take(ConfigChanged::envelope("2", "t", serde_json::to_value(business).unwrap(), at(22)).unwrap());
    world.tick(30);
    assert_eq!(world.counted(Target::FirstReply), one("urgent", 0, 2));
    assert_eq!(world.counted(Target::Resolution), one("urgent", 1, 0), "history keeps the rules it had");
    assert_eq!(world.told("first_reply").last(), Some(&("S2", 23)));
}

#[test]
fn of_very_many_moments_the_older_ones_become_how_the_clocks_stood() {
    let mut events = vec![(0, opened("urgent"))];
    events.extend((0..700).map(|n| (n * 2 + 1, if n % 2 == 0 { replied("agent") } else { replied("customer") })));
    let world = story(by_priority(), &events, 1_410);
    let place = Place { partition: 0, sequence: 1, index: 0 };
    let slot = world.partition.profile(crate::subject::Subject::Customer as u8, &Id::new("c-1").unwrap()).unwrap();
    let ticket = slot.profile.sla.tickets.values().next().unwrap();
    assert!(ticket.moments.len() <= MOMENTS_KEPT && ticket.outcomes.len() <= 3 * MOMENTS_KEPT, "{place:?}");
    // 350 answers: one is the first, 349 answer a message, and each is an update. One message waits since 1399.
    assert_eq!(world.counted(Target::FirstReply), one("urgent", 1, 0));
    assert_eq!(world.counted(Target::NextReply), one("urgent", 349, 1));
    assert_eq!(world.counted(Target::Update), one("urgent", 350, 1));
    assert_eq!(world.counted(Target::Resolution), one("urgent", 0, 1));
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(replied("agent")),
        Just(replied("customer")),
        Just(replied("bot")),
        any::<bool>().prop_map(pending),
        Just(said("sla.paused", json!({"by": "a", "reason": "b"}))),
        Just(said("sla.resumed", json!({"by": "a"}))),
        Just(resolved()),
        Just(said("ticket.reopened", json!({}))),
        prop::sample::select(vec!["urgent", "low", "none"]).prop_map(priority),
        prop::sample::select(vec!["gold", "iron"]).prop_map(|tier| said("tier.changed", json!({"tier": tier}))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_order_of_arrival_makes_the_same_figures(
        events in prop::collection::vec((0_i64..300, any_event()), 0..25), seed in any::<u64>(), opened_at in 0_i64..100
    ) {
        let alerting = json!({
            "calendar": [{"name": "office", "time_zone": "Europe/Madrid", "monday": ["09:00-17:00"],
                          "tuesday": ["09:00-14:00", "15:00-18:00"], "friday": ["00:00-24:00"]}],
            "policy": [
                {"name": "a", "when": {"priority": ["urgent"]}, "first_reply_min": 600, "next_reply_min": 90,
                 "update_min": 200, "requester_wait_min": 3000, "resolution_min": 6000},
                {"name": "b", "when": {"tier": ["gold"]}, "calendar": "office", "first_reply_min": 300,
                 "next_reply_min": 120, "resolution_min": 900},
                {"name": "c", "when": {"priority": ["low"]}, "calendar": "office", "first_reply_min": 500, "update_min": 700},
            ],
        });
        let mut all: Vec<Envelope> = std::iter::once((opened_at, opened("low")))
            .chain(events)
            .enumerate()
            .map(|(n, (hours, event))| envelope(n, hours, event))
            .collect();
        let fold = |all: &[Envelope]| {
            let mut world = World::new(alerting.clone());
            all.iter().for_each(|envelope| world.take(envelope.clone()));
            world.tick(400);
            world.partition.rollups().panes()[&Pane::All].sla.clone()
        };
        all.sort_by_key(|envelope| envelope.recorded_at);
        let in_order = fold(&all);
        // A fair enough shuffle from the seed.
        for at in (1..all.len()).rev() {
            let other = (seed.wrapping_mul(at as u64 | 1) >> 7) as usize % (at + 1);
            all.swap(at, other);
        }
        prop_assert_eq!(fold(&all), in_order);
    }
}
