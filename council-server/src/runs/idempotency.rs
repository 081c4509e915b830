//! Idempotency: a request with a key is accepted once, and its repeats are answered without doing it again.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::OwnedMutexGuard;
use uuid::{Builder, Uuid};

use crate::lock::Lock;

/// A request that its client may repeat. A run stores the requests that it has accepted, in its summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyedRequest {
    /// The key. It is also the id of the run that the request starts, so the run and its key are stored together.
    key: String,
    /// A digest of the route and the body.
    digest: String,
    /// Whether the key is the id that the client has chosen for the run.
    #[serde(skip)]
    pub(super) is_run_id: bool,
}

impl KeyedRequest {
    /// A request with the key of a header. `route` names the route and the run or blueprint in its path.
    pub(crate) fn with_key(key: &str, route: &[&str], body: &Value) -> Self {
        // A UUID of version 8, whose bits are free.
        Self::new(Builder::from_custom_bytes(digest(key)).into_uuid(), route, body, false)
    }

    /// A start whose client has chosen the id of the run.
    pub(crate) fn with_run_id(id: Uuid, route: &[&str], body: &Value) -> Self {
        Self::new(id, route, body, true)
    }

    fn new(key: Uuid, route: &[&str], body: &Value, is_run_id: bool) -> Self {
        let digest = format!("{:032x}", u128::from_be_bytes(digest(&json!([route, body]).to_string())));
        Self { key: key.to_string(), digest, is_run_id }
    }

    /// The id of the run that the request starts.
    pub(super) fn run_id(&self) -> Arc<str> {
        self.key.as_str().into()
    }
}

/// The error of a key that belongs to another request of the run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the key belongs to another request: use a new key for each request")]
    Reused,
    /// The id that the client has chosen belongs to another run.
    #[error("Run '{0}' already exists.")]
    RunExists(String),
}

/// The requests that a run has accepted, oldest first.
#[derive(Default)]
pub(super) struct AcceptedRequests(Lock<Vec<KeyedRequest>>);

impl AcceptedRequests {
    pub(super) fn new(requests: Vec<KeyedRequest>) -> Self {
        Self(Lock::new(requests))
    }

    /// Whether the run has accepted this request before.
    pub(super) fn contain(&self, request: &KeyedRequest) -> Result<bool, KeyError> {
        match self.0.lock().iter().find(|known| known.key == request.key) {
            Some(known) if known.digest == request.digest => Ok(true),
            Some(_) => Err(request.conflict()),
            None => Ok(false),
        }
    }

    /// Adds a request, so that the next records of the run store it. The request that came after the first one makes room.
    pub(super) fn add(&self, request: Option<KeyedRequest>) {
        let Some(request) = request else { return };
        let mut requests = self.0.lock();
        if requests.len() >= MAX_REQUESTS {
            requests.remove(1);
        }
        requests.push(request);
    }

    /// Removes a request that was not accepted.
    pub(super) fn remove(&self, request: Option<&KeyedRequest>) {
        self.0.lock().retain(|known| request.is_none_or(|request| known.key != request.key));
    }

    pub(super) fn list(&self) -> Vec<KeyedRequest> {
        self.0.lock().clone()
    }
}

impl KeyedRequest {
    /// The error of a key that has been used for another request.
    pub(super) fn conflict(&self) -> KeyError {
        if self.is_run_id { KeyError::RunExists(self.key.clone()) } else { KeyError::Reused }
    }
}

/// The first half of the SHA-256 digest of a text.
fn digest(text: &str) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::digest(text).into();
    let mut half = [0; 16];
    half.copy_from_slice(&hash[..16]);
    half
}

/// Lets the requests for one run with a key go one after another, so that a repeat waits for the end of the request that it repeats.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Lock<RunMutexes>>);

/// The mutexes of the runs for which requests are being processed.
type RunMutexes = HashMap<Arc<str>, Arc<tokio::sync::Mutex<()>>>;

impl Turns {
    /// Waits for the turn of a request for this run.
    pub(super) async fn wait(&self, run: Arc<str>) -> Turn {
        let mutex = Arc::clone(self.0.lock().entry(Arc::clone(&run)).or_default());
        Turn { _guard: mutex.lock_owned().await, turns: self.clone(), run }
    }
}

/// The turn of a request, until it is dropped.
pub(super) struct Turn {
    _guard: OwnedMutexGuard<()>,
    turns: Turns,
    run: Arc<str>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = self.turns.0.lock();
        // The map and this turn hold it. A request that waits holds it too.
        if turns.get(&self.run).is_some_and(|mutex| Arc::strong_count(mutex) <= 2) {
            turns.remove(&self.run);
        }
    }
}

/// How many requests a run keeps: its first one and the latest.
const MAX_REQUESTS: usize = 32;
