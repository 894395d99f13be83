//! A nats-server of the benchmark's own, as NexusFlow starts one: on loopback, with JetStream and file storage.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) version: String,
    child: Child,
}

impl Server {
    /// Starts one with its data in `folder`, and waits until it listens. `--server` says which program.
    pub(crate) async fn start(folder: &Path, sync: &str) -> Self {
        let program = super::text("server").unwrap_or_else(|| "nats-server".into());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = folder.join("nats-server.conf");
        let store = folder.join("jetstream").display().to_string();
        let text = format!(
            "host: \"127.0.0.1\"\nport: {port}\nmax_payload: 1MB\njetstream {{ store_dir: {store:?}\n sync_interval: {sync} }}\n"
        );
        std::fs::write(&file, text).unwrap();
        let version = Command::new(&program).arg("--version").output().await.unwrap().stdout;
        let mut command = Command::new(&program);
        command.arg("-c").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().unwrap();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let version = String::from_utf8_lossy(&version).trim().to_owned();
        Self { url: format!("nats://127.0.0.1:{port}"), version, child }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Ends it.
    pub(crate) async fn stop(&mut self) {
        self.child.kill().await.unwrap();
    }
}
