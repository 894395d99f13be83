//! Connecting to NATS.

use crate::condition::{self, Condition};
use crate::layout::{self, LayoutError, LogSettings, Origin};
use async_nats::{Client, ConnectOptions, Event, jetstream};
use nexusflow_model::Envelope;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long JetStream may take to answer before it is asked again, which is always safe: records have message ids. A leader that
/// dies takes what was asked of it along without a word, so that waiting longer is time lost.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// How to reach NATS and prove who we are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NatsSettings {
    /// Addresses of the cluster, comma separated (`nats://a:4222,nats://b:4222`, `tls://...`). Empty: NexusFlow starts its
    /// own server.
    pub url: String,
    /// A `.creds` file (JWT and NKey).
    pub credentials_file: Option<PathBuf>,
    /// A file with an NKey seed.
    pub nkey_file: Option<PathBuf>,
    /// User name; the password is in `password_file`.
    pub user: Option<String>,
    /// A file with the password of `user`.
    pub password_file: Option<PathBuf>,
    /// A file with a token.
    pub token_file: Option<PathBuf>,
    /// A PEM file with the certificate authorities to trust beside the system's.
    pub tls_ca_file: Option<PathBuf>,
    /// A PEM file with our certificate, where the server asks for one.
    pub tls_certificate_file: Option<PathBuf>,
    /// A PEM file with its private key.
    pub tls_key_file: Option<PathBuf>,
    /// Refuse to speak without TLS.
    pub tls_required: bool,
}

impl NatsSettings {
    /// The addresses as they may be shown, without credentials.
    pub fn shown_url(&self) -> String {
        without_credentials(&self.url)
    }

    /// The same settings for each address alone.
    pub fn each_address(&self) -> Vec<Self> {
        self.url.split(',').map(|url| Self { url: url.trim().to_owned(), ..self.clone() }).collect()
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// A file of the settings can't be read.
    #[error("nats.{key}: can't read {}: {cause}", path.display())]
    File {
        /// The key of the settings.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A key without its companion.
    #[error("nats.{key} needs nats.{needs} as well")]
    Incomplete {
        /// The key that is there.
        key: &'static str,
        /// The key that is missing.
        needs: &'static str,
    },
    /// NATS does not answer or refuses us.
    #[error(
        "can't connect to NATS at {url}: {cause}. Is it running there, and are address, credentials and TLS right?"
    )]
    Unreachable {
        /// The address, without credentials.
        url: String,
        /// What the client library said.
        cause: async_nats::ConnectError,
    },
}

impl ConnectError {
    /// Whether trying again may help: nobody answered, as opposed to somebody who refused.
    fn may_pass(&self) -> bool {
        use async_nats::ConnectErrorKind::{Dns, Io, TimedOut};
        matches!(self, Self::Unreachable { cause, .. } if matches!(cause.kind(), Dns | Io | TimedOut))
    }
}

/// Whether the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// It stands.
    Up,
    /// It is lost; the client tries again by itself.
    Down,
}

/// A connection to the log.
#[derive(Debug, Clone)]
pub struct Log {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    client: Client,
    jetstream: jetstream::Context,
    settings: LogSettings,
    connection: watch::Receiver<Connection>,
}

impl Log {
    /// Connects as `name`; the name shows in NATS's own monitoring.
    ///
    /// # Errors
    /// Where the settings are incomplete, a file can't be read, or NATS does not answer.
    pub async fn connect(nats: &NatsSettings, settings: LogSettings, name: &str) -> Result<Self, ConnectError> {
        let (state, connection) = watch::channel(Connection::Up);
        let options = options(nats).await?.name(format!("nexusflow {name}"));
        let options = options.event_callback(move |event| {
            match &event {
                Event::Connected => state.send_replace(Connection::Up),
                Event::Disconnected | Event::Closed => state.send_replace(Connection::Down),
                _ => *state.borrow(),
            };
            async move {
                match event {
                    Event::Connected => tracing::info!("connected to NATS"),
                    Event::Disconnected => tracing::warn!("lost the connection to NATS, trying again"),
                    other => tracing::debug!(%other, "NATS"),
                }
            }
        });
        let addresses: Vec<&str> = nats.url.split(',').map(str::trim).collect();
        let client = options
            .connect(addresses)
            .await
            .map_err(|cause| ConnectError::Unreachable { url: without_credentials(&nats.url), cause })?;
        let jetstream = jetstream::context::ContextBuilder::new()
            .timeout(ANSWER_WITHIN)
            .ack_timeout(ANSWER_WITHIN)
            .max_ack_inflight(4_096)
            .build(client.clone());
        Ok(Self { inner: Arc::new(Inner { client, jetstream, settings, connection }) })
    }

    /// The same, but where nobody answers it is tried again for as long as `patience`: a server may be on its way. A refusal is final.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_patiently(
        nats: &NatsSettings,
        settings: LogSettings,
        name: &str,
        patience: Duration,
    ) -> Result<Self, ConnectError> {
        let began = tokio::time::Instant::now();
        loop {
            match Self::connect(nats, settings.clone(), name).await {
                Err(error) if error.may_pass() && began.elapsed() < patience => {
                    tracing::warn!(%error, "trying again");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                done => return done,
            }
        }
    }

    /// Creates what is missing of the log, and checks what is there. A cluster that is still forming or electing is given as
    /// long as `patience`, for each part.
    ///
    /// # Errors
    /// Where the log was created with another number of partitions, a stream is not what it must be, or NATS refuses.
    pub async fn prepare(&self, patience: Duration) -> Result<(), LayoutError> {
        layout::prepare(self, patience).await
    }

    /// Looks at the log without changing it.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub async fn look(&self) -> Result<Condition, LayoutError> {
        condition::look(self).await
    }

    /// When a partition's stream was created, and how far it goes.
    ///
    /// # Errors
    /// Where the stream isn't there or NATS does not answer.
    pub async fn origin(&self, partition: u32) -> Result<Origin, LayoutError> {
        layout::origin(self, partition).await
    }

    /// The same, but a stream that has no leader at the moment is given as long as `patience` to elect one.
    ///
    /// # Errors
    /// As [`origin`](Self::origin).
    pub async fn origin_patiently(&self, partition: u32, patience: Duration) -> Result<Origin, LayoutError> {
        layout::origin_patiently(self, partition, patience).await
    }

    /// Puts the configuration of the business into the partitions that are still empty, as their first record; with the same
    /// `patience` for each as [`prepare`](Self::prepare).
    ///
    /// # Errors
    /// Where NATS does not answer or refuses.
    pub async fn configure_empty(&self, configuration: &Envelope, patience: Duration) -> Result<(), LayoutError> {
        layout::configure_empty(self, configuration, patience).await
    }

    /// The client, for requests and plain publishing.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// JetStream.
    pub fn jetstream(&self) -> &jetstream::Context {
        &self.inner.jetstream
    }

    /// How the log is laid out.
    pub fn settings(&self) -> &LogSettings {
        &self.inner.settings
    }

    /// The number of partitions.
    pub fn partitions(&self) -> u32 {
        self.inner.settings.partitions
    }

    /// What every subject begins with.
    pub fn prefix(&self) -> &str {
        &self.inner.settings.prefix
    }

    /// Whether the connection stands, and when that changes.
    pub fn connection(&self) -> watch::Receiver<Connection> {
        self.inner.connection.clone()
    }
}

/// Connects to any NATS as `name`, without a log: for what is read from others.
///
/// # Errors
/// As [`Log::connect`].
pub async fn connect(nats: &NatsSettings, name: &str) -> Result<Client, ConnectError> {
    let options = options(nats).await?.name(format!("nexusflow {name}"));
    let addresses: Vec<&str> = nats.url.split(',').map(str::trim).collect();
    let refused = |cause| ConnectError::Unreachable { url: without_credentials(&nats.url), cause };
    options.connect(addresses).await.map_err(refused)
}

async fn read(key: &'static str, path: &PathBuf) -> Result<String, ConnectError> {
    tokio::fs::read_to_string(path).await.map(|text| text.trim().to_owned()).map_err(|cause| ConnectError::File {
        key,
        path: path.clone(),
        cause,
    })
}

async fn options(nats: &NatsSettings) -> Result<ConnectOptions, ConnectError> {
    let mut options = ConnectOptions::new()
        .connection_timeout(Duration::from_secs(5))
        .request_timeout(Some(Duration::from_secs(5)))
        .ping_interval(Duration::from_secs(5))
        .subscription_capacity(16 * 1024)
        .reconnect_delay_callback(|attempts| Duration::from_millis((50 << attempts.min(5)).min(1_000) as u64));
    if let Some(path) = &nats.credentials_file {
        options = options.credentials(&read("credentials_file", path).await?).map_err(|cause| ConnectError::File {
            key: "credentials_file",
            path: path.clone(),
            cause,
        })?;
    }
    if let Some(path) = &nats.nkey_file {
        options = options.nkey(read("nkey_file", path).await?);
    }
    if let Some(path) = &nats.token_file {
        options = options.token(read("token_file", path).await?);
    }
    match (&nats.user, &nats.password_file) {
        (Some(user), Some(path)) => {
            options = options.user_and_password(user.clone(), read("password_file", path).await?)
        }
        (Some(_), None) => return Err(ConnectError::Incomplete { key: "user", needs: "password_file" }),
        (None, Some(_)) => return Err(ConnectError::Incomplete { key: "password_file", needs: "user" }),
        (None, None) => {}
    }
    if let Some(path) = &nats.tls_ca_file {
        options = options.add_root_certificates(path.clone());
    }
    match (&nats.tls_certificate_file, &nats.tls_key_file) {
        (Some(certificate), Some(key)) => options = options.add_client_certificate(certificate.clone(), key.clone()),
        (Some(_), None) => return Err(ConnectError::Incomplete { key: "tls_certificate_file", needs: "tls_key_file" }),
        (None, Some(_)) => return Err(ConnectError::Incomplete { key: "tls_key_file", needs: "tls_certificate_file" }),
        (None, None) => {}
    }
    Ok(options.require_tls(nats.tls_required))
}

/// An address as it may be shown: what stands before an `@` is cut out.
fn without_credentials(url: &str) -> String {
    let shown = |address: &str| match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        _ => address.to_owned(),
    };
    url.split(',').map(|address| shown(address.trim())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn credentials_never_show() {
        assert_eq!(super::without_credentials("nats://me:secret@a:4222, tls://b"), "nats://a:4222, tls://b");
    }
}
