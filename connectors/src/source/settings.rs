//! `[[source]]` of nexusflow.toml.

use super::{CONNECTORS, Connector, Named, Opened, Source, Way};
use nexusflow_model::Source as SourceUri;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A source that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("source {source_name:?}: {reason}")]
pub struct SourceError {
    /// Its name.
    pub source_name: String,
    /// The key, and what is wrong with it.
    pub reason: String,
}

/// The secrets of a source, newest first: two at a time, so that one can be changed without a gap.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets(pub Vec<String>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

/// Most secrets at a time.
const SECRETS_MAX: usize = 2;

/// The secrets in a file, one a line, or in a variable of the environment, one a line or parted by commas.
///
/// # Errors
/// The key of what is wrong; never a secret.
pub fn read_secrets(folder: &Path, file: Option<&Path>, variable: Option<&str>) -> Result<Secrets, String> {
    let text = match (file, variable) {
        (Some(_), Some(_)) => return Err("secret_file and secret_env say the same: set one".into()),
        (None, None) => return Err("secret_file must be set, or secret_env: what comes in has to be signed".into()),
        (Some(path), None) => {
            let path = folder.join(path);
            let read = std::fs::read_to_string(&path);
            read.map_err(|error| format!("secret_file: can't read {}: {error}", path.display()))?
        }
        (None, Some(name)) => {
            if name.starts_with("NEXUSFLOW_") {
                return Err("secret_env: names that begin with NEXUSFLOW_ are settings: choose another".into());
            }
            let value = std::env::var(name).map_err(|_| format!("secret_env: the environment has no {name}"))?;
            value.replace(',', "\n")
        }
    };
    let secrets: Vec<String> = text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    match secrets.len() {
        0 => Err("the secret is empty".into()),
        1..=SECRETS_MAX => Ok(Secrets(secrets)),
        n => Err(format!("{n} secrets are too many: the new one and the old one, {SECRETS_MAX} at most")),
    }
}

/// All sources that are configured.
#[derive(Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Reads the settings of sources; paths in them begin at `folder`.
    ///
    /// # Errors
    /// The first source that can't be used, and why.
    pub fn open(settings: &[toml::Table], folder: &Path) -> Result<Self, SourceError> {
        let mut sources: Vec<Source> = Vec::with_capacity(settings.len());
        for (at, table) in settings.iter().enumerate() {
            let source = open(table.clone(), folder, at)?;
            if sources.iter().any(|other| other.named.name == source.named.name) {
                let source_name = source.named.name.to_string();
                return Err(SourceError { source_name, reason: "there are two of that name".into() });
            }
            sources.push(source);
        }
        Ok(Self(sources))
    }

    /// Those there are.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    /// The source of that name.
    pub fn get(&self, name: &str) -> Option<&Source> {
        self.0.iter().find(|source| &*source.named.name == name)
    }

    /// Those that are read, as opposed to those that call.
    pub fn into_read(self) -> Vec<Source> {
        self.0.into_iter().filter(|source| matches!(source.way, Way::Read(_))).collect()
    }
}

fn open(mut table: toml::Table, folder: &Path, at: usize) -> Result<Source, SourceError> {
    let number = format!("number {}", at + 1);
    let wrong = |name: &str, reason: String| SourceError { source_name: name.to_owned(), reason };
    let mut text = |key: &str| match table.remove(key) {
        Some(toml::Value::String(text)) => Ok(text),
        Some(_) => Err(wrong(&number, format!("{key} must be a text"))),
        None => Err(wrong(&number, format!("{key} is missing"))),
    };
    let (name, kind) = (text("name")?, text("kind")?);
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || name.len() > 40 || !name.bytes().all(plain) {
        return Err(wrong(&name, "name must be 1 to 40 lower-case letters, digits and -".into()));
    }
    let connector = connector(&kind).map_err(|reason| wrong(&name, reason))?;
    let uri = SourceUri::new(&format!("/sources/{name}")).map_err(|error| wrong(&name, error.to_string()))?;
    let named = Named { name: Arc::from(name.as_str()), uri, folder: PathBuf::from(folder) };
    let Opened { decoder, way } = (connector.open)(&named, table).map_err(|reason| wrong(&name, reason))?;
    Ok(Source { named, kind: connector.kind, decoder, way })
}

/// The connector of that kind.
fn connector(kind: &str) -> Result<&'static Connector, String> {
    let found = CONNECTORS.iter().copied().find(|connector| connector.kind == kind);
    found.ok_or_else(|| {
        let kinds: Vec<&str> = CONNECTORS.iter().map(|connector| connector.kind).collect();
        format!("kind {kind:?} is not one of {}", kinds.join(", "))
    })
}
