//! The HTTP client of a provider.

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::address::Address;

/// Creates a client for one address.
///
/// It follows no redirect, because a redirect would send the key to a host that was not configured. It uses no proxy if the host is this
/// machine.
pub(super) fn client(address: &Address, connect: Duration) -> Result<reqwest::Client, Box<dyn Error + Send + Sync>> {
    let tls = if address.is_https() { trusting_the_system()? } else { trusting_nobody()? };
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(connect)
        .tls_backend_preconfigured(tls);
    if address.is_loopback() {
        builder = builder.no_proxy();
    }
    Ok(builder.build()?)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_made_for_either_scheme_and_installs_nothing() {
        for base in ["https://api.anthropic.com", "http://127.0.0.1:11434"] {
            client(&Address::parse(base).unwrap(), Duration::from_secs(1)).unwrap();
        }
        assert!(CryptoProvider::get_default().is_none());
    }
}
