//! The errors of the client, each one line long.

use serde_json::Value;
use tokio_tungstenite::tungstenite;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// No server listens at the address.
    #[error(
        "there is no server at {server} ({cause}): start one with `cargo run -p council-server`, or give its address with --server"
    )]
    NoServer {
        server: String,
        cause: String,
        /// Whether the request may have reached a server.
        is_sent: bool,
    },
    /// The connection has broken again and again before the answer.
    #[error(
        "the server at {server} does not answer, and may have accepted the request: repeat the command with `--key {key}`, and it is done once"
    )]
    NoAnswer { server: String, key: String },
    /// The connection was lost and could not be made again in time.
    #[error("the server at {server} did not come back ({cause}); continue with `client watch {run} --after {seen}`")]
    Gone { server: String, run: String, seen: u64, cause: String },
    /// The server refuses the request, with a message.
    #[error("{}", refusal(*status, message))]
    Refused { status: u16, message: String },
    /// The answer is not that of a council-server, or of another version of it.
    #[error("the server at {server} gave an unexpected answer: {problem}")]
    UnexpectedAnswer { server: String, problem: String },
    /// A file cannot be read.
    #[error("`{file}` cannot be read: {source}")]
    File { file: String, source: std::io::Error },
    /// A file is not JSON.
    #[error("`{file}` is not JSON: {source}")]
    NotJson { file: String, source: serde_json::Error },
    /// The run has no document.
    #[error("{0}")]
    NoDocument(String),
    /// The HTTP client cannot be created.
    #[error("cannot create an HTTP client: {0}")]
    NoClient(reqwest::Error),
}

impl ClientError {
    /// The error of an answer whose status is not a success.
    pub(crate) fn refused(status: u16, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self::Refused { status, message: message(&body["detail"]) }
    }

    /// The error of a connection that failed, or that broke after the request was sent.
    pub(crate) fn no_server(server: &str, error: &dyn std::error::Error, is_sent: bool) -> Self {
        Self::NoServer { server: server.to_owned(), cause: root_cause(error), is_sent }
    }
}

/// The `detail` of an answer: a list of faults with their places, or one text.
fn message(detail: &Value) -> String {
    let line = |fault: &Value| {
        let place = fault["loc"].as_array().into_iter().flatten().filter(|part| *part != "body").map(plain);
        format!("{}: {}", place.collect::<Vec<_>>().join("."), plain(&fault["msg"]))
    };
    match detail {
        Value::Array(faults) => faults.iter().map(line).collect::<Vec<_>>().join("; "),
        other => plain(other),
    }
}

/// A string without its quotes, an empty text for null, and any other value as JSON.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn refusal(status: u16, message: &str) -> String {
    let advice = match status {
        401 => ": give the server's token with --token or in COUNCIL_TOKEN",
        _ => "",
    };
    match message {
        "" => format!("the server answers {status}{advice}"),
        message => format!("{}{advice}", message.trim_end_matches('.')),
    }
}

/// The innermost cause of an error: the outer messages only say that a request was sent.
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// The error of a WebSocket handshake that the server refused.
pub(crate) fn of_handshake(response: &tungstenite::http::Response<Option<Vec<u8>>>) -> ClientError {
    ClientError::refused(response.status().as_u16(), response.body().as_deref().unwrap_or_default())
}
