//! Health: the score is the sum of its contributions at any moment, the same whatever the order in which things are told, and what its
//! history and its events say.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use nexusflow_domain::retention::health::history::{ABSENT, Cause};
use nexusflow_domain::retention::health::indicators::{COUNT, INDICATORS};
use nexusflow_domain::retention::health::{Band, explain};
use nexusflow_domain::{Business, Commerce, Profile};
use nexusflow_engine::Partition;
use nexusflow_model::event::control::{ClockTicked, ConfigChanged};
use nexusflow_model::{Envelope, Event, Id, Kind, Source, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;

/// Numbers that look random and are the same every time: an LCG with the constants of Knuth's MMIX.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn shuffle<T>(&mut self, of: &mut [T]) {
        for at in (1..of.len()).rev() {
            of.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

fn start() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

fn envelope(n: usize, subject: &str, kind: &str, (at, recorded_at): (Timestamp, Timestamp), data: &Value) -> Envelope {
    let event = Event::from_json(Kind::from_name(kind).unwrap(), &data.to_string()).unwrap();
    let (id, source) = (Id::new(&format!("n-{n}")).unwrap(), Source::new("/test").unwrap());
    Envelope { id, source, subject: Id::new(subject).unwrap(), occurred_at: at, recorded_at, forwarded: 0, event }
}

fn tick(now: Timestamp) -> Envelope {
    let id = Id::new("tick").unwrap();
    let event = Event::ClockTicked(ClockTicked { now });
    Envelope {
        subject: id.clone(),
        id,
        source: Source::new("/clock").unwrap(),
        occurred_at: now,
        recorded_at: now,
        forwarded: 0,
        event,
    }
}

/// Something that may be said of a customer.
fn anything(chance: &mut Chance) -> (&'static str, Value) {
    let n = chance.below(4);
    let (order, ticket, invoice, plan) = (format!("o{n}"), format!("t{n}"), format!("i{n}"), format!("s{}", n % 2));
    let money = |minor: u64| json!({"minor": minor, "currency": "EUR"});
    let minor = 100 + chance.below(90) * 100;
    let direction = ["inbound", "outbound"][chance.below(2) as usize];
    let words = ["I love it, great", "terrible, broken and slow, I hate it", "where is it"][chance.below(3) as usize];
    match chance.below(33) {
        0..2 => ("order.placed", json!({"order": order, "total": money(minor)})),
        2 => ("order.cancelled", json!({"order": order})),
        3 => ("order.returned", json!({"order": order})),
        4 => (
            "delivery.promised",
            json!({"order": order, "promised_at": start().plus_ms(chance.below(200) as i64 * DAY_MS)}),
        ),
        5 => ("delivery.shipped", json!({"order": order})),
        6..8 => ("delivery.delivered", json!({"order": order})),
        8 => ("delivery.failed", json!({"order": order, "abandoned": true})),
        9 => ("payment.received", json!({"payment": format!("p{minor}"), "amount": money(minor), "invoice": invoice})),
        10 => ("payment.failed", json!({"payment": format!("p{minor}"), "amount": money(minor)})),
        11 => ("payment.reversed", json!({"payment": format!("p{minor}"), "amount": money(minor), "invoice": invoice})),
        12 => ("invoice.issued", json!({"invoice": invoice, "amount": money(minor)})),
        13 => ("invoice.overdue", json!({"invoice": invoice, "amount": money(minor), "days": 3})),
        14 => (
            "subscription.started",
            json!({"subscription": plan, "plan": "a", "amount": money(minor), "interval": "month"}),
        ),
        15 => (
            "subscription.changed",
            json!({"subscription": plan, "plan": "b", "amount": money(minor), "interval": "year"}),
        ),
        16 => ("subscription.cancelled", json!({"subscription": plan})),
        17 => ("ticket.opened", json!({"ticket": ticket, "text": words})),
        18 => ("ticket.resolved", json!({"ticket": ticket, "sla_met": n > 1})),
        19 => ("ticket.reopened", json!({"ticket": ticket})),
        20 => ("survey.answered", json!({"survey": "s", "measures": "nps", "score": chance.below(11)})),
        21 => ("survey.answered", json!({"survey": "s", "measures": "csat", "score": 1 + chance.below(5)})),
        22 => ("survey.answered", json!({"survey": "s", "measures": "ces", "score": 1 + chance.below(7)})),
        23 => (
            "review.posted",
            json!({"review": format!("r{minor}"), "score": 1 + chance.below(5), "scale": {"min": 1, "max": 5}, "text": words}),
        ),
        24 => ("chat.message", json!({"message": "m", "direction": direction, "text": words})),
        25 => ("page.viewed", json!({"page": "/"})),
        26..29 => ("product.used", json!({"feature": "x"})),
        29 => ("meeting.held", json!({"meeting": "m"})),
        30 => ("call.logged", json!({"call": "c", "direction": direction, "answered": n > 0})),
        31 => ("owner.changed", json!({"owner": format!("rep {n}")})),
        _ => {
            let (kind, since) = (["consumer", "business"][n as usize % 2], start().plus_ms(-(minor as i64) * DAY_MS));
            ("customer.identified", json!({"kind": kind, "owner": "rep", "since": since}))
        }
    }
}

/// Two years of two customers, in the order in which they are recorded; some things are heard of long after they happened.
fn stream(seed: u64) -> Vec<Envelope> {
    let mut chance = Chance(seed);
    let mut now = start();
    let event = |n: usize| {
        let most = if chance.below(12) == 0 { 90 } else { 4 };
        now = now.plus_ms(chance.below(most) as i64 * DAY_MS + chance.below(DAY_MS as u64) as i64);
        let at = now.plus_ms(-(if chance.below(5) == 0 { chance.below(60) as i64 * DAY_MS } else { 0 }));
        let subject = ["ann", "bob"][chance.below(2) as usize];
        let (kind, data) = anything(&mut chance);
        envelope(n, subject, kind, (at, now), &data)
    };
    (0..160).map(event).collect()
}

fn business(text: &str) -> Business {
    let health = if text.is_empty() { json!({}) } else { serde_json::from_str(text).unwrap() };
    serde_json::from_value(json!({"health": health})).unwrap()
}

struct World {
    partition: Partition<Commerce>,
}

impl World {
    fn new(business: &Business) -> Self {
        let mut world = Self { partition: Partition::new(0) };
        world.configure("v1", business);
        world
    }

    fn configure(&mut self, version: &str, business: &Business) {
        let content = serde_json::to_value(business).unwrap();
        self.fold(ConfigChanged::envelope(version, "test", content, start()).unwrap());
    }

    fn fold(&mut self, envelope: Envelope) {
        let folded = self.partition.fold(self.partition.sequence() + 1, vec![Ok(envelope)]);
        assert_eq!(folded.unreadable, []);
    }

    fn profile(&self, of: &str) -> Option<Profile> {
        self.partition.profile(0, &Id::new(of).unwrap()).map(|slot| slot.profile)
    }

    /// What stands of a customer is what its own profile says now, and what its history says.
    fn check(&self, of: &str) -> Option<Profile> {
        let profile = self.profile(of)?;
        let health = &profile.health;
        let config = self.partition.config();
        let id = Id::new(of).unwrap();
        let explained = explain(config, &id, &profile, self.partition.clock(), &[]);
        if health.score_milli.is_some() {
            let sum: i64 = explained.iter().filter_map(|own| own.contribution_milli).sum();
            assert_eq!(Some(sum), health.score_milli);
        }
        for own in &explained {
            let curve = nexusflow_domain::retention::health::curve::Curve::new(&own.curve);
            match (own.value_milli, own.number) {
                (Some(value), Some(number)) => assert_eq!(curve.at(number), value, "{own:?}"),
                (Some(_), None) => panic!("{own:?} has a value of nothing"),
                (None, Some(_)) => assert!(own.valid_days.is_some(), "{own:?} is not counted"),
                (None, None) => {}
            }
        }
        let newest = profile.health_history.changes().next();
        assert_eq!(newest.and_then(|change| change.after), health.score_milli);
        assert_eq!(newest.and_then(|change| change.band), health.band);
        assert_eq!(health.days.iter().last().and_then(|(_, score)| score), health.score_milli);
        for (newer, older) in profile.health_history.changes().zip(profile.health_history.changes().skip(1)) {
            assert_eq!(newer.before, older.after, "nothing happens between two changes that follow one another");
        }
        Some(profile)
    }
}

fn end() -> Timestamp {
    start().plus_ms(1_600 * DAY_MS)
}

/// The score with what it is made of; not how it came to be.
fn standing(profile: &Profile) -> (Option<i64>, i64, [i16; COUNT], i64) {
    let health = &profile.health;
    (health.score_milli, health.coverage_bp, health.values, health.value_minor)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn at_any_moment_the_contributions_sum_to_the_score_and_the_history_ends_in_it(seed: u64) {
        let mut world = World::new(&business(""));
        for event in stream(seed) {
            let (subject, recorded_at) = (event.subject.clone(), event.recorded_at);
            // Time goes on in between.
            let now = world.partition.clock();
            for days in 1..12 {
                let then = now.plus_ms(days * 5 * DAY_MS + days * 3_456_789);
                if now >= start() && then < recorded_at {
                    world.fold(tick(then));
                    world.check("ann");
                    world.check("bob");
                }
            }
            world.fold(event);
            world.check(subject.as_str()).unwrap();
        }
        world.configure("v2", &business(r#"{"indicators": {"nps": {"weight": 90}, "usage_recency": {"weight": 0}}}"#));
        world.fold(tick(end()));
        world.check("ann");
        world.check("bob");
    }

    #[test]
    fn whatever_the_order_the_score_is_the_same(seed: u64) {
        let config = business(r#"{"kind": {"business": {"reviews": {"weight": 1}}}}"#);
        let in_order = stream(seed);
        let mut expected = World::new(&config);
        in_order.iter().for_each(|event| expected.fold(event.clone()));
        expected.fold(tick(end()));
        let mut other = World::new(&config);
        let mut shuffled: Vec<Envelope> = in_order.iter().chain(in_order.iter().step_by(7)).cloned().collect();
        Chance(seed ^ 77).shuffle(&mut shuffled);
        shuffled.into_iter().for_each(|event| other.fold(event));
        other.fold(tick(end()));
        for of in ["ann", "bob"] {
            let (Some(one), Some(other)) = (expected.check(of), other.check(of)) else { continue };
            prop_assert_eq!(standing(&one), standing(&other), "{}", of);
        }
    }

    /// The events that the indicators name, and nothing else, make the same score.
    #[test]
    fn the_named_events_alone_make_the_same_score(seed: u64, until in 1_usize..160) {
        let config = business("");
        let all: Vec<Envelope> = stream(seed).into_iter().take(until).collect();
        let now = all.last().map_or(start(), |event| event.recorded_at);
        let mut world = World::new(&config);
        all.iter().for_each(|event| world.fold(event.clone()));
        let is_named = |event: &&Envelope| {
            let kind = event.event.kind();
            event.subject.as_str() == "ann" && (kind == Kind::CustomerIdentified || INDICATORS.iter().any(|own| own.kinds.contains(&kind)))
        };
        let mut again = World::new(&config);
        all.iter().filter(is_named).for_each(|event| again.fold(event.clone()));
        again.fold(tick(now));
        if let Some(profile) = world.check("ann") && profile.health.score_milli.is_some() {
            prop_assert_eq!(standing(&profile), standing(&again.check("ann").unwrap()));
        }
    }
}

#[test]
fn every_indicator_is_met_and_moves() {
    let (mut seen, mut moved) = ([false; COUNT], [false; COUNT]);
    let (mut by_time, mut bands) = (0, std::collections::BTreeSet::new());
    for seed in 0..20 {
        let mut world = World::new(&business(""));
        for event in stream(seed) {
            let of = event.subject.clone();
            world.fold(event);
            let Some(profile) = world.profile(of.as_str()) else { continue };
            for (at, value) in profile.health.values.iter().enumerate() {
                seen[at] |= *value > ABSENT;
            }
            for change in profile.health_history.changes() {
                by_time += usize::from(change.cause == Cause::Time);
                change
                    .moved
                    .iter()
                    .for_each(|(at, from, to)| moved[usize::from(*at)] |= *from > ABSENT && *to > ABSENT);
            }
            bands.extend(profile.health.band);
        }
    }
    let not = |of: [bool; COUNT]| {
        INDICATORS.iter().zip(of).filter(|(_, met)| !met).map(|(own, _)| own.key).collect::<Vec<_>>()
    };
    assert_eq!((not(seen), not(moved)), (vec![], vec![]));
    assert!(by_time > 0 && bands.len() > 2, "{by_time} {bands:?}");
}

#[test]
fn who_says_nothing_any_more_loses_points_by_time_alone_and_is_told_of() {
    let mut world = World::new(&business(""));
    let now = start();
    for n in 0..60 {
        let at = now.plus_ms(n * DAY_MS);
        world.fold(envelope(n as usize, "ann", "product.used", (at, at), &json!({"feature": "x"})));
    }
    let now = now.plus_ms(60 * DAY_MS);
    let before = world.check("ann").unwrap();
    assert_eq!(before.health.band, None, "of one area alone no score is given");
    let data = json!({"survey": "s", "measures": "csat", "score": 5});
    world.fold(envelope(100, "ann", "survey.answered", (now, now), &data));
    let data =
        json!({"subscription": "s", "plan": "a", "amount": {"minor": 1_000, "currency": "EUR"}, "interval": "month"});
    world.fold(envelope(101, "ann", "subscription.started", (now, now), &data));
    let data = json!({"owner": "rep", "since": now.plus_ms(-1_200 * DAY_MS)});
    world.fold(envelope(102, "ann", "customer.identified", (now, now), &data));
    let best = world.check("ann").unwrap().health;
    assert_eq!((best.band, best.value_minor), (Some(Band::Great), 12_000));
    let mut last = best.score_milli.unwrap();
    let mut notes = Vec::new();
    for days in 1..70 {
        let folded = world.partition.fold(world.partition.sequence() + 1, vec![Ok(tick(now.plus_ms(days * DAY_MS)))]);
        notes.extend(folded.notes.into_iter().map(|note| note.body.headline.what));
        let score = world.check("ann").unwrap().health.score_milli.unwrap();
        assert!(score <= last, "{days} days later it is {score}, and was {last}");
        last = score;
    }
    assert_eq!(notes, ["Health fell from great to good", "Health fell from good to watch"]);
    let profile = world.check("ann").unwrap();
    let change = profile.health_history.changes().next().unwrap();
    assert_eq!((change.cause, change.before), (Cause::Time, best.score_milli));
    assert_eq!(change.config_version(), "v1");
    // Once everything is as old as it gets, nobody looks any more.
    world.fold(tick(end()));
    assert_eq!(world.partition.timers(), 0);
}

#[test]
fn the_documentation_has_every_indicator_as_it_is() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/health.md")).unwrap();
    for own in &INDICATORS {
        let curve: Vec<String> = own.curve.iter().map(|(number, value)| format!("{number} → {value}")).collect();
        let valid = own.valid_days.map_or("always".to_owned(), |days| format!("{days} days"));
        let (name, rest) = (
            format!("| `{}` |", own.key),
            format!("| {} | {} | {} | {valid} |", own.number, own.weight, curve.join(", ")),
        );
        assert!(text.lines().any(|line| line.starts_with(&name) && line.ends_with(&rest)), "{name} ... {rest}");
    }
    assert!(text.contains(&format!("of {COUNT} indicators")));
}
