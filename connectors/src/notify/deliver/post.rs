//! A POST of JSON: a connection a request, no redirects, and no more of the answer is read than its head.

use super::Failure;
use crate::notify::place::{self, Place};
use crate::tls;
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::fmt;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// However long a target asks us to wait, we ask again after this.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// Where it goes.
pub(super) struct Post {
    place: Place,
    target: Uri,
    host: HeaderValue,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path may be a secret.
        f.debug_tuple("Post").field(&self.place).finish()
    }
}

impl Post {
    /// To an address; certificates of `authority` are trusted beside the system's.
    pub(super) fn to(url: &str, authority: Option<&str>) -> Result<Self, String> {
        let (url, place) = place::of_url(url).map_err(|reason| format!("url {reason}"))?;
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let target = path.parse().map_err(|_| "url has a path that can't be asked for")?;
        let shown = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        };
        let host = HeaderValue::from_str(&shown).map_err(|_| "url names a host that can't be asked for")?;
        let tls = match url.scheme() {
            "https" => {
                let name =
                    ServerName::try_from(place.host.clone()).map_err(|_| "url names a host that TLS can't check")?;
                Some((TlsConnector::from(tls::client(authority)?), name))
            }
            _ => None,
        };
        Ok(Self { place, target, host, tls })
    }

    /// Posts; the status, if it is 2xx.
    pub(super) async fn send(&self, headers: &[(HeaderName, HeaderValue)], body: Bytes) -> Result<u16, Failure> {
        let stream = TcpStream::connect((self.place.host.as_str(), self.place.port)).await;
        let stream = stream.map_err(|error| Failure::new(format!("can't connect: {error}")))?;
        drop(stream.set_nodelay(true));
        match &self.tls {
            None => self.ask(TokioIo::new(stream), headers, body).await,
            Some((connector, name)) => {
                let secured = connector.connect(name.clone(), stream).await;
                let secured = secured.map_err(|error| Failure::new(format!("TLS: {error}")))?;
                self.ask(TokioIo::new(secured), headers, body).await
            }
        }
    }

    async fn ask<T>(&self, io: T, headers: &[(HeaderName, HeaderValue)], body: Bytes) -> Result<u16, Failure>
    where
        T: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    {
        let broken = |error: hyper::Error| Failure::new(format!("no answer in HTTP: {error}"));
        let (mut sender, connection) = http1::handshake(io).await.map_err(broken)?;
        let mut request =
            Request::post(self.target.clone()).body(Full::new(body)).map_err(|_| Failure::new("no request"))?;
        let said = request.headers_mut();
        said.insert(HOST, self.host.clone());
        said.insert(USER_AGENT, HeaderValue::from_static(concat!("NexusFlow/", env!("CARGO_PKG_VERSION"))));
        said.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        said.extend(headers.iter().cloned());
        // Neither goes on without the other. With the answer's head all is said: the connection is dropped with the rest.
        let (mut answering, mut connection) = (pin!(sender.send_request(request)), pin!(connection));
        let answer = tokio::select! {
            answer = &mut answering => answer,
            // A server that closes may have answered before.
            _ = &mut connection => answering.await,
        };
        let answer = answer.map_err(broken)?;
        judge(answer.status().as_u16(), answer.headers())
    }
}

/// What a status means.
fn judge(status: u16, headers: &HeaderMap) -> Result<u16, Failure> {
    if (200..300).contains(&status) {
        return Ok(status);
    }
    let detail = match status {
        300..400 => format!("answered {status}: redirects are not followed"),
        _ => format!("answered {status}"),
    };
    let retry_after = headers.get(RETRY_AFTER).and_then(|value| pause(value.to_str().ok()?, jiff::Timestamp::now()));
    Err(Failure {
        status: Some(status),
        detail,
        retry_after: retry_after.map(|pause| pause.min(RETRY_AFTER_MAX)),
        // Bad request, too large, wrong type, not to be processed.
        is_about_message: matches!(status, 400 | 413 | 415 | 422),
    })
}

/// `Retry-After`: seconds, or a date.
fn pause(said: &str, now: jiff::Timestamp) -> Option<Duration> {
    if let Ok(seconds) = said.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(said.trim()).ok()?.timestamp();
    Duration::try_from(at.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: jiff::Timestamp = "2026-01-31T09:30:00Z".parse().unwrap();
        assert_eq!(pause("120", now), Some(Duration::from_secs(120)));
        assert_eq!(pause("Sat, 31 Jan 2026 09:31:00 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(pause("Sat, 31 Jan 2026 09:29:00 GMT", now), None);
        assert_eq!(pause("soon", now), None);
    }

    #[test]
    fn only_some_answers_are_about_the_message() {
        let mut headers = HeaderMap::new();
        assert_eq!(judge(204, &headers), Ok(204));
        assert!(judge(422, &headers).unwrap_err().is_about_message);
        assert!(judge(302, &headers).unwrap_err().detail.contains("not followed"));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("999999"));
        let busy = judge(503, &headers).unwrap_err();
        assert_eq!((busy.retry_after, busy.is_about_message), (Some(RETRY_AFTER_MAX), false));
    }
}
