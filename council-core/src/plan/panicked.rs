//! Turns a panic in user code into the failure of the node that the code belongs to.

use super::blame::CalledCode;
use super::position::Position;
use super::tasks::SuperstepTask;
use crate::drawing::ids::START_ID;
use crate::graph::compiled::Inner;
use crate::node::failure::Failure;
use crate::state::State;

impl<S: State> Position<S> {
    /// Turns a panic in user code into a [`Failure`].
    #[cold]
    pub(crate) fn blame(&self, graph: &Inner<S>, message: String) -> Failure {
        let superstep = self.completing();
        let task = |place: usize| &self.tasks.tasks[place];
        let node = |place: usize| graph.names[task(place).node as usize].to_string();
        match self.called {
            CalledCode::Node(place) => {
                let &SuperstepTask { attempt, .. } = task(place);
                let item = task(place).index();
                Failure::NodePanicked { node: node(place), item, superstep, attempt, message }
            }
            CalledCode::Reducer(place) => Failure::ReducerPanicked { node: node(place), superstep, message },
            CalledCode::Route(place) => Failure::RoutePanicked { node: node(place), superstep, message },
            CalledCode::Barrier => Failure::Panicked { superstep: self.supersteps, message },
            CalledCode::StartRoute => Failure::RoutePanicked { node: START_ID.to_owned(), superstep: 0, message },
            CalledCode::Guard(place) => {
                Failure::GuardPanicked { guard: graph.guards[place].name.clone(), superstep, message }
            }
        }
    }
}
