//! The services of `docker-compose.yml` as processes of this machine.

use crate::compose::{Compose, HealthCheck, Service};
use crate::harness::{SOON, eventually, root, signal};
use crate::image::{self, Image};
use crate::translate::Translation;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) const VIEW_TOKEN: &str = "of-those-who-look-in-a-test";
pub(crate) const PUBLISH_TOKEN: &str = "of-those-who-send-in-a-test";

/// Everything that the file describes, on this machine.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    compose: Compose,
    image: Image,
    translation: Translation,
    running: BTreeMap<String, Child>,
}

/// How a service is started here.
struct Launch {
    program: PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    folder: PathBuf,
}

/// Reads the file as somebody would who set the two tokens.
pub(crate) fn read() -> Compose {
    let text = std::fs::read_to_string(root().join("docker-compose.yml")).unwrap();
    let tokens = BTreeMap::from([("NEXUSFLOW_VIEW_TOKEN", VIEW_TOKEN), ("NEXUSFLOW_PUBLISH_TOKEN", PUBLISH_TOKEN)]);
    Compose::read(&text, &tokens).unwrap_or_else(|error| panic!("docker-compose.yml: {error}"))
}

impl Cluster {
    /// Starts every service, each after those that it depends on are well, as Docker Compose does.
    pub(crate) fn start() -> Self {
        let (compose, image) = (read(), image::ours());
        let folder = tempfile::tempdir().unwrap();
        let translation = Translation::new(compose.services.keys().cloned(), folder.path());
        let mut cluster = Self { folder, compose, image, translation, running: BTreeMap::new() };
        let names: Vec<String> = cluster.compose.services.keys().cloned().collect();
        for name in &names {
            cluster.furnish(name);
        }
        while cluster.running.len() < names.len() {
            let next = names.iter().filter(|name| !cluster.running.contains_key(*name));
            let next: Vec<String> = next.filter(|name| cluster.may_start(name)).cloned().collect();
            assert!(!next.is_empty(), "services wait for each other");
            for name in &next {
                cluster.launch(name);
            }
            for name in &next {
                cluster.wait_until_well(name);
            }
        }
        cluster
    }

    fn may_start(&self, name: &str) -> bool {
        self.compose.services[name].depends_on.keys().all(|other| self.running.contains_key(other))
    }

    /// The services whose command begins with `nexusflow COMMAND`, or that run `nats-server`.
    pub(crate) fn services(&self, what: &str) -> Vec<String> {
        let is = |service: &&Service| match what {
            "nats-server" => service.build.is_none(),
            command => service.build.is_some() && service.command[0] == command,
        };
        let services = self.compose.services.iter().filter(|(_, service)| is(service));
        services.map(|(name, _)| name.clone()).collect()
    }

    /// Where the published port of a service is reached.
    pub(crate) fn url(&self, name: &str, path: &str) -> String {
        let published = self.compose.services[name].ports.first().unwrap();
        let inside: u16 = published.rsplit(':').next().unwrap().parse().unwrap();
        format!("http://127.0.0.1:{}{path}", self.port(name, inside))
    }

    /// The port that stands for one that a service listens to.
    pub(crate) fn port(&self, name: &str, inside: u16) -> u16 {
        self.translation.known_port(name, inside).unwrap_or_else(|| panic!("{name} does not listen to port {inside}"))
    }

    /// Everything a container has before it starts: what the image holds, volumes, configs.
    fn furnish(&mut self, name: &str) {
        let service = &self.compose.services[name];
        let container = self.translation.root(name);
        let at = |inside: &str| {
            let path = container.join(inside.trim_start_matches('/'));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            path
        };
        if service.build.is_some() {
            std::fs::create_dir_all(self.translation.path(name, &self.image.workdir)).unwrap();
            for (from, to) in &self.image.copied {
                std::os::unix::fs::symlink(root().join(from), at(to)).unwrap();
            }
        }
        for volume in &service.volumes {
            let (volume, target) = volume.split_once(':').unwrap();
            let folder = self.translation.volume(volume);
            std::fs::create_dir_all(&folder).unwrap();
            std::os::unix::fs::symlink(folder, at(target)).unwrap();
        }
        for mounted in &service.configs {
            let path = at(&mounted.target);
            let content = &self.compose.configs[&mounted.source].content;
            let content = self.translation.text(name, service, content).unwrap_or_else(|error| panic!("{error}"));
            std::fs::write(path, content).unwrap();
        }
    }

    /// How a service, or with `words` something else in its container, is started.
    fn how(&mut self, name: &str, words: Option<&[String]>) -> Launch {
        let service = &self.compose.services[name];
        let mut said = |text: &String| {
            let here = self.translation.text(name, service, text);
            here.unwrap_or_else(|error| panic!("docker-compose.yml: services.{name}: {error}"))
        };
        let mut words: Vec<String> = words.unwrap_or(&service.command).iter().map(&mut said).collect();
        let mut environment: BTreeMap<String, String> =
            service.environment.iter().map(|(key, value)| (key.clone(), said(value))).collect();
        let folder = if service.build.is_some() {
            // The loopback of a container is its own; what is looked for there must not be what others of this machine run.
            let unsaid = said(&"127.0.0.1:8080".to_owned());
            environment.entry("NEXUSFLOW_GATEWAY__LISTEN".into()).or_insert(unsaid);
            if words.first() != self.image.entrypoint.first() {
                words.splice(..0, self.image.entrypoint.clone());
            }
            self.translation.path(name, &self.image.workdir)
        } else {
            // The entry point of NATS's image puts the program before what begins with a dash.
            assert!(service.image.starts_with("nats:") && words[0].starts_with('-'), "{name} runs {words:?}");
            words.insert(0, "nats-server".into());
            self.translation.root(name)
        };
        let program = match words.remove(0).as_str() {
            "nexusflow" => env!("CARGO_BIN_EXE_nexusflow").into(),
            "nats-server" => root().join(".tools/venv/bin/nats-server"),
            other => panic!("{name} runs {other}, which tests/cluster does not know"),
        };
        Launch { program, arguments: words, environment, folder }
    }

    fn command(&mut self, name: &str, words: Option<&[String]>) -> Command {
        let Launch { program, arguments, environment, folder } = self.how(name, words);
        let mut command = Command::new(program);
        // Nothing of this machine's environment is there in a container.
        command.args(arguments).env_clear().envs(environment).current_dir(folder).stdin(Stdio::null());
        command
    }

    /// Starts a service that does not run.
    pub(crate) fn launch(&mut self, name: &str) {
        let path = self.folder.path().join(format!("{name}.log"));
        let log = std::fs::File::options().create(true).append(true).open(path).unwrap();
        let mut command = self.command(name, None);
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        assert!(self.running.insert(name.to_owned(), child).is_none(), "{name} runs already");
    }

    /// SIGKILL, as when its container is gone.
    pub(crate) fn kill(&mut self, name: &str) {
        let mut child = self.running.remove(name).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Every service is asked to stop, those first that others do not need, and must end well in its time.
    pub(crate) fn stop(mut self) {
        for is_first in [true, false] {
            let needed: Vec<&String> = self.compose.services.values().flat_map(|s| s.depends_on.keys()).collect();
            let names: Vec<String> =
                self.running.keys().filter(|name| needed.contains(name) != is_first).cloned().collect();
            names.iter().for_each(|name| signal("-TERM", self.running[name].id()));
            for name in names {
                let within = seconds(&self.compose.services[&name].stop_grace_period);
                let mut child = self.running.remove(&name).unwrap();
                let status = eventually(within, &format!("{name} stops"), || {
                    child.try_wait().unwrap().ok_or_else(|| "it still runs".to_owned())
                });
                // nats-server ends with 1 where it is asked by a signal.
                assert!(status.success() || needed.contains(&&name), "{name} ended with {status}: {}", self.log(&name));
            }
        }
    }

    /// Waits until the health check of a service passes; as long as the file gives it.
    pub(crate) fn wait_until_well(&mut self, name: &str) {
        let health = self.health(name);
        let each = seconds(&health.interval) + seconds(&health.timeout);
        let within = (seconds(&health.start_period) + each * health.retries).max(SOON);
        eventually(within, &format!("{name} is well"), || {
            let ended = self.running.get_mut(name).unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "{name} ended with {ended:?}\n{}", self.log(name));
            self.ask_health(name, &health).map_err(|why| format!("{why}\n{}", self.log(name)))
        });
    }

    /// The health check of the file, or else the image's.
    pub(crate) fn health(&self, name: &str) -> HealthCheck {
        let service = &self.compose.services[name];
        service.healthcheck.clone().unwrap_or_else(|| {
            assert!(service.build.is_some(), "docker-compose.yml: {name} has no health check");
            self.image.health.clone().unwrap()
        })
    }

    fn ask_health(&mut self, name: &str, health: &HealthCheck) -> Result<(), String> {
        let timeout = seconds(&health.timeout);
        let words: Vec<&str> = health.test.iter().map(String::as_str).collect();
        match words[..] {
            // What wget of the image does, without needing it here.
            ["CMD", "wget", "-q", "-O", "/dev/null", url] => {
                let service = &self.compose.services[name];
                let url = self.translation.text(name, service, url)?;
                let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(timeout)).build().into();
                agent.get(url).call().map(drop).map_err(|error| error.to_string())
            }
            ["CMD", "nexusflow", ..] => {
                let words: Vec<String> = health.test[1..].to_vec();
                let output = self.command(name, Some(&words)).output().unwrap();
                output.status.success().then_some(()).ok_or_else(|| format!("{words:?} ended with {}", output.status))
            }
            _ => panic!("{name} has a health check that tests/cluster does not understand: {words:?}"),
        }
    }

    /// Runs `nexusflow` in the container of a service, with settings of its own: whether it ended well, and what it said.
    pub(crate) fn run(&mut self, name: &str, words: &[&str], settings: &[(&str, &str)]) -> (bool, String) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let output = self.command(name, Some(&words)).envs(settings.iter().copied()).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    /// The end of what a service said.
    pub(crate) fn log(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.folder.path().join(format!("{name}.log"))).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        format!("--- {name}\n{}\n", lines[lines.len().saturating_sub(30)..].join("\n"))
    }

    /// The end of what every service said, for a failure.
    pub(crate) fn logs(&self) -> String {
        self.compose.services.keys().map(|name| self.log(name)).collect()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// A time as Compose writes it.
fn seconds(text: &str) -> Duration {
    let number = text.strip_suffix('s').and_then(|number| number.parse().ok());
    Duration::from_secs(number.unwrap_or_else(|| panic!("{text}: tests/cluster understands seconds, such as 5s")))
}
