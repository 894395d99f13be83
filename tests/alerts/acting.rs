//! What people do about alerts: decided once, by who came first; and silences.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use crate::console::{Console, act, recovery, unhappy};
use crate::harness::{Nexusflow, SOON, eventually};
use serde_json::json;
use std::time::SystemTime;

fn in_ms(ms: i64) -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    nexusflow_model::Timestamp::from_ms(now + ms).unwrap().to_string()
}

fn raise(nexusflow: &Nexusflow, customer: &str) {
    assert_eq!(nexusflow.publish(&unhappy(&format!("s-{customer}"), customer)).0, 201);
    let path = format!("/api/v1/alerts/{customer}/{}", recovery(customer));
    eventually(SOON, "the alert is there", || nexusflow.json(&path).map(drop).ok_or_else(|| nexusflow.logs()));
}

#[test]
fn of_two_who_saw_the_same_one_is_heard_and_the_other_learns_who_was_first() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    raise(&nexusflow, "c-1");
    let ben = json!({"id": "b-1", "revision": 1, "actor": "Ben"});
    let (status, first) = act(&nexusflow, "c-1", "acknowledge", &ben);
    assert_eq!((status, &first["accepted"], &first["code"]), (200, &json!(true), &json!("acknowledged")), "{first}");
    let ana = json!({"id": "a-1", "revision": 1, "actor": "Ana", "cause": "late parcel", "action": "called"});
    let (status, second) = act(&nexusflow, "c-1", "close", &ana);
    assert_eq!((status, &second["error"]["code"]), (409, &json!("stale")), "{second}");
    let message = second["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("acknowledged by Ben at ") && message.contains("since revision 1"), "{message}");

    // Whoever sends it again hears what was decided then, whatever has happened since.
    let again = json!({"id": "a-2", "revision": 2, "actor": "Ana", "assignee": "Carla"});
    assert_eq!(act(&nexusflow, "c-1", "assign", &again).0, 200);
    assert_eq!(act(&nexusflow, "c-1", "acknowledge", &ben), (200, first));
    assert_eq!(act(&nexusflow, "c-1", "close", &ana), (409, second));

    let steps = [
        ("snooze", json!({"id": "1", "revision": 3, "actor": "Ana", "until": in_ms(3_600_000)})),
        ("contact", json!({"id": "2", "revision": 4, "actor": "Ana", "channel": "phone", "note": "will call back"})),
        ("resolve", json!({"id": "3", "revision": 5, "actor": "Ana"})),
        ("reopen", json!({"id": "4", "revision": 6, "actor": "Ana"})),
        ("close", json!({"id": "5", "revision": 7, "actor": "Ana", "cause": "late parcel", "action": "refund"})),
    ];
    for (verb, body) in steps {
        let (status, answer) = act(&nexusflow, "c-1", verb, &body);
        assert_eq!(status, 200, "{verb}: {answer}");
    }
    let whole = nexusflow.json(&format!("/api/v1/alerts/c-1/{}", recovery("c-1"))).unwrap();
    let history = whole["history"].as_array().unwrap().iter();
    let steps: Vec<(&str, &str)> =
        history.map(|step| (step["what"].as_str().unwrap(), step["actor"].as_str().unwrap_or("-"))).collect();
    let expected = [
        ("raised", "-"),
        ("acknowledged", "Ben"),
        ("assigned", "Ana"),
        ("snoozed", "Ana"),
        ("contacted", "Ana"),
        ("resolved", "Ana"),
        ("reopened", "Ana"),
        ("closed", "Ana"),
    ];
    assert_eq!(steps, expected);
    assert_eq!((&whole["alert"]["cause"], &whole["alert"]["state"]), (&json!("late parcel"), &json!("closed")));
}

#[test]
fn what_is_unknown_or_misspelt_is_said() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    raise(&nexusflow, "c-1");
    let body = json!({"id": "1", "revision": 1, "actor": "Ana"});
    let (status, answer) = act(&nexusflow, "c-2", "acknowledge", &body);
    assert_eq!((status, &answer["error"]["code"]), (404, &json!("unknown_alert")), "{answer}");
    let (status, answer) = act(&nexusflow, "c-1", "forget", &body);
    assert_eq!((status, &answer["error"]["code"]), (404, &json!("unknown_verb")), "{answer}");
    let (status, answer) = act(&nexusflow, "c-1", "acknowledge", &json!({"id": "1", "revision": 1, "who": "Ana"}));
    assert_eq!((status, &answer["error"]["field"]), (422, &json!("who")), "{answer}");
    let (status, answer) = act(&nexusflow, "c-1", "close", &body);
    assert_eq!((status, &answer["error"]["field"]), (422, &json!("cause")), "{answer}");
    // Nobody was made up by asking.
    assert_eq!(nexusflow.json("/api/v1/customers/c-2"), None);
}

#[tokio::test]
async fn a_silence_says_that_it_holds_and_what_and_can_be_lifted() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    raise(&nexusflow, "c-1");
    let mut console = Console::open(&nexusflow, "alerts", json!({})).await;
    let mut silences = Console::open(&nexusflow, "silences", json!({})).await;
    let key = ["c-1", &recovery("c-1")];
    let held_by = |console: &Console| console.row(&key).unwrap()["held_by"].clone();
    assert_eq!(held_by(&console), json!(null));
    let silence = json!({
        "id": "S-1", "matches": "kind=recovery,tier!=gold", "until": in_ms(3_600_000), "actor": "Ana", "reason": "a storm"
    });
    let (status, answer) = nexusflow.post("/api/v1/silences", "application/json", &silence.to_string());
    assert_eq!((status, &answer["accepted"]), (200, &json!(true)), "{answer}");
    console.until("it is held back", |console| held_by(console) == "silence S-1").await;
    silences.until("the silence is shown", |silences| silences.row(&["S-1"]).is_some()).await;
    assert_eq!(silences.row(&["S-1"]).unwrap()["reason"], "a storm");
    // What is raised meanwhile is recorded and shown.
    raise(&nexusflow, "c-2");
    let is_held =
        |console: &Console| console.row(&["c-2", &recovery("c-2")]).is_some_and(|row| row["held_by"] == "silence S-1");
    console.until("so is a new one", is_held).await;

    let lift = |silence: &str| {
        let url = nexusflow.url(&format!("/api/v1/silences/{silence}?actor=Ben"));
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        agent.delete(url).call().unwrap().status().as_u16()
    };
    assert_eq!((lift("S-2"), lift("S-1")), (404, 200));
    console.until("it is told again", |console| held_by(console) == json!(null)).await;
    silences.until("the silence is gone", |silences| silences.rows.is_empty()).await;

    let wrong = json!({"id": "S-3", "matches": "colour=red", "until": in_ms(1_000), "actor": "Ana"});
    let (status, answer) = nexusflow.post("/api/v1/silences", "application/json", &wrong.to_string());
    assert_eq!((status, &answer["error"]["field"]), (422, &json!("matches")), "{answer}");
}
