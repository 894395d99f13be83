//! Any system that signs what it sends with HMAC: the settings say how.

use super::signature::{Encoding, Hash, is_of, is_recent};
use super::{Request, Unverified, Verify};
use crate::source::{Body, Connector, Named, Opened, Sample, Secrets, Way, read_secrets};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "hmac",
    about: "Any system that signs with HMAC: CloudEvents as they are, or any JSON by a mapping",
    open,
    page: include_str!("../../../docs/connect/hmac.md"),
    example: r#"secret_file = "secret"
header = "X-Signature"
prefix = "v0="
signs = "v0:{timestamp}:{body}"
timestamp_header = "X-Request-Timestamp""#,
    samples: &[Sample {
        what: "an order, as a CloudEvent",
        headers: &[("content-type", "application/json")],
        body: r#"{"specversion":"1.0","id":"order-1","source":"/erp","type":"order.placed","subject":"customer-1","time":"2026-01-05T10:00:00Z","data":{"order":"1","total":{"minor":1250,"currency":"EUR"}}}"#,
        becomes: &["order.placed"],
    }],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    mapping: Option<String>,
    header: String,
    #[serde(default)]
    prefix: String,
    #[serde(default = "sha256")]
    hash: Hash,
    #[serde(default = "hex")]
    encoding: Encoding,
    #[serde(default = "body")]
    signs: String,
    timestamp_header: Option<String>,
    id_header: Option<String>,
}

const fn sha256() -> Hash {
    Hash::Sha256
}

const fn hex() -> Encoding {
    Encoding::Hex
}

fn body() -> String {
    "{body}".into()
}

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let settings: Settings = table.try_into().map_err(|e: toml::de::Error| e.to_string())?;
    let secrets = read_secrets(&named.folder, settings.secret_file.as_deref(), settings.secret_env.as_deref())?;
    let body = Body::new(settings.mapping.as_deref(), &named.folder, &named.uri)?;
    Ok(Opened { decoder: Arc::new(body), way: Way::Hook(Box::new(Signed::new(settings, secrets)?)) })
}

/// A piece of what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Body,
    Timestamp,
    Id,
}

#[derive(Debug)]
struct Signed {
    secrets: Secrets,
    header: String,
    prefix: String,
    hash: Hash,
    encoding: Encoding,
    parts: Vec<Part>,
    timestamp: Option<String>,
    id: Option<String>,
}

impl Signed {
    fn new(settings: Settings, secrets: Secrets) -> Result<Self, String> {
        let parts = parts(&settings.signs)?;
        let lower = |name: Option<String>| name.map(|name| name.to_ascii_lowercase());
        let (timestamp, id) = (lower(settings.timestamp_header), lower(settings.id_header));
        let uses = |part: Part| parts.contains(&part);
        if !uses(Part::Body) {
            return Err("signs must have {body}: what is not signed can be changed by anybody".into());
        }
        for (name, is_used, is_set) in
            [("timestamp", uses(Part::Timestamp), timestamp.is_some()), ("id", uses(Part::Id), id.is_some())]
        {
            if is_used != is_set {
                return Err(format!("signs has {{{name}}} if and only if {name}_header says where it stands"));
            }
        }
        let header = settings.header.to_ascii_lowercase();
        let Settings { prefix, hash, encoding, .. } = settings;
        Ok(Self { secrets, header, prefix, hash, encoding, parts, timestamp, id })
    }
}

/// The pieces of `v0:{timestamp}:{body}`.
fn parts(signs: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = signs;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or("signs has a { without its }")?;
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(match name {
            "body" => Part::Body,
            "timestamp" => Part::Timestamp,
            "id" => Part::Id,
            _ => return Err("signs knows {body}, {timestamp} and {id}".into()),
        });
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

impl Verify for Signed {
    fn verify(&self, request: &Request<'_>) -> Result<(), Unverified> {
        let header = |name: &str| request.header(name).ok_or_else(|| Unverified::Missing(name.into()));
        let timestamp = self.timestamp.as_deref().map(|name| Ok((name, header(name)?))).transpose()?;
        let id = self.id.as_deref().map(header).transpose()?;
        if let Some((name, seconds)) = timestamp {
            is_recent(seconds, name, request.at)?;
        }
        let signature = header(&self.header)?.strip_prefix(self.prefix.as_str());
        let signature = signature.and_then(|signature| self.encoding.decode(signature));
        let signature = signature.ok_or_else(|| Unverified::Unreadable(self.header.clone()))?;
        let piece = |part: &'_ Part| -> Vec<u8> {
            match part {
                Part::Text(text) => text.as_bytes().to_vec(),
                Part::Body => request.body.to_vec(),
                Part::Timestamp => timestamp.map_or_else(Vec::new, |(_, seconds)| seconds.as_bytes().to_vec()),
                Part::Id => id.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
            }
        };
        let pieces: Vec<Vec<u8>> = self.parts.iter().map(piece).collect();
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let is_right = is_of(self.hash, &self.secrets.0, &pieces, &signature);
        if is_right { Ok(()) } else { Err(Unverified::Wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrival::Headers;
    use bytes::Bytes;
    use nexusflow_model::Timestamp;

    fn signed(settings: &str, secret: &str) -> Result<Signed, String> {
        let settings: Settings = toml::from_str(settings).map_err(|error| error.to_string())?;
        Signed::new(settings, Secrets(vec![secret.into()]))
    }

    fn verify(signed: &Signed, body: &'static str, now_s: i64, headers: &[(&str, &str)]) -> Result<(), Unverified> {
        let headers: Headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        signed.verify(&Request {
            method: "POST",
            path: "/hooks/a",
            public_url: "",
            headers: &headers,
            body: &Bytes::from_static(body.as_bytes()),
            at: Timestamp::from_ms(now_s * 1_000).unwrap(),
        })
    }

    /// The example of GitHub's documentation.
    #[test]
    fn the_vector_of_github_is_verified() {
        let settings = "header = \"X-Hub-Signature-256\"\nprefix = \"sha256=\"";
        let signed = signed(settings, "It's a Secret to Everybody").unwrap();
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let headers = [("x-hub-signature-256", signature)];
        assert_eq!(verify(&signed, "Hello, World!", 0, &headers), Ok(()));
        assert_eq!(verify(&signed, "Hello, World.", 0, &headers), Err(Unverified::Wrong));
        assert!(matches!(verify(&signed, "Hello, World!", 0, &[]), Err(Unverified::Missing(_))));
        let bare = [("x-hub-signature-256", &signature[7..])];
        assert!(matches!(verify(&signed, "Hello, World!", 0, &bare), Err(Unverified::Unreadable(_))));
    }

    /// The example of Slack's documentation.
    #[test]
    fn the_vector_of_slack_is_verified() {
        let settings = "header = \"X-Slack-Signature\"\nprefix = \"v0=\"\nsigns = \"v0:{timestamp}:{body}\"\n\
                        timestamp_header = \"X-Slack-Request-Timestamp\"";
        let signed = signed(settings, "8f742231b10e8888abcd99yyyzzz85a5").unwrap();
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F\
hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0\
bc887a14d10d2c447fce8b6703c";
        let headers = [
            ("x-slack-signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
            ("x-slack-request-timestamp", "1531420618"),
        ];
        assert_eq!(verify(&signed, body, 1_531_420_618, &headers), Ok(()));
        assert_eq!(verify(&signed, body, 1_531_421_000, &headers), Err(Unverified::Time));
    }

    #[test]
    fn settings_that_sign_nothing_or_name_no_header_are_refused() {
        let why = |settings: &str| signed(&format!("header = \"a\"\n{settings}"), "secret").err().unwrap_or_default();
        assert!(why("signs = \"{timestamp}\"\ntimestamp_header = \"t\"").contains("{body}"));
        assert!(why("signs = \"{timestamp}{body}\"").contains("timestamp_header"));
        assert!(why("timestamp_header = \"t\"").contains("{timestamp}"));
        assert!(why("signs = \"{body\"").contains("without"));
        assert!(why("signs = \"{body}{url}\"").contains("{id}"));
        assert!(why("hash = \"md5\"").contains("sha256"));
        assert_eq!(why("signs = \"{id}.{body}\"\nid_header = \"i\""), "");
    }
}
