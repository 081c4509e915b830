//! A model provider with OpenAI's protocol that answers at once, in its own thread.
//!
//! It does very little work: it finds the end of a request and writes prepared bytes. Each answer is a stream of events as OpenAI
//! sends it. The critic approves the first draft, so a run makes three calls, unless the topic contains a marker.

use std::fmt::Write;
use std::net::SocketAddr;
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;

use crate::Failure;
use crate::usage::Usage;

/// The provider. It answers until the program ends.
pub(crate) struct Provider {
    address: SocketAddr,
    /// The CPU time of its thread.
    pub(crate) usage: Usage,
}

impl Provider {
    pub(crate) fn start() -> Result<Self, Failure> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (sender, usage) = std::sync::mpsc::channel();
        thread::Builder::new().name("provider".to_owned()).spawn(move || -> Result<(), Failure> {
            sender.send(Usage::of_this_thread()?)?;
            runtime::Builder::new_current_thread().enable_io().build()?.block_on(serve(listener))
        })?;
        Ok(Self { address, usage: usage.recv()? })
    }

    /// The value for `OPENAI_BASE_URL`.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }
}

async fn serve(listener: std::net::TcpListener) -> Result<(), Failure> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(answer(stream));
    }
}

/// Answers the requests of one connection until it is closed.
async fn answer(mut stream: TcpStream) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    let [draft, approval, rework] = [DRAFT, APPROVAL, REWORK].map(events);
    let mut received = Vec::with_capacity(16 << 10);
    loop {
        let Some(length) = request_length(&received) else {
            if stream.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let request = &received[..length];
        let contains = |text: &str| find(request, text.as_bytes()).is_some();
        if contains(UNANSWERED) {
            stream.read_u8().await?;
            return Ok(());
        }
        let answer = match contains("Critic AI") {
            true if contains(PICKY) => &rework,
            true => &approval,
            false => &draft,
        };
        stream.write_all(answer).await?;
        received.drain(..length);
    }
}

/// The length of the first request in these bytes; `None` until all of it has arrived.
fn request_length(received: &[u8]) -> Option<usize> {
    let head = find(received, b"\r\n\r\n")? + 4;
    let mut lines = std::str::from_utf8(&received[..head]).ok()?.lines().filter_map(|line| line.split_once(": "));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let body = length.map_or(Some(0), |(_, length)| length.parse().ok())?;
    (received.len() >= head + body).then_some(head + body)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// An answer with this text, as five events: the role, the text, the finish reason, the usage, the end mark.
fn events(text: &str) -> Vec<u8> {
    let event = |choices: &str, usage: &str| {
        format!(
            "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":{choices}{usage}}}\n\n"
        )
    };
    let events = [
        event(r#"[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]"#, ""),
        event(&format!(r#"[{{"index":0,"delta":{{"content":{text:?}}},"finish_reason":null}}]"#), ""),
        event(r#"[{"index":0,"delta":{},"finish_reason":"stop"}]"#, ""),
        event("[]", r#","usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150}"#),
        "data: [DONE]\n\n".to_owned(),
    ];
    let mut answer =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
    for event in events {
        // Writing to a `String` cannot fail.
        let _ = write!(answer, "{:x}\r\n{event}\r\n", event.len());
    }
    answer.push_str("0\r\n\r\n");
    answer.into_bytes()
}

/// A marker in a topic: the critic never approves.
pub(crate) const PICKY: &str = "for a picky critic";
/// A marker in a topic: no model answers.
pub(crate) const UNANSWERED: &str = "that nobody answers";

const DRAFT: &str = "A short document about nothing in particular, with a beginning, a middle and an end. It is long enough to be \
    taken for an answer, and too short to cost anything.";
const APPROVAL: &str = "SCORE: 9\nVERDICT: approve\nFEEDBACK: Nothing to add.";
const REWORK: &str = "SCORE: 5\nVERDICT: rework\nFEEDBACK: A draft that no critic would pass.";
