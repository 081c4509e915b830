//! The state's place in a position: held, or shared with tasks on other threads for one superstep.

use std::sync::Arc;

/// A state that can be shared without a copy.
#[derive(Clone)]
pub(crate) enum StateCell<S> {
    Held(S),
    Shared(Arc<S>),
    /// Only in the middle of the calls below.
    Moving,
}

impl<S> StateCell<S> {
    #[inline]
    pub(crate) fn get(&self) -> &S {
        match self {
            Self::Held(state) => state,
            Self::Shared(state) => state,
            Self::Moving => unreachable!("nobody looks at a state that is moving"),
        }
    }

    /// The state, to be changed: between supersteps it is held.
    #[inline]
    pub(crate) fn get_mut(&mut self) -> &mut S {
        match self {
            Self::Held(state) => state,
            Self::Shared(_) | Self::Moving => unreachable!("a state is changed at the barrier, where nobody shares it"),
        }
    }

    pub(crate) fn into_inner(self) -> S {
        match self {
            Self::Held(state) => state,
            Self::Shared(_) | Self::Moving => unreachable!("a run ends at a barrier, where nobody shares its state"),
        }
    }

    /// Lets tasks on other threads have the state.
    pub(crate) fn share(&mut self) -> Arc<S> {
        let shared = match std::mem::replace(self, Self::Moving) {
            Self::Held(state) => Arc::new(state),
            Self::Shared(state) => state,
            Self::Moving => unreachable!("a state is shared by one superstep at a time"),
        };
        *self = Self::Shared(Arc::clone(&shared));
        shared
    }

    /// Takes the state back. All who had a part in it must be gone.
    pub(crate) fn unshare(&mut self) {
        *self = match std::mem::replace(self, Self::Moving) {
            Self::Shared(state) => match Arc::try_unwrap(state) {
                Ok(state) => Self::Held(state),
                Err(state) => Self::Shared(state),
            },
            held => held,
        };
    }

    /// Takes the state back where tasks that were cancelled may still have it, or a copy of the position: then as a copy.
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
