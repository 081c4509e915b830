//! Who may call: the page's origin first, then the token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use tracing::warn;

use crate::http::error::ApiError;
use crate::http::origin::Origin;
use crate::http::token::Token;

/// What decides who may call.
pub(crate) struct Access {
    token: Option<Token>,
    allowed_origins: Vec<Origin>,
}

impl Access {
    pub(crate) fn new(token: Option<Token>, allowed_origins: Vec<Origin>) -> Self {
        Self { token, allowed_origins }
    }

    /// What browsers are told. A page of another origin never gets here: [`check_origin`] has refused it.
    pub(crate) fn cors(&self) -> CorsLayer {
        let origins = self.allowed_origins.iter();
        let origins = origins.filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok());
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods(AllowMethods::list([Method::GET, Method::POST, Method::PUT, Method::DELETE]))
            .allow_headers(AllowHeaders::mirror_request())
            // As in the original. There are no cookies here, and origins are named.
            .allow_credentials(true)
    }

    /// Whether a page may call. What is no browser sends no origin.
    fn admits_origin(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let Some(value) = headers.get(header::ORIGIN) else {
            return Ok(());
        };
        let text = String::from_utf8_lossy(value.as_bytes());
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let is_admitted = text
            .parse::<Origin>()
            .is_ok_and(|origin| self.allowed_origins.contains(&origin) || host.is_some_and(|host| origin.is_own(host)));
        if is_admitted { Ok(()) } else { Err(ApiError::OriginRefused(text.into_owned())) }
    }

    /// Whether the request brings the token, if there is one. A browser cannot set a header where it opens a WebSocket or a
    /// page, so those may bring it as `?token=`.
    fn admits_token(&self, request: &Request) -> bool {
        let Some(token) = &self.token else {
            return true;
        };
        let path = request.uri().path();
        if is_public(path) {
            return true;
        }
        let header = request.headers().get(header::AUTHORIZATION);
        let header = header.and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        let header = header.and_then(bearer);
        if header.is_some_and(|brought| token.is(brought)) {
            return true;
        }
        (path == PAGE || path.starts_with(SOCKETS))
            && form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
                .any(|(name, brought)| name == "token" && token.is(&brought))
    }
}

/// Refuses pages of other origins, also where browsers would not: at a WebSocket's upgrade and at plain form posts.
pub(crate) async fn check_origin(
    State(access): State<Arc<Access>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if let Err(error) = access.admits_origin(request.headers()) {
        warn!(path = request.uri().path(), %error, "refused");
        return Err(error);
    }
    Ok(next.run(request).await)
}

/// Refuses requests without the token.
pub(crate) async fn check_token(State(access): State<Arc<Access>>, request: Request, next: Next) -> Response {
    if access.admits_token(&request) {
        return next.run(request).await;
    }
    warn!(path = request.uri().path(), "refused without the token");
    ApiError::NotAuthenticated.into_response()
}

/// What every answer tells a browser: not to guess what it is, and not to show it in a page or to keep it. The page says more
/// of itself, and that stays.
pub(crate) async fn add_security_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The credentials of the scheme `Bearer`, which may be written in any case.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether a path needs no token: the health of the server, and the code of the page, which holds no secret.
pub(crate) fn is_public(path: &str) -> bool {
    path == "/api/health" || path.starts_with(ASSETS)
}

/// What the path of each module of the page begins with.
pub(crate) const ASSETS: &str = "/assets/";

/// Where the page is.
pub(crate) const PAGE: &str = "/";

/// Where each WebSocket is.
const SOCKETS: &str = "/ws/";
