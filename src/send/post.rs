//! The door of a NexusFlow, as any system sees it.

use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long an answer may take: longer than the door itself waits for its log.
const WITHIN: Duration = Duration::from_secs(30);
/// How often what was turned away for now is sent again.
const ATTEMPTS: u32 = 10;

/// Where events are taken in.
pub(super) struct Door {
    agent: Agent,
    url: String,
    token: Option<String>,
}

impl Door {
    /// Of the NexusFlow at `url`.
    pub(super) fn new(url: &str, token: Option<String>) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls =
            TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).unversioned_rustls_crypto_provider(provider);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(WITHIN))
            .tls_config(tls.build())
            .build();
        Self { agent: agent.into(), url: format!("{}/api/v1/events", url.trim_end_matches('/')), token }
    }

    /// Publishes one event; where it was stored.
    ///
    /// # Errors
    /// Why it was not stored.
    pub(super) fn single(&self, event: &Value) -> Result<String, String> {
        let (status, answer) = self.patiently("application/cloudevents+json", &event.to_string())?;
        match answer["place"].as_str() {
            Some(place) if status == 201 => Ok(place.to_owned()),
            _ => Err(self.why(status, &answer)),
        }
    }

    /// Publishes a batch; how many of it were stored.
    ///
    /// # Errors
    /// Why not all of it were.
    pub(super) fn batch(&self, events: &[Value]) -> Result<u64, String> {
        let body = Value::from(events).to_string();
        let (status, answer) = self.patiently("application/cloudevents-batch+json", &body)?;
        match answer["stored"].as_u64() {
            Some(stored) if status == 200 => Ok(stored),
            _ => Err(self.why(status, &answer)),
        }
    }

    /// Who is told to come back does: what is sent again under the same id counts once.
    fn patiently(&self, content_type: &str, body: &str) -> Result<(u16, Value), String> {
        for _ in 1..ATTEMPTS {
            let (status, answer) = self.post(content_type, body)?;
            let wait = answer["error"]["retry_after_s"].as_u64().or(answer["retry_after_s"].as_u64());
            match wait {
                Some(seconds) => std::thread::sleep(Duration::from_secs(seconds.clamp(1, 10))),
                None => return Ok((status, answer)),
            }
        }
        self.post(content_type, body)
    }

    fn post(&self, content_type: &str, body: &str) -> Result<(u16, Value), String> {
        let mut request = self.agent.post(&self.url).header("content-type", content_type);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let away = |error: ureq::Error| {
            format!("can't reach {}: {error}. Is NexusFlow up there? --url says where it is", self.url)
        };
        let mut answer = request.send(body).map_err(away)?;
        let text = answer.body_mut().read_to_string().map_err(away)?;
        Ok((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or_default()))
    }

    fn why(&self, status: u16, answer: &Value) -> String {
        let error = &answer["error"];
        let message = error["message"].as_str().unwrap_or("that is not how NexusFlow answers");
        let place = match error["field"].as_str() {
            Some(field) if field != "." => format!("{field}: "),
            _ => String::new(),
        };
        let token = if status == 401 { "; give the token for publishing with --token-file" } else { "" };
        let first = answer["rejected"][0]["reason"].as_str().map(|reason| format!(" (the first: {reason})"));
        format!("{} answered {status}: {place}{message}{}{token}", self.url, first.unwrap_or_default())
    }
}
