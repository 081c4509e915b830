//! The configuration of a server.

use std::time::Duration;

use council_core::Limits;

use crate::http::origin::Origin;
use crate::http::token::Token;
use crate::store::Database;

/// The configuration of a [`Server`](crate::Server): where it listens, who may call it, what it stores, and its limits.
///
/// ```
/// use council_server::Config;
///
/// let config = Config::default().listen("127.0.0.1:0").token("open sesame".parse()?);
/// assert!(!format!("{config:?}").contains("sesame"));
/// # Ok::<(), council_server::InvalidToken>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Config {
    pub(crate) listen: String,
    pub(crate) token: Option<Token>,
    pub(crate) allowed_origins: Vec<Origin>,
    pub(crate) insecure: bool,
    pub(crate) database: Database,
    pub(crate) keep_runs: Option<u64>,
    pub(crate) limits: Limits,
    pub(crate) grace: Duration,
    pub(crate) watcher_queue: usize,
    pub(crate) send_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) ping: Duration,
    pub(crate) max_runs: usize,
    pub(crate) max_waiting: usize,
    pub(crate) max_connections: usize,
    pub(crate) max_watchers: usize,
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
    /// The host and port to listen on; port 0 picks a free port. Default: `127.0.0.1:8000`.
    pub fn listen(mut self, listen: impl Into<String>) -> Self {
        self.listen = listen.into();
        self
    }

    /// The token that every request needs, except health checks and the code of the page. Default: none.
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// The origins whose pages may call this server from a browser. Default: `http://localhost:3000`.
    pub fn allowed_origins(mut self, origins: impl IntoIterator<Item = Origin>) -> Self {
        self.allowed_origins = origins.into_iter().collect();
        self
    }

    /// Allows the server to listen beyond loopback without a token. Default: false.
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.insecure = insecure;
        self
    }

    /// Where runs and blueprints are stored. Default: in memory.
    pub fn database(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    /// How many ended runs are kept; the oldest are deleted first. Default: all in a file, 1000 in memory.
    pub fn keep_runs(mut self, runs: u64) -> Self {
        self.keep_runs = Some(runs);
        self
    }

    /// The limits of each run.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long runs may take to reach their next barrier after a shutdown has begun. Work that is cut off is repeated at the next start.
    /// Default: 10 s.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// How many live events may wait for a watcher that does not read, before it is disconnected. Default: 1024.
    pub fn watcher_queue(mut self, events: usize) -> Self {
        self.watcher_queue = events;
        self
    }

    /// How long a client may take to read what is sent, before it is disconnected. Default: 10 s.
    pub fn send_timeout(mut self, timeout: Duration) -> Self {
        self.send_timeout = timeout;
        self
    }

    /// How long a client may take to send the head of a request, and then its body, and how long a connection may be idle.
    /// Default: 30 s.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// The interval at which a watcher is pinged. A watcher that sends nothing until the next ping is disconnected. Default: 20 s.
    pub fn ping(mut self, interval: Duration) -> Self {
        self.ping = interval;
        self
    }

    /// How many runs execute at once; further runs are queued. Default: 256.
    pub fn max_runs(mut self, runs: usize) -> Self {
        self.max_runs = runs;
        self
    }

    /// How many runs may be queued; further runs are refused. Default: 10000.
    pub fn max_waiting(mut self, runs: usize) -> Self {
        self.max_waiting = runs;
        self
    }

    /// How many connections may be open at once, watchers included. The process's limit of open files can make it fewer. A new
    /// connection beyond this replaces an idle one, or is refused if none is idle. Default: 4096.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// How many watchers may be connected at once; further watchers are refused. Default: 3072.
    pub fn max_watchers(mut self, watchers: usize) -> Self {
        self.max_watchers = watchers;
        self
    }

    /// How many ended runs are kept, if there is a limit.
    pub(crate) fn retained_runs(&self) -> Option<u64> {
        self.keep_runs.or((self.database == Database::Memory).then_some(1_000))
    }
}
