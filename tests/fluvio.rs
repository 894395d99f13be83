//! Against a real cluster, where FLUVIO_ENDPOINT names one: it must have the topics `nexusflow-test-in` and `nexusflow-test-out`, of one
//! partition each.
#![cfg(feature = "fluvio")]

mod harness;

use futures_util::StreamExt;
use harness::{Nexusflow, SOON, eventually};
use nexusflow_connectors::broker::fluvio::{Client, Cluster};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const IN: &str = "nexusflow-test-in";
const OUT: &str = "nexusflow-test-out";

fn order(run: &str, number: u64) -> (String, Vec<u8>) {
    let id = format!("{run}-{number}");
    let event = json!({
        "specversion": "1.0", "id": id, "source": "/shop", "type": "order.placed", "subject": "c-1",
        "data": {"order": id, "total": {"minor": 100, "currency": "EUR"}}
    });
    (id, event.to_string().into_bytes())
}

fn orders(nexusflow: &Nexusflow) -> u64 {
    nexusflow.view("figures").get("orders").and_then(|row| row["value"].as_u64()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_is_read_over_a_kill_and_a_topic_is_told() {
    let Ok(endpoint) = std::env::var("FLUVIO_ENDPOINT") else {
        eprintln!("skipped: FLUVIO_ENDPOINT names no cluster, such as 127.0.0.1:9003");
        return;
    };
    let client = Client::connect(&endpoint).await.unwrap();
    let run = std::process::id().to_string();
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let config = format!(
        "[[source]]\nname = \"in\"\nkind = \"fluvio\"\nendpoint = {endpoint:?}\ntopic = {IN:?}\n\
         [[sink]]\nname = \"out\"\nkind = \"fluvio\"\nendpoint = {endpoint:?}\ntopic = {OUT:?}\nviews = [\"figures\"]\nevery_s = 1\n"
    );
    std::fs::create_dir_all(nexusflow.folder().join("config")).unwrap();
    std::fs::write(nexusflow.folder().join("config/nexusflow.toml"), config).unwrap();
    nexusflow.set("WORKER__CHECKPOINT_S", "5");
    let _nats = nexusflow.nats();
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    let worker = nexusflow.spawn("worker", &["worker"]);
    nexusflow.wait_until_ready();
    client.append(IN, (1..=300).map(|number| order(&run, number)).collect()).await.unwrap();
    eventually(SOON, "some are read", || if orders(&nexusflow) > 0 { Ok(()) } else { Err(nexusflow.logs()) });
    worker.kill();
    let _worker = nexusflow.spawn("worker", &["worker"]);
    client.append(IN, (301..=400).map(|number| order(&run, number)).collect()).await.unwrap();
    // One that comes twice, and the last of all.
    client.append(IN, vec![order(&run, 400), order(&run, 401)]).await.unwrap();
    // The topic may hold what earlier runs left there: what is in it is what has to be counted.
    let (mut written, mut ids) = (client.records(IN, 0, None).await.unwrap(), BTreeSet::new());
    while !ids.contains(&format!("{run}-401")) {
        let record = tokio::time::timeout(SOON, written.next()).await.unwrap().unwrap().unwrap();
        let event: Value = serde_json::from_slice(&record.value).unwrap();
        ids.insert(event["id"].as_str().unwrap().to_owned());
    }
    eventually(SOON, "every order counts once", || match orders(&nexusflow) {
        now if now == ids.len() as u64 => Ok(()),
        now => Err(format!("{} are in the topic, {now} are counted\n{}", ids.len(), nexusflow.logs())),
    });
    assert_eq!((client.partitions(IN).await.unwrap(), client.partitions(OUT).await.unwrap()), (1, 1));
    let mut told = client.records(OUT, 0, None).await.unwrap();
    let snapshot = async {
        while let Some(record) = told.next().await {
            let event: Value = serde_json::from_slice(&record.unwrap().value).unwrap();
            if event["type"] == "view.snapshot" {
                return event;
            }
        }
        Value::Null
    };
    let snapshot = tokio::time::timeout(SOON, snapshot).await.unwrap();
    assert_eq!(snapshot["data"]["topic"], "figures", "{snapshot}");
}
