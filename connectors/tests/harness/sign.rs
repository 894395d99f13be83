//! How each system signs, written from its documentation and apart from the code that verifies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{self, Algorithm, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256};

/// What is signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    /// Where it is sent: scheme, host and port.
    pub(crate) url: &'a str,
    /// Path and query.
    pub(crate) path: &'a str,
    pub(crate) body: &'a [u8],
    /// The sender's clock.
    pub(crate) at_ms: i64,
}

/// The headers that prove a message, with the example settings of its kind; none for a kind that is unknown here.
pub(crate) fn sign(kind: &str, secret: &str, message: &Message<'_>) -> Option<Vec<(&'static str, String)>> {
    let Message { url, path, body, at_ms } = *message;
    let seconds = (at_ms / 1_000).to_string();
    let secret = secret.as_bytes();
    Some(match kind {
        "standard" => {
            let key = STANDARD.decode(&secret["whsec_".len()..]).ok()?;
            let signature = base64(HMAC_SHA256, &key, &[b"msg_1.", seconds.as_bytes(), b".", body]);
            vec![
                ("webhook-id", "msg_1".into()),
                ("webhook-timestamp", seconds),
                ("webhook-signature", format!("v1,{signature}")),
            ]
        }
        "hmac" => {
            let signature = hex(HMAC_SHA256, secret, &[b"v0:", seconds.as_bytes(), b":", body]);
            vec![("x-request-timestamp", seconds), ("x-signature", format!("v0={signature}"))]
        }
        "shopify" => vec![("x-shopify-hmac-sha256", base64(HMAC_SHA256, secret, &[body]))],
        "stripe" => {
            let signature = hex(HMAC_SHA256, secret, &[seconds.as_bytes(), b".", body]);
            vec![("stripe-signature", format!("t={seconds},v1={signature}"))]
        }
        "zendesk" => {
            let time = nexusflow_model::Timestamp::from_ms(at_ms).ok()?.to_string();
            let signature = base64(HMAC_SHA256, secret, &[time.as_bytes(), body]);
            vec![("x-zendesk-webhook-signature-timestamp", time), ("x-zendesk-webhook-signature", signature)]
        }
        "hubspot" => {
            let time = at_ms.to_string();
            let parts = [b"POST", url.as_bytes(), path.as_bytes(), body, time.as_bytes()];
            let signature = base64(HMAC_SHA256, secret, &parts);
            vec![("x-hubspot-request-timestamp", time), ("x-hubspot-signature-v3", signature)]
        }
        "intercom" => {
            vec![("x-hub-signature", format!("sha1={}", hex(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret, &[body])))]
        }
        "typeform" => vec![("typeform-signature", format!("sha256={}", base64(HMAC_SHA256, secret, &[body])))],
        "twilio" => {
            let mut fields: Vec<_> = url::form_urlencoded::parse(body).into_owned().collect();
            fields.sort();
            let fields: String = fields.into_iter().map(|(name, value)| name + &value).collect();
            let parts = [url.as_bytes(), path.as_bytes(), fields.as_bytes()];
            vec![("x-twilio-signature", base64(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret, &parts))]
        }
        "segment" => vec![("x-signature", hex(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret, &[body]))],
        _ => return None,
    })
}

fn tag(hash: Algorithm, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hash, key), &parts.concat()).as_ref().to_vec()
}

fn base64(hash: Algorithm, key: &[u8], parts: &[&[u8]]) -> String {
    STANDARD.encode(tag(hash, key, parts))
}

fn hex(hash: Algorithm, key: &[u8], parts: &[&[u8]]) -> String {
    tag(hash, key, parts).iter().map(|byte| format!("{byte:02x}")).collect()
}
