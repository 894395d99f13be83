//! What a test says to the notifier: the files that configure it, notices in the output log, and what it says itself.

use crate::harness::{Nexusflow, SOON, eventually};
use crate::server::now_ms;
use nexusflow_log::{Deliveries, Delivery, Log, LogSettings, NatsSettings, Outcome, TargetState};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The secret of every webhook here.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// How patient it is: a thousandth of the defaults, except for how long a target may take.
const SCALED: &str = "[notify]\npublic_url = \"https://flow.example.org\"\ntimeout_ms = 300\nretry_first_ms = 5\nretry_max_ms = 1800\n\
    give_up_after_ms = 86400\ncircuit_after = 5\nlease_ms = 500\n";

/// A NexusFlow whose targets are `targets`, and whose `alerts.toml` has `notify` as its section of that name.
pub(crate) fn configured(targets: &str, notify: &str) -> Nexusflow {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let folder = nexusflow.folder();
    std::fs::create_dir_all(folder.join("config")).unwrap();
    std::fs::write(folder.join("config/nexusflow.toml"), format!("alerts = \"alerts.toml\"\n{SCALED}{targets}"))
        .unwrap();
    std::fs::write(folder.join("alerts.toml"), format!("[notify]\n{notify}\n")).unwrap();
    std::fs::write(folder.join("secret"), format!("{SECRET}\n")).unwrap();
    nexusflow
}

/// A webhook that is told at once.
pub(crate) fn webhook(name: &str, url: &str) -> String {
    format!(
        "[[notify.target]]\nname = {name:?}\nkind = \"webhook\"\nurl = {url:?}\nsecret_file = \"secret\"\nwhen = \"always\"\n"
    )
}

/// A line to NATS.
pub(crate) struct Wire {
    runtime: tokio::runtime::Runtime,
    log: Log,
    sequence: AtomicU64,
}

impl Wire {
    /// Once the streams are there.
    pub(crate) fn to(nexusflow: &Nexusflow) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let nats = NatsSettings {
            url: format!("nats://127.0.0.1:{}", nexusflow.nats_port),
            token_file: Some(nexusflow.folder().join(".nexusflow/nats/token")),
            ..NatsSettings::default()
        };
        let connected = Log::connect_patiently(&nats, LogSettings::default(), "test", Duration::from_secs(20));
        let log = runtime.block_on(connected).unwrap();
        runtime.block_on(log.prepare(Duration::from_secs(20))).unwrap();
        Self { runtime, log, sequence: AtomicU64::new(0) }
    }

    /// Lets effects leave a partition, in one entry.
    pub(crate) fn entry(&self, bodies: &[Value]) {
        let sequence = self.sequence.fetch_add(1, Ordering::SeqCst) + 1;
        let id =
            |ordinal: usize| json!({"place": {"partition": 0, "sequence": sequence, "index": 0}, "ordinal": ordinal});
        let effects = bodies.iter().enumerate().map(|(at, body)| json!({"id": id(at), "body": body}));
        let effects: Vec<Value> = effects.collect();
        let entry = json!({"log_created_ns": 1, "through": id(bodies.len() - 1), "effects": effects});
        self.runtime.block_on(async {
            let sent = self.log.jetstream().publish("nexusflow.effect.0", entry.to_string().into()).await;
            sent.unwrap().await.unwrap();
        });
    }

    /// Something happens to an alert.
    pub(crate) fn notice(&self, customer: &str, what: &str, more: &Value) {
        self.entry(&[notice(customer, what, more)]);
    }

    /// A console has shown an alert.
    pub(crate) fn receipt(&self, customer: &str, revision: u32) {
        let receipt = json!([customer, format!("recovery:{customer}:feedback"), revision]).to_string();
        self.runtime.block_on(async {
            self.log.client().publish("nexusflow.receipt", receipt.into()).await.unwrap();
            self.log.client().flush().await.unwrap();
        });
    }

    pub(crate) fn targets(&self) -> Vec<TargetState> {
        self.runtime.block_on(Deliveries::new(&self.log).targets()).unwrap_or_default()
    }

    /// Waits until there is a notifier.
    pub(crate) fn is_told(&self) {
        eventually(SOON, "a notifier leads", || if self.targets().is_empty() { Err(String::new()) } else { Ok(()) });
    }

    pub(crate) fn target(&self, name: &str) -> TargetState {
        self.targets().into_iter().find(|target| target.name == name).unwrap()
    }

    /// The log of deliveries, newest first.
    pub(crate) fn deliveries(&self, target: Option<&str>) -> Vec<Delivery> {
        self.runtime.block_on(Deliveries::new(&self.log).newest(1_000_000, target)).unwrap()
    }

    pub(crate) fn newest(&self, limit: usize, target: &str) -> Vec<Delivery> {
        self.runtime.block_on(Deliveries::new(&self.log).newest(limit, Some(target))).unwrap()
    }

    /// Why something was held, in order.
    pub(crate) fn held(&self) -> Vec<String> {
        let all = self.deliveries(None).into_iter().rev();
        all.filter(|entry| entry.outcome == Outcome::Held).filter_map(|entry| entry.detail).collect()
    }

    pub(crate) fn test(&self, target: &str) -> String {
        self.runtime.block_on(Deliveries::new(&self.log).test(target, "Ana Ruiz")).unwrap()
    }

    /// How many messages a stream holds.
    pub(crate) fn holds(&self, stream: &str) -> u64 {
        let stream = self.runtime.block_on(self.log.jetstream().get_stream(stream)).unwrap();
        stream.cached_info().state.messages
    }
}

/// A notice: S2 of a group of its own, unless `more` says otherwise.
pub(crate) fn notice(customer: &str, what: &str, more: &Value) -> Value {
    let mut notice = json!({
        "alert": format!("recovery:{customer}:feedback"), "subject": customer, "kind": "recovery", "severity": "S2", "what": what,
        "at": at(now_ms()), "revision": 1, "due_at": null, "level": 0, "to": ["Ana Ruiz"], "labels": {},
        "group": format!("customer:{customer}"), "why": "CSAT 1 of 5", "count": 1, "actor": null, "state": "triggered",
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        notice[key] = value.clone();
    }
    json!({"notice": notice})
}

pub(crate) fn at(ms: i64) -> String {
    nexusflow_model::Timestamp::from_ms(ms).unwrap().to_string()
}

pub(crate) fn ms(text: &str) -> i64 {
    serde_json::from_value::<nexusflow_model::Timestamp>(text.into()).unwrap().as_ms()
}
