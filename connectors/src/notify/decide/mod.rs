//! Deciding who is told what, and when: a state that is changed by what the fold says, by receipts of consoles and by time. It does
//! nothing itself, so that every rule can be tried with any clock.

mod lane;
#[cfg(test)]
mod tests;

use super::matching::{Holds, Silence};
use super::message::Message;
use super::notice::{Body, Entry, Notice, SilenceSet, key, ms_of};
use super::settings::{NotifySettings, Routing};
use lane::Lane;
use nexusflow_log::Delivery;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a console has shown is remembered for so long: what is told later is a later revision.
const RECEIPTS_KEPT_MS: i64 = 600_000;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// A message is to be delivered.
    Tell(Box<Message>),
    /// Something is not told, or not yet: for the log of deliveries.
    Note(Box<Delivery>),
}

/// What survives the process.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// The last entry of the output log that was decided.
    sequence: u64,
    /// Open alerts that may hold others back.
    #[serde(default)]
    inhibitors: BTreeMap<String, Notice>,
    #[serde(default)]
    silences: BTreeMap<String, Silence>,
    /// What consoles have shown: revision and when.
    #[serde(default)]
    seen: BTreeMap<String, (u32, i64)>,
    #[serde(default)]
    lanes: BTreeMap<String, Lane>,
    /// Decided, and perhaps not yet where its target takes it.
    #[serde(default)]
    saying: Vec<Message>,
}

/// By what it is decided.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) settings: NotifySettings,
    pub(super) routing: Routing,
}

/// Decides.
#[derive(Debug)]
pub(super) struct Decider {
    rules: Arc<Rules>,
    state: State,
    orders: Vec<Order>,
    is_changed: bool,
}

impl Decider {
    /// With the state that was kept, if any was.
    ///
    /// # Errors
    /// Where that can't be read.
    pub(super) fn new(rules: Arc<Rules>, kept: Option<&[u8]>) -> Result<Self, serde_json::Error> {
        let mut state: State = kept.map(serde_json::from_slice).transpose()?.unwrap_or_default();
        // What was to be told to a target that is no longer there is told to nobody.
        let is_target = |name: &str| rules.settings.target.iter().any(|target| target.name == name);
        state.lanes.retain(|name, _| is_target(name));
        state.saying.retain(|message| is_target(&message.target));
        Ok(Self { rules, state, orders: Vec::new(), is_changed: false })
    }

    /// People are to be told in another way from now on; what is held already is held by the new way too.
    pub(super) fn reroute(&mut self, routing: Routing) {
        let settings = self.rules.settings.clone();
        self.rules = Arc::new(Rules { settings, routing });
    }

    /// The last entry of the output log that was decided.
    pub(super) fn sequence(&self) -> u64 {
        self.state.sequence
    }

    /// What is to be kept.
    pub(super) fn kept(&mut self) -> Vec<u8> {
        self.is_changed = false;
        serde_json::to_vec(&self.state).unwrap_or_default()
    }

    /// Whether there is something new to keep.
    pub(super) fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// What is to be done by now.
    pub(super) fn take(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    /// A message is to be said, whoever leads by then.
    pub(super) fn say(&mut self, message: Message) {
        self.state.saying.push(message);
        self.is_changed = true;
    }

    /// What is to be said.
    pub(super) fn saying(&self) -> &[Message] {
        &self.state.saying
    }

    /// All of it was said.
    pub(super) fn said(&mut self) {
        self.state.saying.clear();
        self.is_changed = true;
    }

    /// Reads an entry of the output log, which was stored at a time.
    pub(super) fn read(&mut self, sequence: u64, stored_at_ms: i64, payload: &[u8]) {
        self.state.sequence = sequence;
        self.is_changed = true;
        let entry: Entry = match serde_json::from_slice(payload) {
            Ok(entry) => entry,
            Err(error) => return tracing::error!(sequence, %error, "an entry of the output log can't be read"),
        };
        // Places of another log are other places.
        let log = xxhash_rust::xxh3::xxh3_64(&entry.log_created_ns.to_le_bytes()) as u32;
        for effect in entry.effects {
            let id = format!("{log:08x}-{}", effect.id);
            match serde_json::from_value(effect.body) {
                Ok(Body::Notice(notice)) => self.notice(&id, stored_at_ms, &notice),
                Ok(Body::Silence(set)) => self.silence(&set),
                // There are effects that are no alerts.
                Err(error) => tracing::debug!(id, %error, "not for the notifier"),
            }
        }
    }

    fn silence(&mut self, set: &SilenceSet) {
        match Silence::of(set) {
            Some(silence) => drop(self.state.silences.insert(set.silence.clone(), silence)),
            None => drop(self.state.silences.remove(&set.silence)),
        }
    }

    fn notice(&mut self, id: &str, stored_at_ms: i64, notice: &Notice) {
        let key = notice.key();
        if notice.what.is_end() {
            self.state.inhibitors.remove(&key);
        } else if self.rules.routing.inhibit.iter().any(|rule| rule.by == notice.kind) {
            self.state.inhibitors.insert(key.clone(), notice.clone());
        }
        let happened_ms = ms_of(&notice.at).unwrap_or(stored_at_ms);
        let is_stale = stored_at_ms.saturating_sub(happened_ms) > self.rules.settings.stale_after_ms as i64;
        let seen = self.state.seen.get(&key).is_some_and(|(revision, _)| *revision >= notice.revision);
        for target in &self.rules.settings.target {
            let lane = self.state.lanes.entry(target.name.clone()).or_default();
            lane.notice(target, &self.rules, lane::News { id, key: &key, notice, stored_at_ms, is_stale, seen });
            self.orders.append(&mut lane.orders);
        }
    }

    /// A console has shown a revision of an alert to a person.
    pub(super) fn seen(&mut self, now_ms: i64, customer: &str, alert: &str, revision: u32) {
        let key = key(customer, alert);
        let seen = self.state.seen.entry(key.clone()).or_insert((revision, now_ms));
        *seen = (seen.0.max(revision), now_ms);
        self.is_changed = true;
        for target in &self.rules.settings.target {
            if let Some(lane) = self.state.lanes.get_mut(&target.name) {
                lane.seen(target, &key, revision);
                self.orders.append(&mut lane.orders);
            }
        }
    }

    /// Tells what is to be told by now; when there will be more to do, if nothing happens until then.
    pub(super) fn advance(&mut self, now_ms: i64) -> Option<i64> {
        let before = (self.state.silences.len(), self.state.seen.len());
        self.state.silences.retain(|_, silence| silence.until_ms > now_ms);
        self.state.seen.retain(|_, (_, at_ms)| *at_ms + RECEIPTS_KEPT_MS > now_ms);
        self.is_changed |= before != (self.state.silences.len(), self.state.seen.len());
        let State { inhibitors, silences, lanes, .. } = &mut self.state;
        let holds = Holds::at(now_ms, silences, &self.rules.routing.inhibit, inhibitors);
        let edges = silences.values().flat_map(|silence| [silence.from_ms, silence.until_ms]);
        let mut next = edges.filter(|at| *at > now_ms).min();
        for target in &self.rules.settings.target {
            let Some(lane) = lanes.get_mut(&target.name) else { continue };
            let due = lane.advance(now_ms, target, &self.rules, &holds);
            next = [next, due].into_iter().flatten().min();
            self.is_changed |= !lane.orders.is_empty();
            self.orders.append(&mut lane.orders);
        }
        next
    }
}
