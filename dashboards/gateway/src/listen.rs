//! Serving HTTP on a socket, with TLS or without, to clients that may be slow and to ones that only pretend to be.

use crate::tls::{self, Files};
use axum::Router;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use nexusflow_log::raised;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long a client may take to say what it wants. It is also how long a connection may lie idle.
const ASK_WITHIN: Duration = Duration::from_secs(20);
/// How long what was asked before the end may take to be answered.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Serves `app` until `shutdown`, with TLS where there are files for it.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<(Files, rustls::ServerConfig)>,
    app: Router,
    mut shutdown: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let handle = Handle::new();
    let stopping = handle.clone();
    let renewing = shutdown.clone();
    tokio::spawn(async move {
        raised(&mut shutdown).await;
        stopping.graceful_shutdown(Some(ANSWER_WITHIN));
    });
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    // A small frame must not wait until the viewer's system has acknowledged the one before, which takes it up to 40 ms.
    let server = Server::<SocketAddr>::from_listener(listener).handle(handle);
    let Some((files, config)) = tls else {
        return patient(server.acceptor(NoDelayAcceptor::new())).serve(app).await;
    };
    let config = RustlsConfig::from_config(Arc::new(config));
    tokio::spawn(tls::renew(files, config.clone(), renewing));
    patient(server.acceptor(RustlsAcceptor::new(config).acceptor(NoDelayAcceptor::new()))).serve(app).await
}

/// Not patient for ever: who sends a request letter by letter does not keep a connection.
fn patient<A>(server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    let mut server = server.first_request_timeout(ASK_WITHIN);
    server.http_builder().http1().header_read_timeout(ASK_WITHIN);
    server
}
