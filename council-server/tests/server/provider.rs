//! Model provider on loopback with OpenAI's API, which records the calls of each agent.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A piece of work: the topic of a run, an agent, and the round.
pub(crate) type Piece = (String, String, u32);

/// Answers for two rounds: the critic gives 5, then 9.
#[derive(Clone)]
pub(crate) struct Provider {
    address: SocketAddr,
    notes: Arc<Mutex<Notes>>,
    /// The agent whose calls are refused with HTTP 429, and the seconds that the refusals ask to wait.
    refused: Arc<Mutex<Option<(&'static str, u64)>>>,
    /// The text that is added to each draft.
    padding: Arc<Mutex<String>>,
    /// The number of calls.
    calls: Arc<watch::Sender<usize>>,
    /// The number of calls that are answered; further calls wait.
    answered: Arc<watch::Sender<usize>>,
}

#[derive(Default)]
struct Notes {
    calls: HashMap<Piece, usize>,
    /// When the calls that were answered came.
    answered: HashMap<Piece, Vec<Timestamp>>,
    ended: HashSet<Piece>,
    repeated: Vec<Piece>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (calls, answered) = (watch::Sender::new(0), watch::Sender::new(usize::MAX));
        let (calls, answered) = (calls.into(), answered.into());
        let provider =
            Self { address, notes: Arc::default(), refused: Arc::default(), padding: Arc::default(), calls, answered };
        let serving = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let provider = serving.clone();
                let service = hyper::service::service_fn(move |request| provider.clone().answer(request));
                // A killed server resets its connections.
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        provider
    }

    /// Adds this text to each draft.
    pub(crate) fn pad(&self, text: String) {
        *self.padding.lock().unwrap() = text;
    }

    /// The value for `OPENAI_BASE_URL`.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Answers `more` further calls, and holds back the answers to all later ones. Resolves when the first of the later calls arrives.
    pub(crate) async fn hold_after(&self, more: usize) {
        let answered = *self.calls.borrow() + more;
        self.answered.send_replace(answered);
        self.calls.subscribe().wait_for(|calls| *calls > answered).await.unwrap();
    }

    /// Answers all calls again.
    pub(crate) fn answer_all(&self) {
        self.answered.send_replace(usize::MAX);
    }

    /// Refuses the calls of an agent with HTTP 429 and a `Retry-After` of these seconds.
    pub(crate) fn refuse(&self, agent: &'static str, retry_after: u64) {
        *self.refused.lock().unwrap() = Some((agent, retry_after));
    }

    /// Refuses no calls any more.
    pub(crate) fn refuse_none(&self) {
        *self.refused.lock().unwrap() = None;
    }

    /// When the calls that were answered came: these are paid for.
    pub(crate) fn answered(&self) -> HashMap<Piece, Vec<Timestamp>> {
        self.notes.lock().unwrap().answered.clone()
    }

    /// Notes that a watcher has received the end of this piece. From now on a call for it is a fault.
    pub(crate) fn has_ended(&self, piece: Piece) {
        self.notes.lock().unwrap().ended.insert(piece);
    }

    /// The number of calls for each piece, and the pieces that were called for after their end.
    pub(crate) fn notes(&self) -> (HashMap<Piece, usize>, Vec<Piece>) {
        let notes = self.notes.lock().unwrap();
        (notes.calls.clone(), notes.repeated.clone())
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let piece = piece(&body);
        {
            let mut notes = self.notes.lock().unwrap();
            *notes.calls.entry(piece.clone()).or_default() += 1;
            if notes.ended.contains(&piece) {
                notes.repeated.push(piece.clone());
            }
        }
        self.calls.send_modify(|calls| *calls += 1);
        let number = *self.calls.borrow();
        self.answered.subscribe().wait_for(|answered| number <= *answered).await.unwrap();
        let refused = *self.refused.lock().unwrap();
        if let Some((_, seconds)) = refused.filter(|(agent, _)| *agent == piece.1) {
            let refusal = Response::builder().status(429).header("retry-after", seconds);
            return Ok(refusal.body(Body::from(r#"{"error":{"message":"the quota is used up"}}"#)).unwrap());
        }
        self.notes.lock().unwrap().answered.entry(piece.clone()).or_default().push(Timestamp::now());
        let (topic, agent, round) = piece;
        let text = match (agent.as_str(), round) {
            ("critic_agent", 1) => "SCORE: 5\nVERDICT: rework\nFEEDBACK: Say more.".to_owned(),
            ("critic_agent", _) => "SCORE: 9\nVERDICT: approve\nFEEDBACK: Good.".to_owned(),
            ("writer_agent", _) => format!("The document on {topic}."),
            _ => format!("Draft {round} on {topic}.{}", self.padding.lock().unwrap()),
        };
        let said = text.as_bytes().chunks(64 << 10).map(|piece| {
            let piece = String::from_utf8_lossy(piece);
            format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": { "content": piece } }] }))
        });
        let said: String = said.collect();
        let stop = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
        let stream = format!("{said}data: {stop}\n\ndata: [DONE]\n\n");
        Ok(Response::builder().header("content-type", "text/event-stream").body(Body::from(stream)).unwrap())
    }
}

fn piece(body: &Bytes) -> Piece {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = |place: usize| body["messages"][place]["content"].as_str().unwrap_or_default().to_owned();
    let (system, user) = (said(0), said(1));
    let names = [("Master AI", "master_agent"), ("Critic AI", "critic_agent"), ("Writer AI", "writer_agent")];
    let agent = names.iter().find(|(name, _)| system.contains(name)).unwrap().1;
    let digits = user.split("topic-").nth(1).unwrap();
    let number: String = digits.chars().take_while(char::is_ascii_digit).collect();
    let written = (1..=2).filter(|draft| user.contains(&format!("Draft {draft} on"))).max().unwrap_or(0);
    let round = if agent == "master_agent" { written + 1 } else { written };
    (format!("topic-{number}"), agent.to_owned(), round)
}
