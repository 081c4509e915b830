//! Properties of projections: the projection of a run's records equals the position of the run.

use council_core::journal::{Journal, Memory, ReadFrom, Status};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::stored::{At, Durability};
use council_core::{Graph, Limits};
use proptest::prelude::*;

use crate::crashes::to_the_end;
use crate::edits::edits;
use crate::lab::Lab;
use crate::plans::{Doc, stored_plans};
use crate::{cases, on_a_runtime};

proptest! {
    #![proptest_config(cases())]

    /// For a run that stops or fails at any point and continues after an edit, and for a run that starts at that point.
    #[test]
    fn a_projection_equals_the_position(
        plan in stored_plans(),
        failing in prop::collection::vec(0_usize..9, 0..3),
        supersteps in prop::option::of(0_u64..6),
        edit in edits(),
    ) {
        on_a_runtime(async {
            let journal = Memory::default();
            let graph = plan.build(&plan.delays, &Lab::breaking(failing)).graph;
            let limits = supersteps.map_or(Limits::default(), |supersteps| Limits { supersteps, ..Limits::default() });
            let run = graph.run(Doc::default()).id("first").journal(journal.clone()).limits(limits);
            let _ = to_the_end(&graph, &journal, Durability::Sync, run).await;
            compare(&graph, &journal, "first").await?;
            let position = graph.load(&journal, "first").await.unwrap();
            let run = graph.resume(position).id("second").journal(journal.clone());
            let _ = to_the_end(&graph, &journal, Durability::Sync, run).await;
            compare(&graph, &journal, "second").await?;
            let mut position = graph.load(&journal, "first").await.unwrap();
            edit.apply(&graph, &plan, &mut position);
            let _ = to_the_end(&graph, &journal, Durability::Sync, graph.resume(position).journal(journal.clone())).await;
            compare(&graph, &journal, "first").await
        })?;
    }
}

/// Compares the state, the supersteps, the open tasks and the questions after every record, and the status at the end.
async fn compare(graph: &Graph<Doc>, journal: &Memory, run: &str) -> Result<(), TestCaseError> {
    let stored = journal.read(run, ReadFrom::Record(0)).await.unwrap();
    let mut projection = RunProjection::<Doc>::default();
    for (records, entry) in (1..).zip(&stored.entries) {
        projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
        let position = graph.load_at(journal, run, At::Record(records)).await.unwrap();
        prop_assert_eq!(projection.state(), position.state(), "{} after {} records", run, records);
        prop_assert_eq!(projection.supersteps(), position.supersteps());
        let open: Vec<_> = projection.open_tasks().map(|task| (task.node.into_owned(), task.item)).collect();
        let expected: Vec<_> = position.open_tasks().map(|task| (task.node.to_owned(), task.item)).collect();
        prop_assert_eq!(open, expected, "{} after {} records", run, records);
        prop_assert_eq!(projection.asks(), position.asks(), "{} after {} records", run, records);
    }
    prop_assert_eq!(projection.status(), stored.head.status);
    let has_reason = matches!(stored.head.status, Status::Failed | Status::Stopped);
    prop_assert_eq!(projection.reason().is_some(), has_reason);
    Ok(())
}
