//! What programs read about the API: OpenAPI for HTTP, AsyncAPI for subjects and topics, and a page that shows the former. The
//! documents are made of the same lists that serve requests, and `docs/` has a copy that a test compares.

mod asyncapi;
mod openapi;
mod operations;
mod schemas;

pub use asyncapi::asyncapi;
pub use openapi::openapi;
pub(crate) use schemas::example_of;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::Value;
use std::sync::LazyLock;

/// Both documents and the page.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/api/openapi.json", get(async || document(&OPENAPI)))
        .route("/api/asyncapi.json", get(async || document(&ASYNCAPI)))
        .route("/api/docs", get(crate::assets::api_page))
}

static OPENAPI: LazyLock<String> = LazyLock::new(|| text(&openapi()));
static ASYNCAPI: LazyLock<String> = LazyLock::new(|| text(&asyncapi()));

fn text(document: &Value) -> String {
    document.to_string()
}

fn document(text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], text)
}
