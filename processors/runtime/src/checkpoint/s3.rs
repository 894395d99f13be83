//! S3 and what speaks like it.

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::prefix::PrefixStore;
use object_store::{ClientConfigKey, ObjectStore, RetryConfig};
use std::sync::Arc;
use std::time::Duration;

/// How long a request is tried again: a worker that waits for a store that is away would do better to fold.
const RETRY: Duration = Duration::from_secs(15);

/// The bucket, with what the environment says of endpoint, region and credentials.
pub(super) fn open(bucket: &str, prefix: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
    // TLS takes the cryptography that NATS brings. It may be chosen already; then it is the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let store = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), "60 seconds")
        .with_retry(RetryConfig { max_retries: 5, retry_timeout: RETRY, ..RetryConfig::default() })
        .build()?;
    Ok(Arc::new(PrefixStore::new(store, prefix)))
}
