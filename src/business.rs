//! The configuration of the business, from its file.

use nexusflow_domain::Business;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What holds without a file.
const BUILT_IN: &str = include_str!("../config/business.toml");

/// Why the configuration of the business can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BusinessError {
    #[error("{}: {cause}", path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{}: {cause}", path.display())]
    Content { path: PathBuf, cause: toml::de::Error },
}

/// The configuration and a digest of it, which tells one version from another.
pub(crate) fn load(path: &Path) -> Result<(Business, String), BusinessError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => BUILT_IN.to_owned(),
        Err(cause) => return Err(BusinessError::Read { path: path.to_owned(), cause }),
    };
    let business: Business =
        toml::from_str(&text).map_err(|cause| BusinessError::Content { path: path.to_owned(), cause })?;
    // Of the content, not of the text: a comment is no new version.
    let content = serde_json::to_vec(&business).unwrap_or_default();
    let digest: String = Sha256::digest(&content).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok((business, digest))
}
