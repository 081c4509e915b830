//! A subgraph as a type-erased node: the outer graph runs, draws, stores and reads it.

use std::any::{Any, TypeId, type_name};
use std::future::Future;
use std::pin::Pin;

use super::subgraph::{Subgraph, Whole};
use crate::drawing::Drawing;
use crate::drive::{Driver, Halt};
use crate::journal::format::envelope::StoredTask;
use crate::journal::format::position::StoredPosition;
use crate::journal::format::program::StoredProgram;
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::node::context::Context;
use crate::node::erased::{ErasedSubgraph, NestedPosition, SubgraphEnd};
use crate::node::failure::Failure;
use crate::node::items::Item;
use crate::plan;
use crate::plan::nested::position;
use crate::plan::position::Position;
use crate::state::State;
use crate::stored::migrate;
use crate::stored::read::{begin, fold_record};
use crate::stored::snapshot::{read_position, write_position};
use crate::types::breakpoints::{Breakpoints, Side};
use crate::types::json_error::JsonError;
use crate::types::node_ref::GivenNode;

impl<S: State, T: State + Clone, I: 'static> ErasedSubgraph<S> for Subgraph<S, T, I> {
    fn run<'a>(
        &'a self,
        state: &'a S,
        item: Option<&'a Item>,
        nested: &'a mut Option<Box<dyn NestedPosition>>,
        context: &'a Context<S>,
    ) -> Pin<Box<dyn Future<Output = Result<S::Update, SubgraphEnd>> + Send + 'a>> {
        Box::pin(async move {
            let deps = self.deps.as_ref().ok_or_else(|| SubgraphEnd::Failed("its nodes were given no deps".into()))?;
            let info = self.run_info(context, deps);
            let recording = self.recording(context);
            if nested.as_deref_mut().and_then(position::<T>).is_none() {
                let input = (self.input)(state, item).map_err(SubgraphEnd::Failed)?;
                let begun = plan::begin(&self.graph, input);
                if let Some(recording) = &recording {
                    recording.started(&self.graph.inner, &begun, false).map_err(SubgraphEnd::Halted)?;
                }
                *nested = Some(Box::new(begun));
            }
            let Some(inner) = nested.as_deref_mut().and_then(position::<T>) else { unreachable!("it is kept now") };
            // The outer run may have cancelled the subgraph in the middle of a superstep.
            inner.state.reclaim();
            let driver = Driver::new(self.graph.clone(), info, recording);
            if let Some(failure) = driver.cannot_begin(inner) {
                return Err(SubgraphEnd::Failed(failure.into()));
            }
            match driver.go(inner).await {
                Halt::Finish => {}
                Halt::Stop(reason) => return Err(SubgraphEnd::Stopped(reason)),
                Halt::Pause => return Err(SubgraphEnd::Paused),
                Halt::Fail(failure) if failure.is_of_the_run() => return Err(SubgraphEnd::Halted(failure)),
                Halt::Fail(failure) => return Err(SubgraphEnd::Failed(failure)),
            }
            let ended = nested.take().and_then(|nested| (nested as Box<dyn Any>).downcast::<Position<T>>().ok());
            let Some(ended) = ended else { unreachable!("it was kept until now") };
            Ok((self.output)(ended.into_state()))
        })
    }

    fn drawing(&self) -> Drawing {
        self.graph.drawing()
    }

    fn depth(&self) -> u32 {
        self.graph.inner.depth
    }

    fn has_spawned(&self) -> bool {
        self.graph.inner.has_spawned
    }

    fn takes_items(&self) -> bool {
        TypeId::of::<I>() != TypeId::of::<Whole>()
    }

    fn missing_deps(&self) -> Option<&'static str> {
        self.deps.is_none().then(type_name::<T::Deps>)
    }

    fn add_breakpoint(&self, breakpoints: &mut Breakpoints, side: Side, path: &[GivenNode]) -> Result<(), Failure> {
        self.graph.inner.add_breakpoint(breakpoints, side, path)
    }

    fn unstorable(&self, node: &str, all: &mut Vec<String>) {
        if self.codec.is_none() {
            all.push(format!("the inside of `{node}` (`Subgraph::stored`)"));
        }
        self.graph.inner.unstorable(all);
    }

    fn fold(
        &self,
        nested: &mut Option<Box<dyn NestedPosition>>,
        path: &[StoredTask<'_>],
        record: &StoredRecord<'_>,
    ) -> Result<(), ReplayError> {
        let codec = self.codec.ok_or_else(|| self.not_stored())?;
        if let (StoredRecord::Started { input, next, .. }, []) = (record, path) {
            *nested = Some(Box::new(begin(&self.graph.inner, codec, input, next)?));
            return Ok(());
        }
        let position = nested.as_deref_mut().and_then(position::<T>).ok_or_else(|| self.not_stored())?;
        fold_record(&self.graph, codec, position, path, record)
    }

    fn write_nested<'k>(&'k self, nested: &'k dyn NestedPosition) -> Result<StoredPosition<'k>, JsonError> {
        let nested: &dyn Any = nested;
        let (Some(codec), Some(position)) = (self.codec, nested.downcast_ref()) else {
            return Err(JsonError::custom("the inside of a subgraph is not stored: call `Subgraph::stored`"));
        };
        write_position(&self.graph.inner, codec, position)
    }

    fn program(&self) -> &StoredProgram {
        &self.graph.inner.program
    }

    fn check_program(&self, then: &StoredProgram) -> Result<(), ReplayError> {
        migrate::check_program(&self.graph.inner, then)
    }

    fn folds_like(&self, then: &StoredProgram) -> bool {
        migrate::folds_like(&self.graph.inner, then)
    }

    fn counts_joins_like(&self, stored: &StoredPosition<'_>) -> bool {
        migrate::counts_joins_like(&self.graph.inner, stored)
    }

    fn migrate_record(
        &self,
        then: &StoredProgram,
        path: &[StoredTask<'_>],
        record: &mut StoredRecord<'_>,
    ) -> Result<(), ReplayError> {
        migrate::migrate_record(&self.graph.inner, then, path, record)
    }

    fn migrate_position(&self, then: &StoredProgram, position: &mut StoredPosition<'_>) -> Result<(), ReplayError> {
        migrate::migrate_position(&self.graph.inner, then, position)
    }

    fn read_nested(&self, stored: &StoredPosition<'_>) -> Result<Box<dyn NestedPosition>, ReplayError> {
        let codec = self.codec.ok_or_else(|| self.not_stored())?;
        Ok(Box::new(read_position(&self.graph, codec, stored)?))
    }
}
