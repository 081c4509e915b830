//! Settings of nodes: policies, deferral, caches, stored items and error handlers.

use std::hash::Hash;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::builder::StateGraph;
use super::compiled::{Handler, Undeclared};
use super::fault::BuildFault;
use crate::node::cache::{Cache, ErasedCache, NodeCache};
use crate::node::codec::ItemCodec;
use crate::node::command::Command;
use crate::node::failure::Failure;
use crate::node::goto::{Item, Targets};
use crate::node::policy::Policy;
use crate::node::worker::Worker;
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

    /// Caches the updates of a worker, by a key that `key` makes from the state and the item.
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
    pub fn cache_items<T: Send + Sync + 'static, K: Eq + Hash + Clone + Send + 'static>(
        &mut self,
        worker: Worker<S, T>,
        cache: Cache,
        key: impl Fn(&S, &T) -> K + Send + Sync + 'static,
    ) -> &mut Self {
        let results = NodeCache::new(cache, move |state: &S, item: Option<&Item>| Some(key(state, item?.get()?)));
        self.add_cache(worker, cache, Box::new(results))
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
    pub fn store_items<I: Serialize + DeserializeOwned + Send + Sync + 'static>(
        &mut self,
        worker: Worker<S, I>,
    ) -> &mut Self {
        if let Some(node) = self.known(worker, "store_items") {
            self.nodes[node as usize].extras.items = Some(ItemCodec::of::<I>());
        }
        self
    }

    /// Calls `handler` when a task of `node` has failed and is not retried. The handler may return an update, as if the node had
    /// returned it. It may also send the run to other nodes, among the targets. With `None`, the failure stands.
    ///
    /// The handler gets the state that the node saw. For the item of a worker, see [`on_item_error`](Self::on_item_error). A run
    /// that a limit stops has not failed.
    ///
    /// ```
    /// use council_core::{Command, NodeResult, State, StateGraph};
    ///
    /// #[derive(State, Default)]
    /// struct Answer {
    ///     text: String,
    /// }
    ///
    /// async fn ask(_: &Answer) -> NodeResult<Answer> {
    ///     Err("the line is dead".into())
    /// }
    ///
    /// async fn guess(answer: &Answer) -> NodeResult<Answer> {
    ///     Ok(Answer::update().text(format!("a guess, for {}", answer.text)))
    /// }
    ///
    /// let mut graph = StateGraph::<Answer>::new("answer");
    /// let ask = graph.node("ask", ask);
    /// let guess = graph.node("guess", guess);
    /// graph.start(ask).end(ask).end(guess);
    /// graph.on_error(ask, [guess], |_, failure, [guess]| {
    ///     let why = std::error::Error::source(failure)?.to_string();
    ///     Some(Command::goto(guess).and_update(Answer::update().text(why)))
    /// });
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Answer::default()).await?;
    /// assert_eq!(outcome.state().text, "a guess, for the line is dead");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn on_error<T: Targets<S>>(
        &mut self,
        node: impl Handle<S>,
        targets: T,
        handler: impl Fn(&S, &Failure, T) -> Option<Command<S>> + Send + Sync + 'static,
    ) -> &mut Self {
        let own = targets.clone();
        self.add_handler(node, targets, move |state, _, failure| handler(state, failure, own.clone()))
    }

    /// Calls `handler` with the item when a task of a worker has failed and is not retried, like [`on_error`](Self::on_error).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn check(_: &Essay, word: &String) -> NodeResult<Essay> { Ok(Essay::update()) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// let check = graph.worker("check", check);
    /// graph.on_item_error(check, (), |_, word, _, ()| Some(Command::update(Essay::update().notes(format!("{word}: unknown")))));
    /// ```
    #[track_caller]
    pub fn on_item_error<T: Targets<S>, I: Send + Sync + 'static>(
        &mut self,
        worker: Worker<S, I>,
        targets: T,
        handler: impl Fn(&S, &I, &Failure, T) -> Option<Command<S>> + Send + Sync + 'static,
    ) -> &mut Self {
        let own = targets.clone();
        self.add_handler(worker, targets, move |state, item, failure| {
            handler(state, item.and_then(Item::get)?, failure, own.clone())
        })
    }

    #[track_caller]
    fn add_handler(
        &mut self,
        node: impl Handle<S>,
        targets: impl Targets<S>,
        handler: impl Fn(&S, Option<&Item>, &Failure) -> Option<Command<S>> + Send + Sync + 'static,
    ) -> &mut Self {
        let choices = self.choices(targets.clone());
        let (Some(node), declared) = (self.known(node, "on_error"), self.targets(targets, "on_error")) else {
            return self;
        };
        let recover = move |state: &S, item: Option<&Item>, failure: &Failure| {
            let Some(mut command) = handler(state, item, failure) else { return Ok(None) };
            if let Some(goto) = &mut command.goto {
                goto.instead = true;
            }
            let declared = command.goto.as_ref().is_none_or(|goto| goto.is_among(&choices));
            if declared { Ok(Some(command)) } else { Err(Undeclared) }
        };
        let handler = Handler { targets: declared, recover: Box::new(recover) };
        if self.nodes[node as usize].extras.handler.replace(handler).is_some() {
            let node = self.names[node as usize].clone();
            self.faults.push(BuildFault::SetTwice { node, setting: "error handler" });
        }
        self
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
