//! What a server can be told.

use std::time::Duration;

use council_core::Limits;

use crate::http::origin::Origin;
use crate::http::token::Token;
use crate::store::Database;

/// How a [`Server`](crate::Server) listens, whom it lets in, and what it keeps.
///
/// ```
/// use council_server::Config;
///
/// let config = Config { listen: "127.0.0.1:0".into(), token: Some("open sesame".parse()?), ..Config::default() };
/// assert!(!format!("{config:?}").contains("sesame"));
/// # Ok::<(), council_server::InvalidToken>(())
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// The host and port; port 0 picks one. `127.0.0.1:8000` by default.
    pub listen: String,
    /// What every request but a health check has to bring. None by default.
    pub token: Option<Token>,
    /// The pages of other origins that may call this server. `http://localhost:3000` by default.
    pub allowed_origins: Vec<Origin>,
    /// Allows to listen beyond loopback without a token. Off by default.
    pub insecure: bool,
    /// Where runs are kept. In memory by default.
    pub database: Database,
    /// How many ended runs are kept; the oldest is forgotten first. By default all of them in a file, and 1000 in memory.
    pub keep_runs: Option<u64>,
    /// How far a run may go.
    pub limits: Limits,
    /// How long runs may take to reach their next barrier once the server is told to end; what they are doing then is done again
    /// when it starts again. 10 s by default.
    pub grace: Duration,
    /// How many live events wait for a watcher that does not read, before it is cut off. 1024 by default.
    pub watcher_queue: usize,
    /// How long a client may take to read what is sent, before it is cut off. 10 s by default.
    pub send_timeout: Duration,
    /// How long a client may take for the head of a request, and for its body; a connection may be without a request for as long. 30 s
    /// by default.
    pub read_timeout: Duration,
    /// How often a watcher is pinged; one that says nothing until the next time is cut off. 20 s by default.
    pub ping: Duration,
    /// How many runs are at work at once; further ones wait for their turn. 256 by default.
    pub max_runs: usize,
    /// How many runs wait for their turn; further ones are refused. 10000 by default.
    pub max_waiting: usize,
    /// How many connections there are at once, watchers included, as far as the process may open files. When one more comes, one that
    /// is without a request makes room, and if there is none the new one is refused. 4096 by default.
    pub max_connections: usize,
    /// How many watch at once; further ones are refused. 3072 by default.
    pub max_watchers: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8000".to_owned(),
            token: None,
            allowed_origins: vec![Origin::frontend()],
            insecure: false,
            database: Database::Memory,
            keep_runs: None,
            limits: Limits::default(),
            grace: Duration::from_secs(10),
            watcher_queue: 1_024,
            send_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            ping: Duration::from_secs(20),
            max_runs: 256,
            max_waiting: 10_000,
            max_connections: 4_096,
            max_watchers: 3_072,
        }
    }
}

impl Config {
    /// How many ended runs are kept, if there is a limit.
    pub(crate) fn retained_runs(&self) -> Option<u64> {
        self.keep_runs.or((self.database == Database::Memory).then_some(1_000))
    }
}
