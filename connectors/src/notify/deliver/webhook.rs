//! Webhooks as Standard Webhooks has them (<https://www.standardwebhooks.com>): signed over `id.timestamp.body`.

use super::Failure;
use super::post::Post;
use crate::notify::message::Message;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{HeaderName, HeaderValue};
use ring::hmac;
use serde_json::{Value, json};
use std::fmt;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// A shorter secret is none.
const BYTES_MIN: usize = 16;

/// A signed POST.
pub(in crate::notify) struct Webhook {
    post: Post,
    keys: Vec<hmac::Key>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("post", &self.post).finish_non_exhaustive()
    }
}

impl Webhook {
    /// Signed with each of the secrets, one a line: so that a secret can be changed without a gap.
    pub(super) fn new(post: Post, secrets: &str) -> Result<Self, String> {
        let lines = secrets.lines().map(str::trim).filter(|line| !line.is_empty());
        let keys: Vec<hmac::Key> = lines.map(key).collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err("the secret is empty".into());
        }
        Ok(Self { post, keys })
    }

    pub(super) async fn tell(&self, message: &Message, now_s: i64) -> Result<u16, Failure> {
        let body = serde_json::to_vec(&body(message)).unwrap_or_default();
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Failure::new("an id that is no header"));
        let headers = [
            (HeaderName::from_static("webhook-id"), value(&message.id)?),
            (HeaderName::from_static("webhook-timestamp"), now_s.into()),
            (HeaderName::from_static("webhook-signature"), value(&self.signature(&message.id, now_s, &body))?),
        ];
        self.post.send(&headers, body.into()).await
    }

    /// One signature a key.
    fn signature(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        let sign = |key: &hmac::Key| {
            let mut context = hmac::Context::with_key(key);
            context.update(format!("{id}.{timestamp_s}.").as_bytes());
            context.update(body);
            format!("v1,{}", STANDARD.encode(context.sign()))
        };
        self.keys.iter().map(sign).collect::<Vec<_>>().join(" ")
    }
}

fn key(secret: &str) -> Result<hmac::Key, String> {
    let bytes = secret.strip_prefix(PREFIX).and_then(|encoded| STANDARD.decode(encoded).ok());
    match bytes {
        Some(bytes) if bytes.len() >= BYTES_MIN => Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes)),
        _ => Err("the secret must be whsec_ and the base64 of 16 bytes at least: `echo whsec_$(openssl rand -base64 32)` makes one".into()),
    }
}

/// The same over all attempts.
fn body(message: &Message) -> Value {
    let kind = match message.what.as_str() {
        "test" => "test".to_owned(),
        "alerts" => "alerts.grouped".to_owned(),
        "digest" => "alerts.digest".to_owned(),
        what => format!("alert.{what}"),
    };
    json!({
        "type": kind,
        "timestamp": message.at,
        "data": {
            "headline": message.headline(), "severity": message.severity, "group": message.group, "count": message.count,
            "alerts": message.alerts,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(secrets: &str) -> Result<Webhook, String> {
        Webhook::new(Post::to("https://example.org/", None).unwrap(), secrets)
    }

    /// The example that the libraries of Standard Webhooks are tested with.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let webhook = webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = webhook.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_sign_twice() {
        let both = webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n\nwhsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAA\n").unwrap();
        let signatures = both.signature("a", 1, b"");
        assert_eq!(signatures.split(' ').filter(|part| part.starts_with("v1,")).count(), 2);
    }

    #[test]
    fn what_is_no_secret_is_said_without_repeating_it() {
        for bad in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64 at all !"] {
            let said = webhook(bad).unwrap_err();
            assert!(bad.len() < 7 || !said.contains(bad), "{said}");
        }
    }
}
