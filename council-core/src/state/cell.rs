//! `StateCell`: the state in a position, owned, or shared with spawned tasks for one superstep.

use std::sync::Arc;

/// A state that can be shared without a copy.
#[derive(Clone)]
pub(crate) enum StateCell<S> {
    Held(S),
    Shared(Arc<S>),
    /// Temporary: a method moves the state.
    Moving,
}

impl<S> StateCell<S> {
    #[inline]
    pub(crate) fn get(&self) -> &S {
        match self {
            Self::Held(state) => state,
            Self::Shared(state) => state,
            Self::Moving => unreachable!("no method reads the state while it is moved"),
        }
    }

    /// The state, mutable. It is called only at the barrier, where the state is held.
    #[inline]
    pub(crate) fn get_mut(&mut self) -> &mut S {
        match self {
            Self::Held(state) => state,
            Self::Shared(_) | Self::Moving => unreachable!("no task shares the state at the barrier, where it changes"),
        }
    }

    pub(crate) fn into_inner(self) -> S {
        match self {
            Self::Held(state) => state,
            Self::Shared(_) | Self::Moving => unreachable!("no task shares the state at the barrier, where a run ends"),
        }
    }

    /// Shares the state with tasks on other threads.
    pub(crate) fn share(&mut self) -> Arc<S> {
        let shared = match std::mem::replace(self, Self::Moving) {
            Self::Held(state) => Arc::new(state),
            Self::Shared(state) => state,
            Self::Moving => unreachable!("a state is shared by one superstep at a time"),
        };
        *self = Self::Shared(Arc::clone(&shared));
        shared
    }

    /// Takes the state back. All tasks that share it must have ended; otherwise it stays shared.
    pub(crate) fn unshare(&mut self) {
        *self = match std::mem::replace(self, Self::Moving) {
            Self::Shared(state) => match Arc::try_unwrap(state) {
                Ok(state) => Self::Held(state),
                Err(state) => Self::Shared(state),
            },
            held => held,
        };
    }

    /// Takes the state back. It is cloned if a cancelled task or a copy of the position still shares it.
    pub(crate) fn reclaim(&mut self)
    where
        S: Clone,
    {
        self.unshare();
        if let Self::Shared(state) = self {
            *self = Self::Held(S::clone(state));
        }
    }
}
