//! How many connections there are at once, and who has to go when one more comes.

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
/// There are as many as it may have. When one more comes, the one that has been without a request for longest makes room for it, so
/// that connections that are opened and left alone keep nobody out. Only where all are at work is the new one refused, with a reason.
pub(crate) struct ConnectionPool {
    permits: Arc<Semaphore>,
    /// Those who are let in or refused at this moment hold one; while none is left, whoever comes waits in the system's own queue.
    accepting: Arc<Semaphore>,
    states: Lock<HashMap<u64, Arc<ConnectionState>>>,
    is_full: AtomicBool,
}

impl ConnectionPool {
    pub(crate) fn new(most: usize) -> Self {
        let permits = Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)));
        let accepting = Arc::new(Semaphore::new(MAX_ACCEPTING));
        Self { permits, accepting, states: Lock::default(), is_full: AtomicBool::new(false) }
    }

    /// Accepts connections for ever, each in a task of its own.
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
                    // Too many open files, most likely: a pause lets some of them be closed.
                    warn!(%error, "a connection could not be accepted");
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
                warn!("all connections are at work: others are refused");
            }
            return connection::refuse(stream).await;
        };
        drop(permit_to_accept);
        let registered = Registration { connections: &self, number };
        let state = Arc::new(ConnectionState::new());
        self.states().insert(number, Arc::clone(&state));
        connection::serve(stream, served, permit, state).await;
        drop(registered);
    }

    /// A place, if need be that of a connection without a request.
    async fn acquire(&self) -> Option<ConnectionPermit> {
        let permits = || Arc::clone(&self.permits);
        let permit = match permits().try_acquire_owned() {
            Ok(permit) => {
                self.is_full.store(false, Ordering::Relaxed);
                permit
            }
            Err(_) if self.evict_idle() => timeout(LEAVING, permits().acquire_owned()).await.ok()?.ok()?,
            Err(_) => return None,
        };
        Some(ConnectionPermit::new(permit))
    }

    /// Lets the connection go that has been without a request for longest; says whether there was one.
    fn evict_idle(&self) -> bool {
        let states = self.states();
        let idle = states.values().filter_map(|state| Some((state.idle_since()?, state)));
        let Some((_, longest)) = idle.min_by_key(|(since, _)| *since) else { return false };
        longest.leave();
        debug!("a connection without a request makes room");
        true
    }

    fn states(&self) -> MutexGuard<'_, HashMap<u64, Arc<ConnectionState>>> {
        self.states.lock()
    }
}

/// However a connection ends, it is not chosen to go any more.
struct Registration<'a> {
    connections: &'a ConnectionPool,
    number: u64,
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        self.connections.states().remove(&self.number);
    }
}

/// How many connections there may be, where so many are wanted and so many runs may call their models: the files that the process
/// may have open are shared by all, and the database needs some too.
pub(crate) fn connection_limit(wanted: usize, runs: usize) -> usize {
    // Where the system does not tell, it has no such limit.
    let files = rlimit::getrlimit(Resource::NOFILE).map_or(u64::MAX, |(soft, _)| soft);
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    let left = files.saturating_sub(RESERVE + MAX_ACCEPTING + runs);
    let bound = wanted.min(left.max(LEAST));
    if bound < wanted {
        warn!(
            files,
            connections = bound,
            wanted,
            "the process may open too few files for all connections that are wanted"
        );
    }
    bound
}

/// Files for the database, the log, and whatever else the process has open.
const RESERVE: usize = 64;
/// How many are let in or refused at once.
const MAX_ACCEPTING: usize = 64;
/// So many connections there may be in any case; where that is too much, accepting waits until files have been closed.
const LEAST: usize = 16;
/// How long one may take to make room.
const LEAVING: Duration = Duration::from_secs(1);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
