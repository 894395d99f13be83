//! Commands: a thousand who want what there is a hundred of, while those who decide are killed.

use crate::harness::{Nexusflow, SOON, eventually};
use crate::judge::{Judge, Name};
use crate::of;
use crate::publisher::{agent, post};
use nexusflow_engine::Decision;
use nexusflow_model::Place;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CALLERS: usize = 1_000;
const UNITS: i64 = 100;
const SOURCE: &str = "/desk";

/// What a caller was told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    accepted: bool,
    code: String,
    message: String,
    place: String,
}

#[test]
fn what_there_is_is_promised_once_while_workers_are_killed() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("WORKER__CHECKPOINT_EVENTS", "50");
    let nats = nexusflow.nats();
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    let mut worker = nexusflow.spawn("worker", &["worker"]);
    nexusflow.wait_until_ready();
    let stock = json!({
        "specversion": "1.0", "id": "count", "source": SOURCE, "type": "inventory.level_set", "subject": "sku-1",
        "data": {"site": "main", "on_hand": UNITS},
    });
    assert_eq!(nexusflow.publish(&stock).0, 201);
    let answered = AtomicUsize::new(0);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let (nexusflow, answered) = (&nexusflow, &answered);
        let call =
            |caller: usize| scope.spawn(move || (ask(nexusflow, caller), answered.fetch_add(1, Ordering::Relaxed)).0);
        let callers: Vec<_> = (0..CALLERS).map(call).collect();
        // Each time some have got their answer and some wait for it.
        let kills = of(6, 20);
        for kill in 0..kills {
            let wanted = CALLERS / 2 * kill / kills;
            eventually(SOON, "some are answered", || match answered.load(Ordering::Relaxed) {
                now if now >= wanted => Ok(()),
                now => Err(format!("{now} of {wanted}\n{}", nexusflow.logs())),
            });
            std::mem::replace(&mut worker, nexusflow.spawn("worker", &["worker"])).kill();
        }
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let mut judge = Judge::new(&nexusflow);
    let verdict = judge.verdict(&nexusflow);
    let mut told: BTreeSet<Name> = (0..CALLERS).map(name).collect();
    told.insert((SOURCE.into(), "count".into()));
    judge.knows_exactly(&told);
    let mut promised = 0;
    for (caller, answer) in answers.iter().enumerate() {
        let decision = judge.decision(&name(caller)).unwrap();
        assert_eq!(answer, &expected(decision), "caller {caller}");
        assert!(judge.places(&name(caller)).contains(&decision.place));
        promised += if answer.accepted { quantity(caller) } else { 0 };
    }
    assert_eq!(promised, UNITS, "neither more nor, as somebody wants just one, less");
    // Who asks again hears the same, and gets nothing more.
    for caller in (0..CALLERS).step_by(25) {
        assert_eq!(ask(&nexusflow, caller), answers[caller], "caller {caller} again");
    }
    let again = judge.verdict(&nexusflow);
    assert_eq!((again.events, again.derived), (verdict.events, CALLERS), "{again:?}");
    eprintln!("{verdict:?}, then {again:?}");
    worker.stop();
    gateway.stop();
    nats.stop();
}

fn name(caller: usize) -> Name {
    (SOURCE.into(), format!("ask-{caller}"))
}

fn quantity(caller: usize) -> i64 {
    1 + caller as i64 % 3
}

/// Asks until there is an answer.
fn ask(nexusflow: &Nexusflow, caller: usize) -> Answer {
    let (source, id) = name(caller);
    let asked = json!({
        "specversion": "1.0", "id": id, "source": source, "type": "inventory.requested", "subject": "sku-1",
        "data": {"reservation": id, "quantity": quantity(caller), "customer": format!("c-{caller}")},
    });
    let (agent, began, asked) = (agent(), Instant::now(), asked.to_string());
    loop {
        let answer = post(&agent, &nexusflow.url("/api/v1/commands"), "application/cloudevents+json", &asked);
        match answer {
            Some((200, _, answer)) if answer["accepted"] == true => return told(&answer, &answer),
            Some((409, _, answer)) if answer["accepted"] == false => return told(&answer, &answer["error"]),
            Some((429 | 503, ..)) | None => {}
            Some(other) => panic!("{other:?}"),
        }
        assert!(began.elapsed() < SOON, "caller {caller} has no answer\n{}", nexusflow.logs());
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn told(answer: &Value, why: &Value) -> Answer {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Answer {
        accepted: answer["accepted"] == true,
        code: text(&why["code"]),
        message: text(&why["message"]),
        place: text(&answer["place"]),
    }
}

fn expected(decision: &Decision) -> Answer {
    let Decision { place: Place { partition, sequence, index }, outcome, .. } = decision.clone();
    let place = format!("{partition}:{sequence}:{index}");
    Answer { accepted: outcome.accepted, code: outcome.code, message: outcome.message, place }
}
