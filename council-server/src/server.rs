//! Server: binds, serves connections, and shuts down without losing a run.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, lookup_host};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use crate::app::App;
use crate::config::Config;
use crate::councils::Councils;
use crate::http::accept::{self, ConnectionPool};
use crate::http::access::Access;
use crate::http::connection::ConnectionSettings;
use crate::http::hosts::Hosts;
use crate::metrics::Metrics;
use crate::routes;
use crate::runs::registry::Runs;
use crate::store::readiness::ReadinessCheck;
use crate::store::{Store, StoreError};

/// A server that is bound to its address. [`run`](Self::run) serves requests; the [crate](crate) has an example with a request.
#[must_use = "a server does nothing until it runs"]
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    app: Arc<App>,
    connections: Arc<ConnectionPool>,
}

impl Server {
    /// Binds to the address and opens the database. Connections are accepted from now on, and wait for [`run`](Self::run).
    ///
    /// # Errors
    ///
    /// The address cannot be bound ([`BindError::Listen`]), is not on loopback and there is no token ([`BindError::Exposed`]), or the
    /// database cannot be used ([`BindError::Database`]).
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, Rehearsal};
    /// use council_server::{BindError, Config, Server};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
    /// let server = Server::bind(Config::default().listen("127.0.0.1:0"), graph.clone()).await?;
    /// assert!(server.local_addr().ip().is_loopback());
    ///
    /// let exposed = Server::bind(Config::default().listen("0.0.0.0:0"), graph).await;
    /// assert!(matches!(exposed, Err(BindError::Exposed { .. })));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn bind(config: Config, councils: impl Into<Councils>) -> Result<Self, BindError> {
        let cannot_listen = |source| BindError::Listen { listen: config.listen.clone(), source };
        let addresses: Vec<_> = lookup_host(&config.listen).await.map_err(cannot_listen)?.collect();
        let is_exposed = addresses.iter().any(|address| !address.ip().is_loopback());
        if is_exposed && config.token.is_none() && !config.insecure {
            return Err(BindError::Exposed { listen: config.listen });
        }
        let listener = TcpListener::bind(&*addresses).await.map_err(cannot_listen)?;
        let local_addr = listener.local_addr().map_err(cannot_listen)?;
        let own_hosts = Hosts::of_server(&config.listen, local_addr);
        let access =
            Access::new(config.token.clone(), config.allowed_origins.clone(), config.allowed_hosts.clone(), own_hosts);
        let gone = CancellationToken::new();
        let councils = councils.into();
        let metrics = Arc::new(Metrics::new(councils.nodes(), Arc::clone(&config.dropped_log_lines)));
        let mut store = Store::open(&config.database, config.busy_timeout).await.map_err(BindError::Database)?;
        let journal = store.meter(&metrics);
        let store = Arc::new(store);
        let app = App {
            runs: Arc::new(Runs::new(&config, councils, Arc::clone(&store), Arc::clone(&metrics), gone.clone())),
            store,
            access: Arc::new(access),
            base_path: config.base_path.clone(),
            metrics,
            readiness: ReadinessCheck::new(journal),
            answers: Arc::default(),
            send_timeout: config.send_timeout,
            read_timeout: config.read_timeout,
            watchers: Arc::new(Semaphore::new(config.max_watchers.min(Semaphore::MAX_PERMITS))),
            ping: config.ping,
            tasks: TaskTracker::new(),
            gone,
        };
        app.runs.count_paused().await;
        let connections = ConnectionPool::new(accept::connection_limit(config.max_connections, config.max_runs));
        Ok(Self { listener, local_addr, app: Arc::new(app), connections: Arc::new(connections) })
    }

    /// The address that the server listens on, with the port that was picked if the configuration has port 0.
    ///
    /// ```
    /// # use council_llm::{CouncilBuilder, Rehearsal};
    /// # use council_server::{Config, Server};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
    /// let server = Server::bind(Config::default().listen("127.0.0.1:0"), graph).await?;
    /// assert_ne!(server.local_addr().port(), 0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves until `shutdown` resolves, then shuts down: new runs are refused, running ones stop at their next barrier or when the
    /// [grace](Config::grace) is over, and watchers are closed. At the start, runs that an earlier server left unfinished resume.
    ///
    /// Dropping this future ends the server at once, with its runs and connections.
    ///
    /// ```
    /// # use council_llm::{CouncilBuilder, Rehearsal};
    /// # use council_server::{Config, Server};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
    /// let server = Server::bind(Config::default().listen("127.0.0.1:0"), graph).await?;
    /// let (stop, stopped) = tokio::sync::oneshot::channel();
    /// let running = tokio::spawn(server.run(async {
    ///     let _ = stopped.await;
    /// }));
    /// let _ = stop.send(());
    /// running.await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { listener, app, connections, .. } = self;
        let _gone = app.gone.clone().drop_guard();
        let closing = CancellationToken::new();
        let served = ConnectionSettings {
            router: routes::router(Arc::clone(&app)),
            tasks: app.tasks.clone(),
            closing: closing.clone(),
            read_timeout: app.read_timeout,
            send_timeout: app.send_timeout,
        };
        tokio::spawn(Arc::clone(&app.runs).recover());
        let drained = async {
            shutdown.await;
            app.runs.drain().await;
        };
        // While it drains, the server still answers: results, last events, and a refusal of new runs.
        tokio::select! {
            never = connections.accept(&listener, &served) => match never {},
            () = drained => {}
        }
        drop((listener, served));
        closing.cancel();
        app.tasks.close();
        if timeout(CLOSE_TIMEOUT, app.tasks.wait()).await.is_err() {
            warn!(connections = app.tasks.len(), "connections are closed by force");
        }
        app.store.close().await;
        info!("ended");
    }
}

/// The error of a server that cannot start.
///
/// ```
/// # use council_llm::{CouncilBuilder, Rehearsal};
/// # use council_server::{BindError, Config, Server};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
/// match Server::bind(Config::default().listen("127.0.0.1:no-port"), graph).await {
///     Err(error @ BindError::Listen { .. }) => assert_eq!(error.to_string(), "cannot listen on 127.0.0.1:no-port"),
///     _ => unreachable!("this is no address"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The address is in use, does not belong to this machine, or is not an address.
    #[error("cannot listen on {listen}")]
    Listen {
        /// The address of the configuration.
        listen: String,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// The address is not on loopback and there is no token: anyone in the network could start runs.
    #[error(
        "{listen} can be reached from other machines, and anyone there could start runs: set a token, or insecure if this is intended"
    )]
    Exposed {
        /// The address of the configuration.
        listen: String,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Database(StoreError),
}

/// How long connections may take to close after all runs have stopped.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(6);
