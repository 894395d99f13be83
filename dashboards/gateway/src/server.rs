//! Starting and stopping.

use crate::access::{self, AccessSettings, Guard, Right, TOKEN_BYTES_MIN};
use crate::activities::Activities;
use crate::board::{self, Board, requests};
use crate::feed::Feeds;
use crate::hub::{Hub, SharedHub, State};
use crate::operator::Intake;
use crate::owners::{Lags, Owners};
use crate::tls::Files;
use crate::views::Views;
use crate::{absorb, api, assets, deals, documents, leases, listen, render, stream, texts};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use nexusflow_log::{DeadLetterBox, Log};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

/// Where the gateway listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatewaySettings {
    /// Address and port. Elsewhere than on loopback, `access` needs both tokens.
    pub listen: SocketAddr,
    /// A PEM file with the certificate and those that vouch for it: with it and its key the gateway speaks TLS, and nothing else.
    /// A file that is written anew is taken at once.
    pub tls_certificate_file: Option<PathBuf>,
    /// A PEM file with the certificate's private key.
    pub tls_key_file: Option<PathBuf>,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        Self { listen, tls_certificate_file: None, tls_key_file: None }
    }
}

impl GatewaySettings {
    /// `https` where it speaks TLS, else `http`.
    pub fn scheme(&self) -> &'static str {
        if self.tls_certificate_file.is_some() { "https" } else { "http" }
    }

    fn tls_files(&self) -> Result<Option<Files>, GatewayError> {
        match (&self.tls_certificate_file, &self.tls_key_file) {
            (Some(certificate), Some(key)) => Ok(Some(Files { certificate: certificate.clone(), key: key.clone() })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(GatewayError::HalfTls { key: "tls_certificate_file", needs: "tls_key_file" }),
            (None, Some(_)) => Err(GatewayError::HalfTls { key: "tls_key_file", needs: "tls_certificate_file" }),
        }
    }
}

/// Why the gateway does not run.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// Somebody else has the port, or the address isn't ours.
    #[error("can't listen on {listen}: {cause}. Is another NexusFlow running? Choose another port with gateway.listen")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Open to everybody.
    #[error(
        "gateway.listen = \"{listen}\" can be reached from other machines: set access.view_token and access.publish_token \
         (or NEXUSFLOW_ACCESS__VIEW_TOKEN and NEXUSFLOW_ACCESS__PUBLISH_TOKEN), at least {TOKEN_BYTES_MIN} characters each, as has access.act_token where it is set"
    )]
    Open {
        /// The address.
        listen: SocketAddr,
    },
    /// A certificate without its key, or the other way round.
    #[error("gateway.{key} needs gateway.{needs} as well")]
    HalfTls {
        /// The key of the settings that is there.
        key: &'static str,
        /// The one that is missing.
        needs: &'static str,
    },
    /// The certificate or its key can't be used.
    #[error("gateway.{key}: {} can't be used: {cause}", path.display())]
    Tls {
        /// The key of the settings.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The server ended.
    #[error("the HTTP server ended: {0}")]
    Serve(std::io::Error),
}

/// The gateway, listening and not yet serving.
pub struct Gateway {
    hub: SharedHub,
    access: Arc<AccessSettings>,
    listener: TcpListener,
    tls: Option<(Files, rustls::ServerConfig)>,
    address: SocketAddr,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Whether these settings are safe.
///
/// # Errors
/// Where the gateway could be reached from other machines without tokens, or with ones that can be guessed; where there is a
/// certificate without a key.
pub fn check(settings: &GatewaySettings, access: &AccessSettings) -> Result<(), GatewayError> {
    settings.tls_files()?;
    let good = |token: &Option<String>| token.as_ref().is_some_and(|token| token.len() >= TOKEN_BYTES_MIN);
    let acts = access.act_token.is_none() || good(&access.act_token);
    let is_safe = good(&access.view_token) && good(&access.publish_token) && acts;
    if settings.listen.ip().is_loopback() || is_safe {
        Ok(())
    } else {
        Err(GatewayError::Open { listen: settings.listen })
    }
}

impl Gateway {
    /// Listens, and begins to take in what the workers tell.
    ///
    /// # Errors
    /// Where the address can't be had, or would be open to everybody.
    pub async fn start(
        log: Log,
        settings: &GatewaySettings,
        access: AccessSettings,
        intake: Intake,
        sources: Vec<(String, String)>,
        shutdown: watch::Receiver<bool>,
    ) -> Result<Self, GatewayError> {
        check(settings, &access)?;
        let tls = settings.tls_files()?.map(|files| Ok((files.clone(), files.read()?))).transpose()?;
        let listen = settings.listen;
        let listener = TcpListener::bind(listen).await.map_err(|cause| GatewayError::Listen { listen, cause })?;
        let address = listener.local_addr().map_err(|cause| GatewayError::Listen { listen, cause })?;
        let epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let hub = Arc::new(Hub {
            lags: Lags::new(log.partitions()),
            log,
            state: Mutex::new(State::default()),
            changed: Notify::new(),
            feeds: Feeds::new(),
            activities: Activities::new(),
            board: Board::new(),
            intake,
            sources,
            epoch: format!("{epoch:x}"),
            viewers: AtomicU64::new(0),
            subscriptions: AtomicU64::new(0),
            dead_letters: AtomicU64::new(0),
            started_at: Instant::now(),
            shutdown,
        });
        tokio::spawn(absorb::run(Arc::clone(&hub)));
        tokio::spawn(leases::run(Arc::clone(&hub)));
        tokio::spawn(render::run(Arc::clone(&hub)));
        tokio::spawn(board::run(Arc::clone(&hub)));
        tokio::spawn(board::outward::run(Arc::clone(&hub)));
        tokio::spawn(count_dead_letters(Arc::clone(&hub)));
        Ok(Self { hub, access: Arc::new(access), listener, tls, address })
    }

    /// The owners of partitions, as this gateway hears of them.
    pub fn owners(&self) -> Owners {
        Owners(Arc::clone(&self.hub))
    }

    /// The views, for others in this process.
    pub fn views(&self) -> Views {
        Views(Arc::clone(&self.hub))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`, then lets every viewer know. `publish` is what takes events in, `act` what is done about alerts; who
    /// asks them has the right to. `hooks` needs no right: each of its requests proves itself.
    ///
    /// # Errors
    /// Where the server ends by itself.
    pub async fn serve(self, publish: Router, act: Router, hooks: Router) -> Result<(), GatewayError> {
        let guard = |right| from_fn_with_state(Guard::new(&self.access, right), Guard::check);
        let views = Router::new()
            .route("/api/v1/views", get(api::topics))
            .route("/api/v1/views/{topic}", get(api::view))
            .route("/api/v1/deals", get(deals::deals))
            .route("/api/v1/customers", get(api::customers))
            .route("/api/v1/customers/{id}", get(api::customer))
            .route("/api/v1/texts", get(texts::list))
            .route("/api/v1/alerts", get(requests::list))
            .route("/api/v1/alerts/{customer}/{alert}", get(requests::one))
            .route("/api/v1/deliveries", get(requests::deliveries))
            .route("/api/v1/targets", get(requests::targets))
            .route("/api/v1/live", get(api::live))
            .route("/api/stream", get(stream::serve))
            .route("/metrics", get(api::metrics))
            .layer(guard(Right::View))
            .with_state(Arc::clone(&self.hub));
        let tests =
            Router::new().route("/api/v1/targets/{name}/test", post(requests::test)).with_state(Arc::clone(&self.hub));
        let open = Router::new()
            .route("/api/v1/event-types", get(api::event_types))
            .route("/api/v1/event-types/{type}", get(api::event_type))
            .route("/api/v1/event-types/{type}/example", get(api::event_example))
            .route("/healthz", get(api::healthz))
            .route("/readyz", get(api::readyz))
            .with_state(Arc::clone(&self.hub));
        let app = views
            .merge(publish.layer(guard(Right::Publish)))
            .merge(act.merge(tests).layer(guard(Right::Act)))
            .merge(open)
            .merge(documents::router())
            .merge(hooks)
            .merge(access::router(&self.access, self.tls.is_some()))
            .route("/api/{*rest}", axum::routing::any(no_such))
            .fallback(assets::serve);
        let shutdown = self.hub.shutdown.clone();
        listen::serve(self.listener, self.tls, app, shutdown).await.map_err(GatewayError::Serve)
    }
}

async fn no_such() -> axum::response::Response {
    api::error(axum::http::StatusCode::NOT_FOUND, "not_found", "there is no such request; see docs/api.md")
}

/// Counts the dead letters that still wait for somebody.
async fn count_dead_letters(hub: SharedHub) {
    let mut shutdown = hub.shutdown.clone();
    let mut every = tokio::time::interval(Duration::from_secs(2));
    let mut letters = None;
    loop {
        tokio::select! {
            () = nexusflow_log::raised(&mut shutdown) => return,
            _ = every.tick() => {}
        }
        if letters.is_none() {
            letters = DeadLetterBox::open(&hub.log).await.ok();
        }
        let Some(letters) = &letters else { continue };
        if let Ok(count) = letters.count().await {
            hub.dead_letters.store(count.waiting, Ordering::Relaxed);
        }
    }
}
