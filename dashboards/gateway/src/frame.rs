//! What the server says in `nexusflow.live.v1`: frames put together from rows that are JSON already.

use crate::activities::Item;
use crate::feed::{Line, Rendered};
use crate::hub::{Freshness, Told};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of one frame, in bytes: a larger topic comes in several.
const FRAME_BYTES: usize = 256 * 1024;

/// A whole topic, in as many frames as it needs.
pub(crate) fn snapshot(id: &str, epoch: &str, key: &[&str], cols: &[&str], of: &Rendered) -> Vec<String> {
    let mut chunks: Vec<Vec<&str>> = vec![Vec::new()];
    let mut bytes = 0;
    for line in &of.rows {
        if bytes + line.json.len() > FRAME_BYTES && bytes > 0 {
            chunks.push(Vec::new());
            bytes = 0;
        }
        bytes += line.json.len();
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(&line.json);
        }
    }
    let last = chunks.len() - 1;
    let frame = |(at, rows): (usize, Vec<&str>)| {
        format!(
            r#"{{"type":"snap","id":{},"epoch":"{epoch}","seq":{},"as_of":"{}","key":{},"cols":{},"rows":[{}],"last":{}}}"#,
            json!(id),
            of.seq,
            of.as_of,
            json!(key),
            json!(cols),
            rows.join(","),
            at == last
        )
    };
    chunks.into_iter().enumerate().map(frame).collect()
}

/// What changed from `before` to `now`.
pub(crate) fn delta(id: &str, epoch: &str, before: &Rendered, now: &Rendered) -> String {
    let had: HashMap<&str, &Line> = before.rows.iter().map(|line| (&*line.key, line)).collect();
    let has: HashMap<&str, &Line> = now.rows.iter().map(|line| (&*line.key, line)).collect();
    let up: Vec<&str> = now
        .rows
        .iter()
        .filter(|line| had.get(&*line.key).is_none_or(|old| old.json != line.json))
        .map(|line| &*line.json)
        .collect();
    let gone: Vec<&str> =
        before.rows.iter().filter(|line| !has.contains_key(&*line.key)).map(|line| &*line.key).collect();
    format!(
        r#"{{"type":"delta","id":{},"epoch":"{epoch}","prev":{},"seq":{},"as_of":"{}","up":[{}],"rm":[{}]}}"#,
        json!(id),
        before.seq,
        now.seq,
        now.as_of,
        up.join(","),
        gone.join(",")
    )
}

/// New items of a log topic.
pub(crate) fn event(id: &str, epoch: &str, seq: u64, items: &[Arc<Item>]) -> String {
    let items: Vec<&str> = items.iter().map(|item| item.json.as_str()).collect();
    format!(r#"{{"type":"event","id":{},"epoch":"{epoch}","seq":{seq},"items":[{}]}}"#, json!(id), items.join(","))
}

/// How each subscription stands, and whose figures they are.
pub(crate) fn heartbeat<'a>(
    ts: &str,
    freshness: &Freshness,
    told: Option<&Told>,
    as_of: &str,
    standings: impl Iterator<Item = (&'a str, u64)>,
) -> String {
    let stands = |(id, seq): (&str, u64)| {
        let mut topic = json!({
            "seq": seq, "as_of": as_of, "lag_ms": freshness.lag_ms, "stale": freshness.why_stale.is_some(),
        });
        if let Some(why) = &freshness.why_stale {
            topic["why"] = why.as_str().into();
        }
        (id.to_owned(), topic)
    };
    let topics: serde_json::Map<String, serde_json::Value> = standings.map(stands).collect();
    let mut frame = json!({"type": "hb", "ts": ts, "topics": topics});
    if let Some(Told { name, time_zone }) = told {
        (frame["business"], frame["time_zone"]) = (name.as_str().into(), time_zone.as_str().into());
    }
    frame.to_string()
}

/// Something the client asked for can't be done.
pub(crate) fn error(id: Option<&str>, code: &str, message: &str) -> String {
    let mut frame = json!({"type": "err", "code": code, "msg": message, "retry": false});
    if let Some(id) = id {
        frame["id"] = id.into();
    }
    frame.to_string()
}
