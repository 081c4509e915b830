//! Caches of the updates of nodes and workers.

use std::hash::Hash;

use super::builder::StateGraph;
use super::fault::BuildFault;
use crate::node::cache::{Cache, ErasedCache, NodeCache};
use crate::node::items::Item;
use crate::node::worker::TakesItems;
use crate::state::State;
use crate::types::node_id::Handle;

impl<S: State> StateGraph<S> {
    /// Caches the updates of a node, by a key that `key` makes from the state. With a cached update the node does not run.
    ///
    /// The cache belongs to the compiled graph and serves all its runs. Failures are not cached. For a worker use
    /// [`cache_items`](Self::cache_items).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// graph.cache(write, Cache::default(), |essay| essay.notes.clone());
    /// ```
    #[doc(alias = "cache_policy")]
    #[track_caller]
    pub fn cache<K: Eq + Hash + Clone + Send + 'static>(
        &mut self,
        node: impl Handle<S>,
        cache: Cache,
        key: impl Fn(&S) -> K + Send + Sync + 'static,
    ) -> &mut Self {
        let id = node.id();
        if self.nodes.get(id.index as usize).is_some_and(|declared| declared.erased.takes_items()) {
            self.faults.push(BuildFault::CacheWithoutItems { node: self.names[id.index as usize].clone() });
        }
        let results = NodeCache::new(cache, move |state: &S, _: Option<&_>| Some(key(state)));
        self.add_cache(node, cache, Box::new(results))
    }

    /// Caches the updates of a worker, by a key that `key` makes from the state and the item. The choice of an
    /// [`ItemDecider`](crate::ItemDecider) is cached with its update.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn check(_: &Essay, word: &String) -> NodeResult<Essay> { Ok(Essay::update()) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// let check = graph.worker("check", check);
    /// graph.cache_items(check, Cache::default(), |_, word| word.clone());
    /// ```
    #[track_caller]
    pub fn cache_items<W: TakesItems<S>, K: Eq + Hash + Clone + Send + 'static>(
        &mut self,
        worker: W,
        cache: Cache,
        key: impl Fn(&S, &W::Item) -> K + Send + Sync + 'static,
    ) -> &mut Self {
        let results = NodeCache::new(cache, move |state: &S, item: Option<&Item>| Some(key(state, item?.get()?)));
        self.add_cache(worker, cache, Box::new(results))
    }

    #[track_caller]
    fn add_cache(&mut self, node: impl Handle<S>, cache: Cache, results: Box<dyn ErasedCache<S>>) -> &mut Self {
        let Some(node) = self.known(node, "cache") else {
            return self;
        };
        let name = self.names[node as usize].clone();
        if cache.entries == 0 {
            self.faults.push(BuildFault::Zero { node: Some(name.clone()), setting: "number of cache entries" });
        }
        if self.nodes[node as usize].extras.cache.replace(results).is_some() {
            self.faults.push(BuildFault::SetTwice { node: name, setting: "cache" });
        }
        self
    }
}
