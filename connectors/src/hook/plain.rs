//! What is the same for most systems: a secret, how customers are told apart, and a signature over the body alone.

use super::signature::{Encoding, Hash, is_of};
use super::{Greeting, Request, Unverified, Verify};
use crate::source::{Customers, Named, Secrets, read_secrets};
use serde::Deserialize;
use std::path::PathBuf;

/// The settings of a system that has no others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    #[serde(default)]
    customers: Customers,
}

/// The secrets of a source that has no other settings, and how its customers are told apart.
pub(super) fn settings(named: &Named, table: toml::Table) -> Result<(Secrets, Customers), String> {
    let Settings { secret_file, secret_env, customers } =
        table.try_into().map_err(|e: toml::de::Error| e.to_string())?;
    Ok((read_secrets(&named.folder, secret_file.as_deref(), secret_env.as_deref())?, customers))
}

/// A signature over the body, with nothing that says when. Somebody who listened may send it again: its events have the ids that
/// they had, and count once.
#[derive(Debug)]
pub(super) struct OfBody {
    pub(super) secrets: Secrets,
    /// The header that it stands in.
    pub(super) header: &'static str,
    /// What it begins with there.
    pub(super) prefix: &'static str,
    pub(super) hash: Hash,
    pub(super) encoding: Encoding,
    /// What the decoder reads of the headers.
    pub(super) headers: &'static [&'static str],
    /// Whether the system asks with HEAD whether anybody is there.
    pub(super) answers_head: bool,
}

impl Verify for OfBody {
    fn verify(&self, request: &Request<'_>) -> Result<(), Unverified> {
        let header = request.header(self.header).ok_or_else(|| Unverified::Missing(self.header.into()))?;
        let signature = header.strip_prefix(self.prefix).and_then(|text| self.encoding.decode(text));
        let signature = signature.ok_or_else(|| Unverified::Unreadable(self.header.into()))?;
        let is_right = is_of(self.hash, &self.secrets.0, &[request.body], &signature);
        if is_right { Ok(()) } else { Err(Unverified::Wrong) }
    }

    fn headers(&self) -> &'static [&'static str] {
        self.headers
    }

    fn greet(&self, request: &Request<'_>) -> Option<Greeting> {
        let asks = self.answers_head && request.method == "HEAD";
        asks.then(|| Greeting { status: 200, content_type: "text/plain", body: String::new() })
    }
}
