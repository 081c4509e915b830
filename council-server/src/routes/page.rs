//! The page at `/`, and the login page in its place: each one answer of HTML with all its styles and scripts inside, and a policy
//! that lets nothing else in.

use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::minify::lean;
use crate::http::access;

/// The page, for people with a browser.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "page",
    tag = "server",
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 304, description = "The browser has it already"),
        (status = 401, description = "A page that asks for the token", body = String, content_type = "text/html"),
    ),
)]
pub(crate) async fn page(headers: HeaderMap) -> Response {
    let document = &*PAGE;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let is_known =
        known.is_some_and(|tags| tags.split(',').any(|tag| document.tag == tag.trim().trim_start_matches("W/")));
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Html(&*document.html).into_response() };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, document.tag.clone());
    // A browser keeps it and asks each time whether it is still the one; by that the token is checked, too.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    document.guard(response)
}

/// Asks who opens the page without the token for it.
pub(crate) async fn ask_for_token(request: Request, next: Next) -> Response {
    let is_page = request.uri().path() == access::PAGE && [Method::GET, Method::HEAD].contains(request.method());
    let response = next.run(request).await;
    if is_page && response.status() == StatusCode::UNAUTHORIZED { login() } else { response }
}

fn login() -> Response {
    let mut response = (StatusCode::UNAUTHORIZED, Html(&*LOGIN.html)).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    LOGIN.guard(response)
}

/// An HTML document with one style and one script.
struct Document {
    html: String,
    /// Which scripts may run and which styles count: those in it, by their hashes.
    policy: HeaderValue,
    /// Changes with the document.
    tag: HeaderValue,
}

impl Document {
    fn new(frame: &str, style: &str, script: &str) -> Self {
        let (style, script) = (lean(style), lean(script));
        let html = frame
            .replace("<style></style>", &format!("<style>{style}</style>"))
            .replace("<script type=\"module\"></script>", &format!("<script type=\"module\">{script}</script>"));
        let policy = format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; img-src 'self' data:; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
             trusted-types 'none'",
            hash(&script),
            hash(&style),
        );
        let text = |text: String| HeaderValue::from_str(&text).expect("hashes are plain text");
        Self { policy: text(policy), tag: text(format!("\"{}\"", hash(&html))), html }
    }

    fn guard(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
        response
    }
}

/// SHA-256 in Base64, as a policy names it.
fn hash(text: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(text))
}

static PAGE: LazyLock<Document> = LazyLock::new(|| Document::new(include_str!("../../page/index.html"), STYLE, SCRIPT));
static LOGIN: LazyLock<Document> = LazyLock::new(|| {
    let script = include_str!("../../page/login.js");
    Document::new(
        include_str!("../../page/login.html"),
        concat!(include_str!("../../page/style.css"), include_str!("../../page/login.css")),
        script,
    )
});

/// All styles, later ones over earlier ones.
const STYLE: &str = concat!(
    include_str!("../../page/style.css"),
    include_str!("../../page/graph/graph.css"),
    include_str!("../../page/text/text.css"),
    include_str!("../../page/run/run.css"),
    include_str!("../../page/lists/lists.css"),
    include_str!("../../page/editor/editor.css"),
);

/// All scripts. They share one scope, as if they were one file; the last begins.
const SCRIPT: &str = concat!(
    include_str!("../../page/lib/dom.js"),
    include_str!("../../page/lib/words.js"),
    include_str!("../../page/lib/api.js"),
    include_str!("../../page/lib/router.js"),
    include_str!("../../page/lib/theme.js"),
    include_str!("../../page/graph/layout.js"),
    include_str!("../../page/graph/lines.js"),
    include_str!("../../page/graph/graph.js"),
    include_str!("../../page/text/markdown-inline.js"),
    include_str!("../../page/text/markdown.js"),
    include_str!("../../page/text/diff.js"),
    include_str!("../../page/run/socket.js"),
    include_str!("../../page/graph/run-path.js"),
    include_str!("../../page/run/model.js"),
    include_str!("../../page/run/plot.js"),
    include_str!("../../page/text/text-pane.js"),
    include_str!("../../page/run/chair.js"),
    include_str!("../../page/run/run-view.js"),
    include_str!("../../page/run/run.js"),
    include_str!("../../page/run/replay.js"),
    include_str!("../../page/lists/start.js"),
    include_str!("../../page/lists/history.js"),
    include_str!("../../page/editor/rules.js"),
    include_str!("../../page/editor/document.js"),
    include_str!("../../page/editor/templates.js"),
    include_str!("../../page/editor/shape.js"),
    include_str!("../../page/editor/canvas.js"),
    include_str!("../../page/editor/pointer.js"),
    include_str!("../../page/editor/fields.js"),
    include_str!("../../page/editor/agent.js"),
    include_str!("../../page/editor/overview.js"),
    include_str!("../../page/editor/editor.js"),
    include_str!("../../page/editor/save.js"),
    include_str!("../../page/editor/bar.js"),
    include_str!("../../page/editor/view.js"),
    include_str!("../../page/editor/list.js"),
    include_str!("../../page/main.js"),
);
