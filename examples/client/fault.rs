//! What can go wrong, in one line.

use serde_json::Value;
use tokio_tungstenite::tungstenite;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Nobody listens there.
    #[error(
        "there is no server at {server} ({cause}): start one with `cargo run -p council-server`, or name it with --server"
    )]
    NoServer { server: String, cause: String },
    /// The server was there, and is gone for longer than one likes to wait.
    #[error("the server at {server} did not come back ({cause}); go on with `client watch {run} --after {seen}`")]
    Gone { server: String, run: String, seen: u64, cause: String },
    /// The server refuses, in its own words.
    #[error("{}", refusal(*status, words))]
    Refused { status: u16, words: String },
    /// What answers is no council-server, or one of another kind.
    #[error("the server at {server} answers what no council-server does: {what}")]
    Strange { server: String, what: String },
    /// A file cannot be read.
    #[error("`{file}` cannot be read: {source}")]
    File { file: String, source: std::io::Error },
    /// A file is not what it should be.
    #[error("`{file}` is no JSON: {source}")]
    NoJson { file: String, source: serde_json::Error },
    /// The connections cannot be made on this machine.
    #[error("no client can be made: {0}")]
    NoClient(reqwest::Error),
}

impl Fault {
    /// Of an answer that is no success.
    pub(crate) fn refused(status: u16, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self::Refused { status, words: words(&body["detail"]) }
    }

    /// Of a connection that was not made.
    pub(crate) fn no_server(server: &str, error: &dyn std::error::Error) -> Self {
        Self::NoServer { server: server.to_owned(), cause: root(error) }
    }
}

/// The faults of a request, or the one thing that was wrong.
fn words(detail: &Value) -> String {
    let one = |fault: &Value| {
        let place = fault["loc"].as_array().into_iter().flatten().filter(|part| *part != "body").map(bare);
        format!("{}: {}", place.collect::<Vec<_>>().join("."), bare(&fault["msg"]))
    };
    match detail {
        Value::Array(faults) => faults.iter().map(one).collect::<Vec<_>>().join("; "),
        other => bare(other),
    }
}

/// A text without its quotes, nothing for nothing, and anything else as JSON.
pub(crate) fn bare(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn refusal(status: u16, words: &str) -> String {
    let advice = match status {
        401 => ": give the server's token with --token or in COUNCIL_TOKEN",
        _ => "",
    };
    match words {
        "" => format!("the server answers {status}{advice}"),
        words => format!("{}{advice}", words.trim_end_matches('.')),
    }
}

/// What lies at the bottom of an error: the outer words only say that something was sent.
pub(crate) fn root(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// A handshake that the server refused.
pub(crate) fn of_handshake(response: &tungstenite::http::Response<Option<Vec<u8>>>) -> Fault {
    Fault::refused(response.status().as_u16(), response.body().as_deref().unwrap_or_default())
}
