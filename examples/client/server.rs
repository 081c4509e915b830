//! Requests to the server.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Url};
use serde_json::{Value, json};

use crate::fault::Fault;

/// A server, and what it wants to know of its client.
pub(crate) struct Server {
    pub(crate) address: Url,
    pub(crate) token: Option<String>,
    client: Client,
}

impl Server {
    pub(crate) fn new(address: Url, token: Option<String>) -> Result<Self, Fault> {
        // Nothing is encrypted here, but the client is not made without. It is an error if another was there first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().connect_timeout(PATIENCE).timeout(PATIENCE).build();
        Ok(Self { address, token, client: client.map_err(Fault::NoClient)? })
    }

    /// Asks for something below `/api/councils`.
    pub(crate) async fn get(&self, path: &[&str]) -> Result<Value, Fault> {
        self.send(self.client.request(Method::GET, self.councils(path))).await
    }

    /// Wants something done below `/api/councils`.
    pub(crate) async fn post(&self, path: &[&str], body: &Value) -> Result<Value, Fault> {
        self.send(self.client.request(Method::POST, self.councils(path)).json(body)).await
    }

    /// Answers for the chair.
    pub(crate) async fn decide(&self, run: &str, action: &str, state: Option<Value>) -> Result<Value, Fault> {
        let mut body = json!({ "action": action });
        if let Some(state) = state {
            body["modified_state"] = state;
        }
        self.post(&["run", run, "approve"], &body).await
    }

    pub(crate) async fn history(&self, limit: u32, offset: u32) -> Result<Value, Fault> {
        let mut url = self.url(&["api", "runs", ""]);
        url.set_query(Some(&format!("limit={limit}&offset={offset}")));
        self.send(self.client.request(Method::GET, url)).await
    }

    /// A URL on the server. What stands in a segment cannot lead to another.
    pub(crate) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.address.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    fn councils(&self, path: &[&str]) -> Url {
        self.url(&[&["api", "councils"], path].concat())
    }

    /// A graph as text.
    pub(crate) async fn drawing(&self, path: &[&str]) -> Result<String, Fault> {
        let mut url = self.councils(path);
        url.set_query(Some("format=mermaid"));
        let drawing = self.body(self.client.request(Method::GET, url)).await?;
        String::from_utf8(drawing).map_err(|error| self.strange(error.to_string()))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, Fault> {
        let body = self.body(request).await?;
        serde_json::from_slice(&body).map_err(|error| self.strange(error.to_string()))
    }

    async fn body(&self, mut request: RequestBuilder) -> Result<Vec<u8>, Fault> {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let lost = |error: reqwest::Error| Fault::no_server(self.address.as_str(), &error);
        let response = request.send().await.map_err(lost)?;
        let status = response.status();
        let body = response.bytes().await.map_err(lost)?;
        if !status.is_success() {
            return Err(Fault::refused(status.as_u16(), &body));
        }
        Ok(body.into())
    }

    pub(crate) fn strange(&self, what: String) -> Fault {
        Fault::Strange { server: self.address.to_string(), what }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
