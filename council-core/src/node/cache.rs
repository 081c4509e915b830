//! Cache of the results of a node, with a lifetime and a maximum number of entries.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

use super::done::Done;
use super::items::Item;
use crate::state::State;
use crate::types::lock::Lock;

/// The lifetime and the maximum number of cached results of a node: see [`StateGraph::cache`](crate::StateGraph::cache).
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// let cache = Cache::default().lifetime(std::time::Duration::from_secs(60)).entries(100);
/// graph.cache(write, cache, |essay| essay.notes.len());
/// ```
#[doc(alias = "CachePolicy")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cache {
    /// How long a result is valid after it was stored. 5 minutes by default.
    pub lifetime: Duration,
    /// The maximum number of results. The oldest is evicted first. 1024 by default.
    pub entries: usize,
}

impl Cache {
    /// Sets how long a result is valid after it was stored.
    #[must_use]
    pub fn lifetime(self, lifetime: Duration) -> Self {
        Self { lifetime, ..self }
    }

    /// Sets the maximum number of results. A maximum of 0 is a fault of the graph.
    #[must_use]
    pub fn entries(self, entries: usize) -> Self {
        Self { entries, ..self }
    }
}

impl Default for Cache {
    fn default() -> Self {
        Self { lifetime: Duration::from_secs(300), entries: 1_024 }
    }
}

/// A cache with the type of its keys erased.
pub(crate) trait ErasedCache<S: State>: Send + Sync {
    /// The cached result for this input, or else a function that stores a new result. The driver reads the clock, not the cache.
    fn recall<'a>(&'a self, state: &S, item: Option<&Item>, now: Instant) -> Result<Done<S>, StoreResult<'a, S>>;
}

/// Stores the result of a node, with the current time.
pub(crate) type StoreResult<'a, S> = Box<dyn FnOnce(&Done<S>, Instant) + Send + 'a>;

/// The results of one node, by the keys of its inputs. The cache belongs to the compiled graph and serves all its runs.
pub(crate) struct NodeCache<S: State, K, F> {
    cache: Cache,
    key: F,
    kept: Lock<Entries<S, K>>,
}

struct Entries<S: State, K> {
    results: HashMap<K, (Instant, Done<S>)>,
    /// The keys with the times of their results, the oldest first. A key whose result was replaced occurs twice.
    ages: VecDeque<(Instant, K)>,
}

impl<S: State, K, F> NodeCache<S, K, F> {
    pub(crate) fn new(cache: Cache, key: F) -> Self {
        let kept = Entries { results: HashMap::new(), ages: VecDeque::new() };
        Self { cache, key, kept: Lock::new(kept) }
    }
}

impl<S, K, F> ErasedCache<S> for NodeCache<S, K, F>
where
    S: State,
    K: Eq + Hash + Clone + Send + 'static,
    F: Fn(&S, Option<&Item>) -> Option<K> + Send + Sync + 'static,
{
    fn recall<'a>(&'a self, state: &S, item: Option<&Item>, now: Instant) -> Result<Done<S>, StoreResult<'a, S>> {
        let Some(key) = (self.key)(state, item) else { return Err(Box::new(|_, _| {})) };
        let kept = self.kept.lock();
        match kept.results.get(&key) {
            Some((made, done)) if now.saturating_duration_since(*made) < self.cache.lifetime => Ok(done.clone()),
            _ => Err(Box::new(move |done, now| self.keep(key, done, now))),
        }
    }
}

impl<S: State, K: Eq + Hash + Clone, F> NodeCache<S, K, F> {
    fn keep(&self, key: K, done: &Done<S>, now: Instant) {
        let copy = done.clone();
        let mut kept = self.kept.lock();
        let Entries { results, ages } = &mut *kept;
        results.insert(key.clone(), (now, copy));
        ages.push_back((now, key));
        while let Some((made, key)) = ages.front() {
            let is_current = results.get(key).is_some_and(|(newest, _)| newest == made);
            let is_good = now.saturating_duration_since(*made) < self.cache.lifetime;
            if is_current && results.len() <= self.cache.entries && is_good {
                break;
            }
            if is_current {
                results.remove(key);
            }
            ages.pop_front();
        }
    }
}
