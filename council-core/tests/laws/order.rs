//! The order in which a program declares its nodes is not part of the past of a run.

use council_core::journal::{Head, Journal, Memory, ReadFrom, Status};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::stored::{At, Durability};
use council_core::{Graph, Limits, RunBuilder, RunError};
use proptest::prelude::*;

use crate::crashes::to_the_end;
use crate::lab::Lab;
use crate::plans::{Doc, MOST_NODES, Plan, stored_plans};
use crate::{cases, ending, on_a_runtime};

proptest! {
    #![proptest_config(cases())]

    /// A program that declares the nodes in another order reads the same position after every record.
    #[test]
    fn another_order_of_declaration_reads_the_same_run(
        plan in stored_plans(), order in orders(), failing in prop::collection::vec(0_usize..9, 0..3),
    ) {
        on_a_runtime(async {
            let (journal, other) = (Memory::default(), Plan { order, ..plan.clone() });
            let graph = plan.build(&plan.delays, &Lab::breaking(failing)).graph;
            let run = graph.run(Doc::default()).id("r").journal(journal.clone());
            let _ = to_the_end(&graph, &journal, Durability::Sync, run).await;
            let other = other.build(&plan.delays, &Lab::new()).graph;
            let records = journal.read("r", ReadFrom::Record(0)).await.unwrap().entries.len() as u64;
            for record in 1..=records {
                let [expected, read] = [&graph, &other].map(|graph| position(graph, &journal, At::Record(record)));
                let (expected, read) = (expected.await, read.await);
                prop_assert_eq!(&read, &expected, "after {} records", record);
                // The snapshot is read like the records.
                prop_assert_eq!(other.snapshot(&other.restore(&expected).unwrap()).unwrap(), expected);
            }
            prop_assert_eq!(other.snapshot(&other.load(&journal, "r").await.unwrap()).unwrap(), position(&graph, &journal, At::End).await);
            Ok(())
        })?;
    }

    /// A run resumed by a program with another order ends like an uninterrupted run. Both programs read the same end.
    #[test]
    fn another_order_of_declaration_goes_on(plan in stored_plans(), order in orders(), cut in any::<prop::sample::Index>()) {
        // Of two writers of a plain field, the failure names the first in the order of declaration.
        let plan = Plan { plain: Vec::new(), ..plan };
        on_a_runtime(async {
            let (journal, other) = (Memory::default(), Plan { order, ..plan.clone() });
            let graph = plan.build(&plan.delays, &Lab::new()).graph;
            let other = other.build(&plan.delays, &Lab::new()).graph;
            let whole = graph.run(Doc::default()).id("whole").journal(journal.clone());
            let whole = sorted(to_the_end(&graph, &journal, Durability::Sync, whole).await);
            let records = 1 + cut.index(journal.read("whole", ReadFrom::Record(0)).await.unwrap().entries.len()) as u64;
            journal.copy("whole", records, "r", Head::new(graph.name(), Status::Running)).await.unwrap();
            let stopped = other.load(&journal, "r").await.unwrap().supersteps() + 1;

            // The superstep that had begun ends in the order in which it began.
            let limits = Limits { supersteps: stopped, ..Limits::default() };
            let run = other.resume(other.load(&journal, "r").await.unwrap()).journal(journal.clone());
            let _ = run.limits(limits).await;
            if let (Ok(expected), Ok(position)) = (
                graph.load_at(&journal, "whole", At::Superstep(stopped)).await,
                other.load_at(&journal, "r", At::Superstep(stopped)).await,
            ) {
                prop_assert_eq!(position.state(), expected.state());
            }
            let run: RunBuilder<Doc> = other.resume(other.load(&journal, "r").await.unwrap()).journal(journal.clone());
            let ended = to_the_end(&other, &journal, Durability::Sync, run).await;
            let live = match &ended {
                Ok(outcome) => outcome.state().clone(),
                Err(error) => error.position().state().clone(),
            };
            prop_assert_eq!(sorted(ended), whole);

            let mut projection = RunProjection::<Doc>::default();
            for entry in journal.read("r", ReadFrom::Record(0)).await.unwrap().entries {
                projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
            }
            prop_assert_eq!(projection.state(), &live);
            for graph in [&graph, &other] {
                let position = graph.load(&journal, "r").await.unwrap();
                prop_assert_eq!(position.state(), &live);
            }
            prop_assert_eq!(position(&other, &journal, At::End).await, position(&graph, &journal, At::End).await);
            Ok(())
        })?;
    }
}

/// A random order of the nodes.
pub(crate) fn orders() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), MOST_NODES + 2)
}

/// The position as JSON, in which everything has a name.
async fn position(graph: &Graph<Doc>, journal: &Memory, at: At) -> String {
    graph.snapshot(&graph.load_at(journal, "r", at).await.unwrap()).unwrap()
}

/// The end of a run, without the order of the nodes in a superstep, which depends on the program.
fn sorted(ended: Result<council_core::Outcome<Doc>, RunError<Doc>>) -> Result<(bool, Doc), String> {
    ending(ended).map(|(is_finished, mut doc)| {
        doc.trail.sort();
        doc.writers.sort();
        (is_finished, doc)
    })
}
