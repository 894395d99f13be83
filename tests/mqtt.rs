//! Delivery trackers on a real MQTT broker: mosquitto. Where it is missing a test is skipped with a message, but on CI it fails.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic, and say why it was skipped")]

mod harness;

use harness::{Nexusflow, SOON, eventually, free_port, nats_server, signal};
use serde_json::json;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// A payload without an id: the parcel, of the topic, and the tracker's own time name the event.
const MAPPING: &str = r#"
[source]
uri = "/vans"
currency = "EUR"
[[file]]
name = "scans"
path = "-"
format = "jsonl"
[[event]]
type = "order.placed"
from = "scans"
id = "{$topic.1}:{ts}"
subject = "customer"
time = { column = "ts", format = "unix_ms" }
[event.data]
order = { template = "{$topic.1}-{ts}" }
total = { column = "amount", type = "money" }
"#;

struct Broker {
    child: Child,
    port: u16,
}

impl Broker {
    /// With passwords, and with a session that survives it.
    fn start(nexusflow: &Nexusflow, port: u16) -> Option<Self> {
        let program = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"];
        let Some(program) = program.iter().find(|path| std::path::Path::new(path).is_file()) else {
            assert!(std::env::var_os("CI").is_none(), "mosquitto is missing");
            eprintln!("skipped: mosquitto is not installed; on Debian: apt install mosquitto mosquitto-clients");
            return None;
        };
        let folder = nexusflow.folder();
        let passwords = folder.join("passwords");
        if !passwords.exists() {
            for (user, flags) in [("vans", &["-c", "-b"][..]), ("nexusflow", &["-b"])] {
                let made = Command::new("mosquitto_passwd").args(flags).arg(&passwords).args([user, "secret"]).status();
                assert!(made.unwrap().success());
            }
        }
        let config = format!(
            "user root\nlog_type error\nlog_type warning\nlistener {port} 127.0.0.1\nallow_anonymous false\npassword_file {}\npersistence true\n\
             persistence_location {}/\nautosave_interval 1\nmax_queued_messages 0\n",
            passwords.display(),
            folder.display()
        );
        std::fs::write(folder.join("mosquitto.conf"), config).unwrap();
        let log = std::fs::File::options().create(true).append(true).open(folder.join("mosquitto.log")).unwrap();
        let mut command = Command::new(program);
        command.arg("-c").arg(folder.join("mosquitto.conf")).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().unwrap();
        eventually(SOON, "mosquitto listens", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).map(drop).map_err(|error| error.to_string())
        });
        Some(Self { child, port })
    }

    /// As an operator stops it.
    fn stop(mut self) {
        signal("-TERM", self.child.id());
        self.child.wait().unwrap();
    }

    fn publisher(&self, topic: &str, flags: &[&str]) -> Command {
        let mut command = Command::new("mosquitto_pub");
        command
            .args(["-V", "5", "-h", "127.0.0.1", "-p", &self.port.to_string(), "-u", "vans", "-P", "secret"])
            .args(["-q", "1", "-t", topic])
            .args(flags)
            .stdin(Stdio::piped());
        command
    }

    /// Publishes payloads to a topic, each until it is acknowledged.
    fn publish(&self, topic: &str, payloads: &[String]) {
        let mut publisher = self.publisher(topic, &["-l"]).spawn().unwrap();
        let mut lines = publisher.stdin.take().unwrap();
        payloads.iter().for_each(|payload| writeln!(lines, "{payload}").unwrap());
        drop(lines);
        assert!(publisher.wait().unwrap().success());
    }

    fn retain(&self, topic: &str, payload: &str) {
        let sent = self.publisher(topic, &["-r", "-m", payload]).stdin(Stdio::null()).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The scan of that number: a millisecond each, from about now on.
fn scan(ts: u64) -> String {
    static BEGAN: OnceLock<u64> = OnceLock::new();
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
    json!({"ts": BEGAN.get_or_init(now) + ts, "customer": format!("c-{}", ts % 13), "amount": "1.00"}).to_string()
}

fn scans(range: std::ops::Range<u64>) -> Vec<String> {
    range.map(scan).collect()
}

fn configure(nexusflow: &Nexusflow, port: u16) {
    let folder = nexusflow.folder();
    std::fs::create_dir_all(folder.join("config")).unwrap();
    std::fs::write(folder.join("vans.toml"), MAPPING).unwrap();
    std::fs::write(folder.join("vans.txt"), "secret\n").unwrap();
    let source = format!(
        "[[source]]\nname = \"vans\"\nkind = \"mqtt\"\nurl = \"mqtt://127.0.0.1:{port}\"\ntopics = [\"parcels/+/scans\"]\n\
         user = \"nexusflow\"\npassword_file = \"vans.txt\"\nmapping = \"vans.toml\"\n"
    );
    std::fs::write(folder.join("config/nexusflow.toml"), source).unwrap();
}

fn orders(nexusflow: &Nexusflow, wanted: u64) {
    eventually(SOON * 2, "every message counts once", || {
        let orders = nexusflow.view("figures").get("orders").map(|row| row["value"].clone());
        if orders == Some(json!(wanted)) { Ok(()) } else { Err(format!("{orders:?}\n{}", nexusflow.logs())) }
    });
}

/// The session is there: what is published from now on waits for its reader.
fn reads(nexusflow: &Nexusflow) {
    eventually(SOON, "the topics are read", || {
        let logs = nexusflow.logs();
        if logs.contains("reads topics of MQTT") { Ok(()) } else { Err(logs) }
    });
}

#[test]
fn every_message_counts_once_whoever_is_killed() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let port = free_port();
    let Some(broker) = Broker::start(&nexusflow, port) else { return };
    configure(&nexusflow, port);
    broker.retain("parcels/retained/scans", &scan(0));
    let nats = nexusflow.nats();
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    let worker = nexusflow.spawn("worker", &["worker"]);
    nexusflow.wait_until_ready();
    orders(&nexusflow, 1);
    reads(&nexusflow);
    // Killed with messages in flight; more come while nobody reads.
    broker.publish("parcels/a/scans", &scans(0..300));
    worker.kill();
    broker.publish("parcels/b/scans", &scans(0..300));
    let worker = nexusflow.spawn("worker", &["worker"]);
    orders(&nexusflow, 601);
    // What comes twice counts once; what is no scan is kept and does not stop the others.
    broker.publish("parcels/a/scans", &scans(0..50));
    broker.publish("parcels/a/scans", &["no scan".into(), scan(900)]);
    broker.publish("elsewhere/a/scans", &scans(0..10));
    orders(&nexusflow, 602);
    // The broker starts anew with messages in flight, as the log stands still.
    let server = nats_server(nats.id());
    signal("-STOP", server);
    broker.publish("parcels/c/scans", &scans(0..200));
    broker.stop();
    let broker = Broker::start(&nexusflow, port).unwrap();
    signal("-CONT", server);
    orders(&nexusflow, 802);
    broker.publish("parcels/d/scans", &scans(0..1));
    orders(&nexusflow, 803);
    worker.stop();
}
