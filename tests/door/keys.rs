//! Keys: each lets one source in, as much of it as it may, until it is taken back.

use crate::harness::{Nexusflow, SOON, eventually};
use crate::shop::{ask, wait_for_letters};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn order(id: &str, source: &str) -> Value {
    let data = json!({"order": id, "total": {"minor": 1250, "currency": "EUR"}});
    json!({"specversion": "1.0", "id": id, "source": source, "type": "order.placed", "subject": "c-1", "data": data})
}

fn publish(nexusflow: &Nexusflow, key: Option<&str>, event: &Value) -> (u16, Value) {
    ask(nexusflow, "POST", "/api/v1/events", key, event)
}

fn create(nexusflow: &Nexusflow, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["keys", "create"].iter().chain(arguments).copied().collect();
    nexusflow.run_well(&all).trim().to_owned()
}

#[test]
fn a_key_lets_in_its_own_source_until_it_is_revoked() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let up = nexusflow.up(&[]);
    assert_eq!(publish(&nexusflow, None, &order("1", "/anybody")).0, 201, "without keys this machine may publish");

    let key = create(&nexusflow, &["shop"]);
    assert!(key.starts_with("nxf_") && key.len() > 70, "{key}");
    eventually(SOON, "it lets in", || match publish(&nexusflow, Some(&key), &order("2", "/sources/shop")) {
        (201, _) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    assert_eq!(publish(&nexusflow, Some(&key), &order("3", "/sources/shop/eu")).0, 201);
    let (status, told) = publish(&nexusflow, Some(&key), &order("4", "/sources/shop-eu"));
    assert_eq!((status, told["error"]["field"].as_str()), (403, Some("source")), "{told}");
    assert!(told["error"]["message"].as_str().unwrap().contains("/sources/shop/"), "{told}");
    // One foreign event in a batch, and nothing of it is stored.
    let batch = json!([order("5", "/sources/shop"), order("6", "/sources/crm")]);
    let (status, told) = publish(&nexusflow, Some(&key), &batch);
    assert_eq!((status, told["error"]["field"].as_str()), (403, Some("[1].source")), "{told}");

    // As soon as there is a key, being on this machine is not enough; and what is nearly a key is none.
    assert_eq!(publish(&nexusflow, None, &order("7", "/anybody")).0, 401);
    let other = if key.ends_with('0') { '1' } else { '0' };
    let nearly = format!("{}{other}", &key[..key.len() - 1]);
    for bad in [nearly.as_str(), &key[..key.len() - 1], "nxf_", "nxf_000000000000_", "nxf__"] {
        let (status, told) = publish(&nexusflow, Some(bad), &order("8", "/sources/shop"));
        assert_eq!(status, 401, "{bad}");
        assert!(!told.to_string().contains(bad) || bad == "nxf_", "{told}");
    }

    // What it says in error is kept under its name.
    let nonsense =
        json!({"specversion": "1.0", "id": "9", "source": "/sources/shop", "type": "order.place", "subject": "c"});
    assert_eq!(publish(&nexusflow, Some(&key), &nonsense).0, 422);
    wait_for_letters(&nexusflow, 1);
    assert!(nexusflow.run_well(&["dlq", "list", "--source", "shop"]).contains("shop"));

    let used = || nexusflow.run_well(&["keys", "list", "--json"]);
    eventually(SOON, "its use is noted", || if used().contains("\"used_at\":\"2") { Ok(()) } else { Err(used()) });
    assert!(!used().contains(&key[17..]), "the secret stands nowhere");

    assert!(nexusflow.run_well(&["keys", "revoke", "shop"]).contains("lets nobody in"));
    let revoked_at = Instant::now();
    eventually(Duration::from_secs(1), "it lets nobody in", || {
        match publish(&nexusflow, Some(&key), &order("10", "/sources/shop")) {
            (401, told) if told.to_string().contains("revoked") => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    assert!(revoked_at.elapsed() < Duration::from_secs(1));
    // With all keys revoked the door does not open again by itself.
    assert_eq!(publish(&nexusflow, None, &order("11", "/anybody")).0, 401);
    assert!(!nexusflow.run(&["keys", "revoke", "shop"]).status.success());
    up.stop();
    assert!(!nexusflow.logs().contains(&key[17..]), "no key in any log");
}

#[test]
fn each_key_has_its_own_limit_and_its_own_end() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("ACCESS__PUBLISH_TOKEN", "publish-token-of-a-test");
    let _nats = nexusflow.nats();
    let [slow, quick, brief] = [&["slow", "--events-per-s", "2"][..], &["quick"], &["brief", "--expires", "1s"]]
        .map(|arguments| create(&nexusflow, arguments));
    for bad in [&["Shop"][..], &["http"], &["a", "--events-per-s", "0"], &["a", "--expires", "soon"]] {
        assert!(!nexusflow.run(&[&["keys", "create"][..], bad].concat()).status.success(), "{bad:?}");
    }
    let _worker = nexusflow.spawn("worker", &["worker"]);
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    let batch = |name: &str, count: u32| {
        Value::Array((0..count).map(|at| order(&format!("{name}-{at}"), &format!("/sources/{name}"))).collect())
    };
    assert_eq!(publish(&nexusflow, Some(&slow), &batch("slow", 2)).0, 200);
    // Two within a second are too many; on a slow machine they may come further apart.
    let told = eventually(SOON, "it is told to wait", || match publish(&nexusflow, Some(&slow), &batch("slow", 2)) {
        (429, told) => Ok(told),
        other => Err(format!("{other:?}")),
    });
    assert!(told["error"]["retry_after_s"].as_u64().is_some_and(|wait| wait > 0), "{told}");
    assert!(told["error"]["message"].as_str().unwrap().contains("2 events a second are taken with this key"));
    assert_eq!(publish(&nexusflow, Some(&quick), &batch("quick", 50)).0, 200, "others are not slowed down");
    eventually(SOON, "its time is over", || match publish(&nexusflow, Some(&brief), &order("1", "/sources/brief")) {
        (401, told) if told.to_string().contains("over") => Ok(()),
        other => Err(format!("{other:?}")),
    });
    // The one token goes on, for any source.
    assert_eq!(publish(&nexusflow, Some("publish-token-of-a-test"), &order("1", "/any")).0, 201);
}

#[test]
fn the_page_makes_and_takes_back_keys() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("ACCESS__VIEW_TOKEN", "view-token-of-a-test");
    nexusflow.set("ACCESS__ACT_TOKEN", "act-token-of-a-test");
    let up = nexusflow.up(&[]);
    let act = Some("act-token-of-a-test");
    assert_eq!(ask(&nexusflow, "GET", "/api/v1/keys", Some("view-token-of-a-test"), &Value::Null).0, 403);
    let wanted = json!({"name": "shop", "events_per_s": 5, "expires_days": 90, "actor": "Ana"});
    assert_eq!(ask(&nexusflow, "POST", "/api/v1/keys", Some("view-token-of-a-test"), &wanted).0, 403);
    let (status, made) = ask(&nexusflow, "POST", "/api/v1/keys", act, &wanted);
    assert_eq!((status, &made["created_by"]), (201, &json!("Ana")), "{made}");
    let key = made["key"].as_str().unwrap().to_owned();
    let (_, listed) = ask(&nexusflow, "GET", "/api/v1/keys", act, &Value::Null);
    assert_eq!((&listed["items"][0]["state"], listed["items"][0].get("key")), (&json!("live"), None));
    assert_eq!(
        ask(&nexusflow, "POST", "/api/v1/keys", act, &json!({"name": "Shop!", "actor": "Ana"})).1["error"]["field"],
        "name"
    );
    let id = made["id"].as_str().unwrap();
    let (status, told) = ask(&nexusflow, "POST", &format!("/api/v1/keys/{id}/revoke"), act, &json!({"actor": "Ben"}));
    assert_eq!((status, &told["items"][0]["revoked_by"]), (200, &json!("Ben")), "{told}");
    eventually(SOON, "it lets nobody in", || match publish(&nexusflow, Some(&key), &order("1", "/sources/shop")).0 {
        401 => Ok(()),
        other => Err(other.to_string()),
    });
    up.stop();
}
