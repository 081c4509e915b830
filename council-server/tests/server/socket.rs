//! WebSocket client for the tests: a watcher of a run.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::harness::within;
use crate::openapi;

/// The connection of a watcher.
pub(crate) struct Watcher {
    stream: WebSocketStream<TcpStream>,
    /// The first frame, once it has arrived and until it is read.
    first: Option<Message>,
}

/// All events that a watcher has received until the connection ended.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) events: Vec<String>,
    /// The code of the close, if the server closed.
    pub(crate) close: Option<u16>,
}

impl Watcher {
    /// Connects, or returns the status of the refusal.
    pub(crate) async fn connect(
        address: SocketAddr,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        Self::over(TcpStream::connect(address).await.unwrap(), address, path, headers).await
    }

    /// Makes a watcher of this connection, or returns the status of the refusal.
    pub(crate) async fn over(
        stream: TcpStream,
        address: SocketAddr,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
        }
        match client_async(request, stream).await {
            Ok((stream, _)) => Ok(Self { stream, first: None }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Waits for the first event, which is still the next to be read.
    pub(crate) async fn until_connected(&mut self) {
        self.first = self.next_message().await;
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> String {
        match self.next_message().await {
            Some(Message::Text(text)) => {
                openapi::check_event(&text);
                text.to_string()
            }
            other => panic!("no event but {other:?}"),
        }
    }

    /// The next frame of any kind.
    pub(crate) async fn next_message(&mut self) -> Option<Message> {
        match self.first.take() {
            None => within(self.stream.next()).await.and_then(Result::ok),
            first => first,
        }
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// Reads up to the event with this name, and returns it.
    pub(crate) async fn until(&mut self, name: &str) -> Value {
        loop {
            let event: Value = serde_json::from_str(&self.next().await).unwrap();
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Reads to the end of the connection.
    pub(crate) async fn rest(mut self) -> Seen {
        let mut seen = Seen { events: Vec::new(), close: None };
        while let Some(message) = self.next_message().await {
            match message {
                Message::Text(text) => {
                    openapi::check_event(&text);
                    seen.events.push(text.to_string());
                }
                Message::Close(frame) => seen.close = frame.map(|frame| frame.code.into()),
                _ => {}
            }
        }
        seen
    }
}

impl Seen {
    /// The numbered events.
    pub(crate) fn numbered(&self) -> Vec<&str> {
        let events = self.events.iter().map(String::as_str);
        events.filter(|event| event.contains(r#""seq":"#)).collect()
    }

    /// The last event.
    pub(crate) fn last(&self) -> Value {
        serde_json::from_str(self.events.last().expect("at least one event")).unwrap()
    }

    /// A line for each event and one for the close, without the fields that differ from run to run.
    pub(crate) fn picture(&self) -> String {
        let mut lines: Vec<_> = self.events.iter().map(|event| mask(event)).collect();
        lines.push(match self.close {
            Some(code) => format!("closed with {code}"),
            None => "closed without a word".to_owned(),
        });
        lines.join("\n")
    }
}

/// An event without its run, its time and its duration, which are checked to be well-formed.
pub(crate) fn mask(event: &str) -> String {
    let value: Value = serde_json::from_str(event).unwrap();
    let run = value["run_id"].as_str().unwrap();
    let at = value["at"].as_str().unwrap();
    assert!(at.ends_with('Z') && at.parse::<jiff::Timestamp>().is_ok(), "{at}");
    let masked = event
        .replace(&format!(r#""run_id":"{run}","#), "")
        .replace(&format!(r#""at":"{at}""#), "at")
        .replace(run, "RUN");
    match value["duration_ms"].as_u64() {
        Some(duration) => masked.replace(&format!(r#""duration_ms":{duration}"#), "ms"),
        None => masked,
    }
}
