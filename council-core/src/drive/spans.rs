//! `tracing` spans around runs, supersteps and attempts at nodes. There are none without the feature `tracing` or without a
//! subscriber.

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{Span, is_wanted, node, run, superstep};
#[cfg(feature = "tracing")]
pub(crate) use on::{Span, is_wanted, node, run, superstep};

#[cfg(feature = "tracing")]
mod on {
    use std::future::Future;

    use tracing::field::{Empty, display};
    use tracing::{Instrument, Level};

    use crate::node::context::Context;
    use crate::node::failure::Failure;
    use crate::state::State;

    /// A span that is entered on each poll of a future, and never held across an await.
    #[derive(Clone)]
    pub(crate) struct Span(tracing::Span);

    /// Whether a subscriber receives spans. This is checked once for each run of a graph.
    pub(crate) fn is_wanted() -> bool {
        tracing::enabled!(Level::INFO)
    }

    pub(crate) fn run(id: &str, graph: &str, path: &crate::types::path::Path) -> Span {
        let path = (!path.is_empty()).then(|| display(path));
        Span(tracing::info_span!("run", run = id, graph, path))
    }

    pub(crate) fn superstep(number: u64, tasks: usize) -> Span {
        Span(tracing::debug_span!("superstep", number, tasks))
    }

    pub(crate) fn node<S: State>(context: &Context<S>) -> Span {
        Span(tracing::info_span!(
            "node",
            node = context.node(),
            superstep = context.superstep(),
            visit = context.visit(),
            attempt = context.attempt(),
            item = context.item(),
            error = Empty,
        ))
    }

    impl Span {
        pub(crate) fn around<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
            future.instrument(self.0)
        }

        pub(crate) fn failed(&self, failure: &Failure) {
            self.0.record("error", crate::types::error_chain::error_chain(failure));
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::future::Future;

    use crate::node::context::Context;
    use crate::node::failure::Failure;
    use crate::state::State;

    #[derive(Clone)]
    pub(crate) struct Span;

    pub(crate) fn is_wanted() -> bool {
        false
    }

    pub(crate) fn run(_: &str, _: &str, _: &crate::types::path::Path) -> Span {
        Span
    }

    pub(crate) fn superstep(_: u64, _: usize) -> Span {
        Span
    }

    pub(crate) fn node<S: State>(_: &Context<S>) -> Span {
        Span
    }

    impl Span {
        #[expect(clippy::unused_self, reason = "it stands for a span")]
        pub(crate) fn around<F: Future>(self, future: F) -> F {
            future
        }

        #[expect(clippy::unused_self, reason = "it stands for a span")]
        pub(crate) fn failed(&self, _: &Failure) {}
    }
}
