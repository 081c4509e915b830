//! The default dependencies of the nodes of a subgraph.

use std::any::{Any, TypeId};
use std::sync::Arc;

use crate::state::State;

pub(super) type DepsOf<S, T> = Box<dyn Fn(&Arc<<S as State>::Deps>) -> Arc<<T as State>::Deps> + Send + Sync>;

/// The outer dependencies if they have the inner type, or `()` if the inner nodes have no dependencies; otherwise `None`.
pub(super) fn same_deps<S: State, T: State>() -> Option<DepsOf<S, T>> {
    if let Ok(nothing) = into_any(Arc::new(())).downcast::<T::Deps>() {
        return Some(Box::new(move |_| Arc::clone(&nothing)));
    }
    let same = TypeId::of::<S::Deps>() == TypeId::of::<T::Deps>();
    same.then(|| -> DepsOf<S, T> {
        Box::new(|outer| {
            let inner = into_any(Arc::clone(outer)).downcast::<T::Deps>();
            inner.unwrap_or_else(|_| unreachable!("the types are the same"))
        })
    })
}

fn into_any<C: Send + Sync + 'static>(deps: Arc<C>) -> Arc<dyn Any + Send + Sync> {
    deps
}
