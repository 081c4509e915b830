//! `Targets`: the nodes that a route, a decider or an error handler may choose.

use crate::state::State;
use crate::types::node_id::{Handle, NodeId};

/// The targets of a route: an array of nodes, one handle, a tuple of handles of any kind, or a `Vec` of nodes if their number is
/// known only at run time. The function of the route receives them in the same shape.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
/// # let mut graph = StateGraph::<Essay>::new("essay");
/// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
/// graph.route(write, [judge, NodeId::END], |_, [judge, _]| judge);
/// graph.route(judge, vec![write, NodeId::END], |_, targets| targets[1]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of targets of a route",
    label = "not a set of targets",
    note = "give an array of nodes, `[one, other]`, one handle, or a tuple of handles of any kind, `(node, worker, decider)`"
)]
pub trait Targets<S>: Clone + Send + Sync + 'static {
    /// One label for each target.
    type Labels<L>: IntoIterator<Item = L>;

    /// The targets, in order.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// assert_eq!(Targets::list([write, NodeId::END]), [write, NodeId::END]);
    /// ```
    fn list(self) -> Vec<NodeId<S>>;
}

impl<S: State, const N: usize> Targets<S> for [NodeId<S>; N] {
    type Labels<L> = [L; N];

    fn list(self) -> Vec<NodeId<S>> {
        Vec::from(self)
    }
}

/// A number of targets that is known only at run time.
impl<S: State> Targets<S> for Vec<NodeId<S>> {
    type Labels<L> = Vec<L>;

    fn list(self) -> Vec<NodeId<S>> {
        self
    }
}

/// No targets, for an error handler that only returns updates.
impl<S: State> Targets<S> for () {
    type Labels<L> = [L; 0];

    fn list(self) -> Vec<NodeId<S>> {
        Vec::new()
    }
}

impl<S: State> Targets<S> for NodeId<S> {
    type Labels<L> = [L; 1];

    fn list(self) -> Vec<NodeId<S>> {
        vec![self]
    }
}

macro_rules! tuples_are_targets {
    ($($count:literal: $($name:ident $place:tt),+;)+) => {$(
        impl<S: State, $($name: Handle<S>),+> Targets<S> for ($($name,)+) {
            type Labels<L> = [L; $count];

            fn list(self) -> Vec<NodeId<S>> {
                vec![$(self.$place.id()),+]
            }
        }
    )+};
}

tuples_are_targets! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
}
