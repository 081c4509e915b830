//! `tracing` spans around runs, supersteps and attempts at nodes, and events of level `DEBUG` with the target `council_core`. There are
//! none without the feature `tracing` or without a subscriber. The README has the list of the events.

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{Span, attempt_failed, is_wanted, node, run, run_ended, superstep, unwritten, valve_opened};
#[cfg(feature = "tracing")]
pub(crate) use on::{Span, attempt_failed, is_wanted, node, run, run_ended, superstep, unwritten, valve_opened};

#[cfg(feature = "tracing")]
mod on {
    use std::fmt::Display;
    use std::future::Future;
    use std::time::Duration;

    use tracing::field::{Empty, display};
    use tracing::{Instrument, Level, debug};

    use crate::node::context::Context;
    use crate::node::failure::Failure;
    use crate::state::State;
    use crate::types::milliseconds::milliseconds;
    use crate::types::valve::OpenedValve;

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

    /// An attempt has failed. It is tried again after `retry_in`, if there is one.
    pub(crate) fn attempt_failed<S: State>(context: &Context<S>, failure: &Failure, retry_in: Option<Duration>) {
        debug!(
            target: TARGET,
            run = context.run(),
            node = context.node(),
            superstep = context.superstep(),
            visit = context.visit(),
            attempt = context.attempt(),
            item = context.item(),
            timed_out = matches!(failure, Failure::NodeTimedOut { .. }),
            retry_in_ms = retry_in.map(milliseconds),
            error = failure.cause(),
            "attempt failed",
        );
    }

    pub(crate) fn valve_opened(run: &str, superstep: u64, opened: &OpenedValve) {
        debug!(target: TARGET, run, superstep, valve = %opened.valve, to = opened.to.as_deref(), "valve opened");
    }

    pub(crate) fn run_ended(run: &str, supersteps: u64, ended: &str, why: Option<&dyn Display>) {
        debug!(target: TARGET, run, supersteps, ended, why = why.map(display), "run ended");
    }

    /// The snapshot or the summary of a run is not written. The run continues without it.
    pub(crate) fn unwritten(run: &str, what: &str, error: &str) {
        debug!(target: TARGET, run, what, error, "not written");
    }

    const TARGET: &str = "council_core";

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
    use std::fmt::Display;
    use std::future::Future;
    use std::time::Duration;

    use crate::node::context::Context;
    use crate::node::failure::Failure;
    use crate::state::State;
    use crate::types::valve::OpenedValve;

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

    pub(crate) fn attempt_failed<S: State>(_: &Context<S>, _: &Failure, _: Option<Duration>) {}

    pub(crate) fn valve_opened(_: &str, _: u64, _: &OpenedValve) {}

    pub(crate) fn run_ended(_: &str, _: u64, _: &str, _: Option<&dyn Display>) {}

    pub(crate) fn unwritten(_: &str, _: &str, _: &str) {}

    impl Span {
        #[expect(clippy::unused_self, reason = "it stands for a span")]
        pub(crate) fn around<F: Future>(self, future: F) -> F {
            future
        }

        #[expect(clippy::unused_self, reason = "it stands for a span")]
        pub(crate) fn failed(&self, _: &Failure) {}
    }
}
