//! The rules of telling, with a clock of the test's own.

use super::*;
use crate::notify::settings::{Inhibit, When};
use jiff::civil::time;
use jiff::tz::TimeZone;
use nexusflow_log::Outcome;
use serde_json::{Value, json};

/// 2026-03-02, a Monday, 10:00 UTC.
const NOW: i64 = 1_772_445_600_000;
const SECOND: i64 = 1_000;

struct World {
    decider: Decider,
    sequence: u64,
}

/// What was told: what, how many alerts, the customers of the first.
type Told = (String, usize, Vec<String>);

impl World {
    /// One target that is told at once, and the usual rules, changed.
    fn new(change: impl FnOnce(&mut Rules)) -> Self {
        let target = "[[target]]\nname = \"t\"\nkind = \"webhook\"\nurl = \"https://a.example\"\nsecret_env = \"A\"\n";
        let settings: NotifySettings = toml::from_str(&format!("{target}when = \"always\"")).unwrap();
        let routing = Routing {
            unseen_ms: 30 * SECOND,
            group_wait_ms: 0,
            group_interval_ms: 300 * SECOND,
            budget_per_day: 40,
            digest_at: time(8, 30, 0, 0),
            zone: TimeZone::get("Europe/Madrid").unwrap(),
            inhibit: Vec::new(),
        };
        let mut rules = Rules { settings, routing };
        change(&mut rules);
        Self { decider: Decider::new(Arc::new(rules), None).unwrap(), sequence: 0 }
    }

    fn body(&mut self, at_ms: i64, body: &Value) {
        self.sequence += 1;
        let id = json!({"place": {"partition": 0, "sequence": self.sequence, "index": 0}, "ordinal": 0});
        let entry = json!({"log_created_ns": 1, "through": id, "effects": [{"id": id, "body": body}]});
        self.decider.read(self.sequence, at_ms, entry.to_string().as_bytes());
    }

    /// Something happens to an alert of `customer`; `more` is what is special about it.
    fn notice(&mut self, at_ms: i64, customer: &str, what: &str, more: &Value) {
        let mut notice = json!({
            "alert": format!("recovery:{customer}:feedback"), "subject": customer, "kind": "recovery", "severity": "S2",
            "what": what, "at": super::super::notice::text_of(at_ms), "revision": 1, "due_at": null, "level": 0, "to": ["Ana"],
            "labels": {}, "group": format!("customer:{customer}"), "why": "CSAT 1 of 5", "count": 1, "actor": null,
            "state": "triggered",
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            notice[key] = value.clone();
        }
        self.body(at_ms, &json!({"notice": notice}));
    }

    fn advance(&mut self, now_ms: i64) -> (Vec<Told>, Vec<String>) {
        self.decider.advance(now_ms);
        let (mut told, mut notes) = (Vec::new(), Vec::new());
        for order in self.decider.take() {
            match order {
                Order::Tell(message) => {
                    let customers = message.alerts.iter().map(|line| line.customer.clone()).collect();
                    told.push((message.what, message.count, customers));
                }
                Order::Note(entry) => {
                    assert_eq!(entry.outcome, Outcome::Held);
                    notes.push(entry.detail.unwrap());
                }
            }
        }
        (told, notes)
    }

    fn told(&mut self, now_ms: i64) -> Vec<Told> {
        self.advance(now_ms).0
    }
}

fn one(what: &str, customer: &str) -> Told {
    (what.into(), 1, vec![customer.into()])
}

#[test]
fn the_worst_is_told_at_once_and_the_rest_waits_for_what_comes_with_it() {
    let mut world = World::new(|rules| rules.routing.group_wait_ms = 5 * SECOND);
    world.notice(NOW, "c-1", "raised", &json!({"severity": "S1"}));
    world.notice(NOW, "c-2", "raised", &json!({}));
    assert_eq!(world.told(NOW), [one("raised", "c-1")]);
    assert_eq!(world.decider.advance(NOW + 1), Some(NOW + 5 * SECOND));
    assert_eq!(world.told(NOW + 5 * SECOND), [one("raised", "c-2")]);
    // What happens to it next within the interval waits for its end, unless it is worse than what was told.
    world.notice(NOW + 6 * SECOND, "c-2", "escalated", &json!({"revision": 2, "level": 1}));
    assert_eq!(world.told(NOW + 6 * SECOND), []);
    world.notice(NOW + 7 * SECOND, "c-2", "raised_severity", &json!({"revision": 3, "severity": "S1"}));
    assert_eq!(world.told(NOW + 7 * SECOND), [one("raised_severity", "c-2")]);
    assert_eq!(world.told(NOW + 3_600 * SECOND), []);
}

#[test]
fn ten_thousand_of_one_group_are_a_handful_of_messages() {
    let mut world = World::new(|_| {});
    let mut told = Vec::new();
    for n in 0..10_000 {
        let at = NOW + n * 60;
        world.notice(at, &format!("c-{n}"), "raised", &json!({"group": "delay:carrier:DHL", "severity": "S1"}));
        // As often as the notifier looks when there is much to look at.
        if n % 20 == 0 {
            told.extend(world.told(at));
        }
    }
    told.extend(world.told(NOW + 3_600 * SECOND));
    let counts: Vec<usize> = told.iter().map(|(_, count, _)| *count).collect();
    assert_eq!(counts.iter().sum::<usize>(), 10_000);
    // One at once, one after five minutes, one after ten.
    assert_eq!(counts, [1, 5_000, 4_999]);
    assert!(told.iter().all(|(_, _, customers)| customers.len() <= 20));
}

#[test]
fn a_receipt_or_what_somebody_does_keeps_an_unseen_target_quiet() {
    let mut world = World::new(|rules| rules.settings.target[0].when = When::Unseen);
    for customer in ["c-1", "c-2", "c-3", "c-4", "c-5"] {
        world.notice(NOW, customer, "raised", &json!({}));
    }
    world.decider.seen(NOW + SECOND, "c-1", "recovery:c-1:feedback", 1);
    world.notice(NOW + 2 * SECOND, "c-2", "acknowledged", &json!({"revision": 2, "state": "acknowledged"}));
    world.notice(NOW + 3 * SECOND, "c-3", "resolved", &json!({"revision": 2, "state": "resolved"}));
    // A receipt of what was there before says nothing of what is there now.
    world.decider.seen(NOW + 4 * SECOND, "c-4", "recovery:c-4:feedback", 0);
    let (told, notes) = world.advance(NOW + 29 * SECOND);
    assert_eq!(told, []);
    assert_eq!(notes, ["seen on a console", "acknowledged", "resolved"].map(|why| format!("{why} before it was told")));
    assert_eq!(world.told(NOW + 30 * SECOND), [one("raised", "c-4"), one("raised", "c-5")]);
    // Shown before the notifier heard of it.
    world.decider.seen(NOW + 31 * SECOND, "c-6", "recovery:c-6:feedback", 1);
    world.notice(NOW + 31 * SECOND, "c-6", "raised", &json!({}));
    let (told, notes) = world.advance(NOW + 90 * SECOND);
    assert_eq!((told, notes), (vec![], vec!["seen on a console".to_owned()]));
}

#[test]
fn a_silence_holds_back_and_what_is_still_open_is_told_after_it() {
    let mut world = World::new(|_| {});
    let until = |s: i64| super::super::notice::text_of(NOW + s * SECOND);
    let silence = json!({"silence": {"silence": "S-1", "matches": "kind=recovery,carrier=DHL", "from": until(0), "until": until(60),
        "actor": "Ana", "reason": null}});
    world.body(NOW, &silence);
    for customer in ["c-1", "c-2"] {
        world.notice(NOW + SECOND, customer, "raised", &json!({"labels": {"carrier": "DHL"}}));
    }
    world.notice(NOW + SECOND, "c-3", "raised", &json!({"labels": {"carrier": "UPS"}}));
    let (told, notes) = world.advance(NOW + SECOND);
    assert_eq!((told, notes), (vec![one("raised", "c-3")], vec!["silence S-1".to_owned(), "silence S-1".to_owned()]));
    world.notice(NOW + 2 * SECOND, "c-2", "resolved", &json!({"state": "resolved", "revision": 2}));
    assert_eq!(world.told(NOW + 59 * SECOND), []);
    assert_eq!(world.decider.advance(NOW + 59 * SECOND), Some(NOW + 60 * SECOND));
    assert_eq!(world.told(NOW + 60 * SECOND), [one("raised", "c-1")]);

    // Lifted before its time.
    let mut lifted = silence;
    lifted["silence"]["until"] = json!(until(600));
    world.body(NOW + 61 * SECOND, &lifted);
    world.notice(NOW + 62 * SECOND, "c-4", "raised", &json!({"labels": {"carrier": "DHL"}}));
    assert_eq!(world.told(NOW + 63 * SECOND), []);
    lifted["silence"]["until"] = json!(until(0));
    world.body(NOW + 64 * SECOND, &lifted);
    assert_eq!(world.told(NOW + 64 * SECOND), [one("raised", "c-4")]);
}

#[test]
fn what_is_caused_by_another_alert_waits_until_that_is_over() {
    let rule = Inhibit { by: "stale_source".into(), holds: vec!["recovery".into()], equal: vec!["source".into()] };
    let mut world = World::new(|rules| rules.routing.inhibit.push(rule));
    let source = json!({"kind": "stale_source", "alert": "stale_source:/shop:heartbeat", "labels": {"source": "/shop"}, "severity": "S3"});
    world.notice(NOW, "/shop", "raised", &source);
    world.notice(NOW, "c-1", "raised", &json!({"labels": {"source": "/shop"}}));
    world.notice(NOW, "c-2", "raised", &json!({"labels": {"source": "/crm"}}));
    world.notice(NOW, "c-3", "raised", &json!({"labels": {"source": "/shop"}, "kind": "deal"}));
    let (told, notes) = world.advance(NOW);
    assert_eq!(told, [one("raised", "/shop"), one("raised", "c-2"), one("raised", "c-3")]);
    assert_eq!(notes, ["stale_source:/shop:heartbeat"]);
    let mut over = source;
    (over["state"], over["revision"]) = (json!("resolved"), json!(2));
    world.notice(NOW + 60 * SECOND, "/shop", "resolved", &over);
    assert_eq!(world.told(NOW + 60 * SECOND), [one("raised", "c-1")]);
}

#[test]
fn what_can_wait_and_what_is_too_much_for_a_day_is_told_in_the_digest() {
    let mut world =
        World::new(|rules| (rules.routing.budget_per_day, rules.routing.digest_at) = (2, time(12, 30, 0, 0)));
    for n in 1..=4 {
        world.notice(NOW, &format!("c-{n}"), "raised", &json!({"severity": "S3"}));
    }
    world.notice(NOW, "c-5", "raised", &json!({"severity": "S3", "to": ["Ben"]}));
    world.notice(NOW, "c-6", "raised", &json!({"severity": "S4"}));
    world.notice(NOW, "c-7", "raised", &json!({}));
    let (told, notes) = world.advance(NOW);
    assert_eq!(told, [one("raised", "c-1"), one("raised", "c-2"), one("raised", "c-5"), one("raised", "c-7")]);
    assert_eq!(notes.len(), 3);
    world.notice(NOW + SECOND, "c-3", "resolved", &json!({"severity": "S3", "state": "resolved", "revision": 2}));
    // 12:30 in Madrid is an hour and a half after NOW, which is 11:00 there.
    let digest = NOW + 90 * 60 * SECOND;
    assert_eq!(world.decider.advance(NOW + 2 * SECOND), Some(digest));
    assert_eq!(world.told(digest - 1), []);
    assert_eq!(world.told(digest), [("digest".to_owned(), 2, vec!["c-4".to_owned(), "c-6".to_owned()])]);
    // Another day has another budget.
    let tomorrow = NOW + 86_400 * SECOND;
    world.notice(tomorrow, "c-8", "raised", &json!({"severity": "S3"}));
    assert_eq!(world.told(tomorrow), [one("raised", "c-8")]);
}

#[test]
fn how_it_ends_is_told_to_who_asked_for_it_and_was_told_that_it_began() {
    let mut world = World::new(|rules| {
        rules.routing.group_interval_ms = SECOND;
        rules.settings.target[0].what.push(crate::notify::What::Resolved);
    });
    world.notice(NOW, "c-1", "raised", &json!({}));
    assert_eq!(world.told(NOW), [one("raised", "c-1")]);
    world.notice(NOW + SECOND, "c-2", "raised", &json!({}));
    for customer in ["c-1", "c-2"] {
        world.notice(NOW + 2 * SECOND, customer, "resolved", &json!({"revision": 2, "state": "resolved"}));
    }
    assert_eq!(world.told(NOW + 2 * SECOND), [one("resolved", "c-1")]);
    assert_eq!(world.told(NOW + 60 * SECOND), []);
}

#[test]
fn what_happened_long_before_it_was_heard_of_is_not_told() {
    let mut world = World::new(|_| {});
    world.notice(NOW, "c-1", "raised", &json!({"at": "2017-01-31T09:30:00Z"}));
    assert_eq!(world.advance(NOW), (vec![], vec![]));
}

#[test]
fn another_one_goes_on_where_the_one_before_was_killed_and_says_the_same() {
    let mut world = World::new(|rules| rules.routing.group_wait_ms = SECOND);
    world.notice(NOW, "c-1", "raised", &json!({}));
    world.advance(NOW);
    let kept = world.decider.kept();
    assert!(!world.decider.is_changed());
    // Read and told, but not kept: killed.
    world.notice(NOW, "c-2", "raised", &json!({"group": "customer:c-1"}));
    world.decider.advance(NOW + SECOND);
    let first = world.decider.take();

    let again = Decider::new(Arc::clone(&world.decider.rules), Some(&kept)).unwrap();
    assert_eq!(again.sequence(), 1);
    let mut world = World { decider: again, sequence: 1 };
    world.notice(NOW, "c-2", "raised", &json!({"group": "customer:c-1"}));
    world.decider.advance(NOW + SECOND);
    assert_eq!(world.decider.take(), first);
    assert!(matches!(&first[..], [Order::Tell(message)] if message.count == 2), "{first:?}");
}

#[test]
fn effects_that_are_no_notices_and_what_cannot_be_read_are_passed_by() {
    let mut world = World::new(|_| {});
    world.body(NOW, &json!({"something": {"else": 1}}));
    world.body(NOW, &json!({"notice": {"alert": "x"}}));
    world.decider.read(3, NOW, b"no json");
    assert_eq!(world.decider.sequence(), 3);
    assert_eq!(world.told(NOW), []);
}

#[test]
fn a_digest_that_waits_comes_when_the_configuration_that_holds_now_says() {
    let mut world = World::new(|_| {});
    world.notice(NOW, "c-1", "raised", &json!({"severity": "S4"}));
    assert_eq!(world.told(NOW), []);
    // From eleven to half past eight of the next day.
    assert_eq!(world.decider.advance(NOW), Some(NOW + (21 * 60 + 30) * 60 * SECOND));
    let routing = Routing { digest_at: time(11, 0, 20, 0), ..world.decider.rules.routing.clone() };
    world.decider.reroute(routing);
    assert_eq!(world.decider.advance(NOW + SECOND), Some(NOW + 20 * SECOND));
    assert_eq!(world.told(NOW + 20 * SECOND), [("digest".to_owned(), 1, vec!["c-1".to_owned()])]);
}

#[test]
fn what_is_decided_is_said_by_the_next_one() {
    let mut world = World::new(|_| {});
    world.notice(NOW, "c-1", "raised", &json!({}));
    world.decider.advance(NOW);
    let [Order::Tell(message)] = &world.decider.take()[..] else { panic!("nothing is told") };
    world.decider.say((**message).clone());
    let kept = world.decider.kept();
    let again = Decider::new(Arc::clone(&world.decider.rules), Some(&kept)).unwrap();
    assert_eq!(again.saying(), [(**message).clone()]);
    world.decider.said();
    assert!(world.decider.is_changed() && world.decider.saying().is_empty());
    // A target that is no longer there is told nothing.
    let routing = world.decider.rules.routing.clone();
    let nobody = Arc::new(Rules { settings: NotifySettings::default(), routing });
    assert!(Decider::new(nobody, Some(&kept)).unwrap().saying().is_empty());
}
