//! Where the files are: a folder, or a bucket.

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder, or a place in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Folder(PathBuf),
    S3 { bucket: String, prefix: String },
}

impl Place {
    /// From a path, which begins at `folder`, or from `s3://BUCKET/PREFIX` or `file:///FOLDER`.
    pub(super) fn new(text: &str, folder: &Path) -> Result<Self, String> {
        let Some((scheme, rest)) = text.split_once("://") else { return Ok(Self::Folder(folder.join(text))) };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        match scheme {
            "file" if rest.starts_with('/') => Ok(Self::Folder(rest.into())),
            "s3" if bucket.is_empty() || rest.contains(['?', '#', '@']) => {
                Err("must be s3://BUCKET or s3://BUCKET/PREFIX; keys come from the environment".into())
            }
            "s3" if cfg!(not(feature = "s3")) => {
                Err("it is in S3, and this program was built without: build it with `--features s3`".into())
            }
            "s3" => Ok(Self::S3 { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() }),
            _ => Err("is neither a folder nor s3://BUCKET/PREFIX nor file:///FOLDER".into()),
        }
    }

    /// Says nothing yet of whether a bucket can be reached. A folder must be there: one that is made because its share is not mounted
    /// would hide that.
    pub(super) fn open(&self) -> Result<Arc<dyn ObjectStore>, String> {
        match self {
            Self::Folder(folder) => {
                let store = LocalFileSystem::new_with_prefix(folder);
                let store = store.map_err(|error| format!("can't read the folder {}: {error}", folder.display()))?;
                Ok(Arc::new(store))
            }
            #[cfg(feature = "s3")]
            Self::S3 { bucket, prefix } => bucket_of(bucket, prefix).map_err(|error| error.to_string()),
            #[cfg(not(feature = "s3"))]
            Self::S3 { .. } => Err("this program was built without S3".into()),
        }
    }
}

/// The bucket, with what the environment says of endpoint, region and credentials.
#[cfg(feature = "s3")]
fn bucket_of(bucket: &str, prefix: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
    use object_store::aws::AmazonS3Builder;
    use object_store::prefix::PrefixStore;
    // TLS takes the cryptography that NATS brings. It may be chosen already; then it is the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build()?;
    Ok(Arc::new(PrefixStore::new(store, prefix)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_a_bucket() {
        let place = |text: &str| Place::new(text, Path::new("kept"));
        assert_eq!(place("exports"), Ok(Place::Folder("kept/exports".into())));
        assert_eq!(place("/srv/exports"), Ok(Place::Folder("/srv/exports".into())));
        assert_eq!(place("file:///srv/exports"), Ok(Place::Folder("/srv/exports".into())));
        for bad in
            ["gs://bucket", "s3://", "s3:///prefix", "s3://key:secret@host/bucket", "http://a/b", "file://host/a"]
        {
            let said = place(bad).unwrap_err();
            assert!(!said.contains("secret@"), "{said}");
        }
        if cfg!(feature = "s3") {
            assert_eq!(place("s3://b/x/y/"), Ok(Place::S3 { bucket: "b".into(), prefix: "x/y".into() }));
        } else {
            assert!(place("s3://b/x").unwrap_err().contains("--features s3"));
        }
    }
}
