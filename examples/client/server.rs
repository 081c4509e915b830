//! HTTP requests to the server.

use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder, Url};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::ClientError;

/// The server: its address, the token for it, and an HTTP client.
pub(crate) struct Server {
    pub(crate) address: Url,
    pub(crate) token: Option<String>,
    client: Client,
    /// The key of a request that the server does only once.
    key: String,
}

impl Server {
    pub(crate) fn new(address: Url, token: Option<String>, key: Option<String>) -> Result<Self, ClientError> {
        let client = Client::builder().no_proxy().connect_timeout(TIMEOUT).timeout(TIMEOUT).build();
        let key = key.unwrap_or_else(|| Uuid::new_v4().to_string());
        Ok(Self { address, token, client: client.map_err(ClientError::NoClient)?, key })
    }

    /// A GET request below `/api/councils`.
    pub(crate) async fn get(&self, path: &[&str]) -> Result<Value, ClientError> {
        self.send(self.client.request(Method::GET, self.councils(path))).await
    }

    /// A POST request below `/api/councils`.
    pub(crate) async fn post(&self, path: &[&str], body: &Value) -> Result<Value, ClientError> {
        self.send(self.client.request(Method::POST, self.councils(path)).json(body)).await
    }

    /// A POST request below `/api/councils` that the server does only once. It is sent again with the same key if its connection breaks.
    pub(crate) async fn post_once(&self, path: &[&str], body: &Value) -> Result<Value, ClientError> {
        let mut was_sent = false;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let request = self.client.request(Method::POST, self.councils(path)).json(body);
            match self.send(request.header("idempotency-key", &self.key)).await {
                Err(ClientError::NoServer { is_sent, .. }) if is_sent || was_sent => was_sent = true,
                answer => return answer,
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(ClientError::NoAnswer { server: self.address.to_string(), key: self.key.clone() })
    }

    /// Sends an answer of the chair.
    pub(crate) async fn decide(&self, run: &str, action: &str, state: Option<Value>) -> Result<Value, ClientError> {
        let mut body = json!({ "action": action });
        if let Some(state) = state {
            body["modified_state"] = state;
        }
        self.post_once(&["run", run, "approve"], &body).await
    }

    pub(crate) async fn history(&self, limit: u32, offset: u32) -> Result<Value, ClientError> {
        let mut url = self.url(&["api", "runs", ""]);
        url.set_query(Some(&format!("limit={limit}&offset={offset}")));
        self.send(self.client.request(Method::GET, url)).await
    }

    /// The number of the last event of a run; 0 if there is none.
    pub(crate) async fn last_event(&self, run: &str) -> Result<u64, ClientError> {
        let events = self.send(self.client.request(Method::GET, self.url(&["api", "runs", run, "events"]))).await?;
        let last = events.as_array().and_then(|events| events.last());
        Ok(last.and_then(|event| event["seq"].as_u64()).unwrap_or_default())
    }

    /// A URL on the server. Segments are escaped, so an id cannot change the path.
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

    /// A graph as Mermaid.
    pub(crate) async fn drawing(&self, path: &[&str]) -> Result<String, ClientError> {
        let mut url = self.councils(path);
        url.set_query(Some("format=mermaid"));
        let drawing = self.body(self.client.request(Method::GET, url)).await?;
        String::from_utf8(drawing).map_err(|error| self.unexpected(error.to_string()))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, ClientError> {
        let body = self.body(request).await?;
        serde_json::from_slice(&body).map_err(|error| self.unexpected(error.to_string()))
    }

    async fn body(&self, mut request: RequestBuilder) -> Result<Vec<u8>, ClientError> {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let lost = |error: reqwest::Error| ClientError::no_server(self.address.as_str(), &error, !error.is_connect());
        let response = request.send().await.map_err(lost)?;
        let status = response.status();
        let body = response.bytes().await.map_err(lost)?;
        if !status.is_success() {
            return Err(ClientError::refused(status.as_u16(), &body));
        }
        Ok(body.into())
    }

    pub(crate) fn unexpected(&self, problem: String) -> ClientError {
        ClientError::UnexpectedAnswer { server: self.address.to_string(), problem }
    }
}

const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a request is sent again while its connection breaks, and the pause before each time.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);
