//! The hosts that a server answers for.
//!
//! A web page can point its own name at this server (DNS rebinding). The browser then takes the answers for those of the page, and sends
//! no `Origin`. Only the `Host` of the request shows the foreign name.

use std::net::SocketAddr;

use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Version};

use super::error::ApiError;
use super::host::{Host, HostAndPort};

/// The hosts of a server. Ports are not compared: behind a proxy or a forwarded port, clients see another one.
pub(crate) struct Hosts {
    known: Vec<Host>,
    /// Whether each IP address may be one of the server, because it listens on all addresses of the machine.
    is_everywhere: bool,
}

impl Hosts {
    /// The hosts of a server that listens on `listen`, which is bound as `bound`.
    pub(crate) fn of_server(listen: &str, bound: SocketAddr) -> Self {
        let listen = HostAndPort::parse(listen).map(|listen| listen.host);
        let known = [Host::of_address(bound.ip())].into_iter().chain(listen).collect();
        Self { known, is_everywhere: bound.ip().is_unspecified() }
    }

    pub(crate) fn with(mut self, others: impl Iterator<Item = Host>) -> Self {
        self.known.extend(others);
        self
    }

    /// Whether a host is one of the server. Names and addresses of the machine itself always are.
    pub(crate) fn contains(&self, host: &Host) -> bool {
        host.is_loopback() || self.known.contains(host) || (self.is_everywhere && host.is_address())
    }
}

/// The host that a request is for, by RFC 9112, section 3. A request of HTTP/1.0 may have none; no browser sends such a request.
///
/// # Errors
///
/// The host is missing or not clear.
pub(crate) fn requested(request: &Parts) -> Result<Option<HostAndPort>, ApiError> {
    let header = host_header(&request.headers)?;
    match (request.uri.authority(), header) {
        (_, None) if request.version >= Version::HTTP_11 => {
            Err(ApiError::InvalidHost("The request has no Host header.".to_owned()))
        }
        // The host of the target counts, whatever the header says.
        (Some(authority), _) => parse(authority.as_str()).map(Some),
        (None, header) => Ok(header),
    }
}

fn host_header(headers: &HeaderMap) -> Result<Option<HostAndPort>, ApiError> {
    let mut values = headers.get_all(HOST).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(ApiError::InvalidHost("The request has more than one Host header.".to_owned()));
    }
    parse(&String::from_utf8_lossy(value.as_bytes())).map(Some)
}

fn parse(text: &str) -> Result<HostAndPort, ApiError> {
    let invalid =
        || ApiError::InvalidHost(format!("The Host '{text}' is not a name or an IP address with an optional port."));
    HostAndPort::parse(text.trim()).ok_or_else(invalid)
}
