//! Origin of a page in a browser.

use std::fmt;
use std::str::FromStr;

use axum::http::uri::Authority;

use super::host::HostAndPort;

/// The origin of a page: scheme, host, and the port if it is not the default of the scheme.
///
/// ```
/// use council_server::Origin;
///
/// let origin: Origin = "https://Council.example:443/".parse()?;
/// assert_eq!(origin.to_string(), "https://council.example");
/// assert!("council.example".parse::<Origin>().is_err());
/// # Ok::<(), council_server::InvalidOrigin>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The development server of the frontend of the original.
    pub(crate) fn frontend() -> Self {
        Self("http://localhost:3000".to_owned())
    }

    /// The origin as a browser writes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host of the page, with its port also if it is the default of the scheme.
    pub(crate) fn host_and_port(&self) -> Option<HostAndPort> {
        let (scheme, authority) = self.0.split_once("://")?;
        let HostAndPort { host, port } = HostAndPort::parse(authority)?;
        Some(HostAndPort { host, port: port.or(Some(default_port(scheme))) })
    }

    /// Whether the page was loaded from this host and port, with the scheme of the page.
    pub(crate) fn is_at(&self, asked: &HostAndPort) -> bool {
        let port = asked.port.or_else(|| self.0.split_once("://").map(|(scheme, _)| default_port(scheme)));
        self.host_and_port().is_some_and(|page| page.host == asked.host && page.port == port)
    }
}

fn default_port(scheme: &str) -> u16 {
    if scheme == "https" { 443 } else { 80 }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let invalid = || InvalidOrigin { text: text.to_owned() };
        let origin = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let (scheme, rest) = origin.split_once("://").ok_or_else(invalid)?;
        // Browsers leave out the default port.
        let rest = match scheme {
            "http" => rest.strip_suffix(":80").unwrap_or(rest),
            "https" => rest.strip_suffix(":443").unwrap_or(rest),
            _ => return Err(invalid()),
        };
        let authority: Authority = rest.parse().map_err(|_| invalid())?;
        if authority.host().is_empty() || authority.host() == "*" || rest.contains('@') {
            return Err(invalid());
        }
        Ok(Self(format!("{scheme}://{rest}")))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The error of a text that is not an origin.
///
/// ```
/// let error = "council.example".parse::<council_server::Origin>().unwrap_err();
/// assert!(error.to_string().starts_with("`council.example` is not an origin"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an origin: write `http://` or `https://`, a host, and the port if it is not the default")]
pub struct InvalidOrigin {
    text: String,
}
