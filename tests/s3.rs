//! Checkpoints in a bucket, in a server that speaks S3 (moto), configured by the environment as an operator does it.
#![cfg(feature = "s3")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::{Nexusflow, SOON, eventually, free_port, moto_server};
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};

const BUCKET: &str = "kept";

/// A server with an empty bucket. It ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// None where moto is not installed.
    fn start() -> Option<Self> {
        let port = free_port();
        let mut command = Command::new(moto_server()?);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self { child: command.spawn().unwrap(), port };
        eventually(SOON, "there is a bucket", || {
            ureq::put(server.url("")).send_empty().map(drop).map_err(|error| error.to_string())
        });
        Some(server)
    }

    fn url(&self, object: &str) -> String {
        format!("http://127.0.0.1:{}/{BUCKET}{object}", self.port)
    }

    /// The server wants to be told who it is, and does not check it.
    fn put(&self, object: &str, content: &str) {
        let nobody = "AWS4-HMAC-SHA256 Credential=nobody/20260101/us-east-1/s3/aws4_request";
        ureq::put(self.url(&format!("/{object}"))).header("authorization", nobody).send(content).unwrap();
    }

    /// The names of all objects, in order.
    fn objects(&self) -> Vec<String> {
        let list = ureq::get(self.url("?list-type=2")).call().unwrap().body_mut().read_to_string().unwrap();
        list.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned()).collect()
    }

    fn manifests(&self) -> Vec<String> {
        let is_checkpoint = |name: &String| name.starts_with("under/here/nexusflow/0") && name.ends_with(".manifest");
        self.objects().into_iter().filter(is_checkpoint).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn publish(nexusflow: &Nexusflow, from: u32, count: u32) {
    for n in from..from + count {
        let event = json!({
            "specversion": "1.0", "id": format!("order-{n}"), "source": "/shop", "type": "order.placed",
            "subject": format!("customer-{n}"), "time": "2026-01-31T09:30:00Z",
            "data": {"order": n.to_string(), "total": {"minor": 100, "currency": "EUR"}}
        });
        assert_eq!(nexusflow.publish(&event).0, 201);
    }
}

/// What the views say of all time, once `count` orders are in them.
fn figures(nexusflow: &Nexusflow, count: u32) -> Value {
    eventually(SOON, "the orders are counted", || {
        let mut view = nexusflow.json("/api/v1/views/figures?period=all").unwrap_or_default();
        let rows = view["rows"].take();
        let is_counted = rows.as_array().into_iter().flatten().any(|row| row[0] == "orders" && row[1] == count);
        if is_counted && view["stale"] == false { Ok(rows) } else { Err(format!("{rows} {}", nexusflow.logs())) }
    })
}

#[test]
fn checkpoints_live_in_a_bucket_and_a_damaged_one_is_set_aside_there() {
    let Some(server) = Server::start() else { return };
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("WORKER__CHECKPOINTS", &format!("s3://{BUCKET}/under/here"));
    for (key, value) in [
        ("AWS_ENDPOINT", format!("http://127.0.0.1:{}", server.port)),
        ("AWS_ALLOW_HTTP", "true".into()),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_ACCESS_KEY_ID", "nobody".into()),
        ("AWS_SECRET_ACCESS_KEY", "nothing".into()),
        ("RUST_LOG", "warn,nexusflow_runtime=info".into()),
    ] {
        nexusflow.set_outside(key, &value);
    }
    let up = nexusflow.up(&[]);
    publish(&nexusflow, 0, 40);
    let before = figures(&nexusflow, 40);
    up.stop();
    assert_eq!(server.manifests().len(), 4, "{:?}", server.objects());
    assert!(!nexusflow.folder().join(".nexusflow/checkpoints").exists());

    let up = nexusflow.up(&[]);
    assert_eq!(figures(&nexusflow, 40), before);
    // Four that began from nothing, and four that did not.
    let logs = nexusflow.logs();
    let restored: Vec<&str> = logs.lines().filter(|line| line.contains("restored")).collect();
    assert_eq!(restored.iter().filter(|line| line.contains("at=0 ")).count(), 4, "{logs}");
    assert_eq!(restored.len(), 8, "{logs}");
    publish(&nexusflow, 40, 40);
    let before = figures(&nexusflow, 80);
    up.stop();

    // What is damaged is set aside in the bucket, and an older one or the log takes its place.
    let manifests = server.manifests();
    assert!(manifests.len() > 4, "{manifests:?}");
    for manifest in &manifests {
        server.put(manifest, "torn");
    }
    let up = nexusflow.up(&[]);
    assert_eq!(figures(&nexusflow, 80), before);
    up.stop();
    let aside = server.objects().into_iter().filter(|name| name.starts_with("under/here/nexusflow/damaged/")).count();
    assert_eq!(aside, manifests.len(), "{:?}", server.objects());
    assert!(nexusflow.logs().contains("set aside"), "{}", nexusflow.logs());
    assert_eq!(server.manifests().len(), 4, "{:?}", server.objects());
}
