//! The server: it binds, serves connections, and ends without losing what it owes.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use crate::access::Access;
use crate::measured::Measured;
use crate::metrics::Metrics;
use crate::probe::Probe;
use crate::routes::{self, App};
use crate::runs::Runs;
use crate::store::{Store, StoreError};
use crate::{Config, Councils};

/// A server that has its address and does not answer yet: [`run`](Self::run) it.
#[must_use = "a server does nothing until it runs"]
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    app: Arc<App>,
}

impl Server {
    /// Takes the address. From here on connections are accepted, and wait for [`run`](Self::run).
    ///
    /// # Errors
    ///
    /// The address cannot be had, or everyone could reach it and there is no token; or the database cannot be used.
    pub async fn bind(config: Config, councils: impl Into<Councils>) -> Result<Self, BindError> {
        let cannot_listen = |source| BindError::Listen { listen: config.listen.clone(), source };
        let addresses: Vec<_> = lookup_host(&config.listen).await.map_err(cannot_listen)?.collect();
        let is_exposed = addresses.iter().any(|address| !address.ip().is_loopback());
        if is_exposed && config.token.is_none() && !config.insecure {
            return Err(BindError::Exposed { listen: config.listen });
        }
        let listener = TcpListener::bind(&*addresses).await.map_err(cannot_listen)?;
        let local_addr = listener.local_addr().map_err(cannot_listen)?;
        let gone = CancellationToken::new();
        let councils = councils.into();
        let metrics = Arc::new(Metrics::new(councils.nodes()));
        let mut store = Store::open(&config.database).await.map_err(BindError::Database)?;
        let journal = Arc::clone(&store.journal);
        store.journal = Arc::new(Measured { journal: Arc::clone(&journal), metrics: Arc::clone(&metrics) });
        let store = Arc::new(store);
        let app = App {
            runs: Arc::new(Runs::new(&config, councils, Arc::clone(&store), Arc::clone(&metrics), gone.clone())),
            store,
            access: Arc::new(Access::new(&config)),
            metrics,
            probe: Probe::new(journal),
            send_timeout: config.send_timeout,
            tasks: TaskTracker::new(),
            gone,
        };
        app.runs.count_paused().await;
        Ok(Self { listener, local_addr, app: Arc::new(app) })
    }

    /// Where the server listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves until `shutdown` resolves, then ends in good order: no new run is taken, running ones stop at their next
    /// barrier or when the [grace](Config::grace) is over, watchers get a close. Runs that an earlier server has left unfinished go
    /// on at once.
    ///
    /// Dropping this future ends the server at once, and its runs and connections with it.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { listener, app, .. } = self;
        let _gone = app.gone.clone().drop_guard();
        let closing = CancellationToken::new();
        let router = routes::router(Arc::clone(&app));
        tokio::spawn(Arc::clone(&app.runs).recover());
        let drained = async {
            shutdown.await;
            app.runs.drain().await;
        };
        // Meanwhile the server still answers: with results, last events, and a clear refusal of new runs.
        tokio::select! {
            never = accept(&listener, &app.tasks, &router, &closing) => match never {},
            () = drained => {}
        }
        drop(listener);
        closing.cancel();
        app.tasks.close();
        if timeout(CLOSING, app.tasks.wait()).await.is_err() {
            warn!(connections = app.tasks.len(), "connections were cut off");
        }
        app.store.close().await;
        info!("ended");
    }
}

/// Accepts connections for ever, each in a task of its own.
async fn accept(
    listener: &TcpListener,
    tasks: &TaskTracker,
    router: &Router,
    closing: &CancellationToken,
) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tasks.spawn(connection(stream, router.clone(), closing.clone()));
            }
            Err(error) => {
                // Too many open files, most likely: a pause lets some of them be closed.
                warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router, closing: CancellationToken) {
    // Events are small and should leave at once.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            match timeout(CLOSING, connection).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        debug!(%error, "connection broke");
    }
}

/// Why a server does not listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The address is in use, not of this machine, or no address.
    #[error("cannot listen on {listen}")]
    Listen {
        /// What was asked for.
        listen: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The address can be reached from elsewhere, and anyone there could start runs.
    #[error("others can reach {listen}, and anyone there could start runs: set a token, or insecure if that is meant")]
    Exposed {
        /// What was asked for.
        listen: String,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Database(StoreError),
}

const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long connections may take to end once all runs have.
const CLOSING: Duration = Duration::from_secs(5);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
