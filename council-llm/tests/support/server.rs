//! A loopback server that follows a script, byte by byte if needed.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::Instant;

/// A server that answers its n-th connection with the n-th reply, or decides on each reply when it has read the request.
pub(crate) struct Server {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    hung_up: Arc<Notify>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) at: Instant,
    /// Method, path and version.
    pub(crate) line: String,
    /// Names in lower case, in order of arrival.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Server {
    pub(crate) async fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies = replies.into_iter().collect::<Vec<_>>().into_iter();
        Self::serving(move || replies.next().map(|reply| move |_: &Received| reply)).await
    }

    pub(crate) async fn deciding(decide: impl FnMut(&Received) -> Reply + Send + 'static) -> Self {
        let decide = Arc::new(Mutex::new(decide));
        Self::serving(move || {
            let decide = Arc::clone(&decide);
            Some(move |request: &Received| decide.lock().unwrap()(request))
        })
        .await
    }

    /// Serves connections, each with its own function from the request to the reply, as long as there is one.
    async fn serving<F>(mut next: impl FnMut() -> Option<F> + Send + 'static) -> Self
    where
        F: FnOnce(&Received) -> Reply + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let hung_up = Arc::<Notify>::default();
        let (seen, gone) = (Arc::clone(&received), Arc::clone(&hung_up));
        tokio::spawn(async move {
            while let Some(decide) = next() {
                let (socket, _) = listener.accept().await.unwrap();
                tokio::spawn(converse(socket, decide, Arc::clone(&seen), Arc::clone(&gone)));
            }
        });
        Self { address, received, hung_up }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until a client has hung up in the silence after a reply.
    pub(crate) async fn hung_up(&self) {
        tokio::time::timeout(Duration::from_secs(10), self.hung_up.notified()).await.unwrap();
    }
}

/// The reply to a connection.
#[derive(Clone)]
pub(crate) struct Reply {
    head: Option<String>,
    body: Vec<u8>,
    piece: usize,
    pause: Duration,
    chunked: bool,
    end: End,
    /// The time before the first byte.
    delay: Duration,
    /// It is dropped when the reply has been sent.
    held: Option<Arc<()>>,
}

/// How a reply ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// With the end that HTTP requires.
    Properly,
    /// The connection is closed in the middle.
    Cut,
    /// The server sends no more, and the connection stays open.
    Silent,
    /// The body is sent again and again.
    Again,
    /// With the end that HTTP requires. The connection stays open up to the next request, which is noted and not answered.
    Kept,
}

impl Reply {
    /// A status with a body of this type. The chunks have three bytes, so every longer character is divided.
    pub(crate) fn new(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: {content_type}\r\n");
        let (body, pause, delay) = (body.as_ref().to_vec(), Duration::ZERO, Duration::ZERO);
        Self { head: Some(head), body, piece: 3, pause, chunked: true, end: End::Properly, delay, held: None }
    }

    pub(crate) fn events(body: impl AsRef<[u8]>) -> Self {
        Self::new(200, "text/event-stream; charset=utf-8", body)
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// Reads the request and sends nothing, not even a status.
    pub(crate) fn nothing() -> Self {
        Self { head: None, end: End::Silent, ..Self::new(0, "", "") }
    }

    /// Reads the request and hangs up.
    pub(crate) fn hang_up() -> Self {
        Self { head: None, end: End::Cut, ..Self::new(0, "", "") }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head = self.head.map(|head| format!("{head}{name}: {value}\r\n"));
        self
    }

    /// The body ends with the connection, so a client cannot distinguish an end from a cut.
    pub(crate) fn until_close(mut self) -> Self {
        self.chunked = false;
        self
    }

    pub(crate) fn then_cut(mut self) -> Self {
        self.end = End::Cut;
        self
    }

    pub(crate) fn in_one_piece(mut self) -> Self {
        self.piece = usize::MAX;
        self
    }

    /// The connection is closed after this many bytes of the body; `None` if the body is not longer.
    pub(crate) fn cut_at(mut self, bytes: usize) -> Option<Self> {
        if bytes >= self.body.len() {
            return None;
        }
        self.body.truncate(bytes);
        Some(self.then_cut())
    }

    /// The connection stays open, but the server closes it without an answer when the next request arrives.
    pub(crate) fn kept_open(mut self) -> Self {
        self.head = self.head.map(|head| head.replace("connection: close\r\n", ""));
        self.end = End::Kept;
        self
    }

    pub(crate) fn then_silence(mut self) -> Self {
        self.end = End::Silent;
        self
    }

    pub(crate) fn for_ever(mut self, pause: Duration) -> Self {
        (self.end, self.piece, self.pause) = (End::Again, usize::MAX, pause);
        self
    }

    /// The first byte is sent after this time.
    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Holds `held` until the reply has been sent.
    pub(crate) fn holding(self, held: Arc<()>) -> Self {
        Self { held: Some(held), ..self }
    }

    /// One byte per `pause`.
    pub(crate) fn drop_by_drop(mut self, pause: Duration) -> Self {
        (self.piece, self.pause) = (1, pause);
        self
    }
}

/// Serves a connection. A client that disconnects early is not an error.
async fn converse(
    mut socket: TcpStream,
    decide: impl FnOnce(&Received) -> Reply,
    received: Arc<Mutex<Vec<Received>>>,
    hung_up: Arc<Notify>,
) {
    socket.set_nodelay(true).unwrap();
    let request = read_request(&mut socket).await;
    let reply = decide(&request);
    received.lock().unwrap().push(request);
    tokio::time::sleep(reply.delay).await;
    let _gone = answer(&mut socket, &reply).await;
    if reply.end == End::Silent {
        let _gone = socket.read(&mut [0]).await;
        hung_up.notify_one();
    }
    if reply.end == End::Kept && matches!(socket.peek(&mut [0]).await, Ok(1)) {
        let request = read_request(&mut socket).await;
        received.lock().unwrap().push(request);
    }
}

async fn answer(socket: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    let Some(head) = &reply.head else { return Ok(()) };
    let framing = if reply.chunked { "transfer-encoding: chunked\r\n" } else { "" };
    socket.write_all(format!("{head}{framing}\r\n").as_bytes()).await?;
    loop {
        for piece in reply.body.chunks(reply.piece.min(reply.body.len()).max(1)) {
            let mut bytes = piece.to_vec();
            if reply.chunked {
                bytes.splice(..0, format!("{:x}\r\n", piece.len()).into_bytes());
                bytes.extend(b"\r\n");
            }
            socket.write_all(&bytes).await?;
            if !reply.pause.is_zero() {
                tokio::time::sleep(reply.pause).await;
            }
        }
        match reply.end {
            End::Again => {}
            End::Properly | End::Kept if reply.chunked => return socket.write_all(b"0\r\n\r\n").await,
            End::Properly | End::Cut | End::Silent | End::Kept => return Ok(()),
        }
    }
}

async fn read_request(socket: &mut TcpStream) -> Received {
    let at = Instant::now();
    let mut reader = BufReader::new(socket);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(reader.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let line = lines.next().unwrap().to_owned();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: Vec<_> = lines.filter_map(header).collect();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.unwrap();
    // A GET has no body.
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    Received { at, line, headers, body }
}
