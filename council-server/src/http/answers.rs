//! Big answers: bounds the bytes of the answers that are being sent, and keeps equal answers in memory once.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use http_body_util::BodyExt;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tracing::warn;

use super::error::ApiError;
use crate::lock::Lock;

/// The answers that are being sent.
///
/// Answers up to 64 KiB are not counted.
pub(crate) struct Answers {
    /// A permit for each KiB.
    free: Arc<Semaphore>,
    /// The answers that several requests share, by what they contain.
    shared: Lock<HashMap<String, Weak<OnceCell<Bytes>>>>,
}

impl Default for Answers {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(permits(MOST_BYTES) as usize)), shared: Lock::default() }
    }
}

impl Answers {
    /// Counts an answer until its bytes are dropped.
    fn count(&self, bytes: Bytes) -> Result<Bytes, ApiError> {
        if bytes.len() <= SMALL {
            return Ok(bytes);
        }
        let free = Arc::clone(&self.free).try_acquire_many_owned(permits(bytes.len()));
        Ok(counted(bytes, free.map_err(|_| ApiError::TooManyBytes)?))
    }

    /// An answer in JSON of about this many bytes. It is made only if there is room for it.
    pub(crate) fn json(&self, bytes: usize, make: impl FnOnce() -> Vec<u8>) -> Result<Response, ApiError> {
        if bytes <= SMALL {
            return Ok((JSON, make()).into_response());
        }
        let free = Arc::clone(&self.free).try_acquire_many_owned(permits(bytes));
        let permit = free.map_err(|_| ApiError::TooManyBytes)?;
        let mut response = (JSON, counted(make().into(), permit)).into_response();
        response.extensions_mut().insert(Counted);
        Ok(response)
    }

    /// Counts this many bytes until the permit is dropped. Waits until there is room.
    pub(crate) async fn wait_for(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        if bytes <= SMALL {
            return None;
        }
        Arc::clone(&self.free).acquire_many_owned(permits(bytes)).await.ok()
    }

    /// An answer in JSON. Of several requests with the same key at the same time, one makes it, and all send the same bytes. The key says
    /// all that the answer depends on.
    pub(crate) async fn shared(
        &self,
        key: String,
        make: impl Future<Output = Result<Vec<u8>, ApiError>>,
    ) -> Result<Response, ApiError> {
        let answer = self.place(key);
        answer.get_or_try_init(async || self.count(make.await?.into())).await?;
        let mut response = (JSON, Bytes::from_owner(SharedBytes(answer))).into_response();
        response.extensions_mut().insert(Counted);
        Ok(response)
    }

    fn place(&self, key: String) -> Arc<OnceCell<Bytes>> {
        let mut shared = self.shared.lock();
        if let Some(known) = shared.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        shared.retain(|_, answer| answer.strong_count() > 0);
        let new = Arc::default();
        shared.insert(key, Arc::downgrade(&new));
        new
    }

    /// A list in JSON that is sent in batches, so that one batch of a long list is in memory. An error at the beginning is the answer. A
    /// later one breaks the answer off.
    pub(crate) async fn list(
        &self,
        batches: impl Stream<Item = Result<Vec<String>, ApiError>> + Send + 'static,
    ) -> Result<Response, ApiError> {
        let mut list =
            ListBody { batches: Box::pin(batches), free: Arc::clone(&self.free), held: None, separator: "[" };
        let (mut begin, mut bytes) = (Vec::new(), 0);
        while bytes <= SMALL {
            let Some(batch) = list.next().await? else {
                let (begin, end): (_, &[u8]) =
                    if begin.is_empty() { (Vec::new(), b"[]") } else { (begin.concat(), b"]") };
                return Ok((JSON, [&begin, end].concat()).into_response());
            };
            bytes += batch.iter().map(Bytes::len).sum::<usize>();
            begin.extend(batch);
        }
        let rest = stream::try_unfold(Some(list), async |list| {
            let Some(mut list) = list else { return Ok(None) };
            match list.next().await {
                Ok(Some(batch)) => Ok(Some((batch, Some(list)))),
                Ok(None) => Ok(Some((vec![Bytes::from_static(b"]")], None))),
                Err(error) => {
                    warn!(%error, "a list that is being sent is broken off");
                    Err(error)
                }
            }
        });
        let rest = rest.map_ok(|batch| stream::iter(batch.into_iter().map(Ok::<_, ApiError>))).try_flatten();
        Ok((JSON, Body::from_stream(stream::iter(begin.into_iter().map(Ok)).chain(rest))).into_response())
    }
}

/// The rest of a list that is being sent.
struct ListBody<S> {
    batches: Pin<Box<S>>,
    free: Arc<Semaphore>,
    /// The permit for the biggest batch so far.
    held: Option<OwnedSemaphorePermit>,
    /// The text before the next batch.
    separator: &'static str,
}

impl<S: Stream<Item = Result<Vec<String>, ApiError>>> ListBody<S> {
    /// The text of the next batch, with the bracket or the comma before it.
    async fn next(&mut self) -> Result<Option<Vec<Bytes>>, ApiError> {
        let Some(mut batch) = self.batches.next().await.transpose()? else { return Ok(None) };
        // A single item is big, and is not copied.
        let text = if batch.len() == 1 { batch.remove(0) } else { batch.join(",") };
        self.hold(text.len())?;
        let separator = std::mem::replace(&mut self.separator, ",");
        Ok(Some(vec![Bytes::from_static(separator.as_bytes()), text.into()]))
    }

    fn hold(&mut self, bytes: usize) -> Result<(), ApiError> {
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = (permits(bytes) as usize).saturating_sub(held);
        if bytes <= SMALL || more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.free).try_acquire_many_owned(more).map_err(|_| ApiError::TooManyBytes)?;
        match &mut self.held {
            Some(held) => held.merge(permit),
            held => *held = Some(permit),
        }
        Ok(())
    }
}

/// Counts the big answers in JSON that are not counted yet. Beyond the bound a `GET` is refused; an answer to another method waits, because
/// its request has taken effect.
pub(crate) async fn count_answer(State(answers): State<Arc<Answers>>, request: Request, next: Next) -> Response {
    let is_repeatable = [Method::GET, Method::HEAD].contains(request.method());
    let response = next.run(request).await;
    let size = response.body().size_hint().exact().and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    if size <= SMALL || !is_json(response.headers()) || response.extensions().get::<Counted>().is_some() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = body.collect().await else { return ApiError::TooManyBytes.into_response() };
    let bytes = bytes.to_bytes();
    let permit = if is_repeatable { None } else { answers.wait_for(size).await };
    let counted = match permit {
        Some(permit) => Ok(counted(bytes, permit)),
        None => answers.count(bytes),
    };
    counted.map_or_else(IntoResponse::into_response, |bytes| Response::from_parts(parts, Body::from(bytes)))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(JSON[0].1.as_bytes()))
}

/// The number of permits for this many bytes. An answer that is bigger than the bound needs all of them.
fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes.min(MOST_BYTES).div_ceil(1 << 10)).unwrap_or(u32::MAX)
}

/// The bytes of an answer, with their permit.
fn counted(bytes: Bytes, permit: OwnedSemaphorePermit) -> Bytes {
    Bytes::from_owner(CountedBytes { bytes, _permit: permit })
}

struct CountedBytes {
    bytes: Bytes,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for CountedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// The bytes of a shared answer, which stays in memory until all requests have sent it.
struct SharedBytes(Arc<OnceCell<Bytes>>);

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        self.0.get().map_or(&[], |bytes| bytes)
    }
}

/// Marks an answer whose bytes are counted.
#[derive(Clone, Copy)]
struct Counted;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
/// The bound of the bytes of big answers that are being sent.
const MOST_BYTES: usize = 48 << 20;
/// The size up to which an answer is not counted.
const SMALL: usize = 64 << 10;
