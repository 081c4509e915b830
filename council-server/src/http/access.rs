//! Access control: the host of the request first, then the origin of the page, then the token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use tracing::warn;

use crate::http::error::ApiError;
use crate::http::host::Host;
use crate::http::hosts::{self, Hosts};
use crate::http::origin::Origin;
use crate::http::subprotocol;
use crate::http::token::Token;

/// The rules of access.
pub(crate) struct Access {
    token: Option<Token>,
    allowed_origins: Vec<Origin>,
    hosts: Hosts,
    /// Whether requests for other hosts are refused.
    checks_hosts: bool,
}

impl Access {
    /// `own` are the hosts of the address that the server listens on. The hosts of allowed origins are allowed hosts too.
    pub(crate) fn new(
        token: Option<Token>,
        allowed_origins: Vec<Origin>,
        allowed_hosts: Vec<Host>,
        own: Hosts,
    ) -> Self {
        // A foreign page does not know the token, so with a token other hosts are refused only on request.
        let checks_hosts = token.is_none() || !allowed_hosts.is_empty();
        let of_origins = allowed_origins.iter().filter_map(|origin| Some(origin.host_and_port()?.host));
        let hosts = own.with(allowed_hosts.into_iter().chain(of_origins));
        Self { token, allowed_origins, hosts, checks_hosts }
    }

    /// The CORS headers. Requests of other origins do not get here: [`check_host_and_origin`] refuses them.
    pub(crate) fn cors(&self) -> CorsLayer {
        let origins = self.allowed_origins.iter();
        let origins = origins.filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok());
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods(AllowMethods::list([Method::GET, Method::POST, Method::PUT, Method::DELETE]))
            .allow_headers(AllowHeaders::mirror_request())
            // As in the original. It is safe: there are no cookies, and only listed origins are allowed.
            .allow_credentials(true)
    }

    /// Checks the host, and the origin of the page. Only browsers send an origin.
    ///
    /// The origin is the server's own if it is the host of the request. Of a name this counts only if the name is known to be the
    /// server's: with DNS rebinding, the origin of a foreign page is the host of the request too.
    ///
    /// The code of the page is served to every origin, because a browser sends the origin for modules of its own page too. So a page whose
    /// origin is refused can say so.
    fn admits(&self, request: &Parts) -> Result<(), ApiError> {
        let asked = hosts::requested(request)?;
        if let Some(asked) = &asked
            && self.checks_hosts
            && !self.hosts.contains(&asked.host)
        {
            return Err(ApiError::HostRefused(asked.host.clone()));
        }
        let is_code = request.uri.path().starts_with(ASSETS);
        let Some(value) = request.headers.get(header::ORIGIN).filter(|_| !is_code) else {
            return Ok(());
        };
        let text = String::from_utf8_lossy(value.as_bytes());
        let is_own = |origin: &Origin| {
            let known = asked.as_ref().filter(|asked| asked.host.is_address() || self.hosts.contains(&asked.host));
            known.is_some_and(|asked| origin.is_at(asked))
        };
        match text.parse::<Origin>() {
            Ok(origin) if self.allowed_origins.contains(&origin) || is_own(&origin) => Ok(()),
            _ => Err(ApiError::OriginRefused(text.into_owned())),
        }
    }

    /// Whether the request has the token, if the server has one. A browser cannot set this header when it opens a WebSocket or a
    /// page: a WebSocket may have the token as a subprotocol, and both may have it as `?token=`.
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
        if header.is_some_and(|given| token.matches(given)) {
            return true;
        }
        let is_socket = path.starts_with(SOCKETS);
        if is_socket && subprotocol::token(request.headers()).is_some_and(|given| token.matches(&given)) {
            return true;
        }
        (path == PAGE || is_socket)
            && form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
                .any(|(name, given)| name == "token" && token.matches(&given))
    }
}

/// Refuses requests for other hosts. Refuses pages of other origins, also where browsers do not: at the upgrade to a WebSocket, and for
/// plain form posts.
pub(crate) async fn check_host_and_origin(
    State(access): State<Arc<Access>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    if let Err(error) = access.admits(&parts) {
        warn!(path = parts.uri.path(), %error, "refused");
        return Err(error);
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Refuses requests without the token.
pub(crate) async fn check_token(State(access): State<Arc<Access>>, request: Request, next: Next) -> Response {
    if access.admits_token(&request) {
        return next.run(request).await;
    }
    warn!(path = request.uri().path(), "refused without the token");
    ApiError::NotAuthenticated.into_response()
}

/// Adds the security headers of every answer: no type sniffing, no framing, no caching. Headers that a route has set itself stay.
pub(crate) async fn add_security_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The credentials of the scheme `Bearer`, in any case.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether a path needs no token: the health check, and the code of the page, which holds no secret.
pub(crate) fn is_public(path: &str) -> bool {
    path == "/api/health" || path.starts_with(ASSETS)
}

/// The prefix of the paths of the page's modules.
pub(crate) const ASSETS: &str = "/assets/";

/// The path of the page.
pub(crate) const PAGE: &str = "/";

/// The prefix of the path of a WebSocket.
const SOCKETS: &str = "/ws/";
