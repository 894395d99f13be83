//! A NexusFlow of a test's own: free ports, a folder that goes away, real processes, a real NATS server.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic and say why it was skipped")]

pub(crate) mod browse;
pub(crate) mod publisher;

use serde_json::Value;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// How long anything may take.
pub(crate) const SOON: Duration = Duration::from_secs(60);

pub(crate) struct Nexusflow {
    folder: tempfile::TempDir,
    pub(crate) nats_port: u16,
    pub(crate) port: u16,
    environment: Vec<(String, String)>,
}

/// A process that is killed when the test ends.
pub(crate) struct Process {
    child: Child,
    name: &'static str,
}

impl Nexusflow {
    /// One with its own ports and folder; the business counts in `currency` in the time zone `zone`.
    pub(crate) fn new(currency: &str, zone: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let business = root().join("config/business.toml");
        let text = std::fs::read_to_string(business).unwrap();
        let text = text.replace("\"EUR\"", &format!("{currency:?}")).replace("\"Europe/Madrid\"", &format!("{zone:?}"));
        std::fs::write(folder.path().join("business.toml"), text).unwrap();
        // Syncing every write is for people's data; here only the process may die, not the machine.
        let environment = vec![("NEXUSFLOW_OWN_NATS__SYNC".into(), "1m".into())];
        Self { folder, nats_port: free_port(), port: free_port(), environment }
    }

    /// Sets a value of the configuration for every process of this one.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.environment.push((format!("NEXUSFLOW_{key}"), value.into()));
    }

    /// Sets a variable of the environment that is not NexusFlow's own.
    pub(crate) fn set_outside(&mut self, key: &str, value: &str) {
        self.environment.push((key.into(), value.into()));
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nexusflow"));
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .args(arguments)
            .current_dir(self.folder.path())
            // What tests are told is no configuration.
            .env_remove("NEXUSFLOW_DATA")
            .env_remove("NEXUSFLOW_FAULTS")
            .env("PATH", format!("{}:{path}", root().join(".tools/venv/bin").display()))
            .env("NEXUSFLOW_OWN_NATS__PORT", self.nats_port.to_string())
            .env("NEXUSFLOW_GATEWAY__LISTEN", format!("127.0.0.1:{}", self.port))
            .env("NEXUSFLOW_BUSINESS", "business.toml")
            .envs(self.environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed, and gives what it printed.
    pub(crate) fn run_well(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?} failed\n{out}\n{err}");
        out.into_owned()
    }

    pub(crate) fn spawn(&self, name: &'static str, arguments: &[&str]) -> Process {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join(format!("{name}.log")))
            .unwrap();
        let child = self.command(arguments).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        Process { child, name }
    }

    /// Runs the NATS server alone and waits until it listens.
    pub(crate) fn nats(&self) -> Process {
        let process = self.spawn("nats", &["nats"]);
        self.wait_for_nats();
        process
    }

    pub(crate) fn wait_for_nats(&self) {
        eventually(SOON, "NATS listens", || {
            std::net::TcpStream::connect(("127.0.0.1", self.nats_port)).map(drop).map_err(|error| error.to_string())
        });
    }

    /// Runs everything and waits until it is ready.
    pub(crate) fn up(&self, arguments: &[&str]) -> Process {
        let all: Vec<&str> = std::iter::once("up").chain(arguments.iter().copied()).collect();
        let process = self.spawn("up", &all);
        self.wait_until_ready();
        process
    }

    pub(crate) fn wait_until_ready(&self) {
        eventually(SOON, "it is ready", || self.get("/readyz").map(|_| ()).ok_or_else(|| self.logs()));
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The body of a 200; none of anything else.
    pub(crate) fn get(&self, path: &str) -> Option<String> {
        ureq::get(self.url(path)).call().ok()?.body_mut().read_to_string().ok()
    }

    pub(crate) fn json(&self, path: &str) -> Option<Value> {
        serde_json::from_str(&self.get(path)?).ok()
    }

    /// A view as rows by the value of their first column, each an object by column.
    pub(crate) fn view(&self, topic: &str) -> std::collections::BTreeMap<String, Value> {
        let view = self.json(&format!("/api/v1/views/{topic}")).unwrap_or_default();
        let cols: Vec<&str> = view["cols"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let rows = view["rows"].as_array().cloned().unwrap_or_default();
        let object = |row: &Value| -> (String, Value) {
            let key = row[0].as_str().map_or_else(|| row[0].to_string(), str::to_owned);
            (key, cols.iter().enumerate().map(|(at, col)| ((*col).to_owned(), row[at].clone())).collect())
        };
        rows.iter().map(object).collect()
    }

    /// Publishes one structured CloudEvent: (status, body).
    pub(crate) fn publish(&self, event: &Value) -> (u16, Value) {
        self.post("/api/v1/events", "application/cloudevents+json", &event.to_string())
    }

    pub(crate) fn post(&self, path: &str, content_type: &str, body: &str) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.post(self.url(path)).header("content-type", content_type).send(body).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Everything the processes said, for a failure.
    pub(crate) fn logs(&self) -> String {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let logs = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "log"));
        logs.map(|path| format!("--- {}\n{}", path.display(), std::fs::read_to_string(&path).unwrap_or_default()))
            .collect()
    }
}

impl Process {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// As if the power went: SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As an operator does: SIGTERM, and it must end well.
    pub(crate) fn stop(self) {
        let name = self.name;
        let status = self.interrupt();
        assert!(status.success(), "{name} ended with {status}");
    }

    /// SIGTERM to one that may say that there was more to do.
    pub(crate) fn interrupt(mut self) -> std::process::ExitStatus {
        signal("-TERM", self.child.id());
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < SOON, "{} did not stop", self.name);
            pause();
        }
    }

    pub(crate) fn wait(mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.try_wait().ok().flatten().is_none() {
            // Its own server goes with it only if it is asked to stop.
            signal("-TERM", self.child.id());
            let began = Instant::now();
            while began.elapsed() < Duration::from_secs(20) && self.child.try_wait().ok().flatten().is_none() {
                pause();
            }
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

pub(crate) fn signal(signal: &str, process: u32) {
    Command::new("kill").args([signal, &process.to_string()]).status().unwrap();
}

/// The process of nats-server that `nexusflow nats` looks after.
pub(crate) fn nats_server(of: u32) -> u32 {
    running_nats_server(of).unwrap()
}

/// The same; none between the death of one and the start of the next.
pub(crate) fn running_nats_server(of: u32) -> Option<u32> {
    let found = Command::new("pgrep").args(["-P", &of.to_string()]).output().unwrap();
    String::from_utf8(found.stdout).unwrap().split_whitespace().next()?.parse().ok()
}

/// Waits for a condition; says what it last was when it does not come true.
pub(crate) fn eventually<T>(within: Duration, what: &str, mut check: impl FnMut() -> Result<T, String>) -> T {
    let began = Instant::now();
    loop {
        match check() {
            Ok(found) => return found,
            Err(last) => assert!(began.elapsed() < within, "not within {within:?}: {what}; last: {last}"),
        }
        pause();
    }
}

/// Between two looks at a condition.
fn pause() {
    std::thread::sleep(Duration::from_millis(50));
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A port that nobody has, below those that the system gives to outgoing connections: else a client that tries again while the
/// server is away may be given the server's own port, and keep it.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = std::process::id() as u16 % 2_000 * 10;
    loop {
        let port = 11_000 + (begin + NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The folder with the public data. Where it is missing a test is skipped with a message, but on CI it fails.
pub(crate) fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("NEXUSFLOW_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "the public data is missing at {}", folder.display());
    eprintln!("skipped: the public data is not at {}; set NEXUSFLOW_DATA", folder.display());
    None
}

/// Every entry of the output log, in order, as JSON.
pub(crate) fn effects(nexusflow: &Nexusflow) -> Vec<Value> {
    messages(nexusflow, |name| name == "NEXUSFLOW_EFFECTS").into_iter().map(|(_, payload)| payload).collect()
}

/// Every event in the log, partition by partition; one that was stored twice is there twice.
pub(crate) fn stored(nexusflow: &Nexusflow) -> Vec<Value> {
    let records = messages(nexusflow, |name| name.starts_with("NEXUSFLOW_LOG_"));
    let events = records.into_iter().flat_map(|(_, record)| match record {
        Value::Array(events) => events,
        one => vec![one],
    });
    events.collect()
}

/// Every dead letter: why, and what was kept, or null where that is no JSON.
pub(crate) fn dead_letters(nexusflow: &Nexusflow) -> Vec<(String, Value)> {
    messages(nexusflow, |name| name == "NEXUSFLOW_DEAD")
}

/// The messages of streams in order: the reason that one gives, and its payload.
fn messages(nexusflow: &Nexusflow, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, Value)> {
    use futures_util::TryStreamExt;
    use nexusflow_log::async_nats;
    let token = std::fs::read_to_string(nexusflow.folder().join(".nexusflow/nats/token")).unwrap();
    let read = async {
        let options = async_nats::ConnectOptions::with_token(token.trim().into());
        let client = options.connect(format!("127.0.0.1:{}", nexusflow.nats_port)).await.unwrap();
        let jetstream = async_nats::jetstream::new(client);
        let mut names: Vec<String> = jetstream.stream_names().try_collect().await.unwrap();
        names.sort();
        let mut messages = Vec::new();
        for name in names.iter().filter(|name| is_wanted(name)) {
            let stream = jetstream.get_stream(name).await.unwrap();
            for sequence in 1..=stream.cached_info().state.last_sequence {
                let message = stream.get_raw_message(sequence).await.unwrap();
                let reason = message.headers.get("nexusflow-reason").map(ToString::to_string).unwrap_or_default();
                messages.push((reason, serde_json::from_slice(&message.payload).unwrap_or_default()));
            }
        }
        messages
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read)
}

/// The server that speaks S3. Where it is missing a test is skipped with a message, but on CI it fails.
pub(crate) fn moto_server() -> Option<PathBuf> {
    let program = root().join(".tools/venv/bin/moto_server");
    if program.is_file() {
        return Some(program);
    }
    assert!(std::env::var_os("CI").is_none(), "moto is missing: make moto");
    eprintln!("skipped: moto is not installed; `make moto` does it");
    None
}
