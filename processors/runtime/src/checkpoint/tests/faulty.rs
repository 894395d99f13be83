//! A store in memory that fails when it is told to.

use futures_util::stream::{BoxStream, StreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result,
};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tokio::sync::Notify;

/// What happens with the requests that fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// They are not done.
    Refused,
    /// They are done, and nobody hears of it.
    Unanswered,
    /// What is to be stored takes for ever.
    Stuck,
}

#[derive(Debug)]
pub(super) struct Faulty {
    pub(super) inner: Arc<InMemory>,
    fault: Fault,
    /// Requests until they fail.
    left: AtomicI64,
    /// How many then fail.
    failing: AtomicI64,
    pub(super) requests: AtomicU64,
    /// Told when a request is stuck.
    pub(super) is_stuck: Notify,
}

impl Faulty {
    pub(super) fn new(fault: Fault) -> Arc<Self> {
        let (left, failing) = (AtomicI64::new(i64::MAX), AtomicI64::new(0));
        Arc::new(Self {
            inner: Arc::default(),
            fault,
            left,
            failing,
            requests: AtomicU64::new(0),
            is_stuck: Notify::new(),
        })
    }

    /// After `after` more requests, `failing` fail.
    pub(super) fn fail(&self, after: i64, failing: i64) {
        self.left.store(after, Ordering::SeqCst);
        self.failing.store(failing, Ordering::SeqCst);
    }

    fn is_up(&self) -> bool {
        self.requests.fetch_add(1, Ordering::SeqCst);
        self.left.fetch_sub(1, Ordering::SeqCst) > 0 || self.failing.fetch_sub(1, Ordering::SeqCst) <= 0
    }

    fn away() -> object_store::Error {
        object_store::Error::Generic { store: "faulty", source: "it is away".into() }
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("faulty")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, at: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let is_up = self.is_up();
        if !is_up && self.fault == Fault::Stuck {
            self.is_stuck.notify_one();
            std::future::pending::<()>().await;
        }
        if is_up || self.fault == Fault::Unanswered {
            let put = self.inner.put_opts(at, payload, options).await;
            return if is_up { put } else { Err(Self::away()) };
        }
        Err(Self::away())
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(Self::away())
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult> {
        if self.is_up() { self.inner.get_opts(at, options).await } else { Err(Self::away()) }
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        if self.is_up() {
            return self.inner.delete_stream(locations);
        }
        futures_util::stream::once(async { Err(Self::away()) }).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        if self.is_up() {
            return self.inner.list(prefix);
        }
        futures_util::stream::once(async { Err(Self::away()) }).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        if self.is_up() { self.inner.copy_opts(from, to, options).await } else { Err(Self::away()) }
    }
}
