//! What is usual for a source, and when it is missed.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![allow(dead_code, reason = "the desk does more")]

mod desk;

use desk::Desk;
use nexusflow_domain::alert::config::Alerting;
use nexusflow_domain::alert::{Card, State};
use nexusflow_domain::sources::{SourceCard, Standing};
use nexusflow_model::{Id, Timestamp};
use serde_json::json;

const KEY: &str = "stale_source:shop:heartbeat";

fn counted(desk: &mut Desk, stored: i64, rejected: i64) {
    let now = desk.now;
    let data = json!({
        "kind": "standard", "stored": stored, "rejected": rejected, "turned_away": 0, "window_ms": 10_000, "heard_at": now,
        "newest_at": now.plus_ms(-2_000)
    });
    desk.say("shop", "source.counted", data);
}

fn card(desk: &Desk) -> (SourceCard, Timestamp) {
    match desk.partition.board().card(&(Id::new("shop").unwrap(), "source".into())).unwrap() {
        Card::Source(card) => ((**card).clone(), desk.partition.clock()),
        _ => panic!("no card of a source"),
    }
}

fn state(desk: &Desk) -> Option<State> {
    desk.alert_of(7, "shop", KEY).map(|alert| alert.state)
}

#[test]
fn a_source_that_falls_silent_is_missed_and_heard_again() {
    let mut desk = Desk::new(Alerting::default());
    counted(&mut desk, 10, 0);
    counted(&mut desk, 10, 0);
    desk.tick(4);
    assert_eq!(state(&desk), None);
    desk.tick(2);
    assert_eq!(state(&desk), Some(State::Triggered));
    let (card, now) = card(&desk);
    assert_eq!(card.standing(now), Standing::Silent);
    counted(&mut desk, 1, 0);
    assert_eq!(state(&desk), Some(State::Resolved));
    assert_eq!(desk.partition.counters().events, 0, "what we say of ourselves does not count");
    assert_eq!(state(&desk.restored()), Some(State::Resolved));
}

#[test]
fn what_comes_once_a_day_is_not_missed_after_five_minutes() {
    let mut desk = Desk::new(Alerting::default());
    counted(&mut desk, 1, 0);
    desk.tick(24 * 60);
    counted(&mut desk, 1, 0);
    // Its first day had nothing to go by.
    assert_eq!(state(&desk), Some(State::Resolved));
    desk.tick(2 * 24 * 60);
    assert_eq!(state(&desk), Some(State::Resolved));
    desk.tick(24 * 60 + 10);
    assert_eq!(state(&desk), Some(State::Triggered));
}

#[test]
fn the_usual_rate_is_the_median_of_the_hour_and_half_of_it_is_slow() {
    let mut desk = Desk::new(Alerting::default());
    assert_eq!(desk.now.as_ms() % 3_600_000, 0, "a whole hour");
    // Of this hour: begun in its middle, then 6,000, 60 and 1,200 an hour, on four days in a row.
    for stored in [50, 6_000, 60, 1_200] {
        counted(&mut desk, stored, 0);
        desk.tick(24 * 60);
    }
    counted(&mut desk, 10, 0);
    let (slow, now) = card(&desk);
    assert_eq!(slow.usual_per_min_milli(now), Some(20_000));
    assert_eq!((slow.per_min_milli(now), slow.standing(now)), (2_000, Standing::Slow));
    counted(&mut desk, 50, 0);
    let (live, now) = card(&desk);
    assert_eq!((live.per_min_milli(now), live.standing(now)), (12_000, Standing::Live));
    assert_eq!((live.lag_ms, live.by_hour(now).iter().sum::<i64>()), (Some(2_000), 60));
    // A mistake or two of few are no failure.
    let few = {
        let mut desk = Desk::new(Alerting::default());
        counted(&mut desk, 2, 2);
        let (card, now) = card(&desk);
        (card.error_bp(now), card.standing(now))
    };
    assert_eq!(few, (Some(5_000), Standing::Live));
    counted(&mut desk, 0, 15);
    let (failing, now) = card(&desk);
    assert_eq!((failing.error_bp(now), failing.standing(now)), (Some(2_000), Standing::Failing));
}
