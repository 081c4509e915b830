//! Configuration of a server.

mod access;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use council_core::Limits;

use crate::http::base_path::BasePath;
use crate::http::host::Host;
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
    pub(crate) allowed_hosts: Vec<Host>,
    pub(crate) insecure: bool,
    pub(crate) base_path: BasePath,
    pub(crate) database: Database,
    pub(crate) busy_timeout: Duration,
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
    pub(crate) dropped_log_lines: Arc<AtomicU64>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8000".to_owned(),
            token: None,
            allowed_origins: vec![Origin::frontend()],
            allowed_hosts: Vec::new(),
            insecure: false,
            base_path: BasePath::default(),
            database: Database::Memory,
            busy_timeout: Duration::from_secs(5),
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
            dropped_log_lines: Arc::default(),
        }
    }
}

impl Config {
    /// Sets where runs and blueprints are stored. Default: in memory.
    ///
    /// ```
    /// use council_server::{Config, Database};
    ///
    /// let config = Config::default().database(Database::File("council.db".into()));
    /// ```
    pub fn database(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    /// Sets how long a write waits while another process has locked the database file. Default: 5 s.
    ///
    /// After that, a new run is refused, and a running one waits and tries again. Set a longer time if another program, such as a backup, holds
    /// the lock for longer.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use council_server::Config;
    /// let config = Config::default().busy_timeout(Duration::from_secs(30));
    /// ```
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// Sets how many ended runs are kept; the oldest are deleted first. Default: all in a file, 1000 in memory.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().keep_runs(10_000);
    /// ```
    pub fn keep_runs(mut self, runs: u64) -> Self {
        self.keep_runs = Some(runs);
        self
    }

    /// Sets the limits of each run, such as its supersteps. Default: those of [`Limits`].
    ///
    /// ```
    /// use council_core::Limits;
    /// use council_server::Config;
    ///
    /// let config = Config::default().limits(Limits { supersteps: 200, ..Limits::default() });
    /// ```
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how long runs may take to reach their next barrier after a shutdown has begun. Default: 10 s.
    ///
    /// Work that is cut off is repeated at the next start.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use council_server::Config;
    /// let config = Config::default().grace(Duration::from_secs(60));
    /// ```
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Sets how many live events may wait for a watcher that does not read, before it is disconnected. Default: 1024; at least 1.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().watcher_queue(4_096);
    /// ```
    pub fn watcher_queue(mut self, events: usize) -> Self {
        self.watcher_queue = events;
        self
    }

    /// Sets how long a client may take to read a response or an event, before it is disconnected. Default: 10 s.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use council_server::Config;
    /// let config = Config::default().send_timeout(Duration::from_secs(30));
    /// ```
    pub fn send_timeout(mut self, timeout: Duration) -> Self {
        self.send_timeout = timeout;
        self
    }

    /// Sets how long a client may take to send the head of a request, and then its body, and how long a connection may be idle.
    /// Default: 30 s.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use council_server::Config;
    /// let config = Config::default().read_timeout(Duration::from_secs(10));
    /// ```
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// Sets the interval at which a watcher is pinged. Default: 20 s.
    ///
    /// A watcher that sends nothing until the next ping is disconnected.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use council_server::Config;
    /// let config = Config::default().ping(Duration::from_secs(60));
    /// ```
    pub fn ping(mut self, interval: Duration) -> Self {
        self.ping = interval;
        self
    }

    /// Sets how many runs execute at once; further runs are queued. Default: 256; at least 1.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().max_runs(32);
    /// ```
    pub fn max_runs(mut self, runs: usize) -> Self {
        self.max_runs = runs;
        self
    }

    /// Sets how many runs may be queued; further runs are refused with 429. Default: 10000.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().max_runs(32).max_waiting(100);
    /// ```
    pub fn max_waiting(mut self, runs: usize) -> Self {
        self.max_waiting = runs;
        self
    }

    /// Sets how many connections may be open at once, watchers included. Default: 4096.
    ///
    /// The process's limit of open files can make it fewer. A new connection beyond the limit replaces an idle one, or is refused with 503 if
    /// none is idle.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().max_connections(1_024).max_watchers(768);
    /// ```
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Sets how many watchers may be connected at once; further watchers are refused with 503. Default: 3072.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().max_watchers(768);
    /// ```
    pub fn max_watchers(mut self, watchers: usize) -> Self {
        self.max_watchers = watchers;
        self
    }

    /// Sets the counter of the lines that the log of the program has dropped, for the metric `council_log_lines_dropped_total`. Default: a
    /// counter that stays 0.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().dropped_log_lines(std::sync::Arc::default());
    /// ```
    pub fn dropped_log_lines(mut self, lines: Arc<AtomicU64>) -> Self {
        self.dropped_log_lines = lines;
        self
    }

    /// How many ended runs are kept, if there is a limit.
    pub(crate) fn retained_runs(&self) -> Option<u64> {
        self.keep_runs.or((self.database == Database::Memory).then_some(1_000))
    }
}
