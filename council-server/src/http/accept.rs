//! Accepts connections, up to a limit; a new connection beyond it replaces an idle one.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use rlimit::Resource;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tracing::{debug, warn};

use crate::http::connection::{self, ConnectionSettings};
use crate::http::connection_state::{ConnectionPermit, ConnectionState};
use crate::lock::Lock;

/// The connections of a server.
///
/// A new connection beyond the limit replaces the connection that has been idle for the longest time, so idle connections keep nobody
/// out. If none is idle, the new connection is refused with a reason.
pub(crate) struct ConnectionPool {
    permits: Arc<Semaphore>,
    /// Permits of connections that are being admitted or refused. If none is left, new connections wait in the backlog of the system.
    accepting: Arc<Semaphore>,
    states: Lock<HashMap<u64, Arc<ConnectionState>>>,
    is_full: AtomicBool,
}

impl ConnectionPool {
    pub(crate) fn new(limit: usize) -> Self {
        let permits = Arc::new(Semaphore::new(limit.clamp(1, Semaphore::MAX_PERMITS)));
        let accepting = Arc::new(Semaphore::new(MAX_ACCEPTING));
        Self { permits, accepting, states: Lock::default(), is_full: AtomicBool::new(false) }
    }

    /// Accepts connections until it is dropped; each is served by its own task.
    pub(crate) async fn accept(self: &Arc<Self>, listener: &TcpListener, served: &ConnectionSettings) -> Infallible {
        let mut number = 0;
        loop {
            let permit_to_accept = Arc::clone(&self.accepting).acquire_owned().await;
            match listener.accept().await {
                Ok((stream, _)) => {
                    number += 1;
                    served.tasks.spawn(Arc::clone(self).admit(stream, number, served.clone(), permit_to_accept.ok()));
                }
                Err(error) => {
                    // Most likely too many files are open. After a pause some may have been closed.
                    warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn admit(
        self: Arc<Self>,
        stream: TcpStream,
        number: u64,
        served: ConnectionSettings,
        permit_to_accept: Option<OwnedSemaphorePermit>,
    ) {
        let Some(permit) = self.acquire().await else {
            if !self.is_full.swap(true, Ordering::Relaxed) {
                warn!("all connections are active: new ones are refused");
            }
            return connection::refuse(stream).await;
        };
        drop(permit_to_accept);
        let registered = Registration { pool: &self, number };
        let state = Arc::new(ConnectionState::new());
        self.states().insert(number, Arc::clone(&state));
        connection::serve(stream, served, permit, state).await;
        drop(registered);
    }

    /// Acquires a permit, if necessary by the eviction of an idle connection.
    async fn acquire(&self) -> Option<ConnectionPermit> {
        let permits = || Arc::clone(&self.permits);
        let permit = match permits().try_acquire_owned() {
            Ok(permit) => {
                self.is_full.store(false, Ordering::Relaxed);
                permit
            }
            Err(_) if self.evict_idle() => timeout(EVICT_TIMEOUT, permits().acquire_owned()).await.ok()?.ok()?,
            Err(_) => return None,
        };
        Some(ConnectionPermit::new(permit))
    }

    /// Evicts the connection that has been idle for the longest time. Returns whether there was one.
    fn evict_idle(&self) -> bool {
        let states = self.states();
        let idle = states.values().filter_map(|state| Some((state.idle_since()?, state)));
        let Some((_, longest)) = idle.min_by_key(|(since, _)| *since) else { return false };
        longest.evict();
        debug!("an idle connection is closed to make room");
        true
    }

    fn states(&self) -> MutexGuard<'_, HashMap<u64, Arc<ConnectionState>>> {
        self.states.lock()
    }
}

/// Removes the state of a connection from the pool when the connection ends.
struct Registration<'a> {
    pool: &'a ConnectionPool,
    number: u64,
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        self.pool.states().remove(&self.number);
    }
}

/// The limit of connections: `wanted`, or fewer if the process may not open enough files. Runs need files for their model calls, and
/// the database needs some too.
pub(crate) fn connection_limit(wanted: usize, runs: usize) -> usize {
    // A system without `getrlimit` has no such limit.
    let files = rlimit::getrlimit(Resource::NOFILE).map_or(u64::MAX, |(soft, _)| soft);
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    let left = files.saturating_sub(RESERVE + MAX_ACCEPTING + runs);
    let bound = wanted.min(left.max(MIN_CONNECTIONS));
    if bound < wanted {
        warn!(files, connections = bound, wanted, "the process may not open enough files for all connections");
    }
    bound
}

/// Files for the database, the log and other files of the process.
const RESERVE: usize = 64;
/// How many connections are admitted or refused at once.
const MAX_ACCEPTING: usize = 64;
/// The least limit of connections. If it is too high for the process, accepting waits until files have been closed.
const MIN_CONNECTIONS: usize = 16;
/// How long an evicted connection may take to close.
const EVICT_TIMEOUT: Duration = Duration::from_secs(1);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
