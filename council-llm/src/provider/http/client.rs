//! One call: the request, the status, and the form of the answer.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::address::Address;
use super::advice::Advisor;
use super::answer;
use super::body::Body;
use super::changes::Change;
use super::connect::Connections;
use super::dialect::Dialect;
use super::errors::CallErrors;
use super::extras::Extras;
use super::patience::Patience;
use super::quotas::quotas;
use super::room::Room;
use crate::chat::error::ChatError;
use crate::chat::limiter::Limiter;
use crate::chat::limiter::permit::Permit;
use crate::chat::limiter::settings::RateLimits;
use crate::chat::model::ChatStream;
use crate::chat::request::ChatRequest;
use crate::lock::Lock;
use crate::provider::limiters::Limiters;
use crate::provider::limits::CallLimits;

/// A model behind HTTP. The dialect words its requests and reads its answers. Clones share the client, and what calls have shown.
#[derive(Clone)]
pub(crate) struct HttpModel<D> {
    pub(crate) name: String,
    pub(crate) address: Address,
    pub(crate) limits: CallLimits,
    pub(crate) streaming: bool,
    pub(crate) extras: Extras,
    pub(crate) limiter: Limiter,
    model: String,
    key: Option<String>,
    pub(crate) dialect: D,
    /// The changes that the model has asked for.
    changes: Arc<Lock<Vec<Change>>>,
    prepared: Arc<OnceCell<PreparedCall>>,
}

/// The shared parts of all calls of a model. They are created at the first call, because that can fail.
pub(super) struct PreparedCall {
    pub(super) connections: Connections,
    endpoint: Url,
    pub(super) headers: HeaderMap,
    pub(super) errors: Arc<CallErrors>,
}

impl<D: Dialect> HttpModel<D> {
    pub(crate) fn new(dialect: D, model: String, key: Option<String>, address: Address) -> Self {
        Self {
            name: format!("{}/{model}", dialect.provider()),
            address,
            limits: CallLimits::default(),
            streaming: true,
            extras: Extras::default(),
            limiter: Limiter::default(),
            model,
            key: key.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()),
            dialect,
            changes: Arc::default(),
            prepared: Arc::default(),
        }
    }

    /// Calls the model when the limiter says so.
    pub(crate) async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let limits = self.limits.with(request.timeouts);
        Self { limits, ..self.clone() }.turn(request, None, MOST_CHANGES).await
    }

    /// A turn at the provider. If the model refuses the request and says how to change it, the changed request has a turn of its own, so that
    /// no limit is exceeded. Later requests have the change from the beginning. If the request has the change already, the refusal is the
    /// error of the call. `room` is the longest answer to this request alone.
    fn turn(
        self,
        request: ChatRequest,
        room: Option<Room>,
        changes: u8,
    ) -> BoxFuture<'static, Result<ChatStream, ChatError>> {
        let (limiter, model) = (self.limiter.clone(), self.model.clone());
        let send = move |request: ChatRequest, permit: Arc<Permit>| {
            let this = self.clone();
            async move {
                let body = this.body(&request, room);
                let error = match this.call(&body, &permit).await {
                    Ok(items) => return Ok(items),
                    Err(error) => error,
                };
                let Some(change) = Change::after(&error, &body).filter(|_| changes > 0) else { return Err(error) };
                let room = this.learn(change).or(room);
                if this.body(&request, room) == body {
                    return Err(error);
                }
                permit.end();
                this.turn(request, room, changes - 1).await
            }
        };
        async move { limiter.call(&model, request, send).await }.boxed()
    }

    /// The body of a request, with all changes that the model has asked for.
    fn body(&self, request: &ChatRequest, room: Option<Room>) -> Value {
        let mut body = self.dialect.body(&self.model, &self.address, request, self.streaming);
        let known = self.changes.lock().clone();
        known.into_iter().chain(room.map(Change::Room)).for_each(|change| change.apply(&mut body));
        body
    }

    /// Remembers a change. Returns the room of an answer that concerns one request alone.
    fn learn(&self, change: Change) -> Option<Room> {
        tracing::warn!(model = self.name, "the model has refused a request: {change}");
        match change {
            Change::Room(room @ Room::OfRequest(_)) => Some(room),
            change => {
                let mut known = self.changes.lock();
                if !known.contains(&change) {
                    known.push(change);
                }
                None
            }
        }
    }

    /// Calls the model once.
    async fn call(&self, body: &Value, permit: &Permit) -> Result<ChatStream, ChatError> {
        let prepared = self.prepared().await?;
        let mut patience = Patience::new(&self.limits, self.address.is_loopback());
        let response = self.send(prepared, body, &mut patience).await?;
        let errors = &prepared.errors;

        let status = response.status();
        let lessons = quotas(response.headers(), SystemTime::now());
        if !status.is_success() {
            let error = self.refused(prepared, response, patience).await;
            permit.answered(&lessons.with_error(&error, self.address.is_loopback()));
            return Err(error);
        }
        permit.answered(&lessons);
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).to_lowercase());
        answer::read(Body::new(response, Arc::clone(errors), self.limits, patience), self.dialect, content_type).await
    }

    /// The error of an answer with a status other than success.
    pub(super) async fn refused(
        &self,
        prepared: &PreparedCall,
        response: reqwest::Response,
        patience: Patience,
    ) -> ChatError {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = Body::new(response, Arc::clone(&prepared.errors), self.limits, patience);
        prepared.errors.status(status, &headers, &body.beginning(ERROR_PATIENCE, ERROR_BYTES).await)
    }

    /// Shares the limiter of this address and key, which obeys these limits too.
    pub(crate) fn share(&mut self, limiters: &Limiters, limits: RateLimits) {
        self.limiter = limiters.of(self.address.endpoint(&[]).to_string(), self.key.clone(), limits);
    }

    #[cfg(feature = "openai")]
    pub(crate) fn set_key(&mut self, key: &str) {
        self.key = Some(key.trim().to_owned()).filter(|key| !key.is_empty());
    }

    /// Sets the name of the provider, which errors and the name of the model show.
    pub(crate) fn set_provider(&mut self, provider: Cow<'static, str>) {
        self.name = format!("{provider}/{}", self.model);
        self.extras.provider = Some(provider);
    }

    fn provider(&self) -> Cow<'static, str> {
        self.extras.provider.clone().unwrap_or(self.dialect.provider().into())
    }

    /// A copy of this model that requests the list of models.
    pub(super) fn for_list(&self) -> Self {
        let mut model = Self { prepared: Arc::default(), ..self.clone() };
        model.extras.sources.is_for_all_models = true;
        model
    }

    pub(super) async fn prepared(&self) -> Result<&PreparedCall, ChatError> {
        self.prepared.get_or_try_init(async || self.prepare()).await
    }

    fn prepare(&self) -> Result<PreparedCall, ChatError> {
        let secrets = self.key.iter().cloned().chain(self.address.secrets()).chain(self.extras.secrets());
        let advisor = Advisor {
            model: self.model.clone(),
            is_ollama: self.dialect.is_ollama(),
            has_key: self.key.is_some(),
            has_user: self.address.has_user(),
            sources: self.extras.sources.clone(),
        };
        let errors = CallErrors::new(self.provider(), self.address.host_and_port(), secrets, advisor);
        let connections = Connections::new(&self.address, self.limits.connect);
        Ok(PreparedCall {
            connections: connections.map_err(|error| errors.request(error.as_ref()))?,
            endpoint: self.extras.add_query(self.address.endpoint(self.dialect.path())),
            headers: self.headers().map_err(|error| errors.request(error.as_ref()))?,
            errors: Arc::new(errors),
        })
    }

    /// Sends the request and waits for the headers of the answer.
    async fn send(
        &self,
        prepared: &PreparedCall,
        body: &Value,
        patience: &mut Patience,
    ) -> Result<reqwest::Response, ChatError> {
        let PreparedCall { connections, endpoint, headers, errors } = prepared;
        let body = self.extras.change_body(body.clone());
        let call = connections.send(|client| client.post(endpoint.clone()).headers(headers.clone()).json(&body));
        let response = patience.wait(call).await.map_err(|limit| {
            let error = errors.timeout(limit);
            if self.address.is_loopback() { error } else { error.paid() }
        })?;
        response.map_err(|error| errors.connection(error, &self.limits))
    }

    /// The headers of every request; an error if one of them is not valid.
    pub(crate) fn headers(&self) -> Result<HeaderMap, Box<dyn Error + Send + Sync>> {
        let fixed = self.dialect.headers().iter();
        let mut headers: HeaderMap =
            fixed.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        if let Some(key) = &self.key {
            let (name, value) = self.extras.key_header(key).unwrap_or_else(|| Ok(self.dialect.key_header(key)))?;
            let mut value = HeaderValue::try_from(value)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        self.extras.add_headers(&mut headers)?;
        Ok(headers)
    }
}

impl<D: Dialect> std::fmt::Debug for HttpModel<D> {
    /// Shows the name and the address, never the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct(&self.provider())
            .field("name", &self.name)
            .field("address", &self.address.host_and_port())
            .field("limits", &self.limits)
            .field("streaming", &self.streaming)
            .finish_non_exhaustive()
    }
}

/// How many times a refused request is changed: once for each kind of change.
const MOST_CHANGES: u8 = 6;

/// How long the body of an error may take, and how much of it is read.
const ERROR_PATIENCE: Duration = Duration::from_secs(5);
const ERROR_BYTES: usize = 64 << 10;
