//! TLS at the door: the certificate, and the next one when it is renewed.

use crate::server::GatewayError;
use axum_server::tls_rustls::RustlsConfig;
use nexusflow_log::raised;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;

/// How often the files are looked at: a certificate is renewed weeks before it ends.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The files of a certificate and its key, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Files {
    /// What rustls makes of them. Only HTTP/1.1 is offered: WebSockets need it.
    pub(crate) fn read(&self) -> Result<ServerConfig, GatewayError> {
        let wrong = |key: &'static str, path: &Path, cause: &dyn std::fmt::Display| GatewayError::Tls {
            key,
            path: path.to_owned(),
            cause: cause.to_string(),
        };
        let certificate = |cause: &dyn std::fmt::Display| wrong("tls_certificate_file", &self.certificate, cause);
        let chain = CertificateDer::pem_file_iter(&self.certificate).map_err(|cause| certificate(&cause))?;
        let chain: Vec<CertificateDer<'static>> =
            chain.collect::<Result<_, _>>().map_err(|cause| certificate(&cause))?;
        if chain.is_empty() {
            return Err(certificate(&"there is no certificate in it"));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|cause| wrong("tls_key_file", &self.key, &cause))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|cause| certificate(&cause))?
            .with_no_client_auth()
            .with_single_cert(chain, key);
        let mut config = config.map_err(|cause| wrong("tls_key_file", &self.key, &cause))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// When they were written last.
    fn written_at(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| std::fs::metadata(path).and_then(|about| about.modified()).ok())
    }
}

/// Takes the files anew whenever they were written, until `shutdown`. What can't be used changes nothing: perhaps only one of the two
/// is there yet.
pub(crate) async fn renew(files: Files, config: RustlsConfig, mut shutdown: watch::Receiver<bool>) {
    let mut every = tokio::time::interval(LOOK_EVERY);
    let mut known = files.written_at();
    let mut is_told = false;
    loop {
        tokio::select! {
            () = raised(&mut shutdown) => return,
            _ = every.tick() => {}
        }
        let written = files.written_at();
        if written == known {
            continue;
        }
        match files.read() {
            Ok(renewed) => {
                config.reload_from_config(Arc::new(renewed));
                tracing::info!("the certificate was renewed");
                (known, is_told) = (written, false);
            }
            Err(error) if !is_told => {
                tracing::warn!(%error, "the new certificate can't be used: the one before stays");
                is_told = true;
            }
            Err(_) => {}
        }
    }
}
