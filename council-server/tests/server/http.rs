//! HTTP client for the tests: one request on one connection, and the whole answer.

use std::net::SocketAddr;

use flate2::read::GzDecoder;
use serde_json::Value;
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::openapi;

/// The answer to a request.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    /// The body, decompressed.
    pub(crate) text: String,
    /// The length of the body as it was sent, in bytes.
    pub(crate) sent: usize,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The value of a header, whose name is given in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The status and the body, such as `200 {"status": ...}`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.status, self.text)
    }
}

/// Sends a request line such as `GET /api/health`, headers, and a body.
pub(crate) async fn send(address: SocketAddr, request: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    try_send(address, request, headers, body).await.expect("an answer")
}

/// Sends a request to a server that may have ended; `None` if there is no answer.
pub(crate) async fn try_send(
    address: SocketAddr,
    request: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Answer> {
    let answer = try_send_raw(address, &bytes_of(address, request, headers, body)).await?;
    openapi::check(request, &answer);
    Some(answer)
}

fn bytes_of(address: SocketAddr, request: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let headers: String = headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let head = format!(
        "{request} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// An answer of which the rest is still to come.
pub(crate) struct Streamed {
    request: String,
    stream: TcpStream,
    start: Vec<u8>,
}

impl Streamed {
    /// Sends a request without a body, and waits until the answer has begun.
    pub(crate) async fn open(address: SocketAddr, request: &str, headers: &[(&str, &str)]) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&bytes_of(address, request, headers, b"")).await.unwrap();
        let mut start = Vec::new();
        stream.read_buf(&mut start).await.unwrap();
        Self { request: request.to_owned(), stream, start }
    }

    /// Reads to the end.
    pub(crate) async fn rest(self) -> Answer {
        let Self { request, mut stream, start: mut answer } = self;
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = parsed(&answer).expect("an answer");
        openapi::check(&request, &answer);
        answer
    }
}

/// A connection with small buffers. By default the kernel lets the buffers of both ends grow to megabytes.
pub(crate) async fn narrow(address: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4 << 10).unwrap();
    // The buffer of the other end depends on the segment size.
    #[cfg(unix)]
    socket.set_tcp_mss(1 << 10).unwrap();
    socket.set_nonblocking(true).unwrap();
    TcpSocket::from_std_stream(socket.into()).connect(address).await.unwrap()
}

/// Sends these bytes, and reads to the end.
pub(crate) async fn send_raw(address: SocketAddr, bytes: &[u8]) -> Answer {
    try_send_raw(address, bytes).await.expect("an answer")
}

async fn try_send_raw(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    let (mut reader, mut writer) = TcpStream::connect(address).await.ok()?.into_split();
    let mut answer = Vec::new();
    // A server that refuses a body does not read all of it, so writing may fail.
    let (_, _) = tokio::join!(writer.write_all(bytes), reader.read_to_end(&mut answer));
    parsed(&answer)
}

fn parsed(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let (head, body) = (String::from_utf8(answer[..end].to_vec()).unwrap(), &answer[end + 4..]);
    let mut answer =
        Answer { status: head.split(' ').nth(1)?.parse().ok()?, head, text: String::new(), sent: body.len() };
    answer.text = match answer.header("content-encoding") {
        Some("gzip") => std::io::read_to_string(GzDecoder::new(body)).unwrap(),
        _ => String::from_utf8(body.to_vec()).unwrap(),
    };
    Some(answer)
}
