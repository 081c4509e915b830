//! Settings of nodes: policies, deferral and stored items.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::builder::StateGraph;
use super::fault::BuildFault;
use crate::node::codec::ItemCodec;
use crate::node::items::Item;
use crate::node::policy::Policy;
use crate::node::worker::TakesItems;
use crate::state::State;
use crate::types::node_id::Handle;

impl<S: State> StateGraph<S> {
    /// Sets how a node is run: its retries, its timeout, its concurrency, and its thread. [`default_policy`](Self::default_policy)
    /// supplies the settings that this policy leaves out.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// graph.policy(write, Policy::default().retry(Retry::default()));
    /// ```
    #[doc(alias = "retry_policy")]
    #[track_caller]
    pub fn policy(&mut self, node: impl Handle<S>, policy: Policy) -> &mut Self {
        if let Some(node) = self.known(node, "policy") {
            self.refuse_zeros(Some(node), &policy);
            self.nodes[node as usize].extras.policy = policy;
        }
        self
    }

    /// Sets the policy for all nodes. A setting in the policy of a node wins.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// graph.default_policy(Policy::default().timeout(std::time::Duration::from_secs(30)));
    /// ```
    #[doc(alias = "set_node_defaults")]
    pub fn default_policy(&mut self, policy: Policy) -> &mut Self {
        self.refuse_zeros(None, &policy);
        self.policy = policy;
        self
    }

    /// The node waits until no other task is left. It is for nodes that run last, after paths of any length.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// graph.start(write).start(judge).defer(judge).end(write).end(judge); // `judge` runs after `write`
    /// assert!(graph.compile().is_ok());
    /// ```
    #[track_caller]
    pub fn defer(&mut self, node: impl Handle<S>) -> &mut Self {
        if let Some(node) = self.known(node, "defer") {
            self.nodes[node as usize].deferred = true;
        }
        self
    }

    /// Makes the items of a worker storable. A run with a journal requires it for every worker.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn check(_: &Essay, word: &String) -> NodeResult<Essay> { Ok(Essay::update()) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// let check = graph.worker("check", check);
    /// graph.store_items(check);
    /// ```
    #[track_caller]
    pub fn store_items<W>(&mut self, worker: W) -> &mut Self
    where
        W: TakesItems<S>,
        W::Item: Serialize + DeserializeOwned,
    {
        if let Some(node) = self.known(worker, "store_items") {
            self.nodes[node as usize].extras.items = Some(ItemCodec::of::<W::Item>());
        }
        self
    }

    /// Sets the maximum time of one attempt at an item of a worker, which `timeout` makes from the state and the item. It replaces
    /// [`Policy::timeout`] of the worker. `Duration::MAX` is no limit.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn check(_: &Essay, word: &String) -> NodeResult<Essay> { Ok(Essay::update()) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// use std::time::Duration;
    ///
    /// let check = graph.worker("check", check);
    /// graph.item_timeout(check, |_, word| Duration::from_millis(50 * word.len() as u64));
    /// ```
    #[track_caller]
    pub fn item_timeout<W: TakesItems<S>>(
        &mut self,
        worker: W,
        timeout: impl Fn(&S, &W::Item) -> Duration + Send + Sync + 'static,
    ) -> &mut Self {
        if let Some(node) = self.known(worker, "item_timeout") {
            let timeout = move |state: &S, item: &Item| Some(timeout(state, item.get()?));
            if self.nodes[node as usize].extras.item_timeout.replace(Box::new(timeout)).is_some() {
                self.faults
                    .push(BuildFault::SetTwice { node: self.names[node as usize].clone(), setting: "item timeout" });
            }
        }
        self
    }

    fn refuse_zeros(&mut self, node: Option<u32>, policy: &Policy) {
        let zeros = [
            ("timeout", policy.timeout.is_some_and(|timeout| timeout.is_zero())),
            ("concurrency", policy.concurrency == Some(0)),
            ("number of attempts", policy.retries.iter().any(|retry| retry.attempts == 0)),
        ];
        for (setting, _) in zeros.into_iter().filter(|(_, zero)| *zero) {
            let node = node.map(|node| self.names[node as usize].clone());
            self.faults.push(BuildFault::Zero { node, setting });
        }
    }
}
