//! What people and programs see: the views of a gateway, and who leads in NATS.

use crate::harness::publisher::Told;
use crate::local::{Cluster, VIEW_TOKEN};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What NATS's own monitoring listens to in every container.
const MONITORING: u16 = 8_222;

fn get(url: &str) -> Result<Value, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(5))).build().into();
    let asked = agent.get(url).header("authorization", format!("Bearer {VIEW_TOKEN}")).call();
    let text = asked.and_then(|mut answer| answer.body_mut().read_to_string()).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// Whether the wall of a gateway is fresh and shows every acknowledged order once.
pub(crate) fn shows(cluster: &Cluster, gateway: &str, told: &Told) -> Result<(), String> {
    let view = get(&cluster.url(gateway, "/api/v1/views/figures?period=all"))?;
    let at = |col: &str| view["cols"].as_array().and_then(|cols| cols.iter().position(|found| found == col));
    let (key, value) = at("key").zip(at("value")).ok_or("the view has no key and value")?;
    let figure = |name: &str| -> Option<u64> {
        view["rows"].as_array()?.iter().find(|row| row[key] == name)?.get(value)?.as_u64()
    };
    let shown = (figure("orders"), figure("order_value"));
    if shown == (Some(told.events), Some(told.minor)) && view["stale"] == false {
        return Ok(());
    }
    Err(format!("{gateway} shows {shown:?} of {told:?}, stale: {} ({})", view["stale"], view["why"]))
}

/// The owners of all partitions, by name; an error where one has none that lives.
pub(crate) fn owners(cluster: &Cluster, gateway: &str) -> Result<BTreeSet<String>, String> {
    let view = get(&cluster.url(gateway, "/api/v1/views/partitions"))?;
    let at = |col: &str| view["cols"].as_array().and_then(|cols| cols.iter().position(|found| found == col));
    let (owner, state) = at("owner").zip(at("state")).ok_or("the view has no owner and state")?;
    let rows = view["rows"].as_array().ok_or("the view has no rows")?;
    let name = |row: &Value| if row[state] == "live" { Ok(text(&row[owner])) } else { Err(row.to_string()) };
    rows.iter().map(name).collect()
}

/// How JetStream stands, as one of its servers sees it.
#[derive(Debug, Default)]
pub(crate) struct JetStream {
    /// Who leads all of it.
    pub(crate) meta_leader: String,
    /// Who leads each stream.
    pub(crate) leaders: BTreeMap<String, String>,
    /// Streams of which a copy is missing or behind, or that nobody leads.
    pub(crate) weak: Vec<String>,
}

/// Asks the monitoring of a server.
pub(crate) fn jetstream(cluster: &Cluster, server: &str) -> Result<JetStream, String> {
    let port = cluster.port(server, MONITORING);
    let told = get(&format!("http://127.0.0.1:{port}/jsz?streams=true"))?;
    let mut found = JetStream { meta_leader: text(&told["meta_cluster"]["leader"]), ..JetStream::default() };
    let accounts = told["account_details"].as_array().ok_or("JetStream has no account yet")?;
    for stream in accounts.iter().flat_map(|account| account["stream_detail"].as_array().into_iter().flatten()) {
        let (name, group) = (text(&stream["name"]), &stream["cluster"]);
        let copies = group["replicas"].as_array().cloned().unwrap_or_default();
        let are_good = copies.len() == 2 && copies.iter().all(is_there);
        let leader = text(&group["leader"]);
        if leader.is_empty() || leader == server && !are_good {
            found.weak.push(format!("{name} ({leader}): {group}"));
        }
        found.leaders.insert(name, leader);
    }
    Ok(found)
}

/// Whether a copy is there and knows what the leader does, but for what is on its way under load.
fn is_there(copy: &Value) -> bool {
    let knows = copy["current"] == true || copy["lag"].as_u64().unwrap_or(0) < 100;
    knows && copy["offline"] != true && copy["active"].as_u64().is_some_and(|ns| (1..4_000_000_000).contains(&ns))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
