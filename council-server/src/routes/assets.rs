//! ES modules of the page, served from the binary. Their paths contain a hash of all modules, so browsers cache them for ever.
//!
//! They need no token: the code of the page holds no secret, and browsers send no token when they load a module.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use sha2::{Digest, Sha256};
use utoipa::IntoResponses;

use super::page_text::{Encoding, PageText};
use crate::app::PathParams;
use crate::http::access::ASSETS;
use crate::http::error::ApiError;
use crate::wire::error_body::ErrorBody;

/// The folder of all modules of this version, as a path.
pub(crate) static FOLDER: LazyLock<String> = LazyLock::new(|| format!("{ASSETS}{}", &*VERSION));

/// A module of the page.
#[utoipa::path(
    get,
    path = "/assets/{version}/{file}",
    operation_id = "asset",
    tag = "server",
    params(
        ("version" = String, Path, description = "A hash of all modules"),
        ("file" = String, Path, description = "The name of the file"),
    ),
    responses(AssetAnswers),
)]
pub(crate) async fn asset(
    PathParams((version, file)): PathParams<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    serve(&version, &file, &headers)
}

/// A module in a folder of the page.
#[utoipa::path(
    get,
    path = "/assets/{version}/{folder}/{file}",
    operation_id = "asset_in_folder",
    tag = "server",
    params(
        ("version" = String, Path, description = "A hash of all modules"),
        ("folder" = String, Path, description = "The name of the folder"),
        ("file" = String, Path, description = "The name of the file"),
    ),
    responses(AssetAnswers),
)]
pub(crate) async fn asset_in_folder(
    PathParams((version, folder, file)): PathParams<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    serve(&version, &format!("{folder}/{file}"), &headers)
}

/// The answers to a request for a module.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its schema is used, in the OpenAPI document")]
enum AssetAnswers {
    /// The file; browsers may cache it for ever
    #[response(status = 200, content_type = "text/javascript")]
    File(String),
    /// This version has no such file
    #[response(status = 404)]
    NotFound(ErrorBody),
}

fn serve(version: &str, name: &str, request: &HeaderMap) -> Result<Response, ApiError> {
    let asset = ALL.iter().find(|asset| asset.name == name && version == *VERSION).ok_or(ApiError::NotFound)?;
    let mut response = asset.text.response("text/javascript; charset=utf-8", Encoding::accepted_by(request));
    let cache = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    Ok(response)
}

/// The modules that are loaded with the page. The others are loaded when they are needed.
pub(crate) fn modules() -> impl Iterator<Item = &'static str> {
    let names = ALL.iter().map(|asset| asset.name);
    names.filter(|name| !ON_DEMAND.iter().any(|later| name.starts_with(later)))
}

/// Folders and modules that are loaded on demand, and the module of the login page.
const ON_DEMAND: [&str; 9] = [
    "editor/",
    "lib/file.js",
    "run/chair.js",
    "run/replay.js",
    "run/requests.js",
    "run/unsent.js",
    "text/diff.js",
    "text/download.js",
    "login.js",
];

/// A short hash of all modules.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ALL.iter() {
        hash.update(asset.name);
        hash.update([0]);
        hash.update(asset.text.bytes());
        hash.update([0]);
    }
    let bytes = hash.finalize();
    bytes.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
});

/// A file of `page/`.
struct Asset {
    name: &'static str,
    text: PageText,
}

macro_rules! assets {
    ($($name:literal)*) => {
        vec![$(Asset { name: $name, text: PageText::new(include_str!(concat!("../../page/", $name))) }),*]
    };
}

static ALL: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    assets! {
        "login.js"
        "lib/api.js"
        "lib/dom.js"
        "lib/file.js"
        "lib/menu.js"
        "lib/press.js"
        "lib/router.js"
        "lib/theme.js"
        "lib/unstarted.js"
        "lib/update.js"
        "lib/words.js"
        "text/diff.js"
        "text/download.js"
        "text/html.js"
        "text/markdown-inline.js"
        "text/markdown.js"
        "text/text-pane.js"
        "graph/graph.js"
        "graph/layout.js"
        "graph/lines.js"
        "graph/run-path.js"
        "graph/shapes.js"
        "run/calls.js"
        "run/chair.js"
        "run/model.js"
        "run/note.js"
        "run/plot.js"
        "run/replay.js"
        "run/requests.js"
        "run/run-view.js"
        "run/run.js"
        "run/socket.js"
        "run/unsent.js"
        "lists/history.js"
        "lists/may-run.js"
        "lists/start.js"
        "editor/agent.js"
        "editor/bar.js"
        "editor/canvas.js"
        "editor/check.js"
        "editor/document.js"
        "editor/editor.js"
        "editor/fields.js"
        "editor/files.js"
        "editor/list.js"
        "editor/overview.js"
        "editor/pointer.js"
        "editor/save.js"
        "editor/shape.js"
        "editor/templates.js"
        "editor/view.js"
        "main.js"
    }
});
