//! One connection: serves its requests within their timeouts, until it ends or is closed.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::response::IntoResponse;
use council_core::error_chain;
use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::debug;

use crate::http::connection_state::{ActiveRequest, ConnectionPermit, ConnectionState};
use crate::http::error::ApiError;
use crate::http::minimum_rate::MinimumRate;

/// The settings that all connections share.
#[derive(Clone)]
pub(crate) struct ConnectionSettings {
    pub(crate) router: Router,
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the server shuts down.
    pub(crate) closing: CancellationToken,
    /// How long the head of a request may take, and how long a connection may be idle.
    pub(crate) read_timeout: Duration,
    /// How long a client may take to read before more can be sent.
    pub(crate) send_timeout: Duration,
}

/// Serves requests until the client leaves, a timeout ends, the connection is evicted, or the server shuts down.
pub(crate) async fn serve(
    stream: TcpStream,
    served: ConnectionSettings,
    permit: ConnectionPermit,
    state: Arc<ConnectionState>,
) {
    // Events are small and are sent at once.
    let _ = stream.set_nodelay(true);
    // The system would take megabytes for a client that does not read, and how fast it reads would not be seen.
    let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER);
    let mut stream = Box::pin(TimeoutStream::new(MinimumRate::new(stream)));
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
        .max_header_size(HEAD_LIMIT)
        .max_buf_size(BUFFER)
        // A client that has sent its request may close its side of the connection, and still receives the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let wait = tokio::select! {
        ended = connection.as_mut() => return log(ended),
        () = state.evicted.notified() => Duration::ZERO,
        () = served.closing.cancelled() => IDLE_CLOSE_TIMEOUT,
    };
    connection.as_mut().graceful_shutdown();
    let wait = if state.is_idle() { wait } else { CLOSE_TIMEOUT };
    if let Ok(ended) = timeout(wait, connection).await {
        log(ended);
    }
}

fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        debug!(error = %error_chain(&error), "connection failed");
    }
}

/// A response body that keeps the connection active until it is sent.
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

/// Refuses a connection with a reason, without reading its request.
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
        // A socket that is closed with unread input can lose the answer.
        let mut unread = [0; 4 << 10];
        while stream.read(&mut unread).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = timeout(REFUSE_TIMEOUT, refusing).await;
}

/// The longest head of a request, in bytes.
const HEAD_LIMIT: usize = 64 << 10;
/// The size of the send buffer, in bytes. It bounds reads too, so it is not smaller than the longest head.
const BUFFER: usize = HEAD_LIMIT;
/// The size of the system's buffer for data that the client has not taken, in bytes.
const SEND_BUFFER: usize = 128 << 10;
/// How long active requests may take once the server shuts down.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection may still send a request then.
const IDLE_CLOSE_TIMEOUT: Duration = Duration::from_millis(100);
const REFUSE_TIMEOUT: Duration = Duration::from_millis(500);
