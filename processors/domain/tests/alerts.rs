//! The life of alerts, event by event.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod desk;

use desk::{Desk, minutes};
use nexusflow_domain::alert::{AlertEffect, AlertKind, Severity, State, What, config::Alerting};
use serde_json::json;

/// A customer who is not amused.
fn csat(score: i64) -> serde_json::Value {
    json!({"survey": "s-1", "measures": "csat", "score": score})
}

const CASE: &str = "recovery:c-1:feedback";

fn told(desk: &Desk) -> Vec<(What, Severity, u8)> {
    let notice = |effect: &AlertEffect| match effect {
        AlertEffect::Notice(notice) => Some((notice.what, notice.severity, notice.level)),
        AlertEffect::Silence(_) => None,
    };
    desk.told.iter().filter_map(notice).collect()
}

#[test]
fn bad_news_is_one_alert_and_worse_news_raises_its_count() {
    // Of recovery only: health falls as well.
    let mut alerting = Alerting::default();
    alerting.rules.retain(|rule| rule.kind == AlertKind::Recovery);
    let mut desk = Desk::new(alerting);
    desk.say("c-1", "survey.answered", csat(3));
    assert!(desk.alert("c-1", CASE).is_none());
    desk.say("c-1", "survey.answered", csat(2));
    desk.say("c-1", "survey.answered", json!({"survey": "s-2", "measures": "nps", "score": 6}));
    desk.say("c-1", "survey.answered", json!({"survey": "s-3", "measures": "ces", "score": 3}));
    desk.say(
        "c-1",
        "feedback.received",
        json!({"feedback": "f-1", "channel": "web", "text": "Terrible, awful and useless. I hate it."}),
    );
    let alert = desk.alert("c-1", CASE).unwrap();
    assert_eq!((alert.count, alert.revision, alert.state, alert.severity), (4, 1, State::Triggered, Severity::S2));
    assert_eq!(alert.evidence.len(), 4);
    assert_eq!(alert.due_at, Some(alert.raised_at.plus_ms(minutes(120))));
    assert!(alert.why.sentence().starts_with("Wrote angrily"), "{}", alert.why.sentence());
    assert_eq!(told(&desk), [(What::Raised, Severity::S2, 0)], "repetitions are counted, not told");
    assert_eq!(desk.card("c-1", CASE).unwrap().count, 4);
    // Just above the limits, nothing.
    desk.say("c-2", "survey.answered", json!({"survey": "s-4", "measures": "nps", "score": 7}));
    desk.say("c-2", "survey.answered", json!({"survey": "s-5", "measures": "ces", "score": 4}));
    assert!(desk.alert("c-2", "recovery:c-2:feedback").is_none());
}

#[test]
fn what_is_sent_again_counts_once() {
    let mut desk = Desk::new(Alerting::default());
    for _ in 0..10 {
        desk.say_as("same", "c-1", "survey.answered", csat(1));
    }
    assert_eq!(desk.alert("c-1", CASE).unwrap().count, 1);
    assert_eq!(told(&desk).len(), 1);
}

#[test]
fn the_first_rule_that_matches_holds_and_none_means_no_alert() {
    let alerting: Alerting = serde_json::from_value(json!({
        "rule": [
            {"kind": "recovery", "when": {"tier": ["platinum"]}, "severity": "S1", "respond_within_min": 60},
            {"kind": "recovery", "when": {"customer_kind": ["company"]}, "severity": "S3"},
        ]
    }))
    .unwrap();
    let mut desk = Desk::new(alerting);
    desk.say("c-1", "customer.identified", json!({"tier": "platinum", "kind": "company", "owner": "Ana"}));
    desk.say("c-2", "customer.identified", json!({"kind": "company"}));
    for customer in ["c-1", "c-2", "c-3"] {
        desk.say(customer, "survey.answered", csat(1));
    }
    let first = desk.alert("c-1", CASE).unwrap();
    assert_eq!((first.severity, first.owner.as_ref().map(|own| own.as_str())), (Severity::S1, Some("Ana")));
    assert_eq!(desk.alert("c-2", "recovery:c-2:feedback").unwrap().severity, Severity::S3);
    assert!(desk.alert("c-3", "recovery:c-3:feedback").is_none());
    assert_eq!(desk.card("c-1", CASE).unwrap().group, "customer:c-1");
}

#[test]
fn nobody_acknowledges_and_it_goes_up_the_ladder() {
    let alerting: Alerting = serde_json::from_value(json!({
        "rule": [{"kind": "payment", "severity": "S1"}],
        "people": {"lead": ["Lea"], "director": ["Dora"], "executive": ["Eve"]},
    }))
    .unwrap();
    let mut desk = Desk::new(alerting);
    desk.say(
        "c-1",
        "payment.failed",
        json!({"payment": "p-1", "order": "o-1", "amount": {"minor": 1250, "currency": "EUR"}}),
    );
    desk.tick(4);
    assert_eq!(told(&desk).len(), 1);
    desk.tick(26);
    let levels: Vec<(What, u8)> = told(&desk).iter().map(|(what, _, level)| (*what, *level)).collect();
    assert_eq!(levels, [(What::Raised, 0), (What::Escalated, 1), (What::Escalated, 2), (What::Escalated, 3)]);
    let to: Vec<String> = desk.notices().map(|notice| notice.to.iter().map(|to| to.as_str()).collect()).collect();
    assert_eq!(to, ["", "Lea", "Dora", "Eve"]);
    let at: Vec<i64> = desk.notices().map(|notice| desk.minutes_since_start(notice.at)).collect();
    assert_eq!(at.iter().map(|own| own - at[0]).collect::<Vec<_>>(), [0, 5, 15, 30]);
    assert_eq!(desk.notices().next().unwrap().why, "Payment of 12.50 EUR failed");
    // It is paid, and over by itself: ignored.
    desk.say(
        "c-1",
        "payment.received",
        json!({"payment": "p-2", "order": "o-1", "amount": {"minor": 1250, "currency": "EUR"}}),
    );
    assert_eq!(desk.alert("c-1", "payment:o-1:failed").unwrap().state, State::Resolved);
    let counts = desk.quality("payment");
    assert_eq!((counts.raised, counts.acted, counts.ignored, counts.open), (1, 0, 1, 0));
}

#[test]
fn acknowledged_it_is_not_escalated_but_the_customer_still_waits() {
    let mut desk = Desk::new(Alerting::default());
    desk.say("c-1", "survey.answered", csat(1));
    assert!(desk.command("c-1", "alert.acknowledged", json!({"alert": CASE, "revision": 1, "actor": "Ana"})).accepted);
    desk.tick(59);
    assert_eq!(told(&desk).len(), 2);
    // 50, 80 and 100 % of two hours.
    desk.tick(70);
    let levels: Vec<u8> = told(&desk)[2..].iter().map(|(_, _, level)| *level).collect();
    assert_eq!(levels, [1, 2, 3]);
    let at: Vec<i64> = desk.notices().map(|notice| desk.minutes_since_start(notice.at)).collect();
    assert_eq!(at[2..].iter().map(|own| own - at[0]).collect::<Vec<_>>(), [60, 96, 120]);
    let contact = json!({"alert": CASE, "revision": 5, "actor": "Ana", "channel": "phone"});
    assert!(desk.command("c-1", "alert.contacted", contact).accepted);
    assert_eq!(desk.alert("c-1", CASE).unwrap().due_at, None);
    let counts = desk.quality("recovery");
    assert_eq!((counts.raised, counts.acknowledged, counts.acted, counts.open), (1, 1, 1, 1));
    assert_eq!(counts.contact_s.count(), 1);
}

#[test]
fn of_two_who_press_at_once_one_is_told_what_the_other_did() {
    let mut desk = Desk::new(Alerting::default());
    desk.say("c-1", "survey.answered", csat(1));
    let press = |actor: &str| json!({"alert": CASE, "revision": 1, "actor": actor});
    let first = desk.command("c-1", "alert.acknowledged", press("Ana"));
    let second = desk.command("c-1", "alert.acknowledged", press("Ben"));
    assert!(first.accepted && !second.accepted);
    assert_eq!(second.code, "stale");
    assert!(
        second.message.starts_with("acknowledged by Ana at ") && second.message.ends_with("it is acknowledged now"),
        "{}",
        second.message
    );
    assert_eq!(
        desk.command("c-1", "alert.acknowledged", json!({"alert": CASE, "revision": 9, "actor": "Ben"})).code,
        "stale"
    );
    let unknown = json!({"alert": "recovery:c-1:nothing", "revision": 1, "actor": "Ben"});
    assert_eq!(desk.command("c-1", "alert.resolved", unknown).code, "unknown_alert");
    assert_eq!(desk.command("c-9", "alert.resolved", press("Ben")).code, "unknown_alert");
}

#[test]
fn a_snooze_ends_by_itself_and_only_what_makes_sense_is_done() {
    let mut desk = Desk::new(Alerting::default());
    desk.say("c-1", "survey.answered", csat(1));
    let until = |minute: i64| desk_time(minute);
    let snooze = |revision: u32, minute: i64| json!({"alert": CASE, "revision": revision, "actor": "Ana", "until": until(minute)});
    assert_eq!(desk.command("c-1", "alert.snoozed", snooze(1, -5)).code, "until");
    assert_eq!(desk.command("c-1", "alert.snoozed", snooze(1, 60 * 24 * 40)).code, "until");
    assert!(desk.command("c-1", "alert.snoozed", snooze(1, 30)).accepted);
    assert_eq!(desk.alert("c-1", CASE).unwrap().state, State::Snoozed);
    desk.tick(60);
    let alert = desk.alert("c-1", CASE).unwrap();
    assert_eq!(alert.state, State::Triggered);
    assert!(alert.history.iter().any(|step| step.what == What::Woken));
    let revision = alert.revision;
    let close = json!({"alert": CASE, "revision": revision, "actor": "Ana", "cause": "carrier", "action": "refund"});
    assert!(desk.command("c-1", "alert.closed", close.clone()).accepted);
    let card = desk.card("c-1", CASE).unwrap();
    assert_eq!((card.state, card.cause.unwrap().to_string(), card.due_at), (State::Closed, "carrier".to_owned(), None));
    let again = json!({"alert": CASE, "revision": revision + 1, "actor": "Ana"});
    assert_eq!(desk.command("c-1", "alert.acknowledged", again.clone()).code, "not_open");
    assert!(desk.command("c-1", "alert.reopened", again).accepted);
    assert_eq!(desk.alert("c-1", CASE).unwrap().state, State::Triggered);
}

fn desk_time(minute: i64) -> String {
    desk::start().plus_ms(minutes(minute)).to_string()
}

#[test]
fn an_unhappy_reply_reopens_and_long_after_it_is_a_new_case() {
    let mut desk = Desk::new(Alerting::default());
    desk.say("c-1", "survey.answered", csat(1));
    assert!(desk.command("c-1", "alert.resolved", json!({"alert": CASE, "revision": 1, "actor": "Ana"})).accepted);
    desk.say("c-1", "survey.answered", csat(1));
    let alert = desk.alert("c-1", CASE).unwrap();
    assert_eq!((alert.state, alert.revision, alert.count), (State::Triggered, 3, 2));
    assert!(desk.command("c-1", "alert.resolved", json!({"alert": CASE, "revision": 3, "actor": "Ana"})).accepted);
    desk.tick(60 * 24 * 5);
    desk.say("c-1", "survey.answered", csat(1));
    let alert = desk.alert("c-1", CASE).unwrap();
    assert_eq!((alert.state, alert.revision, alert.count, alert.history.len()), (State::Triggered, 5, 1, 1));
    let whats: Vec<What> = told(&desk).iter().map(|(what, ..)| *what).collect();
    assert_eq!(whats, [What::Raised, What::Resolved, What::Reopened, What::Resolved, What::Raised]);
    // And what is over is forgotten one day.
    assert!(desk.command("c-1", "alert.resolved", json!({"alert": CASE, "revision": 5, "actor": "Ana"})).accepted);
    desk.tick(60 * 24 * 31);
    assert!(desk.alert("c-1", CASE).is_none() && desk.card("c-1", CASE).is_none());
}

#[test]
fn health_has_hysteresis_and_what_dwells_too_shortly_is_no_alert() {
    let rule = json!({"kind": "health_drop", "severity": "S3", "dwell_min": 10});
    let alerting: Alerting =
        serde_json::from_value(json!({"rule": [rule], "thresholds": {"health_in": 40, "health_out": 50}})).unwrap();
    let mut desk = Desk::new(alerting);
    let key = "health_drop:c-1:below";
    let nps = |score: i64| json!({"survey": "s", "measures": "nps", "score": score});
    // Only the last answer counts: the health is it.
    desk.weigh("nps");
    desk.say("c-1", "survey.answered", nps(3));
    desk.tick(5);
    desk.say("c-1", "survey.answered", nps(6));
    desk.tick(20);
    assert!(desk.alert("c-1", key).is_none(), "it was not below for long enough");
    desk.say("c-1", "survey.answered", nps(3));
    desk.tick(10);
    assert_eq!(desk.alert("c-1", key).unwrap().state, State::Triggered);
    desk.say("c-1", "survey.answered", nps(5));
    assert!(desk.alert("c-1", key).unwrap().state.is_open(), "50 is not above 50");
    desk.say("c-1", "survey.answered", nps(6));
    assert_eq!(desk.alert("c-1", key).unwrap().state, State::Resolved);
}

#[test]
fn a_delay_is_urgent_where_the_customer_is_at_risk() {
    let mut desk = Desk::new(Alerting::default());
    desk.weigh("nps");
    let promised = |delivery: &str| json!({"order": delivery, "promised_at": desk_time(30), "carrier": "DHL"});
    desk.say("c-1", "survey.answered", json!({"survey": "s", "measures": "nps", "score": 9}));
    desk.say("c-1", "delivery.promised", promised("d-1"));
    desk.tick(60);
    let alert = desk.alert("c-1", "delay:d-1:late").unwrap();
    assert_eq!((alert.severity, alert.group.as_str()), (Severity::S4, "delay:carrier:DHL"));
    // Now the customer is at risk, and the parcel still late.
    desk.say("c-1", "survey.answered", json!({"survey": "s", "measures": "nps", "score": 5}));
    let alert = desk.alert("c-1", "delay:d-1:late").unwrap();
    assert_eq!((alert.severity, alert.revision), (Severity::S1, 2));
    desk.say("c-1", "delivery.delayed", json!({"order": "d-1", "estimated_at": desk_time(600)}));
    assert_eq!(desk.alert("c-1", "promise_slip:d-1:promise").unwrap().severity, Severity::S2);
    desk.say("c-1", "delivery.delivered", json!({"order": "d-1"}));
    assert_eq!(desk.alert("c-1", "delay:d-1:late").unwrap().state, State::Resolved);
    assert_eq!(desk.alert("c-1", "promise_slip:d-1:promise").unwrap().state, State::Resolved);
}

#[test]
fn deals_slip_are_pushed_and_stand_still() {
    let mut desk = Desk::new(Alerting::default());
    let day = 60 * 24;
    desk.say(
        "c-1",
        "opportunity.created",
        json!({"opportunity": "o-1", "stage": "Demo", "expected_close_at": desk_time(10 * day), "owner": "Sam"}),
    );
    desk.tick(11 * day);
    let slipped = desk.alert("c-1", "deal:o-1:slipped").unwrap();
    assert_eq!((slipped.severity, slipped.owner.as_ref().unwrap().as_str()), (Severity::S3, "Sam"));
    for later in [20, 21, 22] {
        desk.say(
            "c-1",
            "opportunity.close_date_changed",
            json!({"opportunity": "o-1", "expected_close_at": desk_time(later * day)}),
        );
    }
    assert_eq!(desk.alert("c-1", "deal:o-1:slipped").unwrap().state, State::Resolved);
    assert_eq!(desk.alert("c-1", "deal:o-1:pushed").unwrap().why.sentence(), "Expected close put off 3 times");
    desk.tick(29 * day);
    assert!(desk.alert("c-1", "deal:o-1:idle").unwrap().state.is_open());
    desk.say("c-1", "opportunity.won", json!({"opportunity": "o-1"}));
    for cause in ["slipped", "pushed", "idle"] {
        assert_eq!(desk.alert("c-1", &format!("deal:o-1:{cause}")).unwrap().state, State::Resolved, "{cause}");
    }
}

#[test]
fn a_source_falls_silent_and_dead_letters_grow() {
    let mut desk = Desk::new(Alerting::default());
    desk.say("shop", "source.heartbeat", json!({}));
    desk.tick(4);
    desk.say("shop", "source.heartbeat", json!({}));
    desk.tick(4);
    assert!(desk.told.is_empty());
    desk.tick(3);
    let key = "stale_source:shop:heartbeat";
    assert_eq!(desk.alert_of(7, "shop", key).unwrap().severity, Severity::S1);
    assert!(desk.command("shop", "alert.acknowledged", json!({"alert": key, "revision": 1, "actor": "Olga"})).accepted);
    desk.say("shop", "source.heartbeat", json!({}));
    assert_eq!(desk.alert_of(7, "shop", key).unwrap().state, State::Resolved);

    let count = |total: i64| json!({"total": total});
    desk.say("dead-letters", "dead_letters.counted", count(1000));
    desk.tick(2);
    desk.say("dead-letters", "dead_letters.counted", count(1019));
    assert!(desk.alert_of(7, "dead-letters", "dead_letters:all:growing").is_none());
    desk.say("dead-letters", "dead_letters.counted", count(1020));
    let alert = desk.alert_of(7, "dead-letters", "dead_letters:all:growing").unwrap();
    assert_eq!(alert.why.sentence(), "20 events not understood within 5 min");
    desk.tick(6);
    assert_eq!(desk.alert_of(7, "dead-letters", "dead_letters:all:growing").unwrap().state, State::Resolved);
}

#[test]
fn an_imported_history_raises_nothing() {
    let mut desk = Desk::new(Alerting::default());
    desk.say_late(60 * 24 * 3, "c-1", "survey.answered", csat(1));
    desk.say_late(
        60 * 24 * 3,
        "c-1",
        "delivery.promised",
        json!({"order": "o-9", "promised_at": desk_time(-60 * 24 * 2)}),
    );
    desk.tick(10);
    assert!(desk.told.is_empty() && desk.partition.board().cards().count() == 0);
    assert_eq!(desk.partition.counters().withheld, 2);
}

#[test]
fn a_silence_is_seen_told_and_over() {
    let mut desk = Desk::new(Alerting::default());
    let set = |minute: i64| json!({"matches": "kind=delay,carrier=DHL", "until": desk_time(minute), "actor": "Olga"});
    desk.say("S-1", "silence.set", set(60));
    assert_eq!((desk.partition.board().cards().count(), desk.told.len()), (1, 1));
    desk.tick(90);
    assert_eq!(desk.partition.board().cards().count(), 0);
}

#[test]
fn the_same_log_raises_the_same_alerts_from_any_checkpoint() {
    let story = |desk: &mut Desk, from: usize, to: usize| {
        for n in from..to {
            let customer = format!("c-{}", n % 7);
            desk.say(&customer, "survey.answered", csat((n % 5) as i64 + 1));
            desk.tick((n % 13) as i64 * 3);
        }
    };
    let mut whole = Desk::new(Alerting::default());
    story(&mut whole, 0, 200);
    for cut in [1, 50, 111, 199] {
        let mut first = Desk::new(Alerting::default());
        story(&mut first, 0, cut);
        let mut second = first.restored();
        story(&mut second, cut, 200);
        assert_eq!(second.told, whole.told, "cut at {cut}");
        assert!(second.partition.board().cards().eq(whole.partition.board().cards()));
    }
    assert!(whole.told.len() > 20, "{}", whole.told.len());
}
