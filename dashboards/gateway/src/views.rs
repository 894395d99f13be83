//! Views for others in this process.

use crate::api;
use crate::hub::SharedHub;
use axum::body::to_bytes;
use axum::extract::{Path, Query, State};
use std::collections::BTreeMap;

/// The largest view that is handed out, in bytes.
const VIEW_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The views as this gateway renders them.
#[derive(Clone)]
pub struct Views(pub(crate) SharedHub);

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Views")
    }
}

impl Views {
    /// A topic as `GET /api/v1/views/{topic}` answers it; none where there is no such topic.
    pub async fn get(&self, topic: String) -> Option<Vec<u8>> {
        let answer = api::view(State(self.0.clone()), Path(topic), Query(BTreeMap::new())).await;
        if !answer.status().is_success() {
            return None;
        }
        to_bytes(answer.into_body(), VIEW_BYTES_MAX).await.ok().map(Vec::from)
    }
}
