//! The address of a provider, with its credentials and without them.

use std::net::IpAddr;

use reqwest::Url;

use crate::provider::redact::without_credentials;

/// A base address that can be called: `http` or `https`, with a host.
#[derive(Clone)]
pub(crate) struct Address(Url);

impl Address {
    /// Reads a base address such as `https://api.openai.com/v1` or `http://user:password@proxy:8080/anthropic/`.
    pub(crate) fn parse(text: &str) -> Result<Self, AddressError> {
        let error =
            |reason: &str| AddressError { address: without_credentials(text.trim()), reason: reason.to_owned() };
        if !["http://", "https://"].iter().any(|scheme| text.trim().to_ascii_lowercase().starts_with(scheme)) {
            return Err(error("it has to begin with http:// or https://"));
        }
        Url::parse(text.trim()).map(Self).map_err(|found| error(&found.to_string()))
    }

    /// An address that is a constant of this crate.
    pub(crate) fn known(text: &'static str) -> Self {
        Self(Url::parse(text).expect("the crate's own addresses can be read"))
    }

    /// The address with `/v1` at the end of its path, which is added if it is missing.
    pub(crate) fn versioned(self) -> Self {
        let mut path = self.0.path_segments().into_iter().flatten().rev().skip_while(|segment| segment.is_empty());
        if path.next() == Some("v1") { self } else { Self(self.endpoint(&["v1"])) }
    }

    /// The address without `segments` at the end of its path, for a base address that is that of the endpoint itself.
    pub(crate) fn without(mut self, segments: &[&str]) -> Self {
        let path: Vec<&str> = self.0.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
        if let Some(base) = path.strip_suffix(segments) {
            let base = base.join("/");
            self.0.set_path(&base);
        }
        self
    }

    /// The address with `segments` below its path. A trailing slash of the path is ignored, and the query is kept.
    pub(crate) fn endpoint(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// The host.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Host and port, for errors: no credentials, no path, no query.
    pub(crate) fn host_and_port(&self) -> String {
        match self.0.port_or_known_default() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }

    /// Whether the address contains a user.
    pub(crate) fn has_user(&self) -> bool {
        !self.0.username().is_empty()
    }

    /// The texts that no error may show: the password, or the user name if there is no password; the query and each value
    /// of it.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = String> {
        let user = self.0.password().unwrap_or(self.0.username()).to_owned();
        let pairs = self.0.query_pairs().filter(|(name, _)| name != "api-version");
        let values: Vec<String> = pairs.map(|(_, value)| value.into_owned()).collect();
        // A server repeats the query as it was sent, with its escapes.
        let whole = self.0.query().filter(|_| !values.is_empty()).map(str::to_owned);
        values.into_iter().chain(whole).chain([user])
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the host is this machine. The address on which a server listens on all interfaces (`0.0.0.0`, `[::]`) leads there too.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.host().trim_start_matches('[').trim_end_matches(']');
        let is_local = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified();
        host == "localhost" || host.ends_with(".localhost") || host.parse().is_ok_and(is_local)
    }
}

/// The error of an address that cannot be used.
///
/// ```
/// # #[cfg(feature = "openai")] {
/// use council_llm::OpenAi;
///
/// let error = OpenAi::new("gpt-4o", None).base_url("ftp://user:secret@host").unwrap_err().to_string();
/// assert!(error.starts_with("`ftp://host`") && !error.contains("secret"));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` is not an address of a chat model: {reason}")]
pub struct AddressError {
    address: String,
    reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_taken_with_and_without_slash_and_version() {
        let messages = |base: &str| Address::parse(base).unwrap().versioned().endpoint(&["messages"]).to_string();
        for base in ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/", " http://h:1 "] {
            assert_eq!(messages(base), "http://h:1/v1/messages", "{base}");
        }
        assert_eq!(messages("https://h/proxy/v1?team=a"), "https://h/proxy/v1/messages?team=a");
    }

    #[test]
    fn a_base_may_be_the_endpoint() {
        for (base, expected) in [
            ("http://h/v1/messages", "http://h/v1"),
            ("http://h/a%20b/v1/messages/?team=a", "http://h/a%20b/v1?team=a"),
            ("http://h/messages", "http://h/"),
            ("http://h/v1", "http://h/v1"),
            ("http://h/messages/v1/", "http://h/messages/v1/"),
        ] {
            assert_eq!(Address::parse(base).unwrap().without(&["messages"]).0.as_str(), expected);
        }
    }

    #[test]
    fn an_address_is_shown_without_credentials() {
        let address = Address::parse("https://user:secret@host/v1?key=secret").unwrap();
        assert_eq!(address.host_and_port(), "host:443");
        for text in [
            "user:secret@host",
            "ftp://user:secret@host/x",
            "http://user:secret@host:port",
            "http://a@b:secret@",
            "https://host:port/v1?key=secret",
        ] {
            let error = Address::parse(text).err().unwrap().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn this_machine_is_known() {
        for (host, expected) in [
            ("127.0.0.1:1", true),
            ("127.9.9.9", true),
            ("localhost", true),
            ("gpu.localhost:1", true),
            ("0.0.0.0:8080", true),
            ("[::1]:1", true),
            ("[::]:1", true),
            ("127.example", false),
            ("localhost.example", false),
            ("10.0.0.1", false),
            ("[::2]", false),
        ] {
            assert_eq!(Address::parse(&format!("http://{host}")).unwrap().is_loopback(), expected, "{host}");
        }
    }
}
