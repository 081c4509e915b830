//! The ES modules of the page, served from the binary. Their paths contain a hash of all modules, so browsers cache them for ever.
//!
//! They need no token: the code of the page holds no secret, and browsers send no token when they load a module.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::http::access::ASSETS;
use crate::http::error::ApiError;
use crate::wire::error_body::ErrorBody;

/// The prefix of the paths of all modules, with their version.
pub(crate) static BASE: LazyLock<String> = LazyLock::new(|| format!("{ASSETS}{}", &*VERSION));

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
    responses(
        (
            status = 200,
            description = "The file; browsers may cache it for ever",
            body = String,
            content_type = "text/javascript",
        ),
        (status = 404, description = "This version has no such file", body = ErrorBody),
    ),
)]
pub(crate) async fn asset(path: Result<Path<(String, String)>, PathRejection>) -> Result<Response, ApiError> {
    let Path((version, file)) = path.map_err(|_| ApiError::NotFound)?;
    serve(&version, &file)
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
    responses(
        (
            status = 200,
            description = "The file; browsers may cache it for ever",
            body = String,
            content_type = "text/javascript",
        ),
        (status = 404, description = "This version has no such file", body = ErrorBody),
    ),
)]
pub(crate) async fn asset_in_folder(
    path: Result<Path<(String, String, String)>, PathRejection>,
) -> Result<Response, ApiError> {
    let Path((version, folder, file)) = path.map_err(|_| ApiError::NotFound)?;
    serve(&version, &format!("{folder}/{file}"))
}

fn serve(version: &str, name: &str) -> Result<Response, ApiError> {
    let asset = ALL.iter().find(|asset| asset.name == name && version == *VERSION).ok_or(ApiError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.text).into_response())
}

/// The modules that are loaded with the page. The editor is loaded when it is opened.
pub(crate) fn modules() -> impl Iterator<Item = &'static str> {
    let names = ALL.iter().map(|asset| asset.name);
    names.filter(|name| !name.starts_with("editor/") && *name != "login.js")
}

/// A short hash of all modules.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ALL {
        hash.update(asset.name);
        hash.update([0]);
        hash.update(asset.text);
        hash.update([0]);
    }
    let bytes = hash.finalize();
    bytes.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
});

/// A file of `page/`.
struct Asset {
    name: &'static str,
    text: &'static str,
}

macro_rules! assets {
    ($($name:literal)*) => { &[$(Asset { name: $name, text: include_str!(concat!("../../page/", $name)) }),*] };
}

const ALL: &[Asset] = assets! {
    "login.js"
    "lib/api.js"
    "lib/dom.js"
    "lib/router.js"
    "lib/theme.js"
    "lib/words.js"
    "text/diff.js"
    "text/markdown-inline.js"
    "text/markdown.js"
    "text/text-pane.js"
    "graph/graph.js"
    "graph/layout.js"
    "graph/lines.js"
    "graph/run-path.js"
    "graph/shapes.js"
    "run/chair.js"
    "run/model.js"
    "run/plot.js"
    "run/replay.js"
    "run/run-view.js"
    "run/run.js"
    "run/socket.js"
    "lists/history.js"
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
};
