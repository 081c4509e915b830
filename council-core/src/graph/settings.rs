//! How nodes are run.

use std::hash::Hash;

use super::fault::BuildFault;
use super::{Handle, StateGraph};
use crate::cache::{Cache, Recall, Results};
use crate::{Policy, State, Worker};

impl<S: State> StateGraph<S> {
    /// How a node is run: tried again, for how long, how many at once, and where. What the policy leaves open is as
    /// [`default_policy`](Self::default_policy) says.
    #[track_caller]
    pub fn policy(&mut self, node: impl Handle<S>, policy: Policy) -> &mut Self {
        if let Some(node) = self.known(node, "policy") {
            self.refuse_zeros(Some(node), &policy);
            self.nodes[node as usize].rest.policy = policy;
        }
        self
    }

    /// How all nodes of the graph are run that have no policy of their own for it.
    pub fn default_policy(&mut self, policy: Policy) -> &mut Self {
        self.refuse_zeros(None, &policy);
        self.policy = policy;
        self
    }

    /// The node waits until nothing else is to run: for what comes last, however long the ways to it are.
    #[track_caller]
    pub fn defer(&mut self, node: impl Handle<S>) -> &mut Self {
        if let Some(node) = self.known(node, "defer") {
            self.nodes[node as usize].deferred = true;
        }
        self
    }

    /// Keeps the updates of a node by the key that `key` makes of its input, and gives them again instead of running it.
    ///
    /// The cache lives as long as the compiled graph and serves all its runs. A node that failed is not kept.
    #[track_caller]
    pub fn cache<K: Eq + Hash + Clone + Send + 'static>(
        &mut self,
        node: impl Handle<S>,
        cache: Cache,
        key: impl Fn(&S) -> K + Send + Sync + 'static,
    ) -> &mut Self {
        let results = Results::new(cache, move |state: &S, _: Option<&_>| Some(key(state)));
        self.add_cache(node, cache, Box::new(results))
    }

    /// Keeps the updates of a worker by the key that `key` makes of the state and the item.
    #[track_caller]
    pub fn cache_items<T: Send + Sync + 'static, K: Eq + Hash + Clone + Send + 'static>(
        &mut self,
        worker: Worker<S, T>,
        cache: Cache,
        key: impl Fn(&S, &T) -> K + Send + Sync + 'static,
    ) -> &mut Self {
        let results =
            Results::new(cache, move |state: &S, item: Option<&crate::goto::Item>| Some(key(state, item?.get()?)));
        self.add_cache(worker, cache, Box::new(results))
    }

    #[track_caller]
    fn add_cache(&mut self, node: impl Handle<S>, cache: Cache, results: Box<dyn Recall<S>>) -> &mut Self {
        let Some(node) = self.known(node, "cache") else {
            return self;
        };
        let name = self.names[node as usize].clone();
        if cache.entries == 0 {
            self.faults.push(BuildFault::Zero { node: Some(name.clone()), setting: "number of cache entries" });
        }
        if self.nodes[node as usize].rest.cache.replace(results).is_some() {
            self.faults.push(BuildFault::SetTwice { node: name, setting: "cache" });
        }
        self
    }

    fn refuse_zeros(&mut self, node: Option<u32>, policy: &Policy) {
        let zeros = [
            ("timeout", policy.timeout.is_some_and(|timeout| timeout.is_zero())),
            ("concurrency", policy.concurrency == Some(0)),
            ("number of attempts", policy.retry.is_some_and(|retry| retry.attempts == 0)),
        ];
        for (setting, _) in zeros.into_iter().filter(|(_, zero)| *zero) {
            let node = node.map(|node| self.names[node as usize].clone());
            self.faults.push(BuildFault::Zero { node, setting });
        }
    }
}
