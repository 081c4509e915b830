//! The address of Ollama, by the rules of `OLLAMA_HOST`.

use std::net::Ipv6Addr;

use super::http::address::{Address, AddressError};

/// The default address of Ollama.
pub(super) const DEFAULT: &str = "http://127.0.0.1:11434/v1";

/// Reads `host`, `host:port`, `:port`, or an address with a scheme.
///
/// The default port is 11434, or with a scheme the port of the scheme. The address on which a server listens on all interfaces (`0.0.0.0`)
/// cannot be called on every system, so it means this machine.
pub(super) fn address(host: &str) -> Result<Address, AddressError> {
    let host = host.trim();
    let (scheme, rest) = host.split_once("://").unwrap_or(("", host));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, authority) = match authority.rsplit_once('@') {
        Some((user, authority)) => (format!("{user}@"), authority),
        None => (String::new(), authority),
    };
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if authority.parse::<Ipv6Addr>().is_err() && !port.ends_with(']') => (name, Some(port)),
        _ => (authority, None),
    };
    let name = match name {
        "" | "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" | "[::]" => "[::1]".to_owned(),
        name if name.parse::<Ipv6Addr>().is_ok() => format!("[{name}]"),
        name => name.to_owned(),
    };
    let port = match (port, scheme) {
        (Some(port), _) => format!(":{port}"),
        (None, "") => ":11434".to_owned(),
        (None, _) => String::new(),
    };
    let scheme = if scheme.is_empty() { "http" } else { scheme };
    Ok(Address::parse(&format!("{scheme}://{user}{name}{port}/{path}"))?.versioned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ollama_host_is_read_as_ollama_reads_it() {
        for (host, expected) in [
            ("", "http://127.0.0.1:11434/v1/x"),
            ("gpu", "http://gpu:11434/v1/x"),
            ("gpu:8080", "http://gpu:8080/v1/x"),
            (":8080", "http://127.0.0.1:8080/v1/x"),
            ("0.0.0.0", "http://127.0.0.1:11434/v1/x"),
            ("0.0.0.0:80", "http://127.0.0.1/v1/x"),
            ("::1", "http://[::1]:11434/v1/x"),
            ("[::]:8080", "http://[::1]:8080/v1/x"),
            ("[::1]", "http://[::1]:11434/v1/x"),
            ("http://gpu", "http://gpu/v1/x"),
            ("https://gpu/", "https://gpu/v1/x"),
            ("https://gpu:8080/ollama/v1/", "https://gpu:8080/ollama/v1/x"),
            (" user:word@gpu ", "http://user:word@gpu:11434/v1/x"),
        ] {
            assert_eq!(address(host).unwrap().endpoint(&["x"]).as_str(), expected, "{host}");
        }
        assert!(address("gpu:many").is_err());
        assert!(address("ftp://gpu").is_err());
    }
}
