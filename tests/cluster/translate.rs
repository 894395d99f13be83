//! From the world of containers to this machine: every service has its own addresses and files there; here they share both.

use crate::compose::Service;
use crate::harness::free_port;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which port of this machine stands for which port of which service.
#[derive(Debug)]
pub(crate) struct Translation {
    services: Vec<String>,
    ports: BTreeMap<(String, u16), u16>,
    folder: PathBuf,
}

/// Names by which a service listens or speaks to itself.
const ITSELF: [&str; 3] = ["0.0.0.0", "127.0.0.1", "localhost"];

impl Translation {
    pub(crate) fn new(services: impl IntoIterator<Item = String>, folder: &Path) -> Self {
        Self { services: services.into_iter().collect(), ports: BTreeMap::new(), folder: folder.to_owned() }
    }

    /// What is `/` in the container of `service`.
    pub(crate) fn root(&self, service: &str) -> PathBuf {
        self.folder.join(service)
    }

    /// A path of the container of `service`, here.
    pub(crate) fn path(&self, service: &str, inside: &str) -> PathBuf {
        self.root(service).join(inside.trim_start_matches('/'))
    }

    /// The folder of a volume.
    pub(crate) fn volume(&self, name: &str) -> PathBuf {
        self.folder.join("volumes").join(name)
    }

    /// The port of this machine that stands for `port` of `service`, if anything named it yet.
    pub(crate) fn known_port(&self, service: &str, port: u16) -> Option<u16> {
        self.ports.get(&(service.to_owned(), port)).copied()
    }

    fn port(&mut self, service: &str, port: u16) -> u16 {
        *self.ports.entry((service.to_owned(), port)).or_insert_with(free_port)
    }

    /// What `text`, as the service `name` reads it, must say here: addresses (`nats-1:4222`, `0.0.0.0:8080`) and the paths
    /// of the service's volumes and configs.
    pub(crate) fn text(&mut self, name: &str, service: &Service, text: &str) -> Result<String, String> {
        let text = self.addresses(name, text)?;
        self.paths(name, service, &text)
    }

    fn addresses(&mut self, own: &str, text: &str) -> Result<String, String> {
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let (mut out, mut rest) = (String::new(), text);
        // Word by word: what is a host's name is looked at together with the port behind it.
        while let Some(start) = rest.find(is_host) {
            let end = rest[start..].find(|c| !is_host(c)).map_or(rest.len(), |length| start + length);
            let host = &rest[start..end];
            let service = if ITSELF.contains(&host) { own } else { host };
            let is_after_scheme = rest[..start].ends_with("://");
            out.push_str(&rest[..start]);
            let digits: String =
                rest[end..].strip_prefix(':').unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
            match digits.parse() {
                Ok(port) if self.services.iter().any(|known| known == service) => {
                    out.push_str(&format!("127.0.0.1:{}", self.port(service, port)));
                    rest = &rest[end + 1 + digits.len()..];
                }
                _ if is_after_scheme => {
                    return Err(format!("{text}: {host} is not a service of the file with a port"));
                }
                _ => {
                    out.push_str(host);
                    rest = &rest[end..];
                }
            }
        }
        Ok(out + rest)
    }

    fn paths(&self, name: &str, service: &Service, text: &str) -> Result<String, String> {
        let volumes = service.volumes.iter().filter_map(|volume| Some(volume.split_once(':')?.1));
        let targets: Vec<&str> = volumes.chain(service.configs.iter().map(|mounted| mounted.target.as_str())).collect();
        let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let (mut out, mut rest) = (String::new(), text);
        while let Some(start) = rest.find(is_path) {
            let end = rest[start..].find(|c| !is_path(c)).map_or(rest.len(), |length| start + length);
            out.push_str(&rest[..start]);
            let path = &rest[start..end];
            let is_in =
                |target: &&&str| path.strip_prefix(**target).is_some_and(|p| p.is_empty() || p.starts_with('/'));
            // What begins with two slashes is an address.
            if path.starts_with('/') && !path.starts_with("//") {
                targets.iter().find(is_in).ok_or(format!("{text}: {path} is in no volume and no config of {name}"))?;
                out.push_str(&self.path(name, path).display().to_string());
            } else {
                out.push_str(path);
            }
            rest = &rest[end..];
        }
        Ok(out + rest)
    }
}

#[test]
fn addresses_and_paths_are_those_of_this_machine() {
    let service: Service = serde_json::from_value(serde_json::json!({
        "image": "i", "command": [], "restart": "", "cap_drop": [], "security_opt": [], "stop_grace_period": "",
        "volumes": ["v:/data"], "configs": [{"source": "c", "target": "/etc/x.conf"}]
    }))
    .unwrap();
    let mut translation = Translation::new(["a".to_owned(), "b-1".to_owned()], Path::new("/tmp/t"));
    let said = translation.text("a", &service, "nats://a:4222, nats://b-1:4222,tls://b-1:80").unwrap();
    let port = |service, port| translation.known_port(service, port).unwrap();
    let [a, b, tls] = [port("a", 4222), port("b-1", 4222), port("b-1", 80)];
    assert_eq!(said, format!("nats://127.0.0.1:{a}, nats://127.0.0.1:{b},tls://127.0.0.1:{tls}"));
    // Its own address is the one that others know it by.
    assert_eq!(
        translation.text("a", &service, "listen: \"0.0.0.0:4222\"").unwrap(),
        format!("listen: \"127.0.0.1:{a}\"")
    );
    let own = translation.text("a", &service, "http://127.0.0.1:4222/healthz?x=y").unwrap();
    assert_eq!(own, format!("http://127.0.0.1:{a}/healthz?x=y"));
    let said = translation.text("a", &service, "{ dir: \"/data/x\", file: /etc/x.conf, other: 10s, a: 5:30 }").unwrap();
    assert_eq!(said, "{ dir: \"/tmp/t/a/data/x\", file: /tmp/t/a/etc/x.conf, other: 10s, a: 5:30 }");
    for (wrong, why) in
        [("nats://c:4222", "c is not a service"), ("nats://a", "port"), ("/database", "/database is in no")]
    {
        let error = translation.text("a", &service, wrong).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}
