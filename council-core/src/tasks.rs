//! The tasks of one superstep, and whether their updates go together.

use crate::graph::Inner;
use crate::{Failure, FieldSet, State, Update};

/// The tasks of a superstep.
#[derive(Clone)]
pub(crate) struct Tasks<S: State> {
    pub(crate) tasks: Vec<Task<S>>,
}

/// One node in the superstep, and what it returned.
#[derive(Clone)]
pub(crate) struct Task<S: State> {
    pub(crate) node: u32,
    pub(crate) visit: u32,
    pub(crate) attempt: u32,
    /// There once the task has ended, until it is merged into the state.
    pub(crate) update: Option<S::Update>,
}

impl<S: State> Task<S> {
    pub(crate) fn has_ended(&self) -> bool {
        self.update.is_some()
    }

    #[inline]
    pub(crate) fn end(&mut self, update: S::Update) {
        self.update = Some(update);
    }

    pub(crate) fn fail(&mut self) {
        self.attempt += 1;
    }
}

impl<S: State> Tasks<S> {
    /// Refuses two writers of one plain field, and finds the fields that are overwritten.
    #[inline]
    pub(crate) fn check_writes(&self, graph: &Inner<S>, superstep: u64) -> Result<FieldSet, Box<Failure>> {
        if self.tasks.len() == 1 {
            return Ok(FieldSet::default());
        }
        self.check_several_writes(graph, superstep)
    }

    fn check_several_writes(&self, graph: &Inner<S>, superstep: u64) -> Result<FieldSet, Box<Failure>> {
        let mut overwritten = FieldSet::default();
        let mut set = FieldSet::default();
        for (place, task) in self.tasks.iter().enumerate() {
            let Some(update) = &task.update else { continue };
            let sets = update.sets();
            if let Some(field) = set.first_common(sets) {
                let writes = |task: &&Task<S>| task.update.as_ref().is_some_and(|update| update.sets().contains(field));
                let first = self.tasks[..place].iter().find(writes).map_or(task.node, |first| first.node);
                return Err(Failure::Conflict {
                    field: S::FIELDS[field],
                    first: graph.names[first as usize].to_string(),
                    second: graph.names[task.node as usize].to_string(),
                    superstep,
                }
                .into());
            }
            set = set.union(sets);
            overwritten = overwritten.union(update.overwrites());
        }
        Ok(overwritten)
    }
}
