//! What the nodes of a subgraph are given, where nothing is said of it.

use std::any::{Any, TypeId};
use std::sync::Arc;

use crate::state::State;

pub(super) type ContextOf<S, T> = Box<dyn Fn(&Arc<<S as State>::Context>) -> Arc<<T as State>::Context> + Send + Sync>;

/// The outer context itself where it is of the inner type, or nothing where nothing is wanted.
pub(super) fn same_context<S: State, T: State>() -> Option<ContextOf<S, T>> {
    if let Ok(nothing) = into_any(Arc::new(())).downcast::<T::Context>() {
        return Some(Box::new(move |_| Arc::clone(&nothing)));
    }
    let same = TypeId::of::<S::Context>() == TypeId::of::<T::Context>();
    same.then(|| -> ContextOf<S, T> {
        Box::new(|outer| {
            let inner = into_any(Arc::clone(outer)).downcast::<T::Context>();
            inner.unwrap_or_else(|_| unreachable!("the types are the same"))
        })
    })
}

fn into_any<C: Send + Sync + 'static>(context: Arc<C>) -> Arc<dyn Any + Send + Sync> {
    context
}
