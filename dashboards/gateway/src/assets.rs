//! The app, embedded.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct Dist;

/// What identifies the embedded app: pages of another build reload.
pub(crate) fn build() -> String {
    let file = Dist::get("build.txt");
    file.map(|file| String::from_utf8_lossy(&file.data).trim().to_owned()).unwrap_or_else(|| "none".into())
}

/// What a page may load and where it may connect: only here.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; \
     base-uri 'none'; frame-ancestors 'self'";

/// A file of the app; the app itself for every address that is one of its pages.
pub(crate) async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    // Files stand in `assets`, or at the top with a point in their names; ids of customers and names of types have points too.
    let is_page = !path.starts_with("assets/") && (path.contains('/') || !path.contains('.'));
    let name = if is_page { "index.html" } else { path };
    file(name, &headers)
}

/// `GET /api/docs`: the app shows the OpenAPI document there.
pub(crate) async fn api_page(headers: HeaderMap) -> Response {
    file("index.html", &headers)
}

fn file(name: &str, headers: &HeaderMap) -> Response {
    let Some(plain) = Dist::get(name) else {
        return (StatusCode::NOT_FOUND, "there is no such page\n").into_response();
    };
    let kind = content_type(name);
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let common = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::VARY, "accept-encoding"),
    ];
    let takes_gzip =
        headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    match takes_gzip.then(|| Dist::get(&format!("{name}.gz"))).flatten() {
        Some(packed) => (common, [(header::CONTENT_ENCODING, "gzip")], packed.data).into_response(),
        None => (common, plain.data).into_response(),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
