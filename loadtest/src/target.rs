//! The gateway under test.

use crate::LoadtestError;
use hyper::header::{AUTHORIZATION, HOST, HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use hyper::{HeaderMap, Uri};
use nexusflow_log::Log;
use nexusflow_log::async_nats::Client;
use nexusflow_log::async_nats::jetstream::{self, Context};
use std::io;
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// What the system keeps for a connection that does not read, in bytes; it rounds up as it likes.
const NARROW: u32 = 32_768;
/// What is read from the gateway at once, in bytes: about a frame. As much is cleared before every attempt.
const READ_BYTES: usize = 16_384;

/// The gateway under test.
#[derive(Clone)]
pub struct Target {
    authority: String,
    publish_token: Option<String>,
    view_token: Option<String>,
    log: Option<Log>,
    configuration: Option<String>,
    nats: Option<Subject>,
}

/// A subject that is published on, as whoever may.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) jetstream: Context,
    pub(crate) name: String,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("authority", &self.authority).finish_non_exhaustive()
    }
}

impl Target {
    /// The gateway at `url`, `http://HOST:PORT`, with the tokens it asks for.
    ///
    /// # Errors
    /// Where the address is none, or not HTTP in the clear.
    pub fn new(url: &str, publish_token: Option<String>, view_token: Option<String>) -> Result<Self, LoadtestError> {
        let wrong =
            |reason: &dyn std::fmt::Display| LoadtestError::Address { url: url.into(), reason: reason.to_string() };
        let uri: Uri = url.parse().map_err(|error| wrong(&error))?;
        let host = uri.host().ok_or_else(|| wrong(&"it names no host"))?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong(&"it must begin with http://"));
        }
        let authority = format!("{host}:{}", uri.port_u16().unwrap_or(80));
        Ok(Self { authority, publish_token, view_token, log: None, configuration: None, nats: None })
    }

    /// The same, with the log behind it, which knows when it had what, and the configuration of both, as it may be shown.
    #[must_use]
    pub fn with_log(self, log: Log, configuration: String) -> Self {
        Self { log: Some(log), configuration: Some(configuration), ..self }
    }

    /// The same, but what is published goes to a subject on NATS, by a client who may publish there.
    #[must_use]
    pub fn by_nats(self, client: Client, subject: String) -> Self {
        Self { nats: Some(Subject { jetstream: jetstream::new(client), name: subject }), ..self }
    }

    pub(crate) fn log(&self) -> Option<&Log> {
        self.log.as_ref()
    }

    pub(crate) fn configuration(&self) -> Option<&str> {
        self.configuration.as_deref()
    }

    /// Where it is published, if not over HTTP.
    pub(crate) fn subject(&self) -> Option<&Subject> {
        self.nats.as_ref()
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) async fn connect(&self) -> Result<TcpStream, LoadtestError> {
        let failed = |cause| LoadtestError::Connect { authority: self.authority.clone(), cause };
        let stream = TcpStream::connect(&self.authority).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        Ok(stream)
    }

    /// A connection that takes in next to nothing ahead of its reader.
    pub(crate) async fn connect_narrow(&self) -> Result<TcpStream, LoadtestError> {
        let connect = async {
            let address = lookup_host(&self.authority).await?.next().ok_or(io::ErrorKind::NotFound)?;
            let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
            socket.set_recv_buffer_size(NARROW)?;
            socket.connect(address).await
        };
        connect.await.map_err(|cause| LoadtestError::Connect { authority: self.authority.clone(), cause })
    }

    /// A WebSocket over `stream` that speaks `nexusflow.live.v1`.
    pub(crate) async fn live(&self, stream: TcpStream) -> Result<WebSocketStream<TcpStream>, LoadtestError> {
        let mut request = format!("ws://{}/api/v1/live", self.authority).into_client_request()?;
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("nexusflow.live.v1"));
        authorize(request.headers_mut(), self.view_token.as_deref());
        let config = WebSocketConfig::default().read_buffer_size(READ_BYTES);
        let (socket, _) = client_async_with_config(request, stream, Some(config)).await?;
        Ok(socket)
    }

    /// What every request that publishes says of itself.
    pub(crate) fn publishing_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Ok(host) = HeaderValue::from_str(&self.authority) {
            headers.insert(HOST, host);
        }
        authorize(&mut headers, self.publish_token.as_deref());
        headers
    }
}

fn authorize(headers: &mut HeaderMap, token: Option<&str>) {
    if let Some(Ok(value)) = token.map(|token| HeaderValue::from_str(&format!("Bearer {token}"))) {
        headers.insert(AUTHORIZATION, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_with_a_host_is_an_address() {
        let authority = |url: &str| Target::new(url, None, None).map(|target| target.authority);
        assert_eq!(authority("http://127.0.0.1:8080").unwrap(), "127.0.0.1:8080");
        assert_eq!(authority("http://wall.example.com/").unwrap(), "wall.example.com:80");
        assert!(authority("https://wall.example.com").is_err());
        assert!(authority("127.0.0.1:8080").is_err());
    }
}
