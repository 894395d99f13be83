//! What could not be understood: found, tried with another mapping, retried, dropped; never lost, never counted twice.

use crate::harness::{Nexusflow, SOON, eventually};
use crate::shop::{self, ask, mapping, order, post, wait_for_letters};
use serde_json::{Value, json};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn orders(nexusflow: &Nexusflow) -> Value {
    let figures = nexusflow.json("/api/v1/views/figures?period=all").unwrap_or_default();
    let rows = figures["rows"].as_array().cloned().unwrap_or_default();
    rows.iter().find(|row| row[0] == "orders").map(|row| row[1].clone()).unwrap_or_default()
}

fn wait_for_orders(nexusflow: &Nexusflow, count: u64) {
    eventually(SOON, &format!("{count} orders"), || {
        let told = orders(nexusflow);
        if told == count { Ok(()) } else { Err(told.to_string()) }
    });
}

#[test]
fn a_mapping_is_mended_and_what_it_could_not_read_is_read() {
    let nexusflow = shop::nexusflow();
    let up = nexusflow.up(&[]);
    for number in 1..=3 {
        let (status, told) = post(&nexusflow, &order(&format!("A-{number}"), "c-1").to_string());
        assert_eq!((status, &told["kept"]), (200, &json!(1)), "{told}");
    }
    assert_eq!(post(&nexusflow, "no JSON").1["kept"], 1);
    wait_for_letters(&nexusflow, 4);

    // Newest first, each with what is wrong.
    let listed = lines(&nexusflow.run_well(&["dlq", "list", "--source", "shop", "--json"]));
    let sequences: Vec<u64> = listed.iter().filter_map(|line| line["sequence"].as_u64()).collect();
    assert_eq!(sequences, [4, 3, 2, 1]);
    assert_eq!((&listed[3]["kind"], &listed[3]["decided"]["state"]), (&json!("standard"), &json!("waiting")));
    assert!(nexusflow.run_well(&["dlq", "list", "--limit", "1"]).contains("4 wait, of 4"));
    assert!(nexusflow.run_well(&["dlq", "list", "--source", "crm"]).starts_with("4 wait"));
    assert_eq!(nexusflow.run_well(&["dlq", "show", "4", "--raw"]), "no JSON");
    assert!(nexusflow.run_well(&["dlq", "show", "1"]).contains("\"buyer\": \"c-1\""));

    // With the present settings they would not be understood, with a new mapping they would; nothing is stored.
    assert!(!nexusflow.run(&["dlq", "try", "1", "2", "3"]).status.success());
    std::fs::write(nexusflow.folder().join("new.toml"), mapping("sum")).unwrap();
    let tried = lines(&nexusflow.run_well(&["dlq", "try", "--mapping", "new.toml", "--json", "1", "2", "3"]));
    assert_eq!(
        (&tried[0]["events"][0]["id"], &tried[0]["events"][0]["data"]["total"]["minor"]),
        (&json!("A-1:placed"), &json!(1250))
    );
    assert_eq!(tried[0]["events"][0]["source"], "/sources/shop");
    wait_for_letters(&nexusflow, 4);
    assert_eq!(orders(&nexusflow), 0);

    // Retried before it is in place they go on waiting, and no new ones come of it.
    let early = nexusflow.run(&["dlq", "retry", "--all"]);
    assert!(!early.status.success() && String::from_utf8_lossy(&early.stdout).contains("4 still not understood."));
    std::fs::write(nexusflow.folder().join("shop.toml"), mapping("sum")).unwrap();
    let retried = nexusflow.run(&["dlq", "retry", "--source", "shop"]);
    let said = String::from_utf8_lossy(&retried.stdout).into_owned();
    assert!(!retried.status.success() && said.contains("3 understood and stored, 1 still not understood."), "{said}");
    wait_for_orders(&nexusflow, 3);
    wait_for_letters(&nexusflow, 1);

    // Again: nothing happens twice, and it is said who was first.
    let again = lines(&nexusflow.run_well(&["dlq", "retry", "1", "--json"]));
    assert_eq!((&again[0]["outcome"], &again[0]["before"]), (&json!("retried"), &json!(true)));

    // Dropping is asked about; what was dropped is still there.
    let unasked = nexusflow.run(&["dlq", "drop", "--all"]);
    assert!(!unasked.status.success() && String::from_utf8_lossy(&unasked.stderr).contains("1 would be dropped"));
    assert!(nexusflow.run_well(&["dlq", "drop", "--all", "--yes"]).contains("1 dropped."));
    wait_for_letters(&nexusflow, 0);
    assert!(nexusflow.run_well(&["dlq", "list", "--state", "dropped"]).contains("0 wait, of 4"));
    assert_eq!(nexusflow.run_well(&["dlq", "show", "4", "--raw"]), "no JSON");
    assert_eq!(orders(&nexusflow), 3);
    up.stop();
}

/// What the page asks for; and that only who may act is answered.
#[test]
fn the_page_lists_shows_retries_and_drops() {
    let mut nexusflow = shop::nexusflow();
    nexusflow.set("ACCESS__VIEW_TOKEN", "view-token-of-a-test");
    nexusflow.set("ACCESS__ACT_TOKEN", "act-token-of-a-test");
    let up = nexusflow.up(&[]);
    for (at, body) in [order("B-1", "c-1").to_string(), "<b>".into()].into_iter().enumerate() {
        post(&nexusflow, &body);
        let waits = || {
            ask(&nexusflow, "GET", "/api/v1/dead-letters", Some("act-token-of-a-test"), &Value::Null).1["waiting"]
                .clone()
        };
        eventually(SOON, "it is kept", || if waits() == at as u64 + 1 { Ok(()) } else { Err(waits().to_string()) });
    }
    let get = |path: &str, bearer| ask(&nexusflow, "GET", path, Some(bearer), &Value::Null);
    let act = |path: &str| ask(&nexusflow, "POST", path, Some("act-token-of-a-test"), &json!({"actor": "Ana"}));
    assert_eq!(get("/api/v1/dead-letters", "view-token-of-a-test").0, 403);
    assert_eq!(get("/api/v1/dead-letters/1", "view-token-of-a-test").0, 403);
    let (_, page) = get("/api/v1/dead-letters?limit=1", "act-token-of-a-test");
    assert_eq!((&page["items"][0]["sequence"], &page["before"]), (&json!(2), &json!(2)));
    let (_, older) = get("/api/v1/dead-letters?limit=1&before=2", "act-token-of-a-test");
    assert_eq!((&older["items"][0]["sequence"], &older["before"]), (&json!(1), &Value::Null));
    assert!(older["items"][0].get("payload").is_none());
    assert_eq!(get("/api/v1/dead-letters/2", "act-token-of-a-test").1["payload"], "<b>");
    assert_eq!(get("/api/v1/dead-letters?state=lost", "act-token-of-a-test").0, 400);
    assert_eq!(get("/api/v1/dead-letters/99", "act-token-of-a-test").0, 404);
    let (status, told) = act("/api/v1/dead-letters/2/retry");
    assert_eq!((status, told["error"]["field"].as_str()), (422, Some(".")), "{told}");
    let (status, told) = act("/api/v1/dead-letters/2/drop");
    assert_eq!((status, &told["state"], &told["by"]), (200, &json!("dropped"), &json!("Ana")), "{told}");
    let (_, told) = act("/api/v1/dead-letters/2/drop");
    assert_eq!(told["before"], true);
    assert_eq!(ask(&nexusflow, "POST", "/api/v1/dead-letters/1/drop", Some("act-token-of-a-test"), &json!({})).0, 422);
    assert_eq!(act("/api/v1/dead-letters/1/burn").0, 404);
    up.stop();
}

/// An event of a publisher over HTTP that a newer NexusFlow, or a mapping, would understand.
#[test]
fn what_came_over_http_is_read_again_as_it_came() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let up = nexusflow.up(&[]);
    let bad = json!({"specversion": "1.0", "id": "1", "source": "/a", "type": "order.placed", "subject": "c", "data": {"ordre": "1"}});
    assert_eq!(nexusflow.publish(&bad).0, 422);
    wait_for_letters(&nexusflow, 1);
    let told = nexusflow.run(&["dlq", "retry", "1"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("still not understood"), "{told:?}");
    let tried = "[source]\nuri = \"/files/a\"\nabout = \"orders\"\n[[file]]\nname = \"orders\"\npath = \"a.jsonl\"\nformat = \"jsonl\"\n\
                 [[event]]\ntype = \"order.placed\"\nfrom = \"orders\"\nid = \"{id}\"\nsubject = \"subject\"\ntime = { value = \"2026-01-05T10:00:00Z\" }\ndata.order = \"data.ordre\"\ndata.total = { value = \"1.00\", type = \"money\", currency = \"EUR\" }\n";
    std::fs::write(nexusflow.folder().join("new.toml"), tried).unwrap();
    let tried = lines(&nexusflow.run_well(&["dlq", "try", "--mapping", "new.toml", "--json", "1"]));
    assert_eq!(
        (&tried[0]["events"][0]["subject"], &tried[0]["events"][0]["source"]),
        (&json!("c"), &json!("/sources/http"))
    );
    assert!(!nexusflow.run(&["dlq", "retry"]).status.success());
    up.stop();
}
