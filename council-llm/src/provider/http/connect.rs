//! The connections to a provider.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::header::CONNECTION;
use reqwest::{Client, RequestBuilder, Response, redirect};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::address::Address;

/// The connections to one address.
pub(super) struct Connections {
    address: Address,
    connect: Duration,
    /// It keeps the connections of earlier requests.
    pooled: Client,
    /// Whether an answer has left its connection open, so that a later request may use it.
    is_reused: AtomicBool,
}

impl Connections {
    /// Connections to this address, each of which has to be established in this time.
    pub(super) fn new(address: &Address, connect: Duration) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let pooled = client(address, connect)?.build()?;
        Ok(Self { address: address.clone(), connect, pooled, is_reused: false.into() })
    }

    /// Sends a request, and waits for the headers of the answer.
    ///
    /// A server may close a connection between two requests, and the client may learn it only when it sends the next one. So if the
    /// connection breaks as soon as the request is sent, the request is sent once more, on a connection of its own. A server that breaks
    /// the connection later has taken the request, and may charge for it.
    pub(super) async fn send(&self, request: impl Fn(&Client) -> RequestBuilder) -> Result<Response, reqwest::Error> {
        let (may_be_stale, sent) = (self.is_reused.load(Ordering::Relaxed), Instant::now());
        let response = match request(&self.pooled).send().await {
            Err(error) if may_be_stale && is_break(&error) && sent.elapsed() < AT_ONCE => {
                match client(&self.address, self.connect) {
                    Ok(unpooled) => request(&unpooled.pool_max_idle_per_host(0).build()?).send().await?,
                    Err(_) => return Err(error),
                }
            }
            response => response?,
        };
        if response.headers().get(CONNECTION).is_none_or(|value| !value.as_bytes().eq_ignore_ascii_case(b"close")) {
            self.is_reused.store(true, Ordering::Relaxed);
        }
        Ok(response)
    }
}

/// Whether an established connection broke.
fn is_break(error: &reqwest::Error) -> bool {
    error.is_request() && !error.is_connect() && !error.is_timeout()
}

/// Creates a client for one address.
///
/// It follows no redirect, because a redirect would send the key to a host that was not configured. It uses no proxy if the host is this
/// machine.
fn client(address: &Address, connect: Duration) -> Result<reqwest::ClientBuilder, rustls::Error> {
    let tls = if address.is_https() { trusting_the_system()? } else { trusting_nobody()? };
    let mut builder = Client::builder()
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(connect)
        .tls_backend_preconfigured(tls);
    if address.is_loopback() {
        builder = builder.no_proxy();
    }
    Ok(builder)
}

/// TLS with the certificates of the system, which are read once per process.
fn trusting_the_system() -> Result<ClientConfig, rustls::Error> {
    static CONFIG: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let provider = provider();
    let verifier = Verifier::new(Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(CONFIG.get_or_init(|| config).clone())
}

/// TLS without certificates, for `http` addresses: it works on a machine without certificates.
fn trusting_nobody() -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

/// The crypto provider that the program has installed, else the default of rustls. None is installed here, because the program chooses.
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()))
}

/// A connection that the server has closed breaks within this time after a request: within the time of a message to the server and back.
const AT_ONCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_made_for_either_scheme_and_install_nothing() {
        for base in ["https://api.anthropic.com", "http://127.0.0.1:11434"] {
            Connections::new(&Address::parse(base).unwrap(), Duration::from_secs(1)).unwrap();
        }
        assert!(CryptoProvider::get_default().is_none());
    }
}
