//! Where checkpoints are kept: a folder, or a bucket.

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder, or a place in a bucket of S3 or what speaks like it: `s3://BUCKET/PREFIX`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Place {
    /// A folder.
    Folder(PathBuf),
    /// A bucket. Endpoint, region and credentials come from the environment: `AWS_ENDPOINT`, `AWS_REGION` and so on.
    S3 {
        /// Its name.
        bucket: String,
        /// What the names of our objects begin with; may be empty.
        prefix: String,
    },
}

/// Why a place can't be one of checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// It is a URL of something else.
    #[error("{0:?} is neither a folder nor s3://BUCKET/PREFIX")]
    Unknown(String),
    /// It is S3, and the program was built without.
    #[error("{0:?} is in S3, and this program was built without: build it with `--features s3`")]
    NoS3(String),
}

impl TryFrom<String> for Place {
    type Error = PlaceError;

    fn try_from(text: String) -> Result<Self, PlaceError> {
        let Some((scheme, rest)) = text.split_once("://") else { return Ok(Self::Folder(text.into())) };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if scheme != "s3" || bucket.is_empty() || rest.contains(['?', '#', '@']) {
            return Err(PlaceError::Unknown(text));
        }
        if cfg!(not(feature = "s3")) {
            return Err(PlaceError::NoS3(text));
        }
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

impl Place {
    /// The place called `name` in this one.
    #[must_use]
    pub fn below(&self, name: &str) -> Self {
        match self {
            Self::Folder(folder) => Self::Folder(folder.join(name)),
            Self::S3 { bucket, prefix } => {
                Self::S3 { bucket: bucket.clone(), prefix: format!("{prefix}/{name}").trim_matches('/').to_owned() }
            }
        }
    }

    /// The place, where a folder that is not absolute is below `folder`.
    #[must_use]
    pub fn in_folder(&self, folder: &Path) -> Self {
        match self {
            Self::Folder(name) => Self::Folder(folder.join(name)),
            s3 @ Self::S3 { .. } => s3.clone(),
        }
    }

    /// The folder, where it is one.
    pub(super) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::S3 { .. } => None,
        }
    }

    /// Makes the folder if need be. Says nothing yet of whether the bucket can be reached.
    pub(super) fn open(&self) -> object_store::Result<Arc<dyn ObjectStore>> {
        match self {
            Self::Folder(folder) => {
                let generic =
                    |source: std::io::Error| object_store::Error::Generic { store: "folder", source: source.into() };
                std::fs::create_dir_all(folder).map_err(generic)?;
                // Synced, the file first and then the folder: an object that was stored survives a loss of power.
                Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)))
            }
            #[cfg(feature = "s3")]
            Self::S3 { bucket, prefix } => super::s3::open(bucket, prefix),
            #[cfg(not(feature = "s3"))]
            Self::S3 { .. } => Err(object_store::Error::NotImplemented {
                operation: "S3".to_owned(),
                implementer: "a build without the feature s3".to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Result<Place, PlaceError> {
        Place::try_from(text.to_owned())
    }

    #[test]
    fn a_folder_is_below_another_unless_it_is_absolute() {
        let at = |text: &str| place(text).unwrap().in_folder(Path::new("kept")).below("nexusflow").to_string();
        assert_eq!(at("checkpoints"), "kept/checkpoints/nexusflow");
        assert_eq!(at("/var/checkpoints"), "/var/checkpoints/nexusflow");
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["gs://bucket", "s3://", "s3:///prefix", "s3://key:secret@host/bucket", "http://a/b?c"] {
            assert_eq!(place(text), Err(PlaceError::Unknown(text.to_owned())));
        }
    }

    #[test]
    #[cfg(not(feature = "s3"))]
    fn without_the_feature_it_says_how_to_build_with_it() {
        let error = place("s3://bucket/prefix").unwrap_err().to_string();
        assert!(error.contains("--features s3"), "{error}");
    }

    #[test]
    #[cfg(feature = "s3")]
    fn a_bucket_has_a_prefix_or_none() {
        for (text, below) in [("s3://bucket", "s3://bucket/a"), ("s3://bucket/x/y/", "s3://bucket/x/y/a")] {
            assert_eq!(place(text).unwrap().in_folder(Path::new("kept")).below("a").to_string(), below);
        }
    }
}
