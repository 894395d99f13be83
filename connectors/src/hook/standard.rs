//! Standard Webhooks (<https://www.standardwebhooks.com>): what any system can speak that has no vocabulary of its own here.

use super::signature::{Encoding, Hash, is_of, is_recent};
use super::{Request, Unverified, Verify};
use crate::source::{Body, Connector, Named, Opened, Sample, Secrets, Way, read_secrets};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "standard",
    about: "Standard Webhooks: CloudEvents as they are, or any JSON by a mapping",
    open,
    page: include_str!("../../../docs/connect/standard.md"),
    example: "secret_file = \"secret\"",
    samples: &[Sample {
        what: "an order, as a CloudEvent",
        headers: &[("content-type", "application/json")],
        body: r#"{"specversion":"1.0","id":"order-1","source":"/shop","type":"order.placed","subject":"customer-1","time":"2026-01-05T10:00:00Z","data":{"order":"1","total":{"minor":1250,"currency":"EUR"}}}"#,
        becomes: &["order.placed"],
    }],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    mapping: Option<String>,
}

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let Settings { secret_file, secret_env, mapping } = table.try_into().map_err(|e| e.to_string())?;
    let secrets = read_secrets(&named.folder, secret_file.as_deref(), secret_env.as_deref())?;
    let body = Body::new(mapping.as_deref(), &named.folder, &named.uri)?;
    Ok(Opened { decoder: Arc::new(body), way: Way::Hook(Box::new(Standard::new(&secrets)?)) })
}

/// Its signature: over `id.timestamp.body`.
#[derive(Debug)]
struct Standard {
    keys: Vec<Vec<u8>>,
}

impl Standard {
    fn new(secrets: &Secrets) -> Result<Self, String> {
        let key = |secret: &String| {
            let key = secret.strip_prefix(PREFIX).and_then(|encoded| Encoding::Base64.decode(encoded));
            let key = key.filter(|key| key.len() >= 16);
            key.ok_or_else(|| {
                "the secret must be whsec_ and the base64 of 16 bytes at least: `echo whsec_$(openssl rand -base64 32)` makes one"
                    .to_owned()
            })
        };
        Ok(Self { keys: secrets.0.iter().map(key).collect::<Result<_, _>>()? })
    }
}

impl Verify for Standard {
    fn verify(&self, request: &Request<'_>) -> Result<(), Unverified> {
        let header = |name: &'static str| request.header(name).ok_or_else(|| Unverified::Missing(name.into()));
        let (id, time) = (header("webhook-id")?, header("webhook-timestamp")?);
        is_recent(time, "webhook-timestamp", request.at)?;
        let signatures = header("webhook-signature")?.split(' ');
        let mut signatures = signatures.filter_map(|one| Encoding::Base64.decode(one.strip_prefix("v1,")?));
        let parts = [id.as_bytes(), b".", time.as_bytes(), b".", request.body];
        if signatures.any(|signature| is_of(Hash::Sha256, &self.keys, &parts, &signature)) {
            return Ok(());
        }
        Err(Unverified::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrival::Headers;
    use bytes::Bytes;
    use nexusflow_model::Timestamp;

    /// The example of the specification's own libraries.
    #[test]
    fn the_published_vector_is_verified() {
        let standard = Standard::new(&Secrets(vec!["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()])).unwrap();
        let verify = |body: &'static str, time: &str, now_s: i64, signature: &str| {
            let headers = [
                ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                ("webhook-timestamp", time),
                ("webhook-signature", signature),
            ];
            let headers: Headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            standard.verify(&Request {
                method: "POST",
                path: "/hooks/a",
                public_url: "",
                headers: &headers,
                body: &Bytes::from_static(body.as_bytes()),
                at: Timestamp::from_ms(now_s * 1_000).unwrap(),
            })
        };
        let good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let body = r#"{"test": 2432232314}"#;
        assert_eq!(verify(body, "1614265330", 1_614_265_330, good), Ok(()));
        let several = format!("v1,AAAA v1a,BBBB {good}");
        assert_eq!(verify(body, "1614265330", 1_614_265_600, &several), Ok(()));
        assert_eq!(verify(body, "1614265330", 1_614_266_000, good), Err(Unverified::Time));
        assert_eq!(verify(r#"{"test": 2432232315}"#, "1614265330", 1_614_265_330, good), Err(Unverified::Wrong));
        assert_eq!(verify(body, "1614265330", 1_614_265_330, ""), Err(Unverified::Wrong));
    }
}
