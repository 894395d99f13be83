//! What does not bother people: a budget of messages a day for each owner, and one digest of all that can wait, told by webhook and by
//! mail. Neither is told again or forgotten when what tells it is killed.

use crate::harness::{Nexusflow, Process, SOON, eventually, free_port};
use crate::server::{Mood, Server, now_ms, quiet_for};
use crate::smtp::MailServer;
use crate::wire::{Wire, at, configured, ms, webhook};
use nexusflow_log::Outcome;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const HOUR_MS: i64 = 3_600_000;
const OVER: &str = "over the day's budget, for the digest";
const CAN_WAIT: &str = "for the daily digest";

/// How bad it is when a customer of a tier is unhappy, and whose customer it is.
const RULES: [(&str, &str, &str); 4] =
    [("platinum", "S2", "ana"), ("gold", "S3", "ana"), ("silver", "S3", "ben"), ("bronze", "S4", "ana")];

/// Hours that the clocks of the business are ahead of UTC. It is about noon there: no midnight comes in between.
fn ahead() -> i64 {
    12 - now_ms() / HOUR_MS % 24
}

/// The time of day at a moment by the clocks of the business.
fn clock(at_ms: i64) -> String {
    at(at_ms + ahead() * HOUR_MS)[11..19].to_owned()
}

/// Unhappy customers, who looks after them, and two targets.
struct Team {
    /// What runs is stopped in this order.
    worker: Option<Process>,
    _gateway: Process,
    wire: Wire,
    _nats: Process,
    crm: Server,
    mail: MailServer,
    nexusflow: Nexusflow,
}

impl Team {
    fn with_a_budget_of(messages: u32) -> Self {
        let (crm, mail) = (Server::start(free_port(), Mood::Good), MailServer::start(free_port()));
        let letters = format!(
            "[[notify.target]]\nname = \"letters\"\nkind = \"email\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nwhen = \"always\"\n\
             user = \"flow\"\npassword_env = \"MAIL_PASSWORD\"\nfrom = \"flow@example.org\"\nto = [\"cx@example.org\"]\n",
            mail.port
        );
        let mut nexusflow = configured(&format!("{}{letters}", webhook("crm", &crm.url())), "");
        nexusflow.set_outside("MAIL_PASSWORD", "secret of a test");
        let business = nexusflow.folder().join("business.toml");
        // Signs of these zones are turned round.
        let zone = format!("Etc/GMT{:+}", -ahead());
        let text = std::fs::read_to_string(&business).unwrap().replace("Europe/Madrid", &zone);
        std::fs::write(business, text).unwrap();
        write_rules(&nexusflow, messages, &clock(now_ms() + 6 * HOUR_MS));
        let nats = nexusflow.nats();
        let worker = Some(nexusflow.spawn("worker", &["worker"]));
        let wire = Wire::to(&nexusflow);
        wire.is_told();
        let gateway = nexusflow.spawn("gateway", &["gateway"]);
        nexusflow.wait_until_ready();
        Self { worker, _gateway: gateway, wire, _nats: nats, crm, mail, nexusflow }
    }

    fn publish(&self, customer: &str, kind: &str, data: &Value) {
        let event = json!({"specversion": "1.0", "id": format!("{customer}-{kind}"), "source": "/survey", "type": kind,
            "subject": customer, "time": at(now_ms()), "data": data});
        let (status, body) = self.nexusflow.publish(&event);
        assert_eq!(status, 201, "{body}");
    }

    fn are_known(&self, tier: &str, customers: &[&str]) {
        let known = json!({"kind": "business", "name": "Somebody", "tier": tier});
        customers.iter().for_each(|customer| self.publish(customer, "customer.identified", &known));
    }

    /// Somebody says that it went badly.
    fn is_unhappy(&self, customer: &str) {
        self.publish(customer, "survey.answered", &json!({"survey": "s-1", "measures": "csat", "score": 1}));
    }

    /// Whom messages of one alert were about, in order.
    fn told(&self) -> Vec<String> {
        let messages = self.messages().into_iter().filter(|message| message["type"] == "alert.raised");
        messages.map(|message| message["data"]["alerts"][0]["customer"].as_str().unwrap().to_owned()).collect()
    }

    fn digests(&self) -> Vec<Value> {
        self.messages().into_iter().filter(|message| message["type"] == "alerts.digest").collect()
    }

    /// Each message once: a repetition has the same id.
    fn messages(&self) -> Vec<Value> {
        let mut ids = Vec::new();
        let mut messages = Vec::new();
        for request in self.crm.taken() {
            if !ids.contains(&request.id().to_owned()) {
                ids.push(request.id().to_owned());
                messages.push(request.json());
            }
        }
        messages
    }

    fn is_told_of(&self, customer: &str) {
        eventually(SOON, "it is told", || {
            let told = self.told();
            if told.iter().any(|other| other == customer) { Ok(()) } else { Err(format!("{told:?}")) }
        });
    }

    /// Waits until the log of deliveries says last of each of `customers` that it is held for this reason, from both targets.
    fn are_held(&self, because: &str, customers: &[&str]) {
        eventually(SOON, "the log says what is held", || {
            let mut held: BTreeMap<(String, String), String> = BTreeMap::new();
            let oldest_first = self.wire.deliveries(None).into_iter().rev();
            for entry in oldest_first.filter(|entry| entry.outcome == Outcome::Held) {
                held.insert((entry.customer, entry.target), entry.detail.unwrap_or_default());
            }
            let is_held = |customer: &&str| {
                ["crm", "letters"].iter().all(|target| {
                    held.get(&((*customer).to_owned(), (*target).to_owned())).is_some_and(|said| said == because)
                })
            };
            if customers.iter().all(is_held) { Ok(()) } else { Err(format!("{held:?}")) }
        });
    }

    fn is_killed(&mut self) {
        self.worker.take().unwrap().kill();
    }

    fn begins_again(&mut self) {
        self.worker = Some(self.nexusflow.spawn("worker", &["worker"]));
    }

    /// Letters whose subject has these words, each once: who is killed before it has noted that one was taken sends it again.
    fn letters(&self, subject: &str) -> Vec<String> {
        let line = |text: &str, name: &str| text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        let letters = self.mail.taken().into_iter().map(|letter| (line(&letter.text, "Message-ID:"), letter.text));
        let letters: BTreeMap<String, String> = letters.collect();
        letters.into_values().filter(|text| line(text, "Subject:").contains(subject)).collect()
    }
}

fn write_rules(nexusflow: &Nexusflow, budget: u32, digest_at: &str) {
    let mut text = format!("[notify]\ngroup_wait_s = 0\nbudget_per_day = {budget}\ndigest_at = {digest_at:?}\n");
    for (tier, severity, owner) in RULES {
        text += &format!(
            "[[rule]]\nkind = \"recovery\"\nwhen = {{ tier = [{tier:?}] }}\nseverity = {severity:?}\nrota = {owner:?}\n"
        );
    }
    for (rota, person) in [("ana", "Ana Ruiz"), ("ben", "Ben Okafor")] {
        text += &format!(
            "[[rota]]\nname = {rota:?}\ntime_zone = \"UTC\"\nstarts = \"2026-01-05\"\ndays = 7\npeople = [{person:?}]\n"
        );
    }
    std::fs::write(nexusflow.folder().join("alerts.toml"), text).unwrap();
}

#[test]
fn an_owner_hears_of_so_many_a_day_and_a_kill_does_not_give_the_budget_back() {
    let mut team = Team::with_a_budget_of(3);
    team.are_known("platinum", &["c-3"]);
    team.are_known("gold", &["c-2", "c-5", "c-6", "c-7", "c-8", "c-9"]);
    team.are_known("silver", &["c-4"]);
    for customer in ["c-9", "c-8", "c-7"] {
        team.is_unhappy(customer);
        team.is_told_of(customer);
    }
    team.is_killed();
    // Who looks at all of them at once afterwards must not choose others than who heard of them one after the other.
    ["c-6", "c-5"].iter().for_each(|customer| team.is_unhappy(customer));
    team.begins_again();
    team.are_held(OVER, &["c-5", "c-6"]);
    // It is Ana's budget, not Ben's, and what is serious is always told.
    team.is_unhappy("c-4");
    team.is_unhappy("c-3");
    ["c-4", "c-3"].iter().for_each(|customer| team.is_told_of(customer));
    team.is_unhappy("c-2");
    team.are_held(OVER, &["c-2", "c-5", "c-6"]);
    quiet_for(&team.crm, Duration::from_millis(500));
    let mut told = team.told();
    told.sort();
    assert_eq!(told, ["c-3", "c-4", "c-7", "c-8", "c-9"]);
    eventually(SOON, "as many letters were sent", || match team.letters("CSAT 1 of 5").len() {
        5 => Ok(()),
        some => Err(some.to_string()),
    });
    assert_eq!(team.digests(), [] as [Value; 0]);
}

#[test]
fn what_can_wait_comes_in_one_message_at_its_time_and_never_again() {
    let mut team = Team::with_a_budget_of(1);
    team.are_known("gold", &["c-0", "c-4"]);
    team.are_known("bronze", &["c-1", "c-2", "c-3", "c-5"]);
    team.is_unhappy("c-0");
    team.is_told_of("c-0");
    for customer in ["c-1", "c-2", "c-3"] {
        team.is_unhappy(customer);
    }
    team.is_unhappy("c-4");
    team.are_held(CAN_WAIT, &["c-1", "c-2", "c-3"]);
    team.are_held(OVER, &["c-4"]);
    // What is over by then need not be told.
    let over = json!({"id": "over", "revision": 1, "actor": "Ana Ruiz"}).to_string();
    let path = "/api/v1/alerts/c-2/recovery:c-2:feedback/resolve";
    let (status, body) = team.nexusflow.post(path, "application/json", &over);
    assert_eq!(status, 200, "{body}");
    team.are_held("resolved before it was told", &["c-2"]);

    // The time of the digest is set while they wait; nobody is there until shortly before.
    let due_ms = now_ms() / 1_000 * 1_000 + 5_000;
    write_rules(&team.nexusflow, 1, &clock(due_ms));
    team.nexusflow.run_well(&["config", "apply"]);
    team.is_killed();
    assert_eq!(team.digests(), [] as [Value; 0]);
    team.begins_again();
    let digest = eventually(SOON, "the digest comes", || team.digests().pop().ok_or_else(|| team.nexusflow.logs()));
    let came_ms = team.crm.taken().pop().unwrap().at_ms;
    assert!((due_ms..due_ms + 15_000).contains(&came_ms), "{} ms after its time", came_ms - due_ms);

    // Killed right after it, and there is something new.
    team.is_killed();
    team.is_unhappy("c-5");
    team.begins_again();
    team.are_held(CAN_WAIT, &["c-1", "c-3", "c-5"]);
    quiet_for(&team.crm, Duration::from_millis(500));
    assert_eq!(team.digests(), std::slice::from_ref(&digest));
    assert_eq!(digest["data"]["count"], 3, "{digest}");
    let alerts = digest["data"]["alerts"].as_array().unwrap().iter();
    let customers: Vec<&str> = alerts.map(|alert| alert["customer"].as_str().unwrap()).collect();
    assert_eq!(customers, ["c-4", "c-1", "c-3"], "the worst first");
    assert!(ms(digest["timestamp"].as_str().unwrap()) < due_ms);
    let letters = eventually(SOON, "the digest is in the mail", || match &team.letters("Digest")[..] {
        [] => Err(format!("{:?}", team.mail.taken())),
        letters => Ok(letters.to_vec()),
    });
    assert_eq!(letters.len(), 1, "{letters:?}");
    for customer in ["c-1", "c-3", "c-4"] {
        assert!(letters[0].contains(customer), "{}", letters[0]);
    }
    let delivered = team.wire.deliveries(Some("crm")).into_iter().filter(|entry| entry.what == "digest");
    assert!(delivered.clone().count() >= 1 && delivered.into_iter().all(|entry| entry.outcome == Outcome::Delivered));
}
