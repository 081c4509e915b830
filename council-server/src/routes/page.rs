//! Page at `/`, and the login page: HTML with an inline style, links to the modules (see [`super::assets`]), and a policy that
//! forbids everything else.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::assets;
use super::page_text::{Encoding, PageText, VARY};
use crate::http::access;

/// The page, for browsers.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "page",
    tag = "server",
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 304, description = "The browser has the current version"),
        (status = 401, description = "The login page", body = String, content_type = "text/html"),
    ),
)]
pub(crate) async fn page(Extension(pages): Extension<Arc<Pages>>, request: HeaderMap) -> Response {
    let document = &pages.page;
    let known = request.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let is_known = known.is_some_and(|tags| tags.split(',').any(|tag| document.tag == tag.trim()));
    let mut response = if is_known {
        (StatusCode::NOT_MODIFIED, [(header::VARY, VARY)]).into_response()
    } else {
        document.html.response(HTML, Encoding::accepted_by(&request))
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, document.tag.clone());
    // The browser asks each time whether its copy is current. So the token is checked each time.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    document.guard(response)
}

/// Answers with the login page if the page is requested without the token.
pub(crate) async fn ask_for_token(State(pages): State<Arc<Pages>>, request: Request, next: Next) -> Response {
    let is_page = request.uri().path() == access::PAGE && [Method::GET, Method::HEAD].contains(request.method());
    let encoding = Encoding::accepted_by(request.headers());
    let response = next.run(request).await;
    if is_page && response.status() == StatusCode::UNAUTHORIZED { pages.login(encoding) } else { response }
}

/// The page and the login page of a server.
pub(crate) struct Pages {
    page: Document,
    login: Document,
}

impl Pages {
    /// The pages of a server whose routes have this prefix.
    pub(crate) fn new(prefix: &str) -> Self {
        let login_style = [include_str!("../../page/style.css"), include_str!("../../page/login.css")].concat();
        Self {
            page: Document::new(include_str!("../../page/index.html"), STYLE, prefix),
            login: Document::new(include_str!("../../page/login.html"), &login_style, prefix),
        }
    }

    fn login(&self, encoding: Encoding) -> Response {
        let mut response = self.login.html.response(HTML, encoding);
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        self.login.guard(response)
    }
}

/// An HTML document with an inline style.
struct Document {
    html: PageText,
    /// Allows scripts of this server, and the inline style by its hash.
    policy: HeaderValue,
    /// The `ETag`, a hash of the document. It is weak, because it is the same for the compressed document.
    tag: HeaderValue,
}

impl Document {
    /// Inserts the style and the links to the modules. All modules are listed, so that the browser loads them in parallel.
    fn new(frame: &str, style: &str, prefix: &str) -> Self {
        let folder = format!("{prefix}{}", &*assets::FOLDER);
        let preload: Vec<_> = assets::modules()
            .map(|module| format!("<link rel=\"modulepreload\" href=\"{folder}/{module}\">\n"))
            .collect();
        let html = frame
            .replace("<style></style>", &format!("<style>{style}</style>"))
            .replace("<!-- modules -->\n", &preload.concat())
            .replace("{assets}", &folder)
            .replace("{page}", &format!("{prefix}{}", access::PAGE));
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'sha256-{}'; connect-src 'self'; img-src 'self' data:; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
             trusted-types 'none'",
            hash(style),
        );
        let text = |text: String| HeaderValue::from_str(&text).expect("hashes are plain text");
        Self { policy: text(policy), tag: text(format!("W/\"{}\"", hash(&html))), html: PageText::new(html) }
    }

    fn guard(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
        response
    }
}

/// SHA-256 in Base64, in the form of a policy.
fn hash(text: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(text))
}

const HTML: &str = "text/html; charset=utf-8";

/// All styles, in the order of the cascade.
const STYLE: &str = concat!(
    include_str!("../../page/style.css"),
    include_str!("../../page/graph/graph.css"),
    include_str!("../../page/text/text.css"),
    include_str!("../../page/run/run.css"),
    include_str!("../../page/lists/lists.css"),
    include_str!("../../page/editor/editor.css"),
);
