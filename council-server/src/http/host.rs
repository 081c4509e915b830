//! Names and addresses of servers, and the `Host` of a request.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// A name or an IP address under which a server is called, without a port.
///
/// Upper case, a dot at the end, the brackets of an IPv6 address and its spelling make no difference.
///
/// ```
/// use council_server::Host;
///
/// let host: Host = "Council.example.".parse()?;
/// assert_eq!(host.to_string(), "council.example");
/// assert_eq!("0:0:0:0:0:0:0:1".parse::<Host>()?.to_string(), "[::1]");
/// assert!("council.example:8000".parse::<Host>().is_err());
/// # Ok::<(), council_server::InvalidHost>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(HostKind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostKind {
    Address(IpAddr),
    /// In lower case, without a dot at its end.
    Name(String),
}

impl Host {
    pub(crate) fn of_address(address: IpAddr) -> Self {
        Self(HostKind::Address(address.to_canonical()))
    }

    /// Whether this is an IP address. DNS rebinding needs a name.
    pub(crate) fn is_address(&self) -> bool {
        matches!(self.0, HostKind::Address(_))
    }

    /// Whether this names the machine itself: `localhost`, a name below it, or a loopback address. No DNS server decides where
    /// these names lead.
    pub(crate) fn is_loopback(&self) -> bool {
        match &self.0 {
            HostKind::Address(address) => address.is_loopback(),
            HostKind::Name(name) => {
                name == LOCALHOST || name.strip_suffix(LOCALHOST).is_some_and(|it| it.ends_with('.'))
            }
        }
    }

    /// Reads the host of an authority, in which an IPv6 address has brackets.
    fn of_authority(text: &str) -> Option<Self> {
        match text.strip_prefix('[') {
            Some(text) => {
                text.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(|address| Self::of_address(address.into()))
            }
            None if text.contains(':') => None,
            None => Self::of_name(text),
        }
    }

    /// Reads a name or an IPv4 address.
    fn of_name(text: &str) -> Option<Self> {
        let name = text.strip_suffix('.').unwrap_or(text);
        if let Ok(address) = name.parse() {
            return Some(Self::of_address(address));
        }
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        let is_name = name.len() <= LONGEST_NAME && name.split('.').all(is_label);
        is_name.then(|| Self(HostKind::Name(name.to_ascii_lowercase())))
    }
}

impl FromStr for Host {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        let trimmed = text.trim();
        let address = trimmed.parse::<Ipv6Addr>().ok().map(|address| Self::of_address(address.into()));
        address.or_else(|| Self::of_authority(trimmed)).ok_or_else(|| InvalidHost { text: text.to_owned() })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            HostKind::Address(IpAddr::V4(address)) => address.fmt(f),
            HostKind::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            HostKind::Name(name) => f.write_str(name),
        }
    }
}

/// The error of a text that is not a host.
///
/// ```
/// let error = "council.example:8000".parse::<council_server::Host>().unwrap_err();
/// assert!(error.to_string().starts_with("`council.example:8000` is not a host"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a host: write a name such as `council.example`, or an IP address, without a scheme and a port"
)]
pub struct InvalidHost {
    text: String,
}

/// A host with a port, as it is in the header `Host` and in the target of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostAndPort {
    pub(crate) host: Host,
    /// The port, if it is given.
    pub(crate) port: Option<u16>,
}

impl HostAndPort {
    /// Reads a host with an optional port. The port may be empty, which is the same as none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let end_of_host = text.rfind(']').map_or(0, |bracket| bracket + 1);
        let colon = text[end_of_host..].find(':').map(|colon| end_of_host + colon);
        let (host, port) = match colon {
            Some(colon) => (&text[..colon], &text[colon + 1..]),
            None => (text, ""),
        };
        // `parse` would accept a sign.
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        let port = if port.is_empty() { None } else { Some(port.parse().ok().filter(|_| is_number)?) };
        Some(Self { host: Host::of_authority(host)?, port })
    }
}

const LOCALHOST: &str = "localhost";
/// The longest name of DNS, in bytes.
const LONGEST_NAME: usize = 253;
