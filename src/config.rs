//! How NexusFlow runs: `config/nexusflow.toml`, then the environment.

use crate::business::{self, BusinessError};
use crate::out;
use crate::publishers::{self, Publisher};
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use nexusflow_connectors::demo::Profile;
use nexusflow_connectors::http::HttpSettings;
use nexusflow_connectors::notify::{self, NotifyError, NotifySettings};
use nexusflow_connectors::source::{SourceError, Sources};
use nexusflow_domain::Business;
use nexusflow_gateway::{AccessSettings, GatewayError, GatewaySettings};
use nexusflow_log::{LogSettings, NatsSettings};
use nexusflow_runtime::WorkerSettings;
use nexusflow_runtime::checkpoint::Place;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Where the configuration is looked for without `--config`.
const USUAL: &str = "config/nexusflow.toml";

/// How NexusFlow runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) business: PathBuf,
    pub(crate) alerts: PathBuf,
    pub(crate) nats: NatsSettings,
    pub(crate) own_nats: OwnNats,
    pub(crate) log: LogSettings,
    pub(crate) worker: WorkerSettings,
    pub(crate) gateway: GatewaySettings,
    pub(crate) access: AccessSettings,
    pub(crate) http: HttpSettings,
    pub(crate) notify: NotifySettings,
    pub(crate) demo: DemoSettings,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) source: Vec<toml::Table>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sink: Vec<toml::Table>,
}

/// NexusFlow's own NATS server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OwnNats {
    pub(crate) port: u16,
    pub(crate) binary: String,
    pub(crate) sync: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) publisher: Vec<Publisher>,
}

/// The demonstration company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DemoSettings {
    pub(crate) seed: u64,
    pub(crate) customers: u32,
    pub(crate) history_days: u32,
    pub(crate) pace: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: ".nexusflow".into(),
            business: "config/business.toml".into(),
            alerts: "config/alerts.toml".into(),
            nats: NatsSettings::default(),
            own_nats: OwnNats::default(),
            log: LogSettings::default(),
            worker: WorkerSettings { checkpoints: Place::Folder("checkpoints".into()), ..WorkerSettings::default() },
            gateway: GatewaySettings::default(),
            access: AccessSettings::default(),
            http: HttpSettings::default(),
            notify: NotifySettings::default(),
            demo: DemoSettings::default(),
            source: Vec::new(),
            sink: Vec::new(),
        }
    }
}

impl Default for OwnNats {
    fn default() -> Self {
        Self { port: 4222, binary: String::new(), sync: "always".into(), publisher: Vec::new() }
    }
}

impl Default for DemoSettings {
    fn default() -> Self {
        Self { seed: Profile::SEED, customers: Profile::CUSTOMERS, history_days: 75, pace: 1.0 }
    }
}

/// Why the configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("{}: {cause}", path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{}: {cause}", path.display())]
    Content { path: PathBuf, cause: Box<toml::de::Error> },
    #[error("from the environment: {0}")]
    Environment(Box<figment::Error>),
    #[error("{key} {reason}")]
    Value { key: &'static str, reason: String },
    #[error(transparent)]
    Business(#[from] BusinessError),
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error(transparent)]
    Notify(#[from] NotifyError),
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl Config {
    /// What `path` says, or the usual file, or the defaults; then the environment.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let file = path.unwrap_or(Path::new(USUAL));
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if path.is_none() && error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(cause) => return Err(ConfigError::Read { path: file.to_owned(), cause }),
        };
        // Read on its own first, because this parser tells line, column and key.
        toml::from_str::<Self>(&text)
            .map_err(|cause| ConfigError::Content { path: file.to_owned(), cause: cause.into() })?;
        let config: Self = Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::string(&text))
            .merge(Env::prefixed("NEXUSFLOW_").ignore(&["config"]).split("__"))
            .extract()
            .map_err(|error| ConfigError::Environment(error.into()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, reason: &str| Err(ConfigError::Value { key, reason: reason.to_owned() });
        let is_time = |text: &str| {
            let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            digits.parse::<u32>().is_ok_and(|n| n > 0) && ["ms", "s", "m"].contains(&&text[digits.len()..])
        };
        if self.own_nats.sync != "always" && !is_time(&self.own_nats.sync) {
            return wrong("own_nats.sync", "must be \"always\" or a time such as \"500ms\" or \"1s\"");
        }
        publishers::check(&self.own_nats.publisher, &self.log.prefix)
            .map_err(|reason| ConfigError::Value { key: "own_nats.publisher", reason })?;
        if !(self.demo.pace > 0.0 && self.demo.pace <= 10_000.0) {
            return wrong("demo.pace", "must be above 0 and at most 10000");
        }
        if !(500..=60_000).contains(&self.worker.lease_ms) {
            return wrong("worker.lease_ms", "must be from 500 to 60000");
        }
        crate::sinks::check(&self.sink).map_err(|reason| ConfigError::Value { key: "sink", reason })?;
        self.notify.check().map_err(|(key, reason)| ConfigError::Value { key, reason })?;
        nexusflow_gateway::check(&self.gateway, &self.access)?;
        business::load(&self.business, &self.alerts)?;
        Ok(())
    }

    /// Says that all is well, and what holds.
    pub(crate) fn check_and_say(&self) -> Result<(), ConfigError> {
        let (business, version) = self.business()?;
        notify::check(&self.notify)?;
        self.sources()?;
        let nats =
            if self.nats.url.is_empty() { "its own server".to_owned() } else { "the one of nats.url".to_owned() };
        out::say(&format!(
            "The configuration is good.\n  business  {} ({}, {}), version {version}\n  NATS      {nats}\n  log       {} \
             partitions, prefix {}\n  listens   {}",
            business.business.name,
            business.business.time_zone.name(),
            business.business.currency,
            self.log.partitions,
            self.log.prefix,
            self.gateway.listen
        ));
        Ok(())
    }

    /// What holds, as TOML, without secrets.
    pub(crate) fn shown(&self) -> Result<String, toml::ser::Error> {
        let mut shown = self.clone();
        let hide = |token: &mut Option<String>| *token = token.as_ref().map(|_| "(set)".to_owned());
        hide(&mut shown.access.view_token);
        hide(&mut shown.access.act_token);
        hide(&mut shown.access.publish_token);
        if shown.nats.url.contains('@') {
            shown.nats.url = "(set, with credentials)".into();
        }
        for target in shown.notify.target.iter_mut().filter(|target| !target.url.is_empty()) {
            target.url = format!("{} (its path is not shown)", target.shown());
        }
        toml::to_string_pretty(&shown)
    }

    /// The systems that publish in their own words; paths in their settings begin where the program was started.
    pub(crate) fn sources(&self) -> Result<Sources, SourceError> {
        Sources::open(&self.source, Path::new(""))
    }

    /// The configuration of the business and its version.
    pub(crate) fn business(&self) -> Result<(Business, String), BusinessError> {
        business::load(&self.business, &self.alerts)
    }

    /// How a worker works, its folder below the data folder.
    pub(crate) fn worker(&self) -> WorkerSettings {
        WorkerSettings { checkpoints: self.worker.checkpoints.in_folder(&self.data_dir), ..self.worker.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_is_shipped_says_the_defaults() {
        let shipped = include_str!("../config/nexusflow.toml");
        assert_eq!(toml::from_str::<Config>(shipped).unwrap(), Config::default());
        // And it names every key there is.
        for (section, keys) in toml::from_str::<toml::Table>(&toml::to_string(&Config::default()).unwrap()).unwrap() {
            assert!(shipped.contains(&section), "config/nexusflow.toml does not name {section}");
            for key in keys.as_table().into_iter().flat_map(|table| table.keys()) {
                assert!(shipped.contains(&format!("{key} = ")), "config/nexusflow.toml does not name {section}.{key}");
            }
        }
    }

    #[test]
    fn a_mistake_is_answered_with_its_line_and_key() {
        let error =
            toml::from_str::<Config>("[gateway]\nlisten = \"127.0.0.1:8080\"\nport = 1\n").unwrap_err().to_string();
        assert!(error.contains("line 3") && error.contains("unknown field `port`"), "{error}");
        let error = toml::from_str::<Config>("[log]\npartitions = \"four\"\n").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("partitions"), "{error}");
        let error = toml::from_str::<Config>("[worker]\ncheckpoints = \"ftp://a/b\"\n").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("neither a folder nor s3://"), "{error}");
    }
}
