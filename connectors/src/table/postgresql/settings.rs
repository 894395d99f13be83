//! What a source of this kind is told.

use super::tls::{self, Tls};
use crate::files::Mapping;
use crate::source::{Named, read_secrets};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// As it stands in the settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    host: String,
    #[serde(default = "usual_port")]
    port: u16,
    database: String,
    user: String,
    password_file: Option<PathBuf>,
    password_env: Option<String>,
    tls: Option<bool>,
    ca_file: Option<PathBuf>,
    pub(super) mapping: String,
    slot: Option<String>,
    publication: Option<String>,
    #[serde(default)]
    snapshot: bool,
}

fn usual_port() -> u16 {
    5432
}

/// A database, as it is read.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: String,
    pub(super) user: String,
    pub(super) password: Option<Password>,
    pub(super) tls: Option<Tls>,
    pub(super) slot: String,
    pub(super) publication: String,
    pub(super) snapshot: bool,
    /// Each with its schema: `public.orders`.
    pub(super) tables: BTreeSet<(String, String)>,
}

/// Hides itself.
pub(super) struct Password(pub(super) String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

impl Settings {
    /// What it comes to.
    pub(super) fn check(self, named: &Named, mapping: &Mapping) -> Result<Database, String> {
        let is_local = self.host == "localhost" || self.host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        let tls = match self.tls.unwrap_or(!is_local) {
            false if !is_local => {
                return Err(
                    "tls = false is for a server on this machine: passwords and rows would be readable on the way"
                        .into(),
                );
            }
            false => None,
            true => Some(tls::new(&self.host, self.ca_file.map(|file| named.folder.join(file)).as_deref())?),
        };
        let password = match (&self.password_file, &self.password_env) {
            (None, None) => None,
            (file, variable) => {
                let read = read_secrets(&named.folder, file.as_deref(), variable.as_deref());
                let read = read.map_err(|reason| reason.replace("secret", "password"))?;
                read.0.into_iter().next().map(Password)
            }
        };
        let usual = format!("nexusflow_{}", named.name.replace('-', "_"));
        let slot = self.slot.unwrap_or_else(|| usual.clone());
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if slot.is_empty() || slot.len() > 63 || !slot.bytes().all(is_plain) {
            return Err("slot must be 1 to 63 lower-case letters, digits and _".into());
        }
        Ok(Database {
            host: self.host,
            port: self.port,
            database: self.database,
            user: self.user,
            password,
            tls,
            slot,
            publication: self.publication.unwrap_or(usual),
            snapshot: self.snapshot,
            tables: tables(mapping)?,
        })
    }
}

/// The tables that a mapping means.
fn tables(mapping: &Mapping) -> Result<BTreeSet<(String, String)>, String> {
    let table = |(file, path): (&str, &str)| match path.split_once('.') {
        Some((schema, table)) if !schema.is_empty() && !table.is_empty() && !path.contains('*') => {
            Ok((schema.to_owned(), table.to_owned()))
        }
        _ => Err(format!(
            "mapping: path of the file \"{file}\" must name a table with its schema, such as \"public.orders\""
        )),
    };
    mapping.paths().map(table).collect()
}
