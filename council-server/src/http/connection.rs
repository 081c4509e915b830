//! One connection: its requests, each within its time, until it ends or has to go.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::response::IntoResponse;
use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::debug;

use crate::http::connection_state::{ActiveRequest, ConnectionPermit, ConnectionState};
use crate::http::error::ApiError;

/// What all connections are served with.
#[derive(Clone)]
pub(crate) struct ConnectionSettings {
    pub(crate) router: Router,
    pub(crate) tasks: TaskTracker,
    /// The server ends.
    pub(crate) closing: CancellationToken,
    /// How long the head of a request may take; a connection may be without one for as long.
    pub(crate) read_timeout: Duration,
    /// How long a client may take to read something before more can be sent.
    pub(crate) send_timeout: Duration,
}

/// Answers requests until the client leaves or is too slow, the place is needed, or the server ends.
pub(crate) async fn serve(
    stream: TcpStream,
    served: ConnectionSettings,
    permit: ConnectionPermit,
    state: Arc<ConnectionState>,
) {
    // Events are small and should leave at once.
    let _ = stream.set_nodelay(true);
    let mut stream = Box::pin(TimeoutStream::new(stream));
    stream.as_mut().set_write_timeout_pinned(Some(served.send_timeout));
    let own = Arc::clone(&state);
    let router = TowerToHyperService::new(served.router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let busy = own.begin();
        request.extensions_mut().insert(permit.clone());
        let answer = router.call(request);
        async move { answer.await.map(|answer| answer.map(|body| TrackedBody { body, _busy: busy })) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(served.read_timeout)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let patience = tokio::select! {
        ended = connection.as_mut() => return log(ended),
        () = state.leaving.notified() => Duration::ZERO,
        () = served.closing.cancelled() => IDLE_CLOSING,
    };
    connection.as_mut().graceful_shutdown();
    let patience = if state.is_idle() { patience } else { CLOSING };
    if let Ok(ended) = timeout(patience, connection).await {
        log(ended);
    }
}

fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        debug!(%error, "connection broke");
    }
}

/// The body of an answer; as long as it is not sent, the connection is at work.
struct TrackedBody {
    body: Body,
    _busy: ActiveRequest,
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        waker: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(waker)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Says why a connection is not served, whatever it would ask.
pub(crate) async fn refuse(mut stream: TcpStream) {
    let (head, body) = ApiError::TooManyConnections.into_response().into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let mut answer = format!("HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: {}\r\n", head.status, body.len());
    for (name, value) in &head.headers {
        answer.extend([name.as_str(), ": ", value.to_str().unwrap_or_default(), "\r\n"]);
    }
    answer.push_str("\r\n");
    let refusing = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.write_all(&body).await?;
        stream.shutdown().await?;
        // A connection that is dropped with something unread loses what was sent last.
        let mut unread = [0; 4 << 10];
        while stream.read(&mut unread).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = timeout(REFUSING, refusing).await;
}

/// The longest head of a request, in bytes; also how much of an answer is made before it is sent.
const BUFFER: usize = 64 << 10;
/// How long answers may take once the server ends.
const CLOSING: Duration = Duration::from_secs(5);
/// How long a connection without a request may still bring one then.
const IDLE_CLOSING: Duration = Duration::from_millis(100);
const REFUSING: Duration = Duration::from_millis(500);
