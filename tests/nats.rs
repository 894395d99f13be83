//! NATS as operators have it: somebody else's server with TLS and a password; one that is slow; limits on what comes in.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::{Nexusflow, SOON, eventually, nats_server, root, signal};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn order(id: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/shop", "type": "order.placed", "subject": "c-1",
        "data": {"order": id, "total": {"minor": 100, "currency": "EUR"}}
    })
}

/// A certificate for 127.0.0.1 that signs itself.
fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=127.0.0.1"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

struct Server(Child);

impl Server {
    /// A server that is not NexusFlow's own, with TLS and a password.
    fn start(nexusflow: &Nexusflow) -> Self {
        let folder = nexusflow.folder();
        certificate(folder);
        let config = format!(
            "host: 127.0.0.1\nport: {}\nauthorization {{ user: flow, password: \"secret of a test\" }}\n\
             tls {{ cert_file: \"cert.pem\", key_file: \"key.pem\" }}\njetstream {{ store_dir: \"theirs\" }}\n",
            nexusflow.nats_port
        );
        std::fs::write(folder.join("theirs.conf"), config).unwrap();
        std::fs::write(folder.join("password"), "secret of a test\n").unwrap();
        let path = format!("{}:{}", root().join(".tools/venv/bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("nats-server");
        command
            .args(["-c", "theirs.conf"])
            .env("PATH", path)
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn a_cluster_of_somebody_else_is_used_with_tls_and_a_password() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _server = Server::start(&nexusflow);
    let url = format!("tls://127.0.0.1:{}", nexusflow.nats_port);
    nexusflow.set("NATS__URL", &url);
    nexusflow.set("NATS__TLS_CA_FILE", "cert.pem");
    nexusflow.set("NATS__USER", "flow");
    // What is missing is said before anything is tried.
    let output = nexusflow.run(&["worker"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("nats.user needs nats.password_file"), "{output:?}");
    nexusflow.set("NATS__PASSWORD_FILE", "password");
    let up = nexusflow.up(&[]);
    assert_eq!(nexusflow.publish(&order("o-1")).0, 201);
    eventually(SOON, "the order is on the wall", || {
        let orders = nexusflow.view("figures").get("orders").map(|row| row["value"].clone());
        if orders == Some(json!(1)) { Ok(()) } else { Err(format!("{orders:?}")) }
    });
    up.stop();
    assert!(!nexusflow.folder().join(".nexusflow/nats").exists(), "it started a server of its own");
    std::fs::write(nexusflow.folder().join("password"), "wrong").unwrap();
    let output = nexusflow.run(&["worker"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("can't connect to NATS") && !said.contains("wrong"), "{said}");
}

/// A log that does not answer: publishers are told to come back, and what they send again does not count twice.
#[test]
fn a_slow_log_is_answered_with_503_and_retry_after() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("HTTP__STORE_TIMEOUT_MS", "500");
    let nats = nexusflow.spawn("nats", &["nats"]);
    eventually(SOON, "NATS listens", || {
        std::net::TcpStream::connect(("127.0.0.1", nexusflow.nats_port)).map(drop).map_err(|error| error.to_string())
    });
    let _up = nexusflow.spawn("worker", &["worker"]);
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    let server = nats_server(nats.id());
    signal("-STOP", server);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answer = agent
        .post(nexusflow.url("/api/v1/events"))
        .header("content-type", "application/cloudevents+json")
        .send(order("o-1").to_string())
        .unwrap();
    signal("-CONT", server);
    assert_eq!((answer.status().as_u16(), answer.headers().get("retry-after").unwrap().as_bytes()), (503, &b"1"[..]));
    eventually(SOON, "it is taken again", || match nexusflow.publish(&order("o-1")) {
        (201, _) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    eventually(SOON, "it counts once", || {
        let row = nexusflow.view("figures").get("orders").cloned().unwrap_or_default();
        if row["value"] == 1 { Ok(()) } else { Err(row.to_string()) }
    });
}

#[test]
fn too_much_is_refused_with_what_would_be_taken() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("HTTP__EVENTS_PER_S", "20");
    let _up = nexusflow.up(&[]);
    let batch = |n: u32, id: &str| Value::from_iter((0..n).map(|at| order(&format!("{id}-{at}")))).to_string();
    let kind = "application/cloudevents-batch+json";
    let (status, body) = nexusflow.post("/api/v1/events", kind, &batch(5_001, "a"));
    assert_eq!((status, body["error"]["message"].as_str().unwrap().contains("5000")), (413, true), "{body}");
    let (status, body) = nexusflow.post("/api/v1/events", kind, &format!("[{}]", " ".repeat(5 * 1024 * 1024)));
    assert_eq!((status, body["error"]["field"].as_str()), (413, Some("body")), "{body}");
    assert_eq!(nexusflow.post("/api/v1/events", kind, &batch(20, "b")).0, 200);
    let (status, body) = nexusflow.post("/api/v1/events", kind, &batch(20, "c"));
    assert_eq!((status, body["error"]["retry_after_s"].as_u64().unwrap() > 0), (429, true), "{body}");
    let mut large = order("large");
    large["data"]["channel"] = "x".repeat(300_000).into();
    eventually(SOON, "the quota is back", || match nexusflow.publish(&large) {
        (429, _) => Err("429".into()),
        (status, body) => {
            assert_eq!((status, body["error"]["message"].as_str().unwrap().contains("262144")), (400, true), "{body}");
            Ok(())
        }
    });
}
