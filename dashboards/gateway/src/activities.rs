//! What just happened: a bounded ring, and a broadcast to who is watching.

use nexusflow_domain::Activity;
use nexusflow_engine::{Effect, EffectId};
use nexusflow_model::{Place, Timestamp};
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::broadcast;

/// How many a new subscriber is given.
const KEPT: usize = 50;
/// How many a slow subscriber may be behind before it is told to subscribe anew.
const BEHIND_MAX: usize = 1_024;

/// One line of the ticker.
#[derive(Debug)]
pub(crate) struct Item {
    /// Its number in this gateway.
    pub(crate) seq: u64,
    order: (Timestamp, EffectId),
    /// As JSON.
    pub(crate) json: String,
}

/// The ticker.
pub(crate) struct Activities {
    ring: Mutex<Ring>,
    sender: broadcast::Sender<Arc<Item>>,
}

#[derive(Default)]
struct Ring {
    items: VecDeque<Arc<Item>>,
    seq: u64,
    /// The last effect of each partition: what comes again after a recovery is not told again.
    told: BTreeMap<u32, EffectId>,
}

impl Activities {
    pub(crate) fn new() -> Self {
        Self { ring: Mutex::default(), sender: broadcast::Sender::new(BEHIND_MAX) }
    }

    /// Takes in effects, in order, as one partition tells them.
    pub(crate) fn take(&self, effects: &[Effect<Activity>]) {
        let taken_in = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as u64;
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        for effect in effects {
            let partition = effect.id.place.partition;
            if ring.told.get(&partition).is_some_and(|told| effect.id <= *told) {
                continue;
            }
            ring.told.insert(partition, effect.id);
            ring.seq += 1;
            let order = (effect.body.recorded_at, effect.id);
            let item = Arc::new(Item { seq: ring.seq, order, json: to_json(effect, taken_in) });
            ring.items.push_back(Arc::clone(&item));
            if ring.items.len() > KEPT {
                ring.items.pop_front();
            }
            drop(self.sender.send(item)); // nobody watching is no error
        }
    }

    /// What is kept, oldest first, the number of the last, and what comes from now on.
    pub(crate) fn subscribe(&self) -> (Vec<Arc<Item>>, u64, broadcast::Receiver<Arc<Item>>) {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let mut items: Vec<Arc<Item>> = ring.items.iter().cloned().collect();
        items.sort_by_key(|item| item.order);
        (items, ring.seq, self.sender.subscribe())
    }
}

/// `taken_in`: when this gateway heard of it, in microseconds since the epoch.
fn to_json(effect: &Effect<Activity>, taken_in: u64) -> String {
    let Place { partition, sequence, index } = effect.id.place;
    let Activity { kind, occurred_at, recorded_at, customer, headline } = &effect.body;
    json!({
        "place": format!("{partition}:{sequence}:{index}"),
        "kind": kind,
        "occurred_at": occurred_at,
        "recorded_at": recorded_at,
        "customer": customer,
        "headline": headline,
        "taken_in_us": taken_in,
    })
    .to_string()
}
