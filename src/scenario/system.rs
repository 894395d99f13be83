//! A system of a scenario's own: real processes of this program, in a folder and on ports that nobody else has.

use crate::config::{Config, OwnNats};
use crate::nats_server;
use nexusflow_connectors::notify::NotifySettings;
use nexusflow_gateway::{AccessSettings, GatewaySettings};
use nexusflow_loadtest::Target;
use nexusflow_log::{Log, NatsSettings};
use nexusflow_runtime::WorkerSettings;
use nexusflow_runtime::checkpoint::Place;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{DirBuilder, File};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// How long anything may take: to be ready, to take over, to stop.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Ports below those that the system gives to outgoing connections: else who tries again to reach a server that is away may be given
/// its port, and keep it.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// How long a gateway may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A system of its own.
pub(super) struct System {
    folder: PathBuf,
    config: Config,
    processes: BTreeMap<String, Child>,
}

impl System {
    /// One that does not run yet, configured as `config`, but for where it is and who is around.
    pub(super) fn new(config: &Config) -> Result<Self, Box<dyn Error>> {
        let folder = std::env::temp_dir().join(format!("nexusflow-loadtest-{}", std::process::id()));
        let made = DirBuilder::new().mode(0o700).create(&folder);
        made.map_err(|error| format!("can't make the folder {}: {error}", folder.display()))?;
        let port = free_port(PORTS.start + std::process::id() as u16 % 5_000 * 2)?;
        let listen = SocketAddr::from(([127, 0, 0, 1], free_port(port + 1)?));
        let config = Config {
            data_dir: folder.join("data"),
            business: std::path::absolute(&config.business)?,
            alerts: std::path::absolute(&config.alerts)?,
            nats: NatsSettings::default(),
            own_nats: OwnNats { port, publisher: Vec::new(), ..config.own_nats.clone() },
            worker: WorkerSettings { checkpoints: Place::Folder("checkpoints".into()), ..config.worker.clone() },
            gateway: GatewaySettings { listen, ..GatewaySettings::default() },
            access: AccessSettings::default(),
            notify: NotifySettings::default(),
            source: Vec::new(),
            sink: Vec::new(),
            ..config.clone()
        };
        std::fs::write(folder.join("nexusflow.toml"), toml::to_string(&config)?)?;
        Ok(Self { folder, config, processes: BTreeMap::new() })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts NATS, the workers of these names and a gateway; waits until they are ready and each worker owns something.
    pub(super) async fn start(&mut self, workers: &[&str]) -> Result<(), Box<dyn Error>> {
        self.launch("nats").await?;
        for worker in workers {
            self.launch(worker).await?;
        }
        self.launch("gateway").await?;
        self.ready().await?;
        self.owned_by(workers).await
    }

    /// The gateway, with the log behind it.
    pub(super) async fn target(&self) -> Result<Target, Box<dyn Error>> {
        let log = Log::connect(&nats_server::settings(&self.config), self.config.log.clone(), "loadtest").await?;
        Ok(Target::new(&self.url(""), None, None)?.with_log(log, self.config.shown()?))
    }

    /// The id of the process of that name.
    pub(super) fn process(&self, name: Option<&str>) -> Option<u32> {
        self.processes.get(name?)?.id()
    }

    /// Starts the process of that name: `nats`, `gateway`, or `worker-` and a number. NATS listens then.
    pub(super) async fn launch(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        let command = name.split('-').next().unwrap_or(name);
        let log = File::options().create(true).append(true).open(self.log_of(name))?;
        let mut process = Command::new(std::env::current_exe()?);
        process.arg(command).arg("--config").arg(self.folder.join("nexusflow.toml"));
        // All of it is in the file already.
        for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("NEXUSFLOW_")) {
            process.env_remove(key);
        }
        process.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        // A group of its own: Ctrl-C at the terminal stops us, and we stop it.
        let child = process.process_group(0).kill_on_drop(true).spawn()?;
        self.processes.insert(name.to_owned(), child);
        let port = self.config.own_nats.port;
        self.until(&format!("{name} to start"), async || {
            command != "nats" || TcpStream::connect(("127.0.0.1", port)).await.is_ok()
        })
        .await
    }

    /// SIGKILL.
    pub(super) async fn kill(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        let mut child = self.processes.remove(name).ok_or_else(|| format!("{name} does not run"))?;
        Ok(child.kill().await?)
    }

    /// SIGTERM, and waits until it is gone.
    pub(super) async fn stop(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        let mut child = self.processes.remove(name).ok_or_else(|| format!("{name} does not run"))?;
        if let Some(pid) = child.id().and_then(|id| Pid::from_raw(id as i32)) {
            kill_process(pid, Signal::TERM)?;
        }
        match tokio::time::timeout(PATIENCE, child.wait()).await {
            Ok(ended) => drop(ended?),
            Err(_) => child.kill().await?,
        }
        Ok(())
    }

    /// Waits until the log can be reached and every partition is looked after and caught up.
    pub(super) async fn ready(&mut self) -> Result<(), Box<dyn Error>> {
        let url = self.url("/readyz");
        self.until("it to be ready", async || get(url.clone()).await.is_some()).await
    }

    /// Waits until the workers of these names own all partitions, and each of them some.
    pub(super) async fn owned_by(&mut self, workers: &[&str]) -> Result<(), Box<dyn Error>> {
        let mut wanted: Vec<u32> = workers.iter().filter_map(|worker| self.process(Some(worker))).collect();
        wanted.sort_unstable();
        let (url, partitions) = (self.url("/api/v1/views/workers"), u64::from(self.config.log.partitions));
        self.until(&format!("{} to own all partitions", workers.join(" and ")), async || {
            let mut shares = shares(&get(url.clone()).await.unwrap_or_default());
            shares.sort_unstable();
            let (owners, shares): (Vec<u32>, Vec<u64>) = shares.into_iter().unzip();
            owners == wanted && shares.iter().sum::<u64>() == partitions
        })
        .await
    }

    /// Stops everything; what it left behind is removed, unless it may say what went wrong.
    pub(super) async fn end(mut self, is_well: bool) -> Result<(), Box<dyn Error>> {
        let names: Vec<String> = self.processes.keys().cloned().collect();
        // The log's server last: the others write to it until they end.
        let (nats, others): (Vec<String>, Vec<String>) = names.into_iter().partition(|name| name == "nats");
        for name in others.iter().chain(&nats) {
            self.stop(name).await?;
        }
        if is_well {
            std::fs::remove_dir_all(&self.folder)?;
        } else {
            crate::out::hint(&format!("what the processes said is kept: {}", self.log_of("*").display()));
        }
        Ok(())
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.config.gateway.listen)
    }

    fn log_of(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// Waits for `what`; a process that ends meanwhile is an error.
    async fn until(&mut self, what: &str, is_so: impl AsyncFn() -> bool) -> Result<(), Box<dyn Error>> {
        let began = Instant::now();
        while !is_so().await {
            for (name, child) in &mut self.processes {
                if let Some(status) = child.try_wait()? {
                    let log = self.folder.join(format!("{name}.log"));
                    return Err(format!("{name} ended with {status}; its log is {}", log.display()).into());
                }
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("waited {} s in vain for {what}", PATIENCE.as_secs()).into());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }
}

/// The first port from `from` on that nobody has.
fn free_port(from: u16) -> Result<u16, &'static str> {
    (from..PORTS.end)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .ok_or("no port is free on this machine")
}

/// What the gateway answers; nothing where it does not.
async fn get(url: String) -> Option<String> {
    let asked = tokio::task::spawn_blocking(move || {
        let asked = ureq::get(url).config().timeout_global(Some(ANSWER_WITHIN)).build().call();
        asked.ok()?.body_mut().read_to_string().ok()
    });
    asked.await.ok().flatten()
}

/// How many partitions the process of which id owns, of those that own any, of the view `workers`.
fn shares(view: &str) -> Vec<(u32, u64)> {
    let view: Value = serde_json::from_str(view).unwrap_or_default();
    let cols = view["cols"].as_array();
    let at = |name: &str| cols.and_then(|cols| cols.iter().position(|col| col == name));
    let (Some(name), Some(partitions)) = (at("name"), at("partitions")) else { return Vec::new() };
    let share = |row: &Value| {
        let process = row[name].as_str()?.rsplit(':').next()?.parse().ok()?;
        Some((process, row[partitions].as_u64().filter(|share| *share > 0)?))
    };
    view["rows"].as_array().into_iter().flatten().filter_map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_by_the_process() {
        let view = r#"{"cols":["id","name","partitions"],"rows":[["a","host:12",3],["b","host:7",1],["c","odd",1],["d","host:8",0]]}"#;
        assert_eq!(shares(view), [(12, 3), (7, 1)]);
        assert!(shares("").is_empty() && shares("[]").is_empty());
    }

    #[test]
    fn a_system_of_its_own_has_nothing_of_outside() {
        let mut config = Config::default();
        config.nats.url = "nats://elsewhere:4222".into();
        config.access.view_token = Some("a secret of more than enough characters".into());
        config.log.partitions = 7;
        let system = System::new(&config).unwrap();
        let text = std::fs::read_to_string(system.folder().join("nexusflow.toml")).unwrap();
        std::fs::remove_dir_all(system.folder()).unwrap();
        let read: Config = toml::from_str(&text).unwrap();
        assert_eq!(read, system.config);
        assert!(!text.contains("elsewhere") && !text.contains("secret"), "{text}");
        assert_eq!(read.log.partitions, 7);
        assert!(read.gateway.listen.ip().is_loopback() && read.gateway.listen.port() != read.own_nats.port);
    }
}
