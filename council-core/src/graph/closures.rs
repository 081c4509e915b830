//! Hidden methods that the macros `node!`, `worker!`, `decider!` and `item_decider!` call.

use super::builder::StateGraph;
use crate::node::context::Context;
use crate::node::decider::Decider;
use crate::node::erased::{ErasedNode, NodeKind};
use crate::node::into_decider::CallToDecide;
use crate::node::into_item_decider::CallToDecideItem;
use crate::node::into_node::{Call, ErasedFunction};
use crate::node::into_worker::CallWithItem;
use crate::node::item_decider::ItemDecider;
use crate::node::result::{DeciderResult, NodeResult};
use crate::node::worker::Worker;
use crate::node::{into_decider, into_item_decider, into_worker};
use crate::state::State;
use crate::types::node_id::NodeId;

#[doc(hidden)]
impl<S: State> StateGraph<S> {
    pub fn __add<F>(&mut self, name: impl Into<String>, function: F, call: Call<S, F>) -> NodeId<S>
    where
        F: AsyncFn(&S) -> NodeResult<S> + Send + Sync + 'static,
    {
        self.add(name.into(), ErasedNode(NodeKind::Node(Box::new(ErasedFunction { function, call }))))
    }

    pub fn __add_with_context<F>(&mut self, name: impl Into<String>, function: F, call: Call<S, F>) -> NodeId<S>
    where
        F: AsyncFn(&S, &Context<S>) -> NodeResult<S> + Send + Sync + 'static,
    {
        self.add(name.into(), ErasedNode(NodeKind::Node(Box::new(ErasedFunction { function, call }))))
    }

    pub fn __add_worker<T, F>(
        &mut self,
        name: impl Into<String>,
        function: F,
        call: CallWithItem<S, T, F>,
    ) -> Worker<S, T>
    where
        T: Send + Sync + 'static,
        F: AsyncFn(&S, &T) -> NodeResult<S> + Send + Sync + 'static,
    {
        Worker::new(self.add(name.into(), into_worker::boxed(function, call)))
    }

    pub fn __add_worker_with_context<T, F>(
        &mut self,
        name: impl Into<String>,
        function: F,
        call: CallWithItem<S, T, F>,
    ) -> Worker<S, T>
    where
        T: Send + Sync + 'static,
        F: AsyncFn(&S, &T, &Context<S>) -> NodeResult<S> + Send + Sync + 'static,
    {
        Worker::new(self.add(name.into(), into_worker::boxed(function, call)))
    }

    pub fn __add_decider<C, F>(
        &mut self,
        name: impl Into<String>,
        function: F,
        call: CallToDecide<S, C, F>,
    ) -> Decider<S, C>
    where
        C: Send + 'static,
        F: AsyncFn(&S) -> DeciderResult<S, C> + Send + Sync + 'static,
    {
        Decider::new(self.add(name.into(), into_decider::boxed(function, call)))
    }

    pub fn __add_decider_with_context<C, F>(
        &mut self,
        name: impl Into<String>,
        function: F,
        call: CallToDecide<S, C, F>,
    ) -> Decider<S, C>
    where
        C: Send + 'static,
        F: AsyncFn(&S, &Context<S>) -> DeciderResult<S, C> + Send + Sync + 'static,
    {
        Decider::new(self.add(name.into(), into_decider::boxed(function, call)))
    }
    pub fn __add_item_decider<T, C, F>(
        &mut self,
        name: impl Into<String>,
        function: F,
        call: CallToDecideItem<S, T, C, F>,
    ) -> ItemDecider<S, T, C>
    where
        T: Send + Sync + 'static,
        C: Send + 'static,
        F: AsyncFn(&S, &T) -> DeciderResult<S, C> + Send + Sync + 'static,
    {
        ItemDecider::new(self.add(name.into(), into_item_decider::boxed(function, call)))
    }

    pub fn __add_item_decider_with_context<T, C, F>(
        &mut self,
        name: impl Into<String>,
        function: F,
        call: CallToDecideItem<S, T, C, F>,
    ) -> ItemDecider<S, T, C>
    where
        T: Send + Sync + 'static,
        C: Send + 'static,
        F: AsyncFn(&S, &T, &Context<S>) -> DeciderResult<S, C> + Send + Sync + 'static,
    {
        ItemDecider::new(self.add(name.into(), into_item_decider::boxed(function, call)))
    }
}
